import { fold, foldWithOffsets, originalEnd } from '../runtime/fold.js'

/** A folded word and where it stands in the original, in UTF-16 offsets; `end` takes in the marks written over its last letter. */
export interface PlacedWord {
  readonly text: string
  readonly start: number
  readonly end: number
}

/**
 * Of a longer word only its beginning counts: every engine parts such words in a way of its own, and nobody looks for the two hundredth letter.
 * The whitespace tokenizer of Elasticsearch would cut at 255.
 */
const MAX_WORD = 200

const WORD = /[\p{L}\p{M}\p{N}]+/gu
const MARKS = /^[\p{M}\u0640]+/u

/** Invisible characters that some write between two words and others inside one. */
const BREAKERS = /(?<=[\p{L}\p{M}\p{N}])[\u200b\u200c]+(?=[\p{L}\p{N}])/gu

/**
 * The words of a text as the index knows them: folded, cut wherever there is neither letter, mark nor digit.
 * A query is cut by the same function, so that what is found does not depend on a search engine's own idea of a word.
 */
export function wordsOf(text: string): readonly string[] {
  return (fold(text).match(WORD) ?? []).map(beginning)
}

function beginning(word: string): string {
  if (word.length <= MAX_WORD) return word
  // Never half a letter.
  return word.slice(0, (word.codePointAt(MAX_WORD - 1) ?? 0) > 0xffff ? MAX_WORD - 1 : MAX_WORD)
}

/** The same words, with their places. */
export function placedWordsOf(text: string): readonly PlacedWord[] {
  const folded = foldWithOffsets(text)
  const words: PlacedWord[] = []
  for (const match of folded.text.matchAll(WORD)) {
    const end = originalEnd(folded, text, match.index + match[0].length)
    const marks = MARKS.exec(text.slice(end, end + 16))
    words.push({
      text: beginning(match[0]),
      start: folded.starts[match.index] ?? 0,
      end: end + (marks?.[0].length ?? 0),
    })
  }
  return words
}

/**
 * A second reading of a text in which invisible breaks part words (پشاور‌میں is found as one word, and as two), of the same length;
 * undefined where it would be the same.
 */
export function partedReading(text: string): string | undefined {
  const parted = text.replace(BREAKERS, (breaks) => ' '.repeat(breaks.length))
  return parted === text ? undefined : parted
}
