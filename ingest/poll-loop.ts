import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import type { Log } from '../runtime/log.js'
import type { Metrics } from '../runtime/metrics.js'
import type { SourceHealth } from '../schemas/source-health.js'
import type { CursorStore } from './cursor-store.js'
import { createHealthReporter } from './health.js'
import { prepareIntake, publishIntake } from './publish.js'
import type { Source } from './source.js'
import { createTrying, STAGE } from './trying.js'

export interface PollLoopOptions {
  readonly source: Source
  readonly bus: Bus
  readonly cursors: CursorStore
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly onHealth?: (health: SourceHealth) => void
  readonly random?: () => number
}

/**
 * Polls a source until the signal is aborted, and resolves then; it never rejects. What a poll brought is published first and the cursor saved after
 * that, each tried until it succeeds: a crash in between repeats items and loses none. Failures are waited out, with back-off and the platform's wish.
 */
export async function pollLoop(options: PollLoopOptions, signal: AbortSignal): Promise<void> {
  const { source, bus, clock, log, metrics, random = Math.random } = options
  const health = createHealthReporter({
    source: source.name,
    channel: source.channel,
    bus,
    clock,
    log,
    onHealth: options.onHealth,
  })
  const trying = createTrying({ source: source.name, health, clock, log, metrics, random }, signal)

  async function pollOnce(cursor: string | undefined): Promise<{ next: string | undefined; waitMs: number }> {
    const { changes, unread, next, waitMs, details } = await source.poll(cursor, signal)
    const at = clock.iso()
    // Prepared once: a bus that is away for an hour must not make these arrive an hour later.
    const prepared = prepareIntake({ changes, unread }, at)
    await trying.keepTrying('the bus did not take what was read', () =>
      publishIntake(prepared, { bus, metrics, stage: STAGE, at }),
    )
    if (prepared.dead.length > 0)
      log.error('some of what was read is set aside', { source: source.name, letters: prepared.dead.length })
    await health.ok(changes.length, details)
    return { next, waitMs }
  }

  try {
    await health.heartbeat()
    let cursor = await trying.keepTrying('the cursor could not be read', () => options.cursors.load(source.name))
    for (;;) {
      const at = cursor
      const { next, waitMs } = await trying.keepTrying('poll failed', () => pollOnce(at))
      if (next !== undefined && next !== cursor) {
        await trying.keepTrying('the cursor could not be saved', () => options.cursors.save(source.name, next))
        cursor = next
      }
      await trying.sleep(waitMs)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
