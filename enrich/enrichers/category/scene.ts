import type { Match } from '../threat/lexicon.js'
import type { ReadText } from '../../reading/words.js'

/** One sentence, or a few neighbouring ones read together, by the concepts found in it. */
export interface Scene {
  /** How many sentences it spans; the more, the looser the tie between its words. */
  readonly span: number
  readonly matches: ReadonlyMap<string, readonly Match[]>
  /** The concepts of the message around it: of a short message all, of a long one those of a few sentences before and after. */
  readonly around: ReadonlySet<string>
}

/** Concepts that are no words of a lexicon: the sentence asks; a telephone number; a district of the province; a small sum in figures. */
export const MADE_CONCEPTS = ['asks', 'phone', 'district', 'sum'] as const

const MAX_SPAN = 3
/** Of a longer text its head, its tail and what is strong between are judged: nothing is hidden behind padding. */
const HEAD = 60
const TAIL = 60
const MAX_STRONG = 60
/** What is said farther off than this in a longer text is about something else. */
const NEAR = 4
const SHORT = 25

/** Concepts whose words seldom stand for nothing. */
export const STRONG: ReadonlySet<string> = new Set([
  'post_attack',
  'suicide',
  'explosive',
  'blast',
  'bomb',
  'bhatta',
  'ransom',
  'kidnap',
  'vow',
  'danger_life',
  'dhamki',
  'firing',
  'shot',
  'stab',
  'murder',
  'rape',
  'robbery',
  'fire',
  'flood',
  'collapse',
  'drown',
  'trapped',
  'accident',
  'missing',
  'quake',
])

/** Which sentences are judged: all of a text that is not long; of more, those that say most of danger, the rest of a flood at even steps. */
function judged(perSentence: readonly (readonly Match[])[]): readonly boolean[] {
  const count = perSentence.length
  const chosen = perSentence.map((_, at) => count <= HEAD + TAIL + MAX_STRONG || at < HEAD || at >= count - TAIL)
  const kinds = perSentence.map((found) => new Set(found.map((match) => match.concept)))
  const strong = kinds.flatMap((found, at) => (!chosen[at] && [...found].some((one) => STRONG.has(one)) ? [at] : []))
  const seen = new Set<string>()
  const unlike = strong.filter((at) => {
    const sign = [...(kinds[at] as Set<string>)].sort().join(' ')
    return !seen.has(sign) && seen.add(sign) !== undefined
  })
  const step = Math.max(1, unlike.length / MAX_STRONG)
  for (let at = 0; at < unlike.length; at += step) {
    const sentence = unlike[Math.floor(at)] as number
    for (let near = sentence - 1; near <= sentence + MAX_SPAN - 1; near++) if (near < count) chosen[near] = true
  }
  return chosen
}

/** Of these it does not matter where they stand. */
const OF_THE_WHOLE = ['phone', 'district'] as const

function aroundOf(perSentence: readonly (readonly Match[])[], everywhere: ReadonlySet<string>, read: ReadText) {
  if (perSentence.length <= SHORT) return () => everywhere
  const made = OF_THE_WHOLE.filter((concept) => everywhere.has(concept))
  return (first: number): ReadonlySet<string> => {
    const near = new Set<string>(made)
    const from = Math.max(0, first - NEAR)
    const to = first + NEAR + 1
    for (const found of perSentence.slice(from, to)) for (const { concept } of found) near.add(concept)
    if (read.asks.slice(from, to).includes(true)) near.add('asks')
    return near
  }
}

/** Every judged sentence with a match, alone and with up to two that follow. */
export function scenesOf(read: ReadText, matches: readonly Match[], everywhere: ReadonlySet<string>): Scene[] {
  const count = (read.words.at(-1)?.sentence ?? -1) + 1
  const perSentence: Match[][] = Array.from({ length: count }, () => [])
  for (const match of matches) perSentence[match.sentence]?.push(match)
  const chosen = judged(perSentence)
  const aroundSentence = aroundOf(perSentence, everywhere, read)
  const scenes: Scene[] = []
  for (let first = 0; first < count; first++) {
    if (chosen[first] !== true) continue
    const around = aroundSentence(first)
    for (let span = 1; span <= MAX_SPAN && first + span <= count && chosen[first + span - 1] === true; span++) {
      const found = perSentence.slice(first, first + span)
      if (span > 1 && ((found[0] as Match[]).length === 0 || (found[span - 1] as Match[]).length === 0)) continue
      const byConcept = new Map<string, Match[]>()
      for (const match of found.flat()) {
        const list = byConcept.get(match.concept)
        if (list === undefined) byConcept.set(match.concept, [match])
        else list.push(match)
      }
      if (read.asks.slice(first, first + span).includes(true)) byConcept.set('asks', [])
      if (byConcept.size > 0) scenes.push({ span, matches: byConcept, around })
    }
  }
  return scenes
}
