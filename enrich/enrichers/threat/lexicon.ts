import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packagePath } from '../../../runtime/package-root.js'
import { isAnyOf, tellsByItself, tokenOf, TokenTable, type Token } from './lexicon-tokens.js'
import type { WordTest } from '../../reading/unit-sieve.js'
import type { ReadText, Word } from '../../reading/words.js'

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
  /** Whether a folded word is a pattern by itself, one of a pattern's, or a form of one. */
  has(word: string): boolean
  /** Tells of a folded word whether it is the longest of a pattern of one of these concepts; a word or beginning of fewer than three letters (four, where a vowel is one) tells nothing by itself. */
  wordsOf(concepts: Iterable<string>): WordTest
}

interface Node {
  readonly next: Map<number, Node>
  gap: Node | undefined
  concepts: string[]
}

/** How many words of no matter what `..` stands for, at most. */
const MAX_GAP = 3
const MAX_CACHED_WORDS = 60_000
const MAX_MATCHES_PER_WORD = 24
/**
 * Of one concept in one text; more say nothing new, and a flood of them must not hold up the next message. Nor may a flood hide what
 * comes after it, so the last of each concept are kept too.
 */
const MAX_FIRST_MATCHES = 500
const MAX_LAST_MATCHES = 100
/** From so many words on a text is looked at for sentences that repeat. */
const LONG = 400
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

class CompiledLexicon implements Lexicon {
  readonly concepts = new Set<string>()
  private readonly root = newNode()
  private readonly tokens = new TokenTable()
  /** Of each pattern of a concept the word that says most. */
  private readonly longestTokens = new Map<string, Token[]>()
  private readonly cache = new Map<string, readonly number[]>()

  add(concept: string, lang: string, pattern: string): void {
    this.concepts.add(concept)
    for (const variant of expand(pattern).flatMap(openVowel)) {
      let nodes = [this.root]
      let longest: Token | undefined
      const words = variant.trim().split(/\s+/)
      for (const word of words) {
        if (word === '..') {
          for (const node of nodes) node.gap ??= newNode()
          nodes = nodes.flatMap((node) => [node, node.gap as Node])
          continue
        }
        const token = tokenOf(word, lang, words.length === 1)
        if (longest === undefined || token.key.length > longest.key.length) longest = token
        const number = this.tokens.numberFor(token)
        nodes = nodes.map((node) => {
          let child = node.next.get(number)
          if (child === undefined) node.next.set(number, (child = newNode()))
          return child
        })
      }
      for (const node of nodes) if (!node.concepts.includes(concept)) node.concepts.push(concept)
      if (longest === undefined) continue
      const known = this.longestTokens.get(concept)
      if (known === undefined) this.longestTokens.set(concept, [longest])
      else known.push(longest)
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

  has(word: string): boolean {
    const isPattern = (symbol: number) => (this.root.next.get(symbol)?.concepts.length ?? 0) > 0
    return this.tokens.has(word) || this.symbolsOf(word).some(isPattern)
  }

  wordsOf(concepts: Iterable<string>): WordTest {
    return isAnyOf([...concepts].flatMap((concept) => this.longestTokens.get(concept) ?? []).filter(tellsByItself))
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
    /** What was met, each concept with where it ends. */
    const concepts: string[] = []
    const ends: number[] = []
    const isMet = (concept: string, at: number): boolean => {
      for (let met = 0; met < concepts.length; met++) if (ends[met] === at && concepts[met] === concept) return true
      return false
    }
    const step = (node: Node, at: number): void => {
      for (const concept of node.concepts) {
        if (budget === 0 || isMet(concept, at)) continue
        concepts.push(concept)
        ends.push(at)
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

/**
 * Reads every `.tsv` of the folders (rows: concept, language, patterns between `|`; `#` starts a comment), and names that other lists have for a concept, which
 * are found by their letters. Throws with file and line if a row is wrong.
 */
export function loadLexicon(
  folders: readonly string[],
  names: Readonly<Record<string, readonly string[]>> = {},
): Lexicon {
  const lexicon = new CompiledLexicon()
  for (const [concept, all] of Object.entries(names)) for (const name of all) lexicon.add(concept, 'en', name)
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
