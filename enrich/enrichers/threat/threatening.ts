import type { Match } from './lexicon.js'

/** Weights of what speaks for and against a threat by the writer, in log-odds. */
const BASE = -3.2
const VOW = 3.1
const SECOND_VOW = 0.8
const AT_YOU = 1.2
const AT_TARGET = 1.1
const WITH_WEAPON = 0.6
const REPORTED = -3.4
const WISH = 0.4

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/**
 * The probability that the writer threatens a person or group. A vow ("I will kill you") counts with whom it is spoken to, in its own
 * sentence; a vow told of another ("he says he will kill me") counts against.
 */
export function threateningFrom(matches: readonly Match[]): number {
  const bySentence = new Map<number, Set<string>>()
  const vows = new Map<number, number>()
  let vowsInAll = 0
  for (const match of matches) {
    let concepts = bySentence.get(match.sentence)
    if (concepts === undefined) bySentence.set(match.sentence, (concepts = new Set()))
    concepts.add(match.concept)
    if (match.concept !== 'vow') continue
    vowsInAll++
    vows.set(match.sentence, (vows.get(match.sentence) ?? 0) + 1)
  }
  const everywhere = new Set(matches.map((match) => match.concept))
  let best = BASE + (everywhere.has('wish') ? WISH : 0)
  for (const [sentence, count] of vows) {
    const near = bySentence.get(sentence) ?? new Set<string>()
    let score = BASE + VOW + (count > 1 || vowsInAll > 1 ? SECOND_VOW : 0)
    if (near.has('you')) score += AT_YOU
    if (near.has('target')) score += AT_TARGET
    if (near.has('weapon') || near.has('bomb') || near.has('explosive')) score += WITH_WEAPON
    if (everywhere.has('reported')) score += REPORTED
    best = Math.max(best, score)
  }
  return sigmoid(best)
}
