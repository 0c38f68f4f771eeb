import { Type, type Static } from '@sinclair/typebox'
import { Instant } from './mention.js'
import { Nullable } from './nullable.js'

/** A mention that somebody works on: who has it and by when the citizen must have been contacted. One case a mention. */
export const Case = Type.Object({
  schema: Type.Literal('rabta.case/1'),
  id: Type.String(),
  /** What the citizen is given: `KP-PSH-2611-00042` (district code, year and month, running number). */
  reference: Type.String(),
  mentionId: Type.String(),
  status: Type.Union([Type.Literal('pending'), Type.Literal('contacted')]),
  unit: Nullable(Type.String()),
  openedAt: Instant,
  /** 24 hours after the mention was received. */
  dueAt: Instant,
  contactedAt: Nullable(Instant),
})
export type Case = Static<typeof Case>

/** An office of the force that messages are forwarded to. */
export const Unit = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: Type.Union(
    ['district', 'region', 'ctd', 'womens-desk', 'traffic', 'accountability', 'media-cell'].map((value) =>
      Type.Literal(value),
    ),
  ),
  districts: Type.Array(Type.String()),
  whatsapp: Nullable(Type.String()),
})
export type Unit = Static<typeof Unit>
