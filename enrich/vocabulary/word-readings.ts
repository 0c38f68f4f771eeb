import type { Span } from '../../schemas/tags.js'
import { wordKeys } from '../reading/keys.js'
import { readText, type ReadText, type Word } from '../reading/words.js'

/** Words that end here are read as these. */
interface Node {
  readonly next: Map<string, Node>
  /** Undefined where a longer spelling goes on. */
  as: Reading | undefined
}

interface Reading {
  readonly like: string
  readonly words: readonly string[]
}

interface Found {
  /** Index of the first word and one past the last. */
  readonly from: number
  readonly to: number
  readonly reading: Reading
}

/** Only such a word can have another key than its letters: three in a row, a look-alike, a digit or a sign among letters. */
const ODD = /[^a-z\u0600-\u06ff]|(.)\1\1/

const keyOf = (word: string): string => (ODD.test(word) ? wordKeys(word).raw : word)

/** The keys of the words of a spelling, by which two spellings are the same. */
export const spellingKeys = (spelling: string): string[] => readText(spelling).words.map(({ text }) => keyOf(text))

/**
 * Words that are read as others: everything the tagger knows of those then holds for them, and spans are of what was written. A spelling is found as
 * its folded letters, look-alikes mended, whole word by whole word, the longest first. What was read once is not read again.
 */
export class WordReadings {
  readonly #root: Node = { next: new Map(), as: undefined }
  readonly #words = new Set<string>()
  readonly #keys = new Set<string>()

  /** Of two readings of one spelling the first stays. Throws where either holds no word. */
  add(spelling: string, like: string): void {
    const words = readText(like).words.map(({ text }) => text)
    const spelled = readText(spelling).words.map(({ text }) => text)
    const keys = spelled.map(keyOf)
    if (words.length === 0 || keys.length === 0) throw new Error('a word without letters')
    for (const word of spelled) this.#words.add(word)
    for (const key of keys) this.#keys.add(key)
    let node = this.#root
    for (const key of keys) {
      let next = node.next.get(key)
      if (next === undefined) node.next.set(key, (next = { next: new Map(), as: undefined }))
      node = next
    }
    node.as ??= { like, words }
  }

  get isEmpty(): boolean {
    return this.#root.next.size === 0
  }

  /** Every word of the spellings that were added, folded. */
  get words(): Iterable<string> {
    return this.#words
  }

  /** Whether a folded word is, or is spelled like, one of them. */
  has(word: string): boolean {
    return this.#keys.has(keyOf(word))
  }

  /** Whether a spelling that was added begins with this folded word. */
  begins(word: string): boolean {
    return !this.isEmpty && this.#root.next.has(keyOf(word))
  }

  /** The text with the words that are read as others in their place. */
  read(read: ReadText): ReadText {
    const found = this.#find(read.words)
    if (found.length === 0) return read
    const words: Word[] = []
    let at = 0
    for (const { from, to, reading } of found) {
      words.push(...read.words.slice(at, from))
      const { start, sentence } = read.words[from] as Word
      const { end } = read.words[to - 1] as Word
      for (const letters of reading.words) words.push({ text: letters, start, end, sentence })
      at = to
    }
    words.push(...read.words.slice(at))
    return { ...read, words }
  }

  /** The text itself with those words in the place of what was written: for what reads letters in its own way, and answers without spans. */
  rewritten(text: string): string {
    const { words } = readText(text)
    let rewritten = ''
    let at = 0
    for (const { from, to, reading } of this.#find(words)) {
      rewritten += `${text.slice(at, (words[from] as Word).start)} ${reading.like} `
      at = (words[to - 1] as Word).end
    }
    return at === 0 ? text : rewritten + text.slice(at)
  }

  #find(words: readonly Word[]): Found[] {
    const found: Found[] = []
    if (this.isEmpty) return found
    for (let from = 0; from < words.length;) {
      const match = this.#longestAt(words, from)
      if (match !== undefined) found.push(match)
      from = match?.to ?? from + 1
    }
    return found
  }

  #longestAt(words: readonly Word[], from: number): Found | undefined {
    let longest: Found | undefined
    let node: Node | undefined = this.#root
    const { sentence } = words[from] as Word
    for (let at = from; words[at]?.sentence === sentence; at++) {
      node = node.next.get(keyOf((words[at] as Word).text))
      if (node === undefined) break
      if (node.as !== undefined) longest = { from, to: at + 1, reading: node.as }
    }
    return longest
  }
}

/** One written word may be read as several, each with its span: of spans that overlap the first stays. */
export function withoutOverlaps<S extends Pick<Span, 'start' | 'end'>>(spans: readonly S[]): S[] {
  const kept: S[] = []
  for (const span of spans) if (kept.every(({ start, end }) => span.end <= start || end <= span.start)) kept.push(span)
  return kept
}
