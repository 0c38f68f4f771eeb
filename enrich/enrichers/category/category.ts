import { packagePath } from '../../../runtime/package-root.js'
import type { CategoryTag, Span } from '../../../schemas/tags.js'
import type { Enricher } from '../../enricher.js'
import { readModel } from '../../linear/linear-model.js'
import type { Match } from '../threat/lexicon.js'
import { readText, type Reader, type ReadText } from '../../reading/words.js'
import { createRuleJudge, type RuleJudge } from './by-rules.js'
import { loadGlosses, type Glosses } from '../../glosses/glosses.js'
import { LearnedJudge, LONG_WORDS } from './learned-judge.js'

export const CATEGORY_MODEL = 'enrich/models/category.bin'

/** From here to 0.5 a text of several sentences is read sentence by sentence too, one of many sentences always; one of them that is so sure alone makes it ring. */
const DOUBTFUL_FROM = 0.05
const SURE_FROM = 0.95
const SHORTEST_SENTENCE = 4
const MOST_SENTENCES = 12

export interface CategoryParts {
  readonly rules: RuleJudge
  readonly learned: LearnedJudge
}

/** Reads the rules, lexicons and model; a mistake in them throws here. */
export function loadCategoryParts(glosses: Glosses): CategoryParts {
  return {
    rules: createRuleJudge(),
    learned: new LearnedJudge({ model: readModel(packagePath(CATEGORY_MODEL)), glosses }),
  }
}

/**
 * The enricher of category, alert and severity. `alertConfidence` is the probability that a duty officer should be told now, `categoryConfidence` that of
 * the category. Reads its parts where they are not given. `read` is how a text is read into words.
 */
export function createCategoryEnricher({
  parts = loadCategoryParts(loadGlosses()),
  read = readText,
}: {
  readonly parts?: CategoryParts
  readonly read?: Reader
} = {}): Enricher<'category'> {
  const { rules, learned } = parts
  return {
    adds: 'category',
    enrich(mention, soFar): CategoryTag {
      const text = read(mention.text)
      const byRules = rules.judge(mention, text, soFar)
      // A danger hidden in pages is a sentence among hundreds: the rules read sentence by sentence.
      if (byRules.tag.alert && text.words.length > LONG_WORDS) return byRules.tag
      const whole = learned.judge(mention, text, byRules, soFar)
      const sentences = sentencesOf(text)
      const areMany = sentences.length > MOST_SENTENCES
      if (whole.alert || (!areMany && whole.alertConfidence < DOUBTFUL_FROM)) return whole
      const telling = areMany ? tellingMost(sentences, byRules.matches) : sentences
      return louderAlone(whole, telling, (sentence) => {
        const alone = { ...mention, text: mention.text.slice(sentence.start, sentence.end) }
        const words = read(alone.text)
        return learned.judge(alone, words, rules.judge(alone, words, soFar), soFar)
      })
    },
  }
}

interface Sentence extends Pick<Span, 'start' | 'end'> {
  /** Its place among the sentences of the text. */
  readonly number: number
  readonly count: number
}

/** The sentences of a text in which something can be told; none where there is but one. */
function sentencesOf({ words }: ReadText): Sentence[] {
  const sentences: Sentence[] = []
  for (const { sentence, start, end } of words) {
    const open = sentences.at(-1)
    if (open?.number === sentence) sentences[sentences.length - 1] = { ...open, end, count: open.count + 1 }
    else sentences.push({ number: sentence, start, end, count: 1 })
  }
  return sentences.length < 2 ? [] : sentences.filter(({ count }) => count >= SHORTEST_SENTENCE)
}

/** Of many sentences those in which the rules found most, these last. */
function tellingMost(sentences: readonly Sentence[], matches: readonly Match[]): Sentence[] {
  const found = new Map<number, number>()
  for (const { concept, sentence } of matches)
    if (!concept.startsWith('ctx_')) found.set(sentence, (found.get(sentence) ?? 0) + 1)
  return [...sentences].sort((a, b) => (found.get(a.number) ?? 0) - (found.get(b.number) ?? 0)).slice(-MOST_SENTENCES)
}

/** "Yesterday's match was a blast. Now they are firing outside." A sentence that by itself surely rings is not drowned by what is said beside it. */
function louderAlone(
  whole: CategoryTag,
  sentences: readonly Sentence[],
  judge: (sentence: Sentence) => CategoryTag,
): CategoryTag {
  let loudest: CategoryTag | undefined
  for (const sentence of sentences) {
    const alone = judge(sentence)
    if (alone.alertConfidence < Math.max(SURE_FROM, loudest?.alertConfidence ?? 0)) continue
    const evidence = alone.evidence.map(({ text, start, end }) => ({
      text,
      start: start + sentence.start,
      end: end + sentence.start,
    }))
    loudest = { ...alone, evidence }
  }
  return loudest === undefined ? whole : { ...loudest, alertConfidence: 0.5 }
}
