import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Metrics } from '../runtime/metrics.js'
import type { SourceHealth } from '../schemas/source-health.js'
import { createHealthReporter, HEALTH_EVERY_MS } from './health.js'
import { prepareIntake, publishIntake } from './publish.js'
import type { PushDoor, PushSource } from './source.js'
import { createTrying, STAGE } from './trying.js'

/** A connection that stood this long was well: what ends it is a first failure again. */
const WELL_AFTER_MS = 60_000

export interface PushLoopOptions {
  readonly source: PushSource
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly onHealth?: (health: SourceHealth) => void
  readonly random?: () => number
}

/**
 * Keeps a source connected until the signal is aborted, and resolves then; it never rejects. What arrives is published before the source may tell the
 * platform that it came; what the bus cannot take is refused, so that the platform brings it again.
 */
export async function pushLoop(options: PushLoopOptions, signal: AbortSignal): Promise<void> {
  const { source, bus, clock, log, metrics, random = Math.random } = options
  const { name, channel } = source
  const health = createHealthReporter({ source: name, channel, bus, clock, log, onHealth: options.onHealth })
  const trying = createTrying({ source: name, health, clock, log, metrics, random }, signal)
  let aliveSinceMs: number | undefined

  const door: PushDoor = {
    take: async ({ changes, unread = [], statuses = [] }) => {
      const at = clock.iso()
      const prepared = prepareIntake({ changes, unread, statuses }, at)
      try {
        await publishIntake(prepared, { bus, metrics, stage: STAGE, at })
      } catch (error) {
        const reason = error instanceof Failure ? error.reason : 'unexpected'
        metrics.failures.inc({ stage: STAGE, reason })
        log.error('what a source brought could not be stored: it is asked to bring it again', { source: name, reason })
        await health.failed(
          error instanceof Failure ? error.message : 'what arrived could not be stored: look at the log',
        )
        throw error
      }
      if (prepared.dead.length > 0)
        log.error('some of what was read is set aside', { source: name, letters: prepared.dead.length })
      aliveSinceMs ??= clock.now()
      await health.ok(changes.length)
    },
    alive: async (details) => {
      aliveSinceMs ??= clock.now()
      await health.ok(0, details)
    },
  }

  /** A quiet connection tells that it lives, too. */
  async function whileBeating(work: () => Promise<void>): Promise<void> {
    const over = new AbortController()
    const beat = async () => {
      for (;;) {
        await clock.sleep(HEALTH_EVERY_MS, over.signal)
        await health.heartbeat()
      }
    }
    const beating = beat().catch(() => undefined)
    try {
      await work()
    } finally {
      over.abort()
      await beating
    }
  }

  try {
    await health.heartbeat()
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted()
      aliveSinceMs = undefined
      try {
        await whileBeating(() => source.receive(door, signal))
        signal.throwIfAborted()
        throw new Failure('unavailable', 'the connection was closed; it is made again', { retryable: true })
      } catch (error) {
        if (aliveSinceMs !== undefined && clock.now() - aliveSinceMs >= WELL_AFTER_MS) attempt = 0
        await trying.waitOut('the connection ended', error, attempt)
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
