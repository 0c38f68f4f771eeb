import { Type, type Static } from '@sinclair/typebox'
import { Channel, Instant } from './mention.js'
import { Nullable } from './nullable.js'

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
  at: Instant,
})
export type SourceHealth = Static<typeof SourceHealth>
