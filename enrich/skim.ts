import type { Enricher } from './enricher.js'
import { overNarrowed, type Narrowed, type NarrowedName } from './narrowed.js'
import { MAY_BE_ANY, type UnitSieve } from './reading/unit-sieve.js'
import { foldForWords, isLower, isUpper, Kind, kindCached, readOnce } from './reading/words.js'

/** Up to here a text is read whole, in UTF-16 units: a comment on Facebook is no longer. */
const READ_WHOLE = 8_000
/** Of a longer one these are read: its head, its tail, and the pieces between that tell most of danger, and of places. */
const HEAD = 2_400
const TAIL = 2_400
const TELLING = 2_400
const PLACES = 800
/** A piece ends with the first sentence that ends this far from where it began; where none does, at a gap between words, and at last anywhere. */
const PIECE = 160
const LONG_PIECE = 320
const LONGEST_PIECE = 400
/** What stands between two pieces that are not neighbours: words are read together over no more than three units. */
const BETWEEN = '\n\n\n\n'
/** So many letters that stand alone are one word written apart. */
const SPELT = 3
const LONGEST_WORD = 40

/** What a word says of the piece it stands in. */
export interface Telling {
  /** Whether the folded word is one by which dangers are told. */
  ofDanger(word: string): boolean
  /** Whether it names, or begins the name of, a place of the province. */
  ofPlace(word: string): boolean
  /** What is let through by neither tells nothing. */
  readonly sieves?: readonly [danger: UnitSieve, place: UnitSieve] | undefined
}

interface Occurring {
  times: number
  readonly danger: boolean
  readonly place: boolean
}

interface Piece {
  readonly start: number
  readonly end: number
  readonly words: readonly Occurring[]
}

const TELLS_NOTHING: Occurring = { times: 0, danger: false, place: false }

function occurringOf(word: string, telling: Telling): Occurring {
  const danger = telling.ofDanger(word)
  const place = telling.ofPlace(word)
  return danger || place ? { times: 0, danger, place } : TELLS_NOTHING
}

/** Cuts a text into pieces, and knows of each word that tells something how often the text has it. Words are cut much as `readText` cuts them. */
function piecesOf(original: string, telling: Telling): Piece[] {
  const { text, starts } = foldForWords(original)
  const [danger, place] = telling.sieves ?? [MAY_BE_ANY, MAY_BE_ANY]
  const known = new Map<string, Occurring>()
  const pieces: Piece[] = []
  let words: Occurring[] = []
  let from = 0
  /** The word at hand: `before`, and what the text has from `wordStart` to `wordEnd`; how long it is, and what the sieves know of it. */
  let before = ''
  let wordStart = 0
  let wordEnd = 0
  let units = 0
  let asDanger = danger.start
  let asPlace = place.start
  let spelt = ''

  const met = (letters: string): void => {
    let occurring = known.get(letters)
    if (occurring === undefined) known.set(letters, (occurring = occurringOf(letters, telling)))
    if (occurring === TELLS_NOTHING) return
    occurring.times++
    if (!words.includes(occurring)) words.push(occurring)
  }
  const endSpelt = (): void => {
    if (spelt.length >= SPELT) met(spelt)
    spelt = ''
  }
  const take = (at: number): void => {
    if (at !== wordEnd) {
      before += text.slice(wordStart, wordEnd)
      wordStart = at
    }
    wordEnd = at + 1
    units++
    const unit = text.charCodeAt(at)
    asDanger = danger.next(asDanger, unit)
    asPlace = place.next(asPlace, unit)
  }
  const endWord = (): void => {
    if (units === 0) return
    const isSingle = units === 1 || (units === 2 && isPair(text, wordEnd - 2))
    if (isSingle && spelt.length < LONGEST_WORD) spelt += before + text.slice(wordStart, wordEnd)
    else {
      endSpelt()
      if (danger.mayBe(asDanger) || place.mayBe(asPlace)) met(before + text.slice(wordStart, wordEnd))
    }
    before = ''
    wordEnd = 0
    units = 0
    asDanger = danger.start
    asPlace = place.start
  }
  const cut = (to: number): void => {
    endWord()
    endSpelt()
    const start = starts[from] ?? original.length
    // What folds to nothing behind the last letter is no part of it.
    const last = to > from ? (starts[to - 1] ?? start) : start
    const next = starts[to] ?? original.length
    const end = next - last > LONGEST_PIECE ? last + ((original.codePointAt(last) ?? 0) > 0xffff ? 2 : 1) : next
    if (end > start) pieces.push({ start, end, words })
    words = []
    from = to
  }

  let isTag = false
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0
    const width = code > 0xffff ? 2 : 1
    const kind = kindCached(code)
    const origin = starts[at] ?? 0
    const length = origin - (starts[from] ?? 0)
    if (length >= LONGEST_PIECE) cut(at)
    if (kind === Kind.Letter) {
      if (units === 0) isTag = text.charAt(at - 1) === '#'
      else if (isTag && isUpper(original.charCodeAt(origin)) && isLower(original.charCodeAt(origin - 1))) endWord()
      if (units < LONGEST_WORD) for (let unit = at; unit < at + width; unit++) take(unit)
    } else if (kind !== Kind.Inner || units === 0 || kindCached(text.codePointAt(at + 1) ?? 0) !== Kind.Letter) {
      endWord()
      const isEnd = kind === Kind.Stop || kind === Kind.Question
      if (length >= LONG_PIECE || (isEnd && length >= PIECE)) cut(at + width)
    } else if (code === HYPHEN) endWord()
    else if (code !== APOSTROPHE && code !== TYPOGRAPHIC_APOSTROPHE) take(at)
    at += width
  }
  cut(text.length)
  return pieces
}

