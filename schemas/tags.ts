import { Type, type Static } from '@sinclair/typebox'
import { Nullable } from './nullable.js'

/** Languages of LABELLING.md, BCP 47. */
export const LANGS = [
  'ur',
  'ps',
  'en',
  'ur-Latn',
  'ps-Latn',
  'pnb',
  'skr',
  'khw',
  'sd',
  'fa',
  'ar',
  'hi',
  'und',
] as const

/** What somebody does or suffers, the first that fits first: the categories in which a danger can be told. */
export const EVENT_CATEGORIES = [
  'terrorism',
  'extortion',
  'kidnapping',
  'direct_threat',
  'violence',
  'harassment',
  'misconduct',
  'crime',
  'mishap',
  'missing',
] as const

/** Categories of LABELLING.md, in the order in which "the first that fits" is decided. */
export const CATEGORIES = [...EVENT_CATEGORIES, 'traffic', 'complaint', 'inquiry', 'praise', 'news', 'other'] as const

/** Severities, the gravest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'none'] as const
export const SENTIMENTS = ['positive', 'neutral', 'negative'] as const

export const Lang = Type.Union(LANGS.map((value) => Type.Literal(value)))
export const Category = Type.Union(CATEGORIES.map((value) => Type.Literal(value)))
export const Severity = Type.Union(SEVERITIES.map((value) => Type.Literal(value)))
export const Sentiment = Type.Union(SENTIMENTS.map((value) => Type.Literal(value)))
export type Lang = (typeof LANGS)[number]
export type Category = (typeof CATEGORIES)[number]
export type Severity = (typeof SEVERITIES)[number]
export type Sentiment = (typeof SENTIMENTS)[number]

/** A probability, 0 to 1. */
export const Probability = Type.Number({ minimum: 0, maximum: 1 })

/** A stretch of a mention's text in UTF-16 offsets, `end` exclusive; `text` is exactly `mention.text.slice(start, end)`. */
export const Span = Type.Object({
  text: Type.String(),
  start: Type.Integer({ minimum: 0 }),
  end: Type.Integer({ minimum: 0 }),
})
export type Span = Static<typeof Span>

export const LanguageTag = Type.Object({ lang: Lang, confidence: Probability })
export type LanguageTag = Static<typeof LanguageTag>

/** Where a district was taken from; `analyst` is a person's word, and everything else but `text` and `pin` is weaker evidence. */
export const DISTRICT_BASES = ['text', 'pin', 'number-written-to', 'author-place', 'analyst'] as const

/** `confidence` is the probability that the district belongs to the set; only those of 0.5 and more are listed. */
export const DistrictTag = Type.Object({
  id: Type.String(),
  confidence: Probability,
  basis: Type.Union(DISTRICT_BASES.map((value) => Type.Literal(value))),
  evidence: Type.Array(Span),
})
export type DistrictTag = Static<typeof DistrictTag>

/** A word that speaks of danger. `kind` is a category of LABELLING.md, or what kind of word it is (`weapon`, `money`, `victim`, `insult`). */
export const ThreatKeyword = Type.Composite([Span, Type.Object({ kind: Type.String() })])
export type ThreatKeyword = Static<typeof ThreatKeyword>

export const ThreatTag = Type.Object({
  keywords: Type.Array(ThreatKeyword),
  threatening: Probability,
  offensive: Probability,
})
export type ThreatTag = Static<typeof ThreatTag>

export const CategoryTag = Type.Object({
  category: Category,
  categoryConfidence: Probability,
  alert: Type.Boolean(),
  alertConfidence: Probability,
  severity: Severity,
  /** The words that decided, strongest first. */
  evidence: Type.Array(Span),
})
export type CategoryTag = Static<typeof CategoryTag>

/** `score` is −1 to 1, towards the police and their service. */
export const SentimentTag = Type.Object({ sentiment: Sentiment, score: Type.Number({ minimum: -1, maximum: 1 }) })
export type SentimentTag = Static<typeof SentimentTag>

/** A near-copy fingerprint: `simhash` is 64 bits as 16 hex digits; `tokens` how many words it was made of (few words: compare exactly). */
export const FingerprintTag = Type.Object({
  simhash: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  tokens: Type.Integer({ minimum: 0 }),
})
export type FingerprintTag = Static<typeof FingerprintTag>

/** All tags of one mention; `null` where that enricher failed. */
export const Tags = Type.Object({
  language: Nullable(LanguageTag),
  districts: Nullable(Type.Array(DistrictTag)),
  threat: Nullable(ThreatTag),
  category: Nullable(CategoryTag),
  sentiment: Nullable(SentimentTag),
  fingerprint: Nullable(FingerprintTag),
})
export type Tags = Static<typeof Tags>
export type AnnotationName = keyof Tags
