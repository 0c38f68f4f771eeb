import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Alert } from './alert.js'
import { CorrectionNotice } from './correction.js'
import { DeadLetter } from './dead-letter.js'
import { EnrichedChange } from './enriched-mention.js'
import { Change, Channel } from './mention.js'
import { Outbound, OutboundUpdate } from './outbound.js'
import { SourceHealth } from './source-health.js'

/** Said by index once a change can be found (or no longer can): what the live feed shows. */
export const IndexedNotice = Type.Object({
  schema: Type.Literal('rabta.indexed/1'),
  id: Type.String(),
  channel: Channel,
  /** `corrected`: the writer changed nothing, an analyst set a tag right. */
  type: Type.Union(['written', 'edited', 'deleted', 'corrected'].map((value) => Type.Literal(value))),
  alert: Type.Boolean(),
  districts: Type.Array(Type.String()),
})
export type IndexedNotice = Static<typeof IndexedNotice>

/** Every topic with the one schema its values must satisfy; checked on every read. */
export const TOPICS = {
  'mentions.collected': Change,
  'mentions.enriched': EnrichedChange,
  'mentions.indexed': IndexedNotice,
  'mentions.corrected': CorrectionNotice,
  'alerts.raised': Alert,
  'messages.outbound': Outbound,
  'outbound.status': OutboundUpdate,
  'sources.health': SourceHealth,
  'mentions.dead': DeadLetter,
} as const satisfies Record<string, TSchema>

export type Topic = keyof typeof TOPICS
export type TopicValue<T extends Topic> = Static<(typeof TOPICS)[T]>
