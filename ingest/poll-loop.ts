import { backOffMs } from '../runtime/back-off.js'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Metrics } from '../runtime/metrics.js'
import type { FailureReason } from '../schemas/failure-reason.js'
import type { SourceHealth } from '../schemas/source-health.js'
import type { CursorStore } from './cursor-store.js'
import { createHealthReporter, HEALTH_EVERY_MS, type HealthReporter } from './health.js'
import { prepareIntake, publishIntake } from './publish.js'
import type { Source } from './source.js'

const FIRST_BACK_OFF_MS = 1_000
const LONGEST_BACK_OFF_MS = 5 * 60_000
/** A refused token is mended by a person: asking every second helps nobody. */
const PERSON_NEEDED_MS = 60_000
const STAGE = 'ingest'

const NEEDS_PERSON = new Set<FailureReason>(['unauthorized', 'forbidden', 'not-found', 'refused'])

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
  const { source, bus, clock, log } = options
  const health = createHealthReporter({
    source: source.name,
    channel: source.channel,
    bus,
    clock,
    log,
    onHealth: options.onHealth,
  })
  const turn = createTurn(options, health, signal)
  try {
    await health.heartbeat()
    let cursor = await turn.keepTrying('the cursor could not be read', () => options.cursors.load(source.name))
    for (;;) {
      const at = cursor
      const { next, waitMs } = await turn.keepTrying('poll failed', () => turn.pollOnce(at))
      if (next !== undefined && next !== cursor) {
        await turn.keepTrying('the cursor could not be saved', () => options.cursors.save(source.name, next))
        cursor = next
      }
      await turn.sleep(waitMs)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function createTurn(options: PollLoopOptions, health: HealthReporter, signal: AbortSignal) {
  const { source, bus, clock, log, metrics, random = Math.random } = options

  /** Sleeps in slices, so that health is told through a long wait. */
  async function sleep(waitMs: number): Promise<void> {
    signal.throwIfAborted()
    let leftMs = Math.max(0, waitMs)
    do {
      const sliceMs = Math.min(leftMs, HEALTH_EVERY_MS)
      await clock.sleep(sliceMs, signal)
      leftMs -= sliceMs
      await health.heartbeat()
    } while (leftMs > 0)
  }

  async function keepTrying<T>(what: string, run: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted()
      try {
        return await run()
      } catch (error) {
        signal.throwIfAborted()
        const failure = asFailure(error)
        metrics.failures.inc({ stage: STAGE, reason: failure.reason })
        const waitMs = waitAfter(failure, attempt, random)
        const fields = {
          source: source.name,
          reason: failure.reason,
          problem: failure.message,
          attempt,
          waitMs,
          where: placeOf(failure),
        }
        if (failure.reason === 'unexpected' || NEEDS_PERSON.has(failure.reason)) log.error(what, fields)
        else log.warn(what, fields)
        await health.failed(failure.message)
        await sleep(waitMs)
      }
    }
  }

  async function pollOnce(cursor: string | undefined): Promise<{ next: string | undefined; waitMs: number }> {
    const { changes, unread, next, waitMs } = await source.poll(cursor, signal)
    const at = clock.iso()
    // Prepared once: a bus that is away for an hour must not make these arrive an hour later.
    const prepared = prepareIntake({ changes, unread }, at)
    await keepTrying('the bus did not take what was read', () =>
      publishIntake(prepared, { bus, metrics, stage: STAGE, at }),
    )
    if (prepared.dead.length > 0)
      log.error('some of what was read is set aside', { source: source.name, letters: prepared.dead.length })
    await health.ok(changes.length)
    return { next, waitMs }
  }

  return { sleep, keepTrying, pollOnce }
}

function waitAfter(failure: Failure, attempt: number, random: () => number): number {
  const firstMs = NEEDS_PERSON.has(failure.reason) ? PERSON_NEEDED_MS : FIRST_BACK_OFF_MS
  return Math.max(backOffMs(attempt, random, firstMs, LONGEST_BACK_OFF_MS), failure.retryAfterMs ?? 0)
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const kind = error instanceof Error ? error.name : typeof error
  return new Failure(
    'unexpected',
    `the source broke in a way nobody foresaw (${kind}): look at the log and report it`,
    { retryable: true, cause: error },
  )
}

/** The line of code that broke, for what nobody foresaw. */
function placeOf(failure: Failure): string | undefined {
  const { cause } = failure
  return failure.reason === 'unexpected' && cause instanceof Error ? cause.stack?.split('\n')[1]?.trim() : undefined
}
