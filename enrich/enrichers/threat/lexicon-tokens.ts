import { fold } from '../../../runtime/fold.js'
import { CLASSES, LATIN, wordKeys, type WordKeys } from '../../reading/keys.js'
import type { UnitSieve, WordTest } from '../../reading/unit-sieve.js'

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

const enum End {
  None,
  Whole,
  Prefix,
}

/** Where nothing follows. */
const NOWHERE = 0

/** Tokens as a tree of their units, with a root for each level: nearly every word that is none leaves it within three of them. */
class TokenTree {
  /** The column of each unit that stands in a token; all others have the first, in which nothing follows. */
  readonly #columns = new Uint16Array(0x10000)
  readonly #width: number
  /** A row for each node: where each unit leads. */
  readonly #next: Int32Array
  readonly #ends: Uint8Array
  readonly #roots: Readonly<Record<Level, number>> = { raw: 1, light: 2, loose: 3 }

  constructor(tokens: readonly Token[]) {
    let width = 1
    let most = 1 + LEVELS.length
    for (const { key } of tokens) {
      most += key.length
      for (let at = 0; at < key.length; at++) this.#columns[key.charCodeAt(at)] ||= width++
    }
    this.#width = width
    const next = new Int32Array(most * width)
    const ends = new Uint8Array(most)
    let size = 1 + LEVELS.length
    for (const { level, key, isPrefix } of tokens) {
      let node = this.#roots[level]
      for (let at = 0; at < key.length; at++)
        node = next[node * width + (this.#columns[key.charCodeAt(at)] as number)] ||= size++
      ends[node] = Math.max(ends[node] as number, isPrefix ? End.Prefix : End.Whole)
    }
    this.#next = next.slice(0, size * width)
    this.#ends = ends.slice(0, size)
  }

  /** Whether the key is, or begins with, a token of the level. */
  holds(level: Level, key: string): boolean {
    let node = this.#roots[level]
    for (let at = 0; at < key.length; at++) {
      node = this.#next[node * this.#width + (this.#columns[key.charCodeAt(at)] as number)] as number
      if (node === NOWHERE) return false
      if (this.#ends[node] === End.Prefix) return true
    }
    return this.#ends[node] === End.Whole
  }
}

const MASK_VOWELS = ['a', 'e', 'i', 'o', 'u'] as const
const unmasked = (word: string): readonly string[] => MASK_VOWELS.map((vowel) => word.replaceAll('*', vowel))

/** So many units of a token are its head. */
const HEAD = 4
const headOf = (token: Token): Token =>
  token.key.length <= HEAD ? token : { ...token, key: token.key.slice(0, HEAD), isPrefix: true }

/** The words of patterns, each known by a number. */
export class TokenTable {
  #size = 0
  readonly #tokens: Token[] = []
  /** What they begin with, by which most words are told at once to be none; made when the first word is looked up. */
  #heads: TokenTree | undefined
  readonly #levels: Readonly<Record<Level, LevelTable>> = {
    raw: new LevelTable(),
    light: new LevelTable(),
    loose: new LevelTable(),
  }

  numberFor(token: Token): number {
    const { level, key, isPrefix } = token
    const { whole, prefixes, lengths } = this.#levels[level]
    const known = (isPrefix ? prefixes : whole).get(key)
    if (known !== undefined) return known
    this.#tokens.push(token)
    this.#heads = undefined
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
    if (!word.includes('*')) return this.#numbersFor(wordKeys(word))
    return unmasked(word).flatMap((each) => this.#numbersFor(wordKeys(each)))
  }

  /** Whether a folded word is a token, or a form of what a token begins. */
  has(word: string): boolean {
    const keys = wordKeys(word)
    const heads = this.#headsOfAll()
    return LEVELS.some((level) => {
      const key = keys[level]
      if (!heads.holds(level, key)) return false
      const { whole, prefixes } = this.#levels[level]
      if (whole.has(key)) return true
      for (let end = key.length; end >= Math.max(SHORTEST_STEM, key.length - MOST_ENDING); end--)
        if (prefixes.has(key.slice(0, end))) return true
      return false
    })
  }

  #headsOfAll(): TokenTree {
    return (this.#heads ??= new TokenTree(this.#tokens.map(headOf)))
  }

  #numbersFor(keys: WordKeys): number[] {
    const found: number[] = []
    const heads = this.#headsOfAll()
    for (const level of LEVELS) {
      const key = keys[level]
      if (!heads.holds(level, key)) continue
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
export function isAnyOf(tokens: readonly Token[]): WordTest {
  const tree = new TokenTree(tokens)
  const isOne = (word: string): boolean => {
    const { raw, light, loose } = wordKeys(word)
    return tree.holds('raw', raw) || tree.holds('light', light) || tree.holds('loose', loose)
  }
  return {
    has: (word) => (word.includes('*') ? unmasked(word).some(isOne) : isOne(word)),
    sieve: new ClassTree(tokens),
  }
}

/** Tokens as a tree of the classes of their units: whatever a key makes of a word, its classes stay, one beside its like being one. */
class ClassTree implements UnitSieve {
  readonly start: number
  /** The column of each unit: 0 of one that no token has. */
  readonly #columns = new Uint16Array(0x10000)
  /** A row for each state, which is where its row begins; at `NOWHERE` nothing follows, at `#whatever` anything may. */
  readonly #next: Int32Array
  readonly #whatever: number
  /** By state, whether a token ends there. */
  readonly #isEnd: Uint8Array

  constructor(tokens: readonly Token[]) {
    const ofClass = new Map<number, number>()
    for (const { key } of tokens)
      for (let at = 0; at < key.length; at++) {
        const own = CLASSES[key.charCodeAt(at)] as number
        if (own !== 0 && !ofClass.has(own)) ofClass.set(own, ofClass.size + 1)
      }
    for (const [unit, own] of CLASSES.entries()) this.#columns[unit] = ofClass.get(own) ?? 0
    // The last column is of what a key may lack: it leads where one is already.
    const lacking = ofClass.size + 1
    for (const [unit, own] of CLASSES.entries()) if (own === 0) this.#columns[unit] = lacking
    const width = lacking + 1
    const rows: number[][] = [Array<number>(width).fill(NOWHERE)]
    const addRow = (last: number): number => {
      const state = rows.length * width
      rows.push(Array.from({ length: width }, (_, column) => (column === last || column === lacking ? state : NOWHERE)))
      return state
    }
    this.#whatever = addRow(lacking)
    rows[1] = Array<number>(width).fill(this.#whatever)
    this.start = addRow(lacking)
    const ends = new Set([this.#whatever])
    for (const { key, isPrefix } of tokens) {
      let state = this.start
      for (let at = 0; at < key.length && state !== this.#whatever; at++) {
        const row = rows[state / width] as number[]
        const column = this.#columns[key.charCodeAt(at)] as number
        state = row[column] = row[column] === NOWHERE ? addRow(column) : (row[column] as number)
      }
      ends.add(state)
      if (isPrefix) rows[state / width] = Array<number>(width).fill(this.#whatever)
    }
    this.#next = Int32Array.from(rows.flat())
    this.#isEnd = new Uint8Array(this.#next.length)
    for (const state of ends) this.#isEnd[state] = 1
  }

  next(state: number, unit: number): number {
    return this.#next[state + (this.#columns[unit] as number)] as number
  }

  mayBe(state: number): boolean {
    return this.#isEnd[state] === 1
  }
}
