import { Type, type Static } from '@sinclair/typebox'
import { Instant } from './mention.js'
import { Nullable } from './nullable.js'
import { Category, Lang, Sentiment, Severity } from './tags.js'

/** The tags that a person may set right, in the order in which they are shown. */
export const CORRECTABLE_TAGS = ['alert', 'category', 'severity', 'districts', 'lang', 'sentiment'] as const
export const CorrectableTag = Type.Union(CORRECTABLE_TAGS.map((value) => Type.Literal(value)))
export type CorrectableTag = (typeof CORRECTABLE_TAGS)[number]

/** What each of them may be, in the words of LABELLING.md. `districts` are ids; empty where the text names none. */
export const TagValues = Type.Object({
  alert: Type.Boolean(),
  category: Category,
  severity: Severity,
  districts: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 37, uniqueItems: true }),
  lang: Lang,
  sentiment: Sentiment,
})
export type TagValues = Static<typeof TagValues>

/** One tag's value, whichever it is of. */
export const TagValue = Type.Union([Type.Boolean(), Type.String(), Type.Array(Type.String())])
export type TagValue = Static<typeof TagValue>

/** As many corrections as a mention can have: the index counts them within its own versions. */
export const MAX_REVISION = 1022

/**
 * One tag of a mention, set right by a person. A mention's corrections are numbered by `revision`; several tags set at once share one. `was` is what the
 * tagger said of this text, null where it could not judge; `value` null takes back what was set before. It is a judgement of one text, `textHash`
 * (SHA-256, hex): of other words under the same id it says nothing.
 */
export const Correction = Type.Object({
  mentionId: Type.String(),
  revision: Type.Integer({ minimum: 1, maximum: MAX_REVISION }),
  tag: CorrectableTag,
  was: Nullable(TagValue),
  value: Nullable(TagValue),
  by: Type.String(),
  at: Instant,
  textHash: Type.String(),
  note: Type.String(),
})
export type Correction = Static<typeof Correction>

/** A correction as it stands on a mention: what the tagger said, and who says otherwise since when. */
const Standing = Type.Optional(Type.Object({ was: Nullable(TagValue), by: Type.String(), at: Instant }))
export const StandingCorrections = Type.Object({
  alert: Standing,
  category: Standing,
  severity: Standing,
  districts: Standing,
  lang: Standing,
  sentiment: Standing,
})
export type StandingCorrections = Static<typeof StandingCorrections>

/** What an analyst sends: `null` takes a correction back. `revision` is the one the analyst saw, 0 where nothing was ever corrected. */
export const CorrectionRequest = Type.Object(
  {
    tags: Type.Partial(
      Type.Object({
        alert: Nullable(TagValues.properties.alert),
        category: Nullable(TagValues.properties.category),
        severity: Nullable(TagValues.properties.severity),
        districts: Nullable(TagValues.properties.districts),
        lang: Nullable(TagValues.properties.lang),
        sentiment: Nullable(TagValues.properties.sentiment),
      }),
      { additionalProperties: false, minProperties: 1 },
    ),
    revision: Type.Integer({ minimum: 0, maximum: MAX_REVISION }),
    note: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  { additionalProperties: false },
)
export type CorrectionRequest = Static<typeof CorrectionRequest>

/** What `mentions.corrected` carries: that a mention was corrected. What was set is in the records, and no text is here. */
export const CorrectionNotice = Type.Object({
  schema: Type.Literal('rabta.corrected/1'),
  id: Type.String(),
  revision: Type.Integer({ minimum: 1 }),
})
export type CorrectionNotice = Static<typeof CorrectionNotice>
