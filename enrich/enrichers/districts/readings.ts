import type { Extension, Gazetteer, Tolerance } from './gazetteer.js'
import { findGlued } from './glued.js'
import { isLatin, lettersApart, lettersOf, soundOf, withinEdits } from './spelling.js'

/** How a word was taken for a word of a name. */
export type Exactness = 'exact' | 'sound' | 'misspelt'

/** A word of the gazetteer that a word of the text may stand for, and the part of the text's word that it covers. */
export interface Reading {
  readonly word: string
  readonly exactness: Exactness
  readonly from: number
  readonly to: number
}

interface LongWord {
  readonly word: string
  readonly letters: number
  readonly edits: number
}

const NONE: readonly Reading[] = []
const MAX_WORD_LENGTH = 32
const MAX_CACHED = 40_000
const MOST_EDITS = 2

/** Finds what place-name words a word of the text may stand for. Answers are remembered; the same word has the same answer. */
export class WordReader {
  readonly #gazetteer: Gazetteer
  readonly #ordinary: ReadonlySet<string>
  readonly #bySound = new Map<string, string[]>()
  /** Words long enough to be misspelt, by the sound they begin with and their length. */
  readonly #long = new Map<string, LongWord[]>()
  readonly #cached = new Map<string, readonly Reading[]>()
  readonly #cachedInHashtag = new Map<string, readonly Reading[]>()

  constructor(parts: { gazetteer: Gazetteer; ordinary: ReadonlySet<string> }, below?: WordReader) {
    this.#gazetteer = parts.gazetteer
    this.#ordinary = parts.ordinary
    if (below === undefined) {
      for (const word of parts.gazetteer.vocabulary.keys()) this.#learn(word)
      return
    }
    for (const [sound, words] of below.#bySound) this.#bySound.set(sound, [...words])
    for (const [start, words] of below.#long) this.#long.set(start, [...words])
  }

  /** A reader of what its gazetteer was extended to; this one stays as it is. */
  extendedTo(gazetteer: Extension): WordReader {
    const reader = new WordReader({ gazetteer, ordinary: this.#ordinary }, this)
    for (const word of gazetteer.learned) reader.#learn(word)
    return reader
  }

  #learn(word: string): void {
    const tolerance = this.#gazetteer.vocabulary.get(word) ?? 'none'
    if (tolerance === 'none' || word.length < 5) return
    if (tolerance === 'most' || word.length >= 7) push(this.#bySound, soundOf(word), word)
    const edits = editsAllowed(word.length, tolerance)
    if (edits > 0) push(this.#long, startOf(word) + String(word.length), { word, letters: lettersOf(word), edits })
  }

  /** Every reading of the word, all equally good; none for an ordinary word. */
  read(word: string, inHashtag: boolean): readonly Reading[] {
    const cache = inHashtag ? this.#cachedInHashtag : this.#cached
    let readings = cache.get(word)
    if (readings === undefined) {
      readings = word.length > MAX_WORD_LENGTH ? NONE : this.#work(word, inHashtag)
      if (cache.size >= MAX_CACHED) cache.clear()
      cache.set(word, readings)
    }
    return readings
  }

  #work(word: string, inHashtag: boolean): readonly Reading[] {
    const { vocabulary, singles } = this.#gazetteer
    const as = (known: string, exactness: Exactness): Reading => ({ word: known, exactness, from: 0, to: word.length })
    const bent = this.#bent(word)
    // A word of some longer name may be another name bent: `رحیم آباد مینګورې` and `په مینګورې کې`.
    if (vocabulary.has(word))
      return bent === undefined || !singles.has(bent) ? [as(word, 'exact')] : [as(word, 'exact'), as(bent, 'sound')]
    if (word.length < 5 || this.#ordinary.has(word)) return NONE
    const glued = findGlued(word, inHashtag, singles)
    if (glued !== undefined) return [{ ...glued, exactness: 'exact' }]
    if (bent !== undefined) return [as(bent, 'sound')]
    if (this.#isAdjective(word)) return NONE
    const start = startOf(word)
    const alike = this.#bySound.get(soundOf(word))?.filter((known) => startOf(known) === start) ?? []
    if (alike.length > 0) return alike.map((known) => as(known, 'sound'))
    const near = this.#misspelt(word, start)
    return near.length === 0 ? NONE : near.map((known) => as(known, 'misspelt'))
  }

  /** `Mansehre mein`, `د تیمرګرې`: a district, or a long name in Arabic letters, that ends in `a` or `ه`, as it stands before "in" and "of". */
  #bent(word: string): string | undefined {
    const latin = isLatin(word)
    if (!word.endsWith(latin ? 'e' : 'ی')) return undefined
    const name = word.slice(0, -1) + (latin ? 'a' : 'ه')
    const tolerance = this.#gazetteer.vocabulary.get(name)
    return tolerance === 'most' || (tolerance === 'some' && !latin && word.length >= 6) ? name : undefined
  }

  /** `Peshawari`, `پشاوری`: of the place, not the place. */
  #isAdjective(word: string): boolean {
    if (!word.endsWith('i') && !word.endsWith('ی')) return false
    const { singles } = this.#gazetteer
    const stem = word.slice(0, -1)
    return singles.has(stem) || singles.has(`${stem}a`) || singles.has(`${stem}ه`)
  }

  #misspelt(word: string, start: string): string[] {
    const letters = lettersOf(word)
    let least = MOST_EDITS
    let found: string[] = []
    for (let length = word.length - MOST_EDITS; length <= word.length + MOST_EDITS; length++) {
      for (const known of this.#long.get(start + String(length)) ?? []) {
        const allowed = Math.min(known.edits, least)
        if (lettersApart(letters, known.letters) > 2 * allowed || !withinEdits(word, known.word, allowed)) continue
        const distance = withinEdits(word, known.word, 1) ? 1 : MOST_EDITS
        if (distance < least) found = []
        least = distance
        found.push(known.word)
      }
    }
    return found
  }
}

/** How many letters a word of the text may be off by. */
function editsAllowed(length: number, tolerance: Tolerance): number {
  if (tolerance === 'most') return length >= 9 ? MOST_EDITS : length >= 6 ? 1 : 0
  return tolerance === 'some' && length >= 8 ? 1 : 0
}

const SAME_START: Readonly<Record<string, string>> = {
  c: 'k',
  q: 'k',
  w: 'v',
  e: 'i',
  y: 'i',
  o: 'u',
  ق: 'ک',
  ط: 'ت',
  ٹ: 'ت',
  ص: 'س',
  ث: 'س',
  ع: 'ا',
  ح: 'ه',
  ڈ: 'د',
  ڑ: 'ر',
}

function startOf(word: string): string {
  const first = word.charAt(0)
  return first === 'c' && word.charAt(1) === 'h' ? 'C' : (SAME_START[first] ?? first)
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
