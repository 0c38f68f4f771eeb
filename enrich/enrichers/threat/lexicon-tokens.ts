import { fold } from '../../../runtime/fold.js'
import { HashSieve } from '../../linear/hash-sieve.js'
import { addToHash, hashText } from '../../linear/hashing.js'
import { LATIN, wordKeys, type WordKeys } from '../../reading/keys.js'

/** A word that sounds away to fewer letters (`we` to `vi`) is taken by its letters where it stands alone. */
const MIN_LOOSE = 3
const MIN_TELLING = 3
/** A word that is so many letters longer than a beginning is a form of what begins so. */
const MOST_ENDING = 3
const SHORTEST_STEM = 4

/** Vowels at the end of a prefix melt into what follows (`ga` in `gaye`, `gai`, `gaya`), so they are left open. */
const openPrefix = (key: string): string => key.replace(/(?<=[a-z])[aiu]+$/, '')

const LEVELS = ['raw', 'light', 'loose'] as const
type Level = (typeof LEVELS)[number]

/** A word of a pattern: its key at one of the levels of `WordKeys`, whole or only how it begins. */
export interface Token {
  readonly level: Level
  readonly key: string
  readonly isPrefix: boolean
}

class LevelTable {
  readonly whole = new Map<string, number>()
  readonly prefixes = new Map<string, number>()
  /** How long the prefixes are that begin with these two letters (or are this one). */
  readonly lengths = new Map<string, readonly number[]>()
}

const MASK_VOWELS = ['a', 'e', 'i', 'o', 'u'] as const
const unmasked = (word: string): readonly string[] =>
  word.includes('*') ? MASK_VOWELS.map((vowel) => word.replaceAll('*', vowel)) : [word]

/** The words of patterns, each known by a number. */
export class TokenTable {
  #size = 0
  readonly #levels: Readonly<Record<Level, LevelTable>> = {
    raw: new LevelTable(),
    light: new LevelTable(),
    loose: new LevelTable(),
  }

  numberFor({ level, key, isPrefix }: Token): number {
    const { whole, prefixes, lengths } = this.#levels[level]
    const known = (isPrefix ? prefixes : whole).get(key)
    if (known !== undefined) return known
    if (isPrefix) {
      const head = key.slice(0, 2)
      const ofHead = lengths.get(head) ?? []
      if (!ofHead.includes(key.length)) lengths.set(head, [...ofHead, key.length])
    }
    ;(isPrefix ? prefixes : whole).set(key, this.#size)
    return this.#size++
  }

  /** The numbers of all that a folded word is, or begins with; a `*` in it stands for any vowel. */
  numbersOf(word: string): number[] {
    return unmasked(word).flatMap((each) => this.numbersFor(wordKeys(each)))
  }

  /** Whether a folded word is a token, or a form of what a token begins. */
  has(word: string): boolean {
    const keys = wordKeys(word)
    return LEVELS.some((level) => {
      const key = keys[level]
      const { whole, prefixes } = this.#levels[level]
      if (whole.has(key)) return true
      for (let end = key.length; end >= Math.max(SHORTEST_STEM, key.length - MOST_ENDING); end--)
        if (prefixes.has(key.slice(0, end))) return true
      return false
    })
  }

  numbersFor(keys: WordKeys): number[] {
    const found: number[] = []
    for (const level of LEVELS) {
      const key = keys[level]
      const table = this.#levels[level]
      const whole = table.whole.get(key)
      if (whole !== undefined) found.push(whole)
      addPrefixes(table, key, key.slice(0, 2), found)
      if (key.length > 1) addPrefixes(table, key, key.charAt(0), found)
    }
    return found
  }
}

function addPrefixes({ lengths, prefixes }: LevelTable, key: string, head: string, found: number[]): void {
  for (const length of lengths.get(head) ?? []) {
    if (length > key.length) continue
    const number = prefixes.get(key.slice(0, length))
    if (number !== undefined) found.push(number)
  }
}

/** Tells by hashes alone, in one pass over a word, whether it may be, or begin with, one of some tokens: "no" is always true, "yes" nearly always. */
class TokenSieve {
  readonly #hashes = new HashSieve()

  add({ level, key, isPrefix }: Token): void {
    this.#hashes.add(hashText(key, SEEDS[level][isPrefix ? 'prefix' : 'whole']))
  }

  mayHold(keys: WordKeys): boolean {
    for (const level of LEVELS) {
      const key = keys[level]
      const { prefix, whole } = SEEDS[level]
      let [asPrefix, asWhole] = [prefix, whole]
      for (let at = 0; at < key.length; at++) {
        const unit = key.charCodeAt(at)
        asPrefix = addToHash(asPrefix, unit)
        if (this.#hashes.mayHold(asPrefix)) return true
        asWhole = addToHash(asWhole, unit)
      }
      if (this.#hashes.mayHold(asWhole)) return true
    }
    return false
  }
}

/** What the hashes of the sieve begin with: another number for each level, and for whole words and beginnings. */
const SEEDS: Readonly<Record<Level, Readonly<Record<'whole' | 'prefix', number>>>> = {
  raw: { whole: 0x811c9dc5, prefix: 0x811c9dc6 },
  light: { whole: 0x811c9dc7, prefix: 0x811c9dc8 },
  loose: { whole: 0x811c9dc9, prefix: 0x811c9dca },
}

/** Reads a word of a pattern: `=` before it is `raw`, `*` behind it a beginning; English is known by its letters, all else by its sound. Throws where nothing is left of it. */
export function tokenOf(written: string, lang: string, alone: boolean): Token {
  const exact = written.startsWith('=')
  const isPrefix = written.endsWith('*')
  const keys = wordKeys(fold(written.slice(exact ? 1 : 0, isPrefix ? -1 : undefined)))
  const loose = isPrefix ? openPrefix(keys.loose) : keys.loose
  const strict = alone && !isPrefix && loose.length < MIN_LOOSE
  const level = exact || strict ? 'raw' : lang === 'en' ? 'light' : 'loose'
  const key = level === 'loose' ? loose : keys[level]
  if (key === '') throw new Error(`lexicon token "${written}" folds to nothing`)
  return { level, key, isPrefix }
}

/** Whether it is long enough to tell anything where it stands alone; in Latin letters a vowel is one of them. */
export const tellsByItself = ({ key, isPrefix }: Token): boolean =>
  key.length >= (isPrefix && LATIN.test(key) ? MIN_TELLING + 1 : MIN_TELLING)

/** Tells of a folded word whether it is, or begins with, one of the tokens; that a word is none costs least. */
export function isAnyOf(tokens: Iterable<Token>): (word: string) => boolean {
  const table = new TokenTable()
  const sieve = new TokenSieve()
  for (const token of tokens) {
    table.numberFor(token)
    sieve.add(token)
  }
  return (word) =>
    unmasked(word).some((each) => {
      const keys = wordKeys(each)
      return sieve.mayHold(keys) && table.numbersFor(keys).length > 0
    })
}
