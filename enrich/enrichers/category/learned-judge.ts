import type { Mention } from '../../../schemas/mention.js'
import {
  CATEGORIES,
  EVENT_CATEGORIES,
  SEVERITIES,
  type CategoryTag,
  type Lang,
  type Tags,
} from '../../../schemas/tags.js'
import { probabilities, type LabelGroup, type LinearModel } from '../../linear/linear-model.js'
import { unitOf, withoutItsYear } from '../../linear/word-features.js'
import { WordScorer } from '../../linear/word-scorer.js'
import { spanOf, type ReadText, type Word } from '../../reading/words.js'
import type { RuleJudgement } from './by-rules.js'
import { isOfAnotherForce } from './elsewhere.js'
import { conceptPairs, namedFeatures } from './features.js'
import { alertScore, categoriesOf, fileOf, GROUPS, OUTPUTS, PLAIN_SHARE } from './files.js'
import type { Glosses } from '../../glosses/glosses.js'

/** Of more words a text is no message any more: it is judged in stretches, those in which the rules found most, and its head and tail where there is room. */
export const LONG_WORDS = 240
const STRETCH_WORDS = 40
const MOST_STRETCHES = 8
const MOST_EVIDENCE = 5
/** So many other files, the likeliest, are what a word's evidence is measured against. */
const RIVALS = 3
/**
 * The odds of an alert are taken so many times, since a missed one weighs more than a false one: as many as leave the rings for public posts and for
 * ordinary texts within their bounds (decision 28).
 */
const WEIGHT_OF_MISSING = 1.2
/** What is told as happening outside the province is another force's; as little as this of its odds is left, since words can mislead about where. */
const LEFT_OUTSIDE = 1 / 300
/** Of what is told with a month of a year gone by, and without a word of today, this much is left. */
const LEFT_DATED = 1 / 30
/** From here to 0.5 the model is in doubt, and rings where the rules ring. */
const DOUBTS_FROM = 0.4
/** A word that adds less than this share of the strongest is not shown. */
const LEAST_SHARE = 0.35

interface Judged {
  readonly alert: number
  readonly files: Float64Array
  readonly severities: Float64Array
  readonly words: readonly Word[]
  /** How much each word adds to a weighted sum of the outputs. */
  readonly sharesOf: (weights: Float64Array) => Float64Array
}

export interface LearnedJudgeParts {
  readonly model: LinearModel
  readonly glosses: Glosses
}

const QUIET = ['medium', 'low', 'none'] as const
const RINGING = ['critical', 'high', 'medium'] as const

/** Category, alert and severity as the trained model reads them from words, their meanings, and what the rules make of them. */
export class LearnedJudge {
  readonly #model: LinearModel
  readonly #words: WordScorer
  readonly #places: ReadonlyMap<string, number>

  constructor({ model, glosses }: LearnedJudgeParts) {
    const names = model.groups.map(({ name }) => name).join()
    const wanted = GROUPS.map(({ name }) => name).join()
    if (names !== wanted) throw new Error(`the model judges ${names}, not ${wanted}: npm run train`)
    this.#model = model
    this.#words = new WordScorer(model, glosses)
    this.#places = new Map(model.names.map((name, at) => [name, at]))
  }

