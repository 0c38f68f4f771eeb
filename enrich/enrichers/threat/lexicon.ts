import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fold } from '../../../runtime/fold.js'
import { packagePath } from '../../../runtime/package-root.js'
import { addToHash, hashText } from '../../linear/hashing.js'
import { LATIN, wordKeys, type WordKeys } from './keys.js'
import type { ReadText, Word } from './words.js'

/** A place where a pattern of the lexicon was found. */
export interface Match {
  readonly concept: string
  /** Index of the first word and one past the last. */
  readonly from: number
  readonly to: number
  readonly start: number
  readonly end: number
  readonly sentence: number
}

export interface Lexicon {
  readonly concepts: ReadonlySet<string>
  /** Every match, by place; those that begin in a `not_…` match (a figure of speech, a name) are left out. */
  match(read: ReadText): Match[]
  /** Tells of a folded word whether it belongs to a pattern of one of these concepts; a word or beginning of fewer than three letters (four, where a vowel is one) tells nothing by itself. */
  wordsOf(concepts: Iterable<string>): (word: string) => boolean
}

interface Node {
  readonly next: Map<number, Node>
  gap: Node | undefined
  concepts: string[]
}

/** How many words of no matter what `..` stands for, at most. */
const MAX_GAP = 3
/** A word that sounds away to fewer letters (`we` to `vi`) is taken by its letters where it stands alone. */
const MIN_LOOSE = 3
const MIN_TELLING = 3
const MAX_CACHED_WORDS = 60_000
const MAX_MATCHES_PER_WORD = 24
/**
 * Of one concept in one text; more say nothing new, and a flood of them must not hold up the next message. Nor may a flood hide what
 * comes after it, so the last of each concept are kept too.
 */
const MAX_FIRST_MATCHES = 500
const MAX_LAST_MATCHES = 100
/** From so many words on a text is looked at for sentences that repeat. */
const LONG = 1_000
const MAX_REPEATS = 3

const newNode = (): Node => ({ next: new Map(), gap: undefined, concepts: [] })

/** `d(h)amaka` → `damaka`, `dhamaka`. */
function expand(pattern: string): string[] {
  const open = pattern.indexOf('(')
  if (open < 0) return [pattern]
  const close = pattern.indexOf(')', open)
  if (close < 0) throw new Error(`lexicon pattern "${pattern}": "(" is not closed`)
  const head = pattern.slice(0, open)
  const inner = pattern.slice(open + 1, close)
  return expand(pattern.slice(close + 1)).flatMap((tail) => [head + tail, head + inner + tail])
}

/** `a*` stands for every form of "to come" (aya, ai, aye): as sounds they begin with `a` or `i`. */
const openVowel = (pattern: string): string[] =>
  /(^| )a\*/.test(pattern) ? [pattern, pattern.replace(/(^| )a\*/, '$1i*')] : [pattern]

/** Vowels at the end of a prefix melt into what follows (`ga` in `gaye`, `gai`, `gaya`), so they are left open. */
const openPrefix = (key: string): string => key.replace(/(?<=[a-z])[aiu]+$/, '')

const LEVELS = ['raw', 'light', 'loose'] as const
type Level = (typeof LEVELS)[number]

/** A word of a pattern: its key at one of the levels of `WordKeys`, whole or only how it begins. */
interface Token {
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

/** The words of patterns, each known by a number. */
class TokenTable {
  size = 0
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
    ;(isPrefix ? prefixes : whole).set(key, this.size)
    return this.size++
  }

