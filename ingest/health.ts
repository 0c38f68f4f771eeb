import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Channel } from '../schemas/mention.js'
import type { SourceHealth } from '../schemas/source-health.js'

export const HEALTH_EVERY_MS = 60_000

/** How a source does, told to the bus when it changes and about each minute. Telling never fails: a bus that is away has bigger news than this. */
export interface HealthReporter {
  readonly current: SourceHealth
  /** It answered well, with so many items. */
  ok(items: number): Promise<void>
  failed(problem: string): Promise<void>
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
    failures: 0,
    at: clock.iso(),
  }
  let told: { status: string; problem: string | null; atMs: number } | undefined

  async function tell(next: Partial<SourceHealth>): Promise<void> {
    current = { ...current, ...next, at: clock.iso() }
    const isNews = told?.status !== current.status || told.problem !== current.problem
    if (!isNews && told !== undefined && clock.now() - told.atMs < HEALTH_EVERY_MS) return
    const before = told
    told = { status: current.status, problem: current.problem, atMs: clock.now() }
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
    ok: (items) => {
      const now = clock.iso()
      return tell({
        status: 'live',
        problem: null,
        failures: 0,
        lastOkAt: now,
        ...(items > 0 ? { lastItemAt: now } : {}),
      })
    },
    failed: (problem) => tell({ status: 'failing', problem, failures: current.failures + 1 }),
    note: (problem) => tell({ problem }),
    heartbeat: () => tell({}),
  }
}
