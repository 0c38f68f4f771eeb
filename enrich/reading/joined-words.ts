import { readFileSync } from 'node:fs'
import { foldWithOffsets } from '../../runtime/fold.js'
import { packagePath } from '../../runtime/package-root.js'
import { stemsOf } from '../glosses/endings.js'
import type { GlossLists } from '../glosses/glosses.js'
import { HashSieve } from '../linear/hash-sieve.js'
import { HashTable } from '../linear/hash-table.js'
import { addToHash, hashText } from '../linear/hashing.js'
import { ARABIC } from './keys.js'
import { MOST_LETTERS, type Reader, type ReadText, type Word } from './words.js'

/** Rows `word<TAB>how often`, made by `npm run train -- words`. */
export const WORD_COUNTS = 'enrich/models/words.tsv'

/** What is counted, and may be several words: letters and nothing else. */
export const LETTERS_ALONE = /^[\p{L}\p{M}]+$/u
/** In Latin letters vowels are written, and short words hold others by chance. */
const SHORTEST_JOINED = { arabic: 4, latin: 5 } as const
/** Longer runs are read as the one word that their beginning is. */
const LONGEST_JOINED = 2_000
const LONGEST_PART = 16
/** The words of one letter: Pashto "of", and the English article. */
const ONE_LETTER = new Set(['د', 'a'])
const MOST_REMEMBERED = 20_000
/** A longer piece of a text keeps all of the text in memory for as long as it is remembered. */
const LONGEST_REMEMBERED = 12

const shortestJoined = (word: string): number => (ARABIC.test(word) ? SHORTEST_JOINED.arabic : SHORTEST_JOINED.latin)

/** What parts cost beyond their rarity, in nats: each, and one of one or two Latin letters, of which many words have some by chance. */
const OF_PART = 1.5
const OF_SHORT_LATIN = 1
/** What letters that are no word cost more where they are a part than where they are all. */
const OF_UNKNOWN_PART = 4
/** So much more a word must cost than its parts to be taken apart: names are made of words too. */
const MARGIN = 2
/** A word that nobody has met: so much, so much a letter, and more for each letter beyond those that words have; none is shorter. */
const OF_UNKNOWN = { shortest: 3, base: 6, arabic: 3, latin: 2.6, longFrom: 8, long: 2 } as const

const costsOfUnknown = (perLetter: number): Float64Array =>
  Float64Array.from({ length: LONGEST_JOINED + 1 }, (_, letters) =>
    letters < OF_UNKNOWN.shortest
      ? Infinity
      : OF_UNKNOWN.base + perLetter * letters + OF_UNKNOWN.long * Math.max(0, letters - OF_UNKNOWN.longFrom),
  )
const UNKNOWN_ARABIC = costsOfUnknown(OF_UNKNOWN.arabic)
const UNKNOWN_LATIN = costsOfUnknown(OF_UNKNOWN.latin)

const SEED = 0x811c9dc5
/** Puts in the hashes of all that the word begins with, and gives its own. */
function addBeginnings(sieve: HashSieve, word: string): number {
  let hash = SEED
  for (let at = 0; at < word.length; at++) sieve.add((hash = addToHash(hash, word.charCodeAt(at))))
  return hash
}

export interface JoinedWordsParts {
  readonly counts: ReadonlyMap<string, number>
  readonly spellings?: Iterable<string>
  readonly isListed?: (word: string) => boolean
}

/**
 * Takes words apart that were run together, as in haste or where Arabic letters part by themselves (`گھرکےباہر`, `#chorikihai`): an unknown word is read as
 * the likeliest row of words, by how often each is met in the corpus, where that is likelier than a word nobody has met.
 */
export class JoinedWords {
  /** Of each word that is counted, by its hash. */
  readonly #costs = new HashTable()
  /** Of what words begin with. */
  readonly #beginnings: HashSieve
  readonly #parted = new Map<string, readonly string[] | undefined>()
  readonly #isListed: (word: string) => boolean
  readonly #total: number
  readonly #base: JoinedWords | undefined

