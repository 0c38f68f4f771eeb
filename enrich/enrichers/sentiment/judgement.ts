import { fold } from '../../../runtime/fold.js'
import type { Category, CategoryTag, Lang, SentimentTag } from '../../../schemas/tags.js'
import type { English } from './english.js'
import type { Hit, Lexicon, PhraseKind } from './lexicon.js'

const READ_CHARACTERS = 4_000
const WORD = /[\p{L}\p{M}\p{N}]+|\p{Extended_Pictographic}/gu
const LINKS = /(?:https?:\/\/|www\.)\S+/gi
const APOSTROPHE = /(?<=[a-z])['’‘ʼ`´](?=[a-z])/gi
const ELONGATED = /(\p{L})\1{2,}/gu

/** What is a judgement of the police by its category alone, before a word is weighed. */
const PRIORS: Partial<Record<Category, number>> = { praise: 2.2, complaint: -2.2, misconduct: -2.6 }
/** In these a hard word is said of the criminal. */
const EVENTS = new Set<Category>([
  'terrorism',
  'extortion',
  'kidnapping',
  'direct_threat',
  'violence',
  'harassment',
  'crime',
  'mishap',
  'missing',
  'news',
])
const ABOUT_POLICE = new Set<Category>(['complaint', 'misconduct', 'praise'])

/** Words of AFINN that tell what happened, or ask, and judge nobody. */
const EVENT_WORDS = new Set(
  `kill killed dead death die died murder attack attacked crime criminal criminals thief thieves steal stolen rob robbed robbery threat threats
  threaten threatened threatening kidnap kidnapped missing lost lose accident fire bomb blast emergency injured injury hurt victim victims
  violence violent gun shot shoot shooting terror terrorist terrorists suspect suspected arrest arrested jail prison drug drugs fraud scam
  blackmail rape raped abuse abused harass harassed harassment fight fighting war conflict illegal stop help please want justice safe safety
  protect god save peace urgent alert like block blocked fake fired burn burning drown drowned collapse collapsed crash crisis dangerous
  danger die escape fear guilty innocent kidnapper no problem problems protest riot risk sad sorry cry crying strike struck stuck suicide
  weapon worried worry yes wanted warning dear number hard charge charges charged demand protects`.split(/\s+/),
)
const NEAR_WORDS = 6
const STEP = 3
const LEAST_SCORE = 0.3

export interface Judges {
  readonly lexicon: Lexicon
  readonly english: English
}

interface Case {
  readonly words: readonly string[]
  readonly hits: readonly Hit[]
  readonly lang: Lang | undefined
  readonly category: CategoryTag | undefined
}

function of(hits: readonly Hit[], kind: PhraseKind): Hit[] {
  return hits.filter((hit) => hit.kind === kind)
}

function split(text: string): string[] {
  const plain = text.slice(0, READ_CHARACTERS).replace(LINKS, ' ').replace(APOSTROPHE, '')
  return fold(plain).replace(ELONGATED, '$1').match(WORD) ?? []
}

/** English denies before, Urdu and Pashto before or after; a denial inside the phrase is part of it. */
function isDenied(hit: Hit, hits: readonly Hit[]): boolean {
  if (hit.end - hit.start > 2) return false
  return hits.some((one) => {
    if (one.kind !== 'negation' || (one.start >= hit.start && one.end <= hit.end)) return false
    if (hit.from === 'en') return one.from === 'en' && one.end <= hit.start && hit.start - one.end <= 2
    if (one.from === 'en') return false
    return one.start === hit.end || (one.start === hit.end + 1 && hit.from === 'arabic')
  })
}

function nearPolice(hit: Hit, police: readonly Hit[]): boolean {
  return police.some((one) => Math.abs(one.start - hit.start) <= NEAR_WORDS)
}

function blameOf(hit: Hit, { hits, category }: Case): number {
  const police = of(hits, 'police')
  const about = category !== undefined && ABOUT_POLICE.has(category.category)
  const event = category !== undefined && EVENTS.has(category.category)
  if (hit.kind === 'cruelty') return about || (!event && nearPolice(hit, police)) ? hit.weight : 0
  if (hit.weight <= 2) return hit.weight * (about || police.length > 0 ? 1 : 0.8)
  if (about || nearPolice(hit, police)) return hit.weight
  return hit.weight * (police.length > 0 ? 0.5 : 0.25)
}

/** Cheering is for the police where they are named or the message is known to be of them; else it may be for a party or a team. */
function praiseOf(hit: Hit, { hits, category }: Case): number {
  if (hit.weight <= 2) return of(hits, 'request').length > 0 ? hit.weight * 0.2 : hit.weight
  if (category?.category === 'praise' || of(hits, 'police').length > 0) return hit.weight
  return hit.weight * (category === undefined ? 0.6 : 0.25)
}

function weigh(one: Case): { praise: number; blame: number } {
  let praise = 0
  let blame = 0
  for (const hit of one.hits) {
    if (hit.kind === 'praise') {
      if (isDenied(hit, one.hits)) blame += hit.weight * 0.8
      else praise += praiseOf(hit, one)
    } else if (hit.kind === 'blame' || hit.kind === 'cruelty') {
      const weight = blameOf(hit, one)
      if (hit.end - hit.start === 1 && isDenied(hit, one.hits)) praise += weight * 0.5
      else blame += weight
    }
  }
  return { praise, blame }
}

/** What AFINN says of the words around the police, where the message is English and tells of no event: a weak voice. */
function valenceNearPolice({ words, hits, lang, category }: Case, english: English): number {
  if (lang !== undefined && lang !== 'en') return 0
  if (category !== undefined && EVENTS.has(category.category)) return 0
  const near = new Set<number>()
  for (const { start, end } of of(hits, 'police')) {
    for (let at = Math.max(0, start - NEAR_WORDS); at < Math.min(words.length, end + NEAR_WORDS); at++) near.add(at)
  }
  const judging = [...near]
    .sort((a, b) => a - b)
    .map((at) => words[at] ?? '')
    .filter((word) => !EVENT_WORDS.has(word))
  return Math.max(-1.5, Math.min(1.5, english.valence(judging) * 2))
}

/** Praise beside its opposite is mockery; thanks for something found or given back are not. */
function isSarcastic(one: Case, blame: number): boolean {
  if (of(one.hits, 'sarcasm').length === 0) return false
  if (blame >= 1.5) return true
  const category = one.category?.category
  if (category === 'complaint' || category === 'misconduct') return true
  return of(one.hits, 'contrary').length > 0 && !one.hits.some((hit) => hit.kind === 'praise' && hit.weight === 2)
}

function toTag(sum: number): SentimentTag {
  const score = Math.round(Math.tanh(sum / STEP) * 1_000) / 1_000
  if (score >= LEAST_SCORE) return { sentiment: 'positive', score }
  return { sentiment: score <= -LEAST_SCORE ? 'negative' : 'neutral', score }
}

/** The sentiment towards the police, not of the event: a report without a judgement of them is neutral however sad. */
export function judge(
  text: string,
  lang: Lang | undefined,
  category: CategoryTag | undefined,
  judges: Judges,
): SentimentTag {
  const words = split(text)
  const one: Case = { words, hits: judges.lexicon.find(words), lang, category }
  const prior =
    category === undefined ? 0 : (PRIORS[category.category] ?? 0) * Math.max(0.4, category.categoryConfidence)
  const { praise, blame } = weigh(one)
  if (isSarcastic(one, blame)) return toTag(Math.min(0, prior) - blame - 2)
  const complained = prior < 0 && praise > 0
  return toTag(prior + praise * (complained ? 0.4 : 1) - blame + valenceNearPolice(one, judges.english))
}
