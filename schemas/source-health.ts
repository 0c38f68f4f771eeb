import { Type, type Static } from '@sinclair/typebox'
import { FAILURE_REASONS } from './failure-reason.js'
import { Channel, Instant } from './mention.js'
import { Nullable } from './nullable.js'

/** What a source may say of itself beside its state; null where it does not apply or is not known. */
export const SourceDetails = Type.Object({
  /** When its token or sign-in ends. */
  tokenExpiresAt: Nullable(Instant),
  /** What reading cost since the month began (UTC), in US dollars, against its budget. */
  spend: Nullable(
    Type.Object({
      month: Type.String({ pattern: '^\\d{4}-\\d\\d$' }),
      dollars: Type.Number({ minimum: 0 }),
      budgetDollars: Nullable(Type.Number({ minimum: 0 })),
    }),
  ),
  /** Not a failure, but to be known: polls slower for its budget, two of forty feeds are gone. */
  remark: Nullable(Type.String()),
})
export type SourceDetails = Static<typeof SourceDetails>

/** How a source does: what `sources.health` carries and `GET /api/sources` lists. */
export const SourceHealth = Type.Object({
  schema: Type.Literal('rabta.source-health/1'),
  source: Type.String(),
  channel: Channel,
  status: Type.Union([Type.Literal('starting'), Type.Literal('live'), Type.Literal('failing')]),
  /** When it last brought something. */
  lastItemAt: Nullable(Instant),
  /** When it last answered well, with something or nothing. */
  lastOkAt: Nullable(Instant),
  /** In words for the desk: what fails and what to do; null while live. */
  problem: Nullable(Type.String()),
  /** Failures in a row. */
  failures: Type.Integer({ minimum: 0 }),
  /** What kind of failure `problem` is, where it is one. */
  reason: Type.Optional(Nullable(Type.Union(FAILURE_REASONS.map((value) => Type.Literal(value))))),
  /** Items since its process began. */
  items: Type.Optional(Type.Integer({ minimum: 0 })),
  details: Type.Optional(SourceDetails),
  /** How long it usually goes without an item at this hour, in milliseconds; null while too little is known. Known to the desk, not on the bus. */
  usualGapMs: Type.Optional(Nullable(Type.Integer({ minimum: 0 }))),
  /** How long it may bring nothing before that rings; null where it never rings for that. Known to the desk, not on the bus. */
  silentAfterMs: Type.Optional(Nullable(Type.Integer({ minimum: 0 }))),
  /** Since when it is silent, where that has rung. Known to the desk, not on the bus. */
  silentSince: Type.Optional(Nullable(Instant)),
  at: Instant,
})
export type SourceHealth = Static<typeof SourceHealth>
