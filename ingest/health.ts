import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Channel } from '../schemas/mention.js'
import type { FailureReason } from '../schemas/failure-reason.js'
import type { SourceDetails, SourceHealth } from '../schemas/source-health.js'

export const HEALTH_EVERY_MS = 60_000

/** How a source does, told to the bus when it changes and about each minute. Telling never fails: a bus that is away has bigger news than this. */
export interface HealthReporter {
  readonly current: SourceHealth
  /** It answered well, with so many items; what `details` leaves out stays as it was. */
  ok(items: number, details?: Partial<SourceDetails>): Promise<void>
  failed(problem: string, reason?: FailureReason): Promise<void>
  /** Something to know that is no failure of ours; kept until the next `ok`. */
  note(problem: string): Promise<void>
  /** Tells again what was last told, if a minute has passed. */
  heartbeat(): Promise<void>
}

export interface HealthParts {
  readonly source: string
  readonly channel: Channel
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly onHealth?: ((health: SourceHealth) => void) | undefined
}

const NO_DETAILS: SourceDetails = { tokenExpiresAt: null, spend: null, remark: null }

/** What is told at once, rather than within the minute: how it stands, what is wrong, its first item, when its token ends, what is to be known. */
const newsOf = ({ status, problem, reason, lastItemAt, details }: SourceHealth) =>
  JSON.stringify([status, problem, reason ?? null, lastItemAt === null, details?.tokenExpiresAt, details?.remark])

export function createHealthReporter(parts: HealthParts): HealthReporter {
  const { source, channel, bus, clock, log, onHealth } = parts
  let current: SourceHealth = {
    schema: 'rabta.source-health/1',
    source,
    channel,
    status: 'starting',
    lastItemAt: null,
    lastOkAt: null,
    problem: null,
    reason: null,
    failures: 0,
    items: 0,
    at: clock.iso(),
  }
  let told: { news: string; atMs: number } | undefined

  async function tell(next: Partial<SourceHealth>): Promise<void> {
    current = { ...current, ...next, at: clock.iso() }
    const news = newsOf(current)
    if (told?.news === news && clock.now() - told.atMs < HEALTH_EVERY_MS) return
    const before = told
    told = { news, atMs: clock.now() }
    onHealth?.(current)
    try {
      await bus.publish('sources.health', [{ key: source, value: current }])
    } catch (error) {
      told = before
      log.warn('source health could not be told', {
        source,
        reason: error instanceof Failure ? error.reason : 'unexpected',
      })
    }
  }

  return {
    get current() {
      return current
    },
    ok: (items, details) => {
      const now = clock.iso()
      return tell({
        status: 'live',
        problem: null,
        reason: null,
        failures: 0,
        lastOkAt: now,
        ...(items > 0 ? { lastItemAt: now, items: (current.items ?? 0) + items } : {}),
        ...(details === undefined ? {} : { details: { ...(current.details ?? NO_DETAILS), ...details } }),
      })
    },
    failed: (problem, reason) =>
      tell({ status: 'failing', problem, reason: reason ?? null, failures: current.failures + 1 }),
    note: (problem) => tell({ problem }),
    heartbeat: () => tell({}),
  }
}
