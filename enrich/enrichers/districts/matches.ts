import type { Gazetteer, Named } from './gazetteer.js'
import type { Exactness, WordReader } from './readings.js'
import type { Token } from './tokens.js'

/** A name found in the text: tokens `[first, last]`, folded offsets `[start, end)`. */
export interface Match {
  readonly first: number
  readonly last: number
  readonly start: number
  readonly end: number
  readonly names: readonly Named[]
  readonly exactness: Exactness
}

const ROUGH: Readonly<Record<Exactness, number>> = { exact: 0, sound: 1, misspelt: 2 }
const rougher = (a: Exactness, b: Exactness): Exactness => (ROUGH[a] >= ROUGH[b] ? a : b)

/** The names in the text, the leftmost and longest first, none overlapping another; non-places and places outside are among them. */
export function findMatches(tokens: readonly Token[], gazetteer: Gazetteer, reader: WordReader): Match[] {
  const matches: Match[] = []
  for (let at = 0; at < tokens.length && matches.length < MAX_MATCHES;) {
    const match = longestAt(tokens, at, gazetteer, reader)
    if (match === undefined) at++
    else {
      matches.push(match)
      at = match.last + 1
    }
  }
  return matches
}

/** A text with more place names than this is a list, and the rest of it says nothing new. */
const MAX_MATCHES = 1_000

interface Walk {
  /** The words so far and a space, or nothing. */
  readonly key: string
  readonly start: number
  readonly exactness: Exactness
}

const START: readonly Walk[] = [{ key: '', start: -1, exactness: 'exact' }]

function longestAt(
  tokens: readonly Token[],
  first: number,
  gazetteer: Gazetteer,
  reader: WordReader,
): Match | undefined {
  let best = joinedPair(tokens, first, gazetteer)
  let walks = START
  for (let at = first; at < tokens.length; at++) {
    const token = tokens[at]
    if (token === undefined || (at > first && token.gap === 'stop')) break
    const readings = reader.read(token.text, token.inHashtag)
    if (readings.length === 0) break
    const further: Walk[] = []
    for (const walk of walks) {
      for (const reading of readings) {
        const key = walk.key + reading.word
        const start = walk.start < 0 ? token.start + reading.from : walk.start
        const exactness = rougher(walk.exactness, reading.exactness)
        const whole = reading.to === token.text.length
        if (whole && gazetteer.beginnings.has(key)) further.push({ key: `${key} `, start, exactness })
        const names = gazetteer.named.get(key)
        if (names === undefined) continue
        const better = best === undefined || at > best.last || ROUGH[exactness] < ROUGH[best.exactness]
        if (better) best = { first, last: at, start, end: token.start + reading.to, names, exactness }
      }
    }
    if (further.length === 0) break
    walks = further
  }
  return best
}

const isCertain = ({ need, place }: Named): boolean =>
  need === 'nothing' && (place.kind === 'district' || place.kind === 'tehsil')

/** `bat khela` for `Batkhela`: a name of one word written as two. */
function joinedPair(tokens: readonly Token[], first: number, gazetteer: Gazetteer): Match | undefined {
  const one = tokens[first]
  const two = tokens[first + 1]
  if (one === undefined || two === undefined || two.gap !== 'space' || !gazetteer.halves.has(one.text)) return undefined
  const names = gazetteer.named.get(one.text + two.text)
  if (names === undefined || !names.every(isCertain)) return undefined
  return { first, last: first + 1, start: one.start, end: two.end, names, exactness: 'sound' }
}
