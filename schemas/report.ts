import { Type, type Static } from '@sinclair/typebox'
import { CorrectableTag } from './correction.js'
import { Instant } from './mention.js'

const SentimentCounts = Type.Object({
  total: Type.Integer(),
  positive: Type.Integer(),
  neutral: Type.Integer(),
  negative: Type.Integer(),
  alerts: Type.Integer(),
})
export type SentimentCounts = Static<typeof SentimentCounts>

const Breakdown = Type.Array(Type.Composite([Type.Object({ value: Type.String() }), SentimentCounts]))

/** The day's sentiment report: one day of Asia/Karachi, by `receivedAt`. Every table's rows name their own n; unknown and unjudged are rows, not gaps. */
export const DailyReport = Type.Object({
  schema: Type.Literal('rabta.daily-report/1'),
  /** `YYYY-MM-DD` in Asia/Karachi. */
  day: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' }),
  from: Instant,
  to: Instant,
  madeAt: Instant,
  /** False while the day is not over: the counts are of the day so far. */
  complete: Type.Boolean(),
  totals: SentimentCounts,
  unjudged: Type.Integer(),
  /** Mentions whose district nobody knows. */
  districtUnknown: Type.Integer(),
  /** Mentions with a correction that stands. */
  corrected: Type.Integer(),
  /** How many of them by tag, in the order of `CORRECTABLE_TAGS`, none without any; absent from reports made before it was counted. */
  correctedTags: Type.Optional(Type.Array(Type.Object({ tag: CorrectableTag, count: Type.Integer() }))),
  /** Mean confidence of the language and category tags, 0 to 1; null where there was no mention. */
  confidence: Type.Object({
    language: Type.Union([Type.Number(), Type.Null()]),
    category: Type.Union([Type.Number(), Type.Null()]),
  }),
  byDistrict: Breakdown,
  byLanguage: Breakdown,
  byChannel: Breakdown,
  byCategory: Breakdown,
})
export type DailyReport = Static<typeof DailyReport>
