import { foldWithOffsets, originalEnd, type FoldedText } from '../../runtime/fold.js'
import type { Span } from '../../schemas/tags.js'

/** A word of the folded text, with its place in the original and the sentence it stands in. */
export interface Word {
  /** Folded letters, without what stood between them where a word was written s p a c e d or m.a.s.k.e.d. */
  readonly text: string
  readonly start: number
  readonly end: number
  readonly sentence: number
}

export interface ReadText {
  readonly original: string
  readonly words: readonly Word[]
  /** For each sentence, whether it closes with a question mark. */
  readonly asks: readonly boolean[]
}

/** A sentence without full stops is cut after this many words, so that words far apart are not read together. */
const MAX_SENTENCE_WORDS = 45

/** No more letters of a word are kept. */
export const MOST_LETTERS = 64

/** Blessings in one sign, which fold to up to eighteen letters each and hold no word we look for. */
const LIGATURES = /[\ufdf0-\ufdfd]/g

/** Marks that fold drops at the end of a word belong to the word all the same. */
const TRAILING = /[\p{M}\u0621\u0640]/u

/** What a unit of a folded text is to its words. */
export const enum Kind {
  Gap,
  Letter,
  Stop,
  Question,
  Inner,
}

function kindOf(char: string, code: number): Kind {
  if (code < 0x80) {
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)) return Kind.Letter
    if (code === 0x3f) return Kind.Question
    if (code === 0x2e || code === 0x21 || code === 0x0a || code === 0x7c) return Kind.Stop
    if (code === 0x27 || code === 0x2d || code === 0x2a || code === 0x40 || code === 0x24) return Kind.Inner
    return Kind.Gap
  }
  if (code === 0x2026) return Kind.Stop
  if (code === 0x2019) return Kind.Inner
  return /[\p{L}\p{N}\p{M}]/u.test(char) ? Kind.Letter : Kind.Gap
}

/** By code point, one more than its kind; 0 where it has not been met. */
const kinds = new Uint8Array(0x110000)
/** Of a code point of a folded text. */
export function kindCached(code: number): Kind {
  const known = kinds[code] as number
  if (known !== 0) return known - 1
  const kind = kindOf(String.fromCodePoint(code), code)
  kinds[code] = kind + 1
  return kind
}

export const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a
export const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a

/** How a text is read into words. */
export type Reader = (text: string) => ReadText

/** The same, but a text that several ask for one after the other is read once. */
export function readOnce<Read>(read: (text: string) => Read): (text: string) => Read {
  let last: { readonly text: string; readonly read: Read } | undefined
  return (text) => {
    if (last?.text !== text) last = { text, read: read(text) }
    return last.read
  }
}

/** The folded text that words are read from, with the way back. */
export const foldForWords = (original: string): FoldedText => foldWithOffsets(original.replace(LIGATURES, ' '))

/** Splits `original` into folded words. Links and @handles are left out; a #HashTag in camel case is taken apart. */
export function readText(original: string): ReadText {
  const folded = foldForWords(original)
  const text = folded.text
  const words: Word[] = []
  const asks: boolean[] = []
  let sentence = 0
  let inSentence = 0
  const close = (asked: boolean): void => {
    if (inSentence === 0) {
      if (asked && sentence > 0) asks[sentence - 1] = true
      return
    }
    asks[sentence++] = asked
    inSentence = 0
  }
  const push = (from: number, to: number, letters: string): void => {
    words.push({
      text: letters,
      start: folded.starts[from] ?? 0,
      end: withTrailing(originalEnd(folded, original, to)),
      sentence,
    })
    if (++inSentence >= MAX_SENTENCE_WORDS) close(false)
  }
  function withTrailing(end: number): number {
    let last = end
    while (last < original.length && TRAILING.test(original.charAt(last))) last++
    return last
  }
  const codeAt = (at: number): number => text.codePointAt(at) ?? 0
  let at = 0
  while (at < text.length) {
    const code = codeAt(at)
    const kind = kindCached(code)
    if (kind === Kind.Letter) {
      at = readWord(at)
      continue
    }
    if (code === 0x40 && /[a-z0-9_]/.test(text.charAt(at + 1))) {
      do at++
      while (at < text.length && /[a-z0-9_]/.test(text.charAt(at)))
      continue
    }
    if (kind === Kind.Question) close(true)
    else if (kind === Kind.Stop) close(false)
    at += code > 0xffff ? 2 : 1
  }
  close(false)
  return { original, words: joinSpaced(words), asks }

  function readWord(from: number): number {
    if (/^(?:https?:\/\/|www\.)/.test(text.slice(from, from + 8))) {
      let end = from
      while (end < text.length && !/\s/.test(text.charAt(end))) end++
      return end
    }
    const tagged = text.charAt(from - 1) === '#'
    let letters = ''
    let wordStart = from
    let end = from
    let cursor = from
    let segments = 0
    while (cursor < text.length) {
      const code = codeAt(cursor)
      const width = code > 0xffff ? 2 : 1
      const kind = kindCached(code)
      if (kind === Kind.Letter) {
        const upper = tagged && isUpper(original.charCodeAt(folded.starts[cursor] ?? 0))
        if (upper && letters !== '' && isLower(original.charCodeAt((folded.starts[cursor] ?? 1) - 1))) {
          push(wordStart, end, letters)
          letters = ''
          wordStart = cursor
        }
        if (letters.length < MOST_LETTERS) letters += text.slice(cursor, cursor + width)
        cursor += width
        end = cursor
        continue
      }
      const next = cursor + width < text.length ? codeAt(cursor + width) : 0
      if (kind !== Kind.Inner || kindCached(next) !== Kind.Letter) break
      if (code === 0x2d && letters.length !== ++segments) break
      if (code === 0x40 || code === 0x24) letters += text.charAt(cursor)
      if (code === 0x2a) letters += '*'
      cursor += width
    }
    push(wordStart, end, letters)
    return cursor
  }
}

const single = (word: Word | undefined): boolean =>
  word !== undefined && word.text.length === 1 && !/[0-9]/.test(word.text)

/** `b o m b` and `b.o.m.b` become one word over the whole stretch; three single letters at least, near each other. */
function joinSpaced(words: readonly Word[]): Word[] {
  const joined: Word[] = []
  let at = 0
  while (at < words.length) {
    const first = words[at] as Word
    let end = at
    while (single(words[end]) && (end === at || (words[end] as Word).start - (words[end - 1] as Word).end <= 3)) end++
    if (end - at >= 3) {
      const letters = words.slice(at, Math.min(end, at + 40)).map((word) => word.text)
      joined.push({
        text: letters.join(''),
        start: first.start,
        end: (words[end - 1] as Word).end,
        sentence: first.sentence,
      })
      at = end
    } else {
      joined.push(first)
      at++
    }
  }
  return joined
}

/** Whether a word stands behind a `#`. */
export const isTag = ({ original }: ReadText, { start }: Word): boolean => original.charAt(start - 1) === '#'

export const spanOf = (read: ReadText, start: number, end: number): Span => ({
  text: read.original.slice(start, end),
  start,
  end,
})
