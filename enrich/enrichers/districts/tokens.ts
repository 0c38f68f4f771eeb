import { foldWithOffsets, originalEnd } from '../../../runtime/fold.js'
import type { Span } from '../../../schemas/tags.js'
import { placeLetters } from './spelling.js'

/** A word of the text in place letters, with its place in the folded text. */
export interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
  /** What stands before it: nothing but space, a comma or dash, a colon, or the end of a sentence. */
  readonly gap: 'space' | 'comma' | 'colon' | 'stop'
  readonly inHashtag: boolean
  readonly inHandle: boolean
  /** Latin, with a capital first letter in the original. */
  readonly capital: boolean
}

export interface Tokenised {
  readonly tokens: readonly Token[]
  /** Whether so many of its words have capitals that a capital says nothing. */
  readonly shouts: boolean
  readonly spanOf: (start: number, end: number) => Span
}

/** Longer runs of letters are no words: they are passed over, so that a text without spaces costs nothing. */
const MAX_TOKEN_LENGTH = 48
/** One character can fold into eighteen: what is past this many is not read. */
const MAX_FOLDED_LENGTH = 200_000

const LINKS = /(?:https?:\/\/|www\.)\S+|[^\s@]+@[^\s@]+\.[a-z]\S*/g

/** By unit of a folded text, whether it is of a word: 1 or 2, 0 where it has not been met. */
const letters = new Uint8Array(0x10000)
const IS_LETTER = 2
function isLetter(code: number): boolean {
  if (code < 0x80) return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
  // The vowels of Devanagari are marks.
  if (letters[code] === 0)
    letters[code] = /[\p{L}\p{N}\u0900-\u0903\u093a-\u094f]/u.test(String.fromCharCode(code)) ? IS_LETTER : 1
  return letters[code] === IS_LETTER
}

function gapOf(text: string, from: number, to: number): Token['gap'] {
  let gap: Token['gap'] = 'space'
  for (let at = from; at < to; at++) {
    const char = text[at] ?? ''
    if (char === '\n' || char === '!' || char === '?' || char === '|') return 'stop'
    if (char === '.') gap = to - from === 1 ? gap : 'stop'
    else if (char === ':') gap = gap === 'stop' ? gap : 'colon'
    else if (char === ',' || char === '-' || char === ';' || char === '/' || char === '(')
      gap = gap === 'space' ? 'comma' : gap
  }
  return gap
}

const isCapital = (char: string): boolean => char >= 'A' && char <= 'Z'
const isSmall = (char: string): boolean => char >= 'a' && char <= 'z'

/** Where a word in the original's capitals falls apart: `PeshawarBlast`, `DIKhan`. Offsets into the token. */
function humps(original: string, starts: Uint32Array, from: number, to: number): number[] {
  const cuts: number[] = []
  const charAt = (at: number): string => original[starts[at] ?? original.length] ?? ''
  for (let at = from + 1; at < to; at++) {
    if (!isCapital(charAt(at))) continue
    if (isSmall(charAt(at - 1)) || (at + 1 < to && isCapital(charAt(at - 1)) && isSmall(charAt(at + 1)))) cuts.push(at)
  }
  return cuts
}

/** "وأنا", and I, is no Wana: before an alif with hamza the first letter is the Arabic "and", which is passed over. */
const afterArabicAnd = (original: string, starts: Uint32Array, from: number): number =>
  original[starts[from] ?? 0] === 'و' && /[أإآ]/.test(original[starts[from + 1] ?? 0] ?? '') ? from + 1 : from

function linksOf(text: string): [from: number, to: number][] {
  if (!text.includes('://') && !text.includes('www.') && !text.includes('@')) return []
  return [...text.matchAll(LINKS)].map((link) => [link.index, link.index + link[0].length])
}

/** Splits a text into words; `isName` says whether a word is known as it stands, so that its capitals do not take it apart. */
export function tokenise(original: string, isName: (word: string) => boolean): Tokenised {
  const folded = foldWithOffsets(original)
  const text = placeLetters(folded.text.slice(0, MAX_FOLDED_LENGTH))
  const links = linksOf(text)
  const tokens: Token[] = []
  let link = 0
  let capitals = 0
  let latin = 0
  let lastEnd = 0
  let at = 0
  while (at < text.length) {
    const skip = links[link]
    if (skip !== undefined && at >= skip[0]) {
      at = Math.max(at, skip[1])
      link++
      continue
    }
    if (!isLetter(text.charCodeAt(at))) {
      at++
      continue
    }
    const from = at
    while (at < text.length && isLetter(text.charCodeAt(at))) at++
    if (at - from > MAX_TOKEN_LENGTH) continue
    const before = text[from - 1]
    const last = tokens.at(-1)
    const joins = before === '_' && last !== undefined && lastEnd === from - 1
    const inHashtag = before === '#' || (joins && last.inHashtag)
    const inHandle = before === '@' || (joins && last.inHandle)
    const gap = tokens.length === 0 ? 'stop' : gapOf(text, lastEnd, from)
    const first = original[folded.starts[from] ?? 0] ?? ''
    const capital = isCapital(first)
    if (capital || isSmall(first)) {
      latin++
      if (capital) capitals++
    }
    const cuts = capital || inHashtag || inHandle ? humps(original, folded.starts, from, at) : []
    const parts =
      cuts.length === 0 || isName(text.slice(from, at))
        ? [afterArabicAnd(original, folded.starts, from), at]
        : [from, ...cuts, at]
    for (let part = 0; part + 1 < parts.length; part++) {
      const start = parts[part] ?? from
      const end = parts[part + 1] ?? at
      tokens.push({
        text: text.slice(start, end),
        start,
        end,
        gap: part === 0 ? gap : 'space',
        inHashtag,
        inHandle,
        capital,
      })
    }
    lastEnd = at
  }
  const spanOf = (start: number, end: number): Span => {
    const from = folded.starts[start] ?? original.length
    const to = originalEnd(folded, original, end)
    return { text: original.slice(from, to), start: from, end: to }
  }
  return { tokens, shouts: latin > 0 && capitals * 10 > latin * 6, spanOf }
}