  /**
   * `counts` are of folded words; `spellings`, folded, stand for words met once; a word that `isListed` is never taken apart. What `base` knows is known too, and
   * `counts` are then taken as if they were of its corpus.
   */
  constructor({ counts, spellings = [], isListed = () => false }: JoinedWordsParts, base?: JoinedWords) {
    this.#isListed = isListed
    this.#base = base
    this.#beginnings = new HashSieve(base === undefined ? undefined : base.#beginnings)
    const counted = new Map(counts)
    for (const spelling of spellings)
      if (LETTERS_ALONE.test(spelling) && !counted.has(spelling)) counted.set(spelling, 1)
    let total = 0
    for (const count of counted.values()) total += count
    this.#total = base === undefined ? total : base.#total
    for (const [word, count] of counted) {
      const hash = word.length <= LONGEST_PART ? addBeginnings(this.#beginnings, word) : hashText(word, SEED)
      this.#costs.set(hash, Math.log(this.#total / count))
    }
  }

  /** The same that knows these folded words too, each as if met once. Those of more than 16 letters, or with other signs in them, are not found within others. */
  knowing(words: Iterable<string>): JoinedWords {
    const added = [...words].filter((word) => LETTERS_ALONE.test(word))
    if (added.length === 0) return this
    return new JoinedWords({ counts: new Map(added.map((word) => [word, 1])), isListed: this.#isListed }, this)
  }

  #costOf(hash: number): number | undefined {
    const base = this.#base
    return (base === undefined ? undefined : base.#costOf(hash)) ?? this.#costs.get(hash)
  }

  /** The words that a folded word is made of; undefined where it is one. */
  partsOf(word: string): readonly string[] | undefined {
    if (word.length < shortestJoined(word) || word.length > LONGEST_JOINED) return undefined
    if (this.#parted.has(word)) return this.#parted.get(word)
    const isOne =
      this.#costOf(hashText(word, SEED)) !== undefined ||
      !LETTERS_ALONE.test(word) ||
      (word.length <= LONGEST_PART && this.#isListed(word))
    const parts = isOne ? undefined : this.#likeliest(word)
    if (word.length > LONGEST_REMEMBERED) return parts
    if (this.#parted.size >= MOST_REMEMBERED) this.#parted.clear()
    this.#parted.set(word, parts)
    return parts
  }

  #likeliest(word: string): readonly string[] | undefined {
    const { length } = word
    const isArabic = ARABIC.test(word)
    const unknown = isArabic ? UNKNOWN_ARABIC : UNKNOWN_LATIN
    /** The cost of the likeliest reading up to there, and where its last part begins. */
    const best = new Float64Array(length + 1).fill(Infinity)
    const from = new Int32Array(length + 1)
    best[0] = 0
    for (let start = 0; start < length; start++) {
      const before = (best[start] as number) + OF_PART
      let hash = SEED
      let mayGoOn = true
      for (let end = start + 1; end <= Math.min(length, start + LONGEST_PART); end++) {
        let cost = (unknown[end - start] as number) + OF_UNKNOWN_PART
        if (mayGoOn) {
          hash = addToHash(hash, word.charCodeAt(end - 1))
          mayGoOn = this.#beginnings.mayHold(hash)
          if (mayGoOn && (end - start > 1 || ONE_LETTER.has(word.charAt(start)))) {
            const known = this.#costOf(hash) ?? Infinity
            cost = Math.min(cost, known + (!isArabic && end - start <= 2 ? OF_SHORT_LATIN : 0))
          }
        }
        if (before + cost < (best[end] as number)) {
          best[end] = before + cost
          from[end] = start
        }
      }
    }
    if ((best[length] as number) > (unknown[length] as number) + OF_PART - MARGIN) return undefined
    const parts: string[] = []
    for (let end = length; end > 0; end = from[end] as number) parts.unshift(word.slice(from[end], end))
    return parts.length > 1 ? parts : undefined
  }
}

/** Reads the counts; throws with file and line where a row is wrong. `isOfLexicons` tells of a folded word that a lexicon looks for it. */
export function loadJoinedWords(
  { glosses, spellings }: GlossLists,
  isOfLexicons: (word: string) => boolean,
): JoinedWords {
  const counts = new Map<string, number>()
  for (const [index, line] of readFileSync(packagePath(WORD_COUNTS), 'utf8').split('\n').entries()) {
    if (line === '') continue
    const [word, count, ...rest] = line.split('\t')
    if (!word || !(Number(count) > 0) || rest.length > 0)
      throw new Error(`${WORD_COUNTS}:${index + 1}: a row is a word and how often it is met`)
    counts.set(word, Number(count))
  }
  const isListed = (word: string): boolean => {
    for (const stem of stemsOf(word)) if (glosses.lists(stem) || isOfLexicons(stem)) return true
    return false
  }
  return new JoinedWords({ counts, spellings, isListed })
}

/**
 * The reader that takes the words apart which `read` found run together, but those that are to be kept; the span of each is its own. They stay in one
 * sentence, however many they are.
 */
export function partingJoined(
  read: Reader,
  joined: JoinedWords,
  isKept: (word: string) => boolean = () => false,
): Reader {
  return (text) => {
    const whole = read(text)
    const words = whole.words.flatMap((word) => {
      const parts = partsIn(word, whole, joined)
      return parts === undefined || isKept(word.text) ? [word] : parts
    })
    return words.length === whole.words.length ? whole : { ...whole, words }
  }
}

function partsIn(word: Word, { original }: ReadText, joined: JoinedWords): Word[] | undefined {
  // Of a longer word more than its text was written. The common case, a known word, is told without folding anew.
  const isWhole = word.text.length < MOST_LETTERS
  const known = isWhole ? joined.partsOf(word.text) : undefined
  if (isWhole && known === undefined) return undefined
  const { text, starts } = foldWithOffsets(original.slice(word.start, word.end))
  if (isWhole ? text !== word.text : !text.startsWith(word.text)) return undefined
  const parts = known ?? joined.partsOf(text)
  if (parts === undefined) return undefined
  const words: Word[] = []
  let at = 0
  for (const part of parts) {
    const start = word.start + (starts[at] as number)
    at += part.length
    // One character can fold to several letters: between them nothing can be cut.
    if (starts[at] === starts[at - 1]) return undefined
    const end = at === text.length ? word.end : word.start + (starts[at] as number)
    words.push({ text: part, start, end, sentence: word.sentence })
  }
  return words
}
