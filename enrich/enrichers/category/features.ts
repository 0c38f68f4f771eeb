import { CATEGORIES, LANGS, SEVERITIES, type Tags } from '../../../schemas/tags.js'
import { bucketOf, hashText, joinHashes } from '../../linear/hashing.js'
import type { Match } from '../threat/lexicon.js'
import type { ReadText } from '../../reading/words.js'
import { districtsTold, type RuleJudgement } from './by-rules.js'
import { ELSEWHERES } from './elsewhere.js'

const CONCEPTS = 0x165667b1

/** Concepts of one sentence whose pairs are looked at; more say nothing new. */
const MOST_CONCEPTS = 14

/** Every two concepts that stand in one sentence. */
export function conceptPairs(matches: readonly Match[], buckets: number): Int32Array {
  const bySentence = new Map<number, Set<string>>()
  for (const { concept, sentence } of matches) {
    let concepts = bySentence.get(sentence)
    if (concepts === undefined) bySentence.set(sentence, (concepts = new Set()))
    if (concepts.size < MOST_CONCEPTS) concepts.add(concept)
  }
  const found = new Set<number>()
  for (const concepts of bySentence.values()) {
    const hashes = [...concepts].sort().map((concept) => hashText(concept, CONCEPTS))
    for (const [at, first] of hashes.entries())
      for (const second of hashes.slice(at + 1)) found.add(bucketOf(joinHashes(first, second), buckets))
  }
  return Int32Array.from(found)
}

/** The features that have a name, in their order; `concepts` are those of the lexicons. */
export function featureNames(concepts: readonly string[]): string[] {
  return [
    ...CATEGORIES.flatMap((category) => [`speaks:${category}`, `rings:${category}`, `found:${category}`]),
    ...CATEGORIES.map((category) => `rules:${category}`),
    ...SEVERITIES.map((severity) => `rules:${severity}`),
    'rules:alert',
    'rules:loudest',
    ...LOUDNESS.map((least) => `rules:louder:${least}`),
    'threatening',
    ...LANGS.map((lang) => `lang:${lang}`),
    ...SIGNS,
    ...ELSEWHERES.map((each) => `elsewhere:${each}`),
    ...concepts.map((concept) => `concept:${concept}`),
  ]
}

/** Steps of the rules' log-odds of an alert, each a feature of its own: what they say is no straight line. */
const LOUDNESS = [-3, -2, -1, 0, 0.7, 1.5, 2.3, 3.2, 4.5] as const

const SIGNS = [
  'asks',
  'phone',
  'district',
  'districts:several',
  'headline',
  'link',
  'hashtag',
  'handle',
  'shout',
  'quoted',
  'number',
  'words:3',
  'words:8',
  'words:20',
  'words:40',
  'words:log',
] as const

const MOST_LOGIT = 6
const clipped = (logit: number): number => Math.max(-MOST_LOGIT, Math.min(MOST_LOGIT, logit)) / 3

/** The values of the named features that are not nought. */
export function namedFeatures(
  text: string,
  read: ReadText,
  { tag, found, everywhere, loudest, threatening, elsewhere }: RuleJudgement,
  soFar: Readonly<Tags>,
  emit: (name: string, value: number) => void,
): void {
  for (const finding of found) {
    emit(`speaks:${finding.category}`, Math.min(5, finding.strength) / 3)
    emit(`rings:${finding.category}`, clipped(finding.alert))
    emit(`found:${finding.category}`, 1)
  }
  emit(`rules:${tag.category}`, 1)
  emit(`rules:${tag.severity}`, 1)
  if (tag.alert) emit('rules:alert', 1)
  emit('rules:loudest', clipped(loudest))
  for (const least of LOUDNESS) if (loudest > least) emit(`rules:louder:${least}`, 1)
  emit('threatening', threatening)
  emit(`lang:${soFar.language?.lang ?? 'und'}`, 1)
  for (const concept of everywhere) emit(`concept:${concept}`, 1)
  if (read.asks.includes(true)) emit('asks', 1)
  if (everywhere.has('phone')) emit('phone', 1)
  const districts = districtsTold(soFar).length
  if (districts > 0) emit('district', 1)
  else if (elsewhere !== undefined) emit(`elsewhere:${elsewhere}`, 1)
  if (districts > 1) emit('districts:several', 1)
  if (everywhere.has('ctx_headline')) emit('headline', 1)
  const head = text.slice(0, 2_000)
  if (/https?:|www\./i.test(head)) emit('link', 1)
  if (head.includes('#')) emit('hashtag', 1)
  if (/(^|\s)@\w/.test(head)) emit('handle', 1)
  if (head.includes('!')) emit('shout', 1)
  if (/["“”«»]/.test(head)) emit('quoted', 1)
  if (/[0-9۰-۹]/.test(head)) emit('number', 1)
  const count = read.words.length
  for (const most of [3, 8, 20, 40]) if (count <= most) emit(`words:${most}`, 1)
  emit('words:log', Math.log1p(Math.min(count, 400)) / 4)
}
