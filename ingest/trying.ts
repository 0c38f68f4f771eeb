import { backOffMs } from '../runtime/back-off.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Metrics } from '../runtime/metrics.js'
import type { FailureReason } from '../schemas/failure-reason.js'
import { HEALTH_EVERY_MS, type HealthReporter } from './health.js'

export const STAGE = 'ingest'

const FIRST_BACK_OFF_MS = 1_000
const LONGEST_BACK_OFF_MS = 5 * 60_000
/** A refused token is mended by a person: asking every second helps nobody. */
const PERSON_NEEDED_MS = 60_000

/** However long a platform says: a header in the wrong unit must not leave a source asleep for years. */
const LONGEST_TOLD_MS = 24 * 3_600_000

const NEEDS_PERSON = new Set<FailureReason>(['unauthorized', 'forbidden', 'not-found', 'refused'])

export interface TryingParts {
  readonly source: string
  readonly health: HealthReporter
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly random: () => number
}

/** How a source's loop waits and tries again, until the signal aborts; then everything here throws the signal's reason. */
export interface Trying {
  /** Sleeps in slices, so that health is told through a long wait. */
  sleep(waitMs: number): Promise<void>
  /** Runs until it succeeds; failures are waited out, with back-off and the platform's wish, and told. */
  keepTrying<T>(what: string, run: () => Promise<T>): Promise<T>
  /** Notes a failure and waits as `attempt` (0 for the first) asks for. */
  waitOut(what: string, error: unknown, attempt: number): Promise<void>
}

export function createTrying(parts: TryingParts, signal: AbortSignal): Trying {
  const { source, health, clock, log, metrics, random } = parts

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

  async function waitOut(what: string, error: unknown, attempt: number): Promise<void> {
    signal.throwIfAborted()
    const failure = asFailure(error)
    const { reason, message: problem } = failure
    metrics.failures.inc({ stage: STAGE, reason })
    const waitMs = waitAfter(failure, attempt, random)
    const fields = { source, reason, problem, attempt, waitMs, where: placeOf(failure) }
    if (reason === 'unexpected' || NEEDS_PERSON.has(reason)) log.error(what, fields)
    else log.warn(what, fields)
    await health.failed(problem, reason)
    await sleep(waitMs)
  }

  async function keepTrying<T>(what: string, run: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted()
      try {
        return await run()
      } catch (error) {
        await waitOut(what, error, attempt)
      }
    }
  }

  return { sleep, keepTrying, waitOut }
}

function waitAfter(failure: Failure, attempt: number, random: () => number): number {
  const firstMs = NEEDS_PERSON.has(failure.reason) ? PERSON_NEEDED_MS : FIRST_BACK_OFF_MS
  const toldMs = Math.min(failure.retryAfterMs ?? 0, LONGEST_TOLD_MS)
  return Math.max(backOffMs(attempt, random, firstMs, LONGEST_BACK_OFF_MS), toldMs)
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
