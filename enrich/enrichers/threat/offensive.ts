import type { Match } from './lexicon.js'

const BASE = -2.6
const ABUSE = 3.6
const INSULT = 1.5
const AT_YOU = 0.4
const SLUR = 0.9

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The probability of insult, abuse or hate in the words: each further one adds less than the one before. */
export function offensiveFrom(matches: readonly Match[]): number {
  const starts = new Map<string, Set<number>>()
  for (const { concept, from } of matches) {
    if (concept !== 'abuse' && concept !== 'insult' && concept !== 'slur_group') continue
    const places = starts.get(concept) ?? new Set<number>()
    starts.set(concept, places.add(from))
  }
  const times = (concept: string): number => starts.get(concept)?.size ?? 0
  const diminishing = (count: number): number => (count === 0 ? 0 : 1 + 0.5 * Math.log2(count))
  let score =
    BASE +
    ABUSE * diminishing(times('abuse')) +
    INSULT * diminishing(times('insult')) +
    SLUR * diminishing(times('slur_group'))
  if (times('abuse') + times('insult') > 0 && matches.some((match) => match.concept === 'you')) score += AT_YOU
  return sigmoid(score)
}