  judge(
    { text, writtenAt }: Pick<Mention, 'text' | 'writtenAt'>,
    read: ReadText,
    rules: RuleJudgement,
    soFar: Readonly<Tags>,
  ): CategoryTag {
    const named = this.#namedScores(text, read, rules, soFar)
    const lang = soFar.language?.lang ?? 'und'
    const concepts = conceptPairs(rules.matches, this.#model.buckets)
    const stretches = stretchesOf(read, rules).map((words) => withoutItsYear(words, writtenAt))
    let [loudest, most] = [0, -Infinity]
    if (stretches.length > 1)
      for (const [at, words] of stretches.entries()) {
        const { alert } = this.#judgeStretch(words, lang, named, concepts)
        if (alert > most) [loudest, most] = [at, alert]
      }
    return tagOf(this.#judgeStretch(stretches[loudest] ?? [], lang, named, concepts), read, rules)
  }

  #namedScores(text: string, read: ReadText, rules: RuleJudgement, soFar: Readonly<Tags>): Float64Array {
    const { width } = this.#words
    const scores = Float64Array.from(this.#model.bias)
    namedFeatures(text, read, rules, soFar, (name, value) => {
      const place = this.#places.get(name)
      if (place === undefined) return
      for (let out = 0; out < width; out++) scores[out]! += value * (this.#model.named[place * width + out] as number)
    })
    return scores
  }

  #judgeStretch(words: readonly Word[], lang: Lang, named: Float64Array, concepts: Int32Array): Judged {
    const { hashed, scale, groups } = this.#model
    const { width } = this.#words
    const said = this.#words.score(lang, words)
    const ofConcepts = unitOf('concepts', concepts.length) * scale
    const scores = Float64Array.from(named, (score, out) => score + (said.totals[out] as number))
    for (const bucket of concepts)
      for (let out = 0; out < width; out++) scores[out]! += ofConcepts * (hashed[bucket * width + out] as number)
    const [alert, file, severity] = groups as [LabelGroup, LabelGroup, LabelGroup]
    return {
      alert: probabilities([0, alertScore(scores)], 0, alert)[1] ?? 0,
      files: probabilities(scores, OUTPUTS.file, file),
      severities: probabilities(scores, OUTPUTS.severity, severity),
      words,
      sharesOf: (weights) => said.sharesOf(weights),
    }
  }
}

/** All of a text that is not long; else its head, its tail and the stretches in which the rules found something. */
function stretchesOf({ words }: ReadText, { matches }: RuleJudgement): (readonly Word[])[] {
  if (words.length <= LONG_WORDS) return [words]
  const count = Math.ceil(words.length / STRETCH_WORDS)
  const weights = new Float64Array(count)
  for (const { from, concept } of matches)
    if (!concept.startsWith('ctx_')) weights[Math.floor(from / STRETCH_WORDS)]! += 1
  const found = Array.from(weights, (weight, at) => ({ weight, at }))
    .filter(({ weight, at }) => weight > 0 || at === 0 || at === count - 1)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MOST_STRETCHES)
  return found.map(({ at }) => words.slice(at * STRETCH_WORDS, (at + 1) * STRETCH_WORDS))
}

function bestOf<T extends string>(labels: readonly T[], answer: Float64Array, allowed: readonly T[]): T {
  let best = allowed[0] as T
  for (const label of allowed)
    if ((answer[labels.indexOf(label)] ?? 0) > (answer[labels.indexOf(best)] ?? 0)) best = label
  return best
}

const rounded = (probability: number): number => Math.round(probability * 1000) / 1000

function tagOf(judged: Judged, read: ReadText, rules: RuleJudgement): CategoryTag {
  const categories = categoriesOf(judged.files)
  const isOutside = isOfAnotherForce(read, rules, bestOf(CATEGORIES, categories, EVENT_CATEGORIES))
  const weighed = judged.alert * (isOutside ? LEFT_OUTSIDE : rules.dated ? LEFT_DATED : WEIGHT_OF_MISSING)
  const learned = rounded(weighed / (weighed + 1 - judged.alert))
  const alertConfidence = learned >= DOUBTS_FROM && rules.tag.alert ? Math.max(0.5, learned) : learned
  const alert = alertConfidence >= 0.5
  const category = bestOf(CATEGORIES, categories, alert ? EVENT_CATEGORIES : CATEGORIES)
  const severity = bestOf(SEVERITIES, judged.severities, alert ? RINGING : QUIET)
  return {
    category,
    categoryConfidence: rounded(categories[CATEGORIES.indexOf(category)] ?? 0),
    alert,
    alertConfidence,
    severity,
    evidence: evidenceOf(judged, fileOf(category, alert), alert, read, rules),
  }
}

/** Of the outputs: the file that was chosen against those that came nearest to it, and, where it rings, the alert. */
function weightsOf(files: Float64Array, chosen: number, alert: boolean): Float64Array {
  const weights = new Float64Array(OUTPUTS.severity)
  const nearest = Array.from(files.keys())
    .filter((file) => file !== chosen)
    .sort((a, b) => (files[b] as number) - (files[a] as number))
    .slice(0, RIVALS)
  weights[OUTPUTS.file + chosen] = 1
  for (const rival of nearest) weights[OUTPUTS.file + rival] = -1 / RIVALS
  if (alert) {
    weights[OUTPUTS.alert] = -PLAIN_SHARE
    weights[OUTPUTS.alert + 1] = PLAIN_SHARE
  }
  return weights
}

/** The words that spoke most for the category, and for the alert where it rings; the strongest first, neighbours as one span. */
function evidenceOf(
  { words, files, sharesOf }: Judged,
  chosen: number,
  alert: boolean,
  read: ReadText,
  rules: RuleJudgement,
): CategoryTag['evidence'] {
  const added = sharesOf(weightsOf(files, chosen, alert))
  const shares = words.map((word, at) => {
    const isFound = rules.matches.some(
      ({ start, end, concept }) => start <= word.start && word.end <= end && !concept.startsWith('ctx_'),
    )
    return { word, share: (added[at] as number) * (isFound ? 1.5 : 1) }
  })
  const top = shares.reduce((most, { share }) => Math.max(most, share), 0)
  const strong = shares.map(({ share }) => share > 0 && share >= LEAST_SHARE * top)
  const spans: { start: number; end: number; share: number }[] = []
  for (const [at, { word, share }] of shares.entries()) {
    if (!strong[at]) continue
    const last = spans.at(-1)
    if (last !== undefined && strong[at - 1] === true && word.sentence === words[at - 1]?.sentence) {
      last.end = word.end
      last.share = Math.max(last.share, share)
    } else spans.push({ start: word.start, end: word.end, share })
  }
  return spans
    .sort((a, b) => b.share - a.share || a.start - b.start)
    .slice(0, MOST_EVIDENCE)
    .map(({ start, end }) => spanOf(read, start, end))
}
