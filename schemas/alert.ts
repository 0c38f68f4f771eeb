import { Type, type Static } from '@sinclair/typebox'
import { Channel, Instant } from './mention.js'
import { Nullable } from './nullable.js'
import { Category, Lang, Probability, Severity, Span } from './tags.js'

export const ALERT_STATUSES = ['ringing', 'acknowledged'] as const

/** The mention that made the group ring, kept with it, so that an alert can be read while the search engine is away. Emptied when the mention is deleted. */
export const AlertLead = Type.Object({
  mentionId: Type.String(),
  channel: Channel,
  lang: Lang,
  text: Type.String(),
  evidence: Type.Array(Span),
  writtenAt: Instant,
  receivedAt: Instant,
})
export type AlertLead = Static<typeof AlertLead>

/** A group of mentions of one event, rung once. `version` grows by one with each change; a reader keeps the larger. */
export const Alert = Type.Object({
  schema: Type.Literal('rabta.alert/1'),
  id: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  /** The name of the rule that raised it: `danger` (known danger from tags), `unjudged` (nobody could judge it). */
  rule: Type.String(),
  status: Type.Union(ALERT_STATUSES.map((value) => Type.Literal(value))),
  category: Category,
  severity: Severity,
  districts: Type.Array(Type.String()),
  /** The surest alert confidence among its mentions. */
  confidence: Probability,
  openedAt: Instant,
  /** When the last mention joined. */
  lastAt: Instant,
  /** When it last rang: at its opening, and again when a graver mention joined or one joined after it was acknowledged with a higher severity. */
  rangAt: Instant,
  count: Type.Integer({ minimum: 1 }),
  channels: Type.Array(Channel),
  /** Ids of its mentions, the first 100. */
  mentionIds: Type.Array(Type.String()),
  lead: AlertLead,
  acknowledgedAt: Nullable(Instant),
  acknowledgedBy: Nullable(Type.String()),
})
export type Alert = Static<typeof Alert>