const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff

const HYPHEN = 0x2d
const APOSTROPHE = 0x27
const TYPOGRAPHIC_APOSTROPHE = 0x2019

/** Takes the pieces that say most until `room` is used up; a word says the less the oftener the text has it, so that padding hides nothing. */
function choose(pieces: readonly Piece[], says: 'danger' | 'place', room: number, chosen: Uint8Array): void {
  const scored = pieces
    .map(({ words }, at) => ({ at, score: words.reduce((sum, word) => sum + (word[says] ? 1 / word.times : 0), 0) }))
    .filter(({ at, score }) => score > 0 && chosen[at] === 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
  let left = room
  for (const { at } of scored) {
    const { start, end } = pieces[at] as Piece
    if (end - start > left) continue
    left -= end - start
    chosen[at] = 1
  }
}

/** Pieces of a text that is long, in their order; undefined of any other, which is read whole. */
export function skim(original: string, telling: Telling): Narrowed | undefined {
  if (original.length <= READ_WHOLE) return undefined
  const pieces = piecesOf(original, telling)
  const chosen = Uint8Array.from(pieces, ({ start, end }) => (end <= HEAD || start >= original.length - TAIL ? 1 : 0))
  choose(pieces, 'danger', TELLING, chosen)
  choose(pieces, 'place', PLACES, chosen)
  let text = ''
  /** Where each piece begins in what is read, and in the original. */
  const froms: number[] = []
  const starts: number[] = []
  let lastEnd = 0
  for (const [at, { start, end }] of pieces.entries()) {
    if (chosen[at] === 0) continue
    if (text !== '' && start !== lastEnd) text += BETWEEN
    froms.push(text.length)
    starts.push(start)
    text += original.slice(start, end)
    lastEnd = end
  }
  return {
    text,
    spanOf(span) {
      let at = froms.length - 1
      while (at > 0 && (froms[at] as number) > span.start) at--
      const shift = (starts[at] ?? 0) - (froms[at] ?? 0)
      return { ...span, start: span.start + shift, end: span.end + shift }
    },
  }
}

/**
 * Makes of enrichers that read a text whole such that of a text of more than 8,000 UTF-16 units read some 8,000: its head and tail, and between them what
 * tells most of danger and of places. Their spans are those of the whole text.
 */
export class Skimmer {
  readonly #skim: (text: string) => Narrowed | undefined

  constructor(telling: Telling) {
    this.#skim = readOnce((text) => skim(text, telling))
  }

  over<Name extends NarrowedName>(enricher: Enricher<Name>): Enricher<Name> {
    return overNarrowed(enricher, this.#skim)
  }
}
