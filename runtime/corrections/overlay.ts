import { createHash } from 'node:crypto'
import type { Correction, CorrectableTag, StandingCorrections, TagValues } from '../../schemas/correction.js'
import { CORRECTABLE_TAGS } from '../../schemas/correction.js'
import type { IndexedMention } from '../../schemas/search.js'
import type { CategoryTag, DistrictTag, Tags } from '../../schemas/tags.js'

/** What a correction was a judgement of: SHA-256 of the text, in hex. */
export const textHashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The correctable tags as plain values; what could not be judged is absent. */
export function valuesOf(tags: Tags): Partial<TagValues> {
  const { language, districts, category, sentiment } = tags
  return {
    ...(category === null ? {} : { alert: category.alert, category: category.category, severity: category.severity }),
    ...(districts === null ? {} : { districts: districts.map(({ id }) => id) }),
    ...(language === null ? {} : { lang: language.lang }),
    ...(sentiment === null ? {} : { sentiment: sentiment.sentiment }),
  }
}

/** The mention as the tagger left it. */
export function asTagged(mention: IndexedMention): IndexedMention {
  const { tagger, ...tagged } = mention
  delete tagged.corrections
  return tagger === undefined ? tagged : { ...tagged, ...tagger }
}

/** The last word on each tag of this text; what was last taken back is not in it. */
export function standingOf(made: readonly Correction[], text: string): ReadonlyMap<CorrectableTag, Correction> {
  const textHash = textHashOf(text)
  const standing = new Map<CorrectableTag, Correction>()
  for (const one of [...made].sort((a, b) => a.revision - b.revision)) {
    if (one.textHash !== textHash) continue
    if (one.value === null) standing.delete(one.tag)
    else standing.set(one.tag, one)
  }
  return standing
}

export const lastRevision = (made: readonly Correction[]): number =>
  made.reduce((last, { revision }) => Math.max(last, revision), 0)

/** Several states of a tag are set apart by these: a person's word is certain, and no model's measure. */
const CERTAIN = 1
const SCORES = { positive: 1, neutral: 0, negative: -1 } as const

function categoryOf(base: CategoryTag | null, set: Partial<TagValues>): CategoryTag | null {
  const category = set.category ?? base?.category
  const alert = set.alert ?? base?.alert
  const severity = set.severity ?? base?.severity
  // Where the tagger could not judge, a person must have said all three.
  if (category === undefined || alert === undefined || severity === undefined) return base
  return {
    category,
    categoryConfidence: set.category === undefined ? (base?.categoryConfidence ?? 0) : CERTAIN,
    alert,
    alertConfidence: set.alert === undefined ? (base?.alertConfidence ?? 0) : CERTAIN,
    severity,
    evidence: base?.evidence ?? [],
  }
}

const districtsOf = (base: Tags['districts'], ids: readonly string[]): DistrictTag[] =>
  ids.map((id) => ({
    id,
    confidence: CERTAIN,
    basis: 'analyst',
    evidence: base?.find((district) => district.id === id)?.evidence ?? [],
  }))

/** These tags with these values in their place. */
export function withValues(tags: Tags, set: Partial<TagValues>): Tags {
  return {
    ...tags,
    category: categoryOf(tags.category, set),
    districts: set.districts === undefined ? tags.districts : districtsOf(tags.districts, set.districts),
    language: set.lang === undefined ? tags.language : { lang: set.lang, confidence: CERTAIN },
    sentiment:
      set.sentiment === undefined ? tags.sentiment : { sentiment: set.sentiment, score: SCORES[set.sentiment] },
  }
}

const JUDGED_BY = ['alert', 'category', 'severity'] as const

/**
 * A mention with its corrections laid over what the tagger said: those of its present text stand, all of them count in its revision. Whatever
 * was laid over it before is taken off first, so that the same corrections always give the same mention. Without corrections it stays as it is.
 */
export function overlay(mention: IndexedMention, made: readonly Correction[]): IndexedMention {
  if (made.length === 0) return mention
  const tagged = asTagged(mention)
  const revision = Math.max(lastRevision(made), mention.revision ?? 0)
  const said = standingOf(made, mention.text)
  const set = Object.fromEntries([...said].map(([tag, { value }]) => [tag, value])) as Partial<TagValues>
  const tags = withValues(tagged.tags, set)
  const now = valuesOf(tags)
  const before = valuesOf(tagged.tags)
  const corrections: StandingCorrections = {}
  for (const tag of CORRECTABLE_TAGS) {
    const one = said.get(tag)
    if (one !== undefined && now[tag] !== undefined)
      corrections[tag] = { was: before[tag] ?? null, by: one.by, at: one.at }
  }
  if (Object.keys(corrections).length === 0) return { ...tagged, revision }
  // A person has judged what no rule could.
  const unjudged = JUDGED_BY.some((tag) => corrections[tag] !== undefined) ? null : tagged.unjudged
  const tagger = { tags: tagged.tags, unjudged: tagged.unjudged }
  return { ...tagged, tags, unjudged, revision, corrections, tagger }
}
