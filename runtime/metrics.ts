import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** The metrics of the process, in one registry of its own (no global state). Labels are closed lists: never an id, a name or a text. */
export interface Metrics {
  readonly registry: Registry
  /** Records that went through a stage. */
  readonly processed: Counter<'stage'>
  readonly failures: Counter<'stage' | 'reason'>
  readonly deadLetters: Counter<'stage' | 'reason'>
  /** Seconds from `receivedAt` to the moment the alert was raised, or the mention could be found. */
  readonly latency: Histogram<'stage'>
  readonly lag: Gauge<'stage'>
  /** Tags that a person set right, or took back. */
  readonly corrections: Counter<'tag'>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    processed: new Counter({
      name: 'rabta_processed_total',
      help: 'records that went through a stage',
      labelNames: ['stage'],
      registers,
    }),
    failures: new Counter({
      name: 'rabta_failures_total',
      help: 'failures by stage and reason',
      labelNames: ['stage', 'reason'],
      registers,
    }),
    deadLetters: new Counter({
      name: 'rabta_dead_letters_total',
      help: 'records nobody could process',
      labelNames: ['stage', 'reason'],
      registers,
    }),
    latency: new Histogram({
      name: 'rabta_latency_seconds',
      help: 'seconds from arrival until a stage was done with a mention',
      labelNames: ['stage'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    }),
    corrections: new Counter({
      name: 'rabta_corrections_total',
      help: 'tags that people set right or took back',
      labelNames: ['tag'],
      registers,
    }),
    lag: new Gauge({
      name: 'rabta_lag_records',
      help: 'records a stage has not committed yet',
      labelNames: ['stage'],
      registers,
    }),
  }
}
