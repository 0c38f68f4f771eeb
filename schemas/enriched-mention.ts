import { Type, type Static } from '@sinclair/typebox'
import { Deletion, Instant, Mention } from './mention.js'
import { Nullable } from './nullable.js'
import { Tags } from './tags.js'

/** Why nobody could judge it: its threat enricher failed, or it holds no words (a voice note, a picture). */
export const UNJUDGED_REASONS = ['threat-failed', 'no-words'] as const

/** A mention with its tags. `failed` names the annotations whose enricher failed (those tags are null). */
export const EnrichedMention = Type.Composite([
  Type.Omit(Mention, ['schema']),
  Type.Object({
    schema: Type.Literal('rabta.enriched-mention/1'),
    tags: Tags,
    failed: Type.Array(Type.String()),
    unjudged: Nullable(Type.Union(UNJUDGED_REASONS.map((value) => Type.Literal(value)))),
    enrichedAt: Instant,
  }),
])
export type EnrichedMention = Static<typeof EnrichedMention>

/** What `mentions.enriched` carries. */
export const EnrichedChange = Type.Union([
  Type.Object({ type: Type.Union([Type.Literal('written'), Type.Literal('edited')]), mention: EnrichedMention }),
  Deletion,
])
export type EnrichedChange = Static<typeof EnrichedChange>
