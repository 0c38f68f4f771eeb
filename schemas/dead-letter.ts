import { Type, type Static } from '@sinclair/typebox'
import { FAILURE_REASONS } from './failure-reason.js'
import { Instant } from './mention.js'

/** What `mentions.dead` carries: something nobody could process, kept whole, shown, and replayable to where it came from. */
export const DeadLetter = Type.Object({
  schema: Type.Literal('rabta.dead-letter/1'),
  /** Deterministic: origin and position, or a hash of the payload, so that the same failure twice is one letter. */
  id: Type.String(),
  /** The topic it was read from, or `hooks/<platform>` for a payload that never became a record. */
  origin: Type.String(),
  key: Type.String(),
  value: Type.Unknown(),
  reason: Type.Union(FAILURE_REASONS.map((value) => Type.Literal(value))),
  /** What was wrong, without the message's text. */
  detail: Type.String(),
  attempts: Type.Integer({ minimum: 1 }),
  at: Instant,
})
export type DeadLetter = Static<typeof DeadLetter>
