import { packagePath } from '../../../runtime/package-root.js'
import type { CategoryTag, Span } from '../../../schemas/tags.js'
import type { Enricher } from '../../enricher.js'
import { readModel } from '../../linear/linear-model.js'
import type { Match } from '../threat/lexicon.js'
import { readText, type Reader, type ReadText } from '../../reading/words.js'
import { createRuleJudge, type RuleJudge } from './by-rules.js'
import { loadGlosses, type Glosses } from '../../glosses/glosses.js'
import { isOfAnotherForce } from './elsewhere.js'
import { LearnedJudge, LONG_WORDS } from './learned-judge.js'

export const CATEGORY_MODEL = 'enrich/models/category.bin'

/** From here to 0.5 a text of several sentences is read sentence by sentence too, one of many sentences always; one of them that is so sure alone makes it ring. */
const DOUBTFUL_FROM = 0.05
const SURE_FROM = 0.95
const SHORTEST_SENTENCE = 4
const MOST_SENTENCES = 12
/** Of a text of more words, up to `LONG_WORDS`, every so many are read alone too, for most messages have no stops: */
const WINDOW_WORDS = 12
/** each begins so many words after the one before, */
const WINDOW_STEP = 6
/** and one that is so sure alone makes the text ring, */
const SURE_WINDOW_FROM = 0.98
/** but not where the text as a whole is told as harmless: a confidence has three places, and this is one of 0 (decision 28). */
const HARMLESS_BELOW = 0.0005

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
      // Read alone, a piece would not know where it happens.
      if (whole.alert || isOfAnotherForce(text, byRules, whole.category)) return whole
      const alone = (piece: Piece): CategoryTag => {
        const part = { ...mention, text: mention.text.slice(piece.start, piece.end) }
        const words = read(part.text)
        return learned.judge(part, words, rules.judge(part, words, soFar), soFar)
      }
      const sentences = sentencesOf(text)
      const areMany = sentences.length > MOST_SENTENCES
      const telling = areMany ? tellingMost(sentences, byRules.matches) : sentences
      const isDoubtful = areMany || whole.alertConfidence >= DOUBTFUL_FROM
      const loudest =
        (isDoubtful ? loudestOf(telling, SURE_FROM, alone) : undefined) ??
        (whole.alertConfidence < HARMLESS_BELOW ? undefined : loudestOf(windowsOf(text), SURE_WINDOW_FROM, alone))
      return loudest === undefined ? whole : { ...loudest, alertConfidence: 0.5 }
    },
  }
}

/** A part of a text that is read by itself, up to where the next begins: a question mark belongs to what is before it. */
type Piece = Pick<Span, 'start' | 'end'>

interface Sentence extends Piece {
  /** Its place among the sentences of the text. */
  readonly number: number
  readonly count: number
}

/** The sentences of a text in which something can be told; none where there is but one. */
function sentencesOf({ words, original }: ReadText): Sentence[] {
  const sentences: Sentence[] = []
  for (const { sentence, start } of words) {
    const open = sentences.at(-1)
    if (open?.number === sentence) sentences[sentences.length - 1] = { ...open, count: open.count + 1 }
    else {
      if (open !== undefined) sentences[sentences.length - 1] = { ...open, end: start }
      sentences.push({ number: sentence, start, end: original.length, count: 1 })
    }
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

/** Every window of words; none of a text that is no longer than one, or so long that it was judged in stretches. */
function windowsOf({ words, original }: ReadText): Piece[] {
  if (words.length <= WINDOW_WORDS || words.length > LONG_WORDS) return []
  const count = Math.ceil((words.length - WINDOW_WORDS) / WINDOW_STEP) + 1
  return Array.from({ length: count }, (_, at) => {
    const from = Math.min(at * WINDOW_STEP, words.length - WINDOW_WORDS)
    return { start: words[from]?.start ?? 0, end: words[from + WINDOW_WORDS]?.start ?? original.length }
  })
}

/**
 * "Yesterday's match was a blast. Now they are firing outside." A piece that by itself surely rings is not drowned by what is said beside it. None where none
 * is as sure.
 */
function loudestOf(
  pieces: readonly Piece[],
  sureFrom: number,
  judge: (piece: Piece) => CategoryTag,
): CategoryTag | undefined {
  let loudest: CategoryTag | undefined
  for (const piece of pieces) {
    const alone = judge(piece)
    if (alone.alertConfidence < Math.max(sureFrom, loudest?.alertConfidence ?? 0)) continue
    const evidence = alone.evidence.map(({ text, start, end }) => ({
      text,
      start: start + piece.start,
      end: end + piece.start,
    }))
    loudest = { ...alone, evidence }
  }
  return loudest
}
