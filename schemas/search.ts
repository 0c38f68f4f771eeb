import { Type, type Static } from '@sinclair/typebox'
import { StandingCorrections } from './correction.js'
import { EnrichedMention } from './enriched-mention.js'
import { Channel, CHANNELS, Instant } from './mention.js'
import { Nullable } from './nullable.js'
import { Category, Lang, Sentiment, Severity, Span } from './tags.js'

/** A search. Lists are "any of"; different filters are "all of". `district: ['unknown']` finds mentions without a district. `from` inclusive, `to` exclusive, on `receivedAt`. */
export const MentionQuery = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 500 })),
  channel: Type.Optional(Type.Array(Channel, { maxItems: CHANNELS.length })),
  district: Type.Optional(Type.Array(Type.String(), { maxItems: 64 })),
  lang: Type.Optional(Type.Array(Lang)),
  category: Type.Optional(Type.Array(Category)),
  severity: Type.Optional(Type.Array(Severity)),
  sentiment: Type.Optional(Type.Array(Sentiment)),
  alert: Type.Optional(Type.Boolean()),
  unjudged: Type.Optional(Type.Boolean()),
  /** Whether a correction stands. */
  corrected: Type.Optional(Type.Boolean()),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  sort: Type.Optional(Type.Union([Type.Literal('new'), Type.Literal('best')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
})
export type MentionQuery = Static<typeof MentionQuery>

const FacetCounts = Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() }))

/**
 * A mention as the index keeps it. `editedAt`: when its writer last changed it; absent or null for what stands as it was first written.
 * `revision` counts the corrections made of it; absent for 0. Where some stand, `tags` and `unjudged` are as corrected (a corrected confidence is 1, a
 * district's basis `analyst`), `corrections` says which and by whom, and `tagger` is what the tagger said, whole.
 */
export const IndexedMention = Type.Composite([
  EnrichedMention,
  Type.Object({
    editedAt: Type.Optional(Nullable(Instant)),
    revision: Type.Optional(Type.Integer({ minimum: 1 })),
    corrections: Type.Optional(StandingCorrections),
    tagger: Type.Optional(Type.Pick(EnrichedMention, ['tags', 'unjudged'])),
  }),
])
export type IndexedMention = Static<typeof IndexedMention>

/** One page. `items[].highlights` are spans of the words searched for. `facets` and `histogram` count the whole answer, not the page. */
export const MentionPage = Type.Object({
  items: Type.Array(Type.Object({ mention: IndexedMention, highlights: Type.Array(Span) })),
  total: Type.Integer(),
  facets: Type.Object({
    channel: FacetCounts,
    district: FacetCounts,
    lang: FacetCounts,
    category: FacetCounts,
    severity: FacetCounts,
    sentiment: FacetCounts,
    alert: FacetCounts,
  }),
  /** Counts by equal steps of `stepMs` from the first `at` on; empty steps are included, 200 at most. */
  histogram: Type.Object({
    stepMs: Type.Integer(),
    buckets: Type.Array(Type.Object({ at: Instant, count: Type.Integer(), alerts: Type.Integer() })),
  }),
  next: Nullable(Type.String()),
})
export type MentionPage = Static<typeof MentionPage>