  /** The numbers of all that a folded word is, or begins with; a `*` in it stands for any vowel. */
  numbersOf(word: string): number[] {
    if (word.includes('*')) return MASK_VOWELS.flatMap((vowel) => this.numbersOf(word.replaceAll('*', vowel)))
    const keys = wordKeys(word)
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

const SIEVE_BITS = 2 ** 20

/** Tells by hashes alone, in one pass over a word, whether it may be, or begin with, one of some tokens: "no" is always true, "yes" nearly always. */
class TokenSieve {
  readonly #bits = new Uint8Array(SIEVE_BITS / 8)

  add({ level, key, isPrefix }: Token): void {
    const hash = hashText(key, seedOf(level, isPrefix)) & (SIEVE_BITS - 1)
    this.#bits[hash >> 3]! |= 1 << (hash & 7)
  }

  mayHold(keys: WordKeys): boolean {
    return LEVELS.some((level) => {
      const key = keys[level]
      let asPrefix = seedOf(level, true)
      for (let at = 0; at < key.length; at++) {
        asPrefix = addToHash(asPrefix, key.charCodeAt(at))
        if (this.#has(asPrefix)) return true
      }
      return this.#has(hashText(key, seedOf(level, false)))
    })
  }

  #has(hash: number): boolean {
    const at = hash & (SIEVE_BITS - 1)
    return ((this.#bits[at >> 3] as number) & (1 << (at & 7))) !== 0
  }
}

const seedOf = (level: Level, isPrefix: boolean): number => 0x811c9dc5 + 2 * LEVELS.indexOf(level) + (isPrefix ? 1 : 0)

function tokenOf(written: string, lang: string, alone: boolean): Token {
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

class CompiledLexicon implements Lexicon {
  readonly concepts = new Set<string>()
  private readonly root = newNode()
  private readonly tokens = new TokenTable()
  private readonly tokensByConcept = new Map<string, Token[]>()
  private readonly cache = new Map<string, readonly number[]>()

  add(concept: string, lang: string, pattern: string): void {
    this.concepts.add(concept)
    for (const variant of expand(pattern).flatMap(openVowel)) {
      let nodes = [this.root]
      const words = variant.trim().split(/\s+/)
      for (const word of words) {
        if (word === '..') {
          for (const node of nodes) node.gap ??= newNode()
          nodes = nodes.flatMap((node) => [node, node.gap as Node])
          continue
        }
        const token = tokenOf(word, lang, words.length === 1)
        const known = this.tokensByConcept.get(concept)
        if (known === undefined) this.tokensByConcept.set(concept, [token])
        else known.push(token)
        const number = this.tokens.numberFor(token)
        nodes = nodes.map((node) => {
          let child = node.next.get(number)
          if (child === undefined) node.next.set(number, (child = newNode()))
          return child
        })
      }
      for (const node of nodes) if (!node.concepts.includes(concept)) node.concepts.push(concept)
    }
  }

  private symbolsOf(word: string): readonly number[] {
    const known = this.cache.get(word)
    if (known !== undefined) return known
    const found = this.tokens.numbersOf(word)
    if (this.cache.size >= MAX_CACHED_WORDS) this.cache.clear()
    this.cache.set(word, found)
    return found
  }

  wordsOf(concepts: Iterable<string>): (word: string) => boolean {
    const wanted = new TokenTable()
    const sieve = new TokenSieve()
    for (const concept of concepts)
      for (const token of this.tokensByConcept.get(concept) ?? []) {
        if (token.key.length < (token.isPrefix && LATIN.test(token.key) ? MIN_TELLING + 1 : MIN_TELLING)) continue
        wanted.numberFor(token)
        sieve.add(token)
      }
    return (word) => (word.includes('*') || sieve.mayHold(wordKeys(word))) && wanted.numbersOf(word).length > 0
  }

  match(read: ReadText): Match[] {
    const { words } = read
    const symbols = words.map((word) => this.symbolsOf(word.text))
    const found: Match[] = []
    const counts = new Map<string, number>()
    const late = new Map<string, Match[]>()
    const repeated = repeatedSentences(words)
    for (let from = 0; from < words.length; from++) {
      if (repeated.has((words[from] as Word).sentence)) continue
      if ((symbols[from] as readonly number[]).length > 0) this.walk(words, symbols, from, found, counts, late)
    }
    if (late.size === 0) return withoutMasked(found)
    for (const matches of late.values()) found.push(...matches.slice(-MAX_LAST_MATCHES))
    return withoutMasked(found.sort((a, b) => a.from - b.from))
  }

  private walk(
    words: readonly Word[],
    symbols: readonly (readonly number[])[],
    from: number,
    found: Match[],
    counts: Map<string, number>,
    late: Map<string, Match[]>,
  ): void {
    const first = words[from] as Word
    let budget = MAX_MATCHES_PER_WORD
    const seen: string[] = []
    const step = (node: Node, at: number): void => {
      for (const concept of node.concepts) {
        const key = `${concept} ${at}`
        if (budget === 0 || seen.includes(key)) continue
        seen.push(key)
        budget--
        const count = counts.get(concept) ?? 0
        counts.set(concept, count + 1)
        const { end } = words[at - 1] as Word
        const match = { concept, from, to: at, start: first.start, end, sentence: first.sentence }
        if (count < MAX_FIRST_MATCHES) found.push(match)
        else keepLast(late, match)
      }
      if (at >= words.length) return
      if (at > from && (words[at] as Word).sentence !== first.sentence) return
      for (const symbol of symbols[at] as readonly number[]) {
        const child = node.next.get(symbol)
        if (child !== undefined) step(child, at + 1)
      }
      if (node.gap === undefined) return
      for (let skip = 1; skip <= MAX_GAP && at + skip < words.length; skip++) {
        if ((words[at + skip] as Word).sentence !== first.sentence) break
        for (const symbol of symbols[at + skip] as readonly number[]) {
          const child = node.gap.next.get(symbol)
          if (child !== undefined) step(child, at + skip + 1)
        }
      }
    }
    step(this.root, from)
  }
}

/** The sentences that say word for word what was said three times before: a flood of one sentence is no more than three of it. */
function repeatedSentences(words: readonly Word[]): ReadonlySet<number> {
  const repeated = new Set<number>()
  if (words.length < LONG) return repeated
  const times = new Map<string, number>()
  let from = 0
  while (from < words.length) {
    const { sentence } = words[from] as Word
    let said = ''
    for (; words[from]?.sentence === sentence; from++) said += ` ${(words[from] as Word).text}`
    const before = times.get(said) ?? 0
    if (before >= MAX_REPEATS) repeated.add(sentence)
    times.set(said, before + 1)
  }
  return repeated
}

function keepLast(late: Map<string, Match[]>, match: Match): void {
  const kept = late.get(match.concept)
  if (kept === undefined) late.set(match.concept, [match])
  else if (kept.push(match) >= 2 * MAX_LAST_MATCHES) kept.splice(0, MAX_LAST_MATCHES)
}

/**
 * A `not_…` match takes away what begins in it: "sale ka dhamaka" is no blast. Not the cues (those, `not_cue`
 * takes: "this is no joke"), nor traffic, of which people speak that way.
 */
function withoutMasked(found: readonly Match[]): Match[] {
  const masks = found.filter((match) => match.concept.startsWith('not_'))
  if (masks.length === 0) return [...found]
  const covered = new Set<number>()
  const cuesCovered = new Set<number>()
  for (const mask of masks) {
    for (let at = mask.from; at < mask.to; at++) (mask.concept === 'not_cue' ? cuesCovered : covered).add(at)
  }
  return found.filter((match) => {
    if (match.concept.startsWith('ctx_')) return !cuesCovered.has(match.from)
    if (match.concept.startsWith('not_') || match.concept === 'traffic') return true
    return !covered.has(match.from)
  })
}

/** Reads every `.tsv` of the folders (rows: concept, language, patterns between `|`; `#` starts a comment). Throws with file and line if a row is wrong. */
export function loadLexicon(folders: readonly string[]): Lexicon {
  const lexicon = new CompiledLexicon()
  for (const folder of folders) {
    const path = packagePath(folder)
    for (const name of readdirSync(path).sort()) {
      if (!name.endsWith('.tsv')) continue
      const lines = readFileSync(join(path, name), 'utf8').split('\n')
      lines.forEach((line, index) => {
        if (line.trim() === '' || line.startsWith('#')) return
        const [concept, lang, patterns] = line.split('\t')
        if (concept === undefined || lang === undefined || patterns === undefined) {
          throw new Error(
            `${folder}/${name}:${index + 1}: a row is concept, language and patterns with tabs between them`,
          )
        }
        for (const pattern of patterns.split('|')) if (pattern.trim() !== '') lexicon.add(concept, lang, pattern)
      })
    }
  }
  return lexicon
}
