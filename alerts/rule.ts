import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { Category, Severity, Span } from '../schemas/tags.js'

/** A rule's word that somebody must be told of a mention. */
export interface Firing {
  readonly rule: string
  readonly category: Category
  readonly severity: Severity
  readonly confidence: number
  /** Every district it may concern: who is shown it. */
  readonly districts: readonly string[]
  /** The districts by which it may be taken for the same event as another; weak evidence (the writer's home) is not among them. */
  readonly places: readonly string[]
  readonly evidence: readonly Span[]
  /** The one group it belongs to, where the rule knows it (`unjudged:2026-11-22T04`); null where near-copies and the same event are looked for. */
  readonly group: string | null
  /** Whether the group rings only when `tick` says that it has waited long enough. */
  readonly waits: boolean
}

/**
 * What rings. `observe` is pure: the same mention gives the same firing, whatever came before and whatever the hour, so that a replay finds the
 * same groups. `tick` answers, for the rules that wait, up to which `receivedAt` (ISO) waiting mentions ring at `now` (epoch milliseconds);
 * undefined where the rule never waits. What waits is kept in the records, not in the rule: a restart loses nothing.
 */
export interface Rule {
  readonly name: string
  observe(mention: EnrichedMention): Firing | undefined
  tick(now: number): string | undefined
}
