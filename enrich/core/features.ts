import { bucketOf, hashText, joinHashes } from '../linear/hashing.js'
import { shapeOf } from '../linear/word-features.js'
import { wordKeys } from '../reading/keys.js'
import { isTag, type ReadText } from '../reading/words.js'

const SOUND = 0x01234567
const WRITTEN = 0x07123456
const BEGINNING = 0x0a3c59f1
const ENDING = 0x0b17e2d3
const WITH_BEFORE = 0x02345671
const WITH_BEHIND = 0x03456712
const WITH_BOTH = 0x01726354
const BEFORE = 0x0c4d5e6f
const BEHIND = 0x0d6e7f81
const FROM_START = 0x0e8192a3
const FROM_END = 0x0fa3b4c5
const SOUND_FROM_START = 0x05671234
const SOUND_FROM_END = 0x056712f4
const LENGTH_FROM_START = 0x04567123
const LENGTH_FROM_END = 0x0456712b
const BREAKS = 0x06712345
const TAGS = 0x06714523

/** Every word has so many features. */
export const FEATURES = 17

const LETTERS_AT_AN_END = 4
const LAST_LETTERS = 3
const MOST_CACHED = 50_000
const MOST_PLACES = 12
const MOST_PLACES_BY_LENGTH = 6
/** Texts of fewer words than each of these are alike. */
const LENGTHS = [8, 16, 30] as const

/** Stands for a tag or none where there is no word. */
const NO_WORD = 2

interface Known {
  readonly sound: number
  /** What it says wherever it stands. */
  readonly alone: readonly number[]
}

/** What a word says of whether it belongs to what a message tells: itself, its neighbours, how far from either end it stands. */
export class PlaceFeatures {
  readonly #known = new Map<string, Known>()
  readonly #found = new Int32Array(FEATURES)

  /** `buckets` is a power of two. */
  constructor(private readonly buckets: number) {}

  /** The buckets of the word at `at`, valid until the next call. */
  of(read: ReadText, at: number): Int32Array {
    const { words } = read
    const soundAt = (place: number, none: number): number => {
      const text = words[place]?.text
      return text === undefined ? none : this.#wordOf(text).sound
    }
    const { sound, alone } = this.#wordOf(words[at]?.text ?? '')
    const [before, behind] = [soundAt(at - 1, BEFORE), soundAt(at + 1, BEHIND)]
    const [front, back] = [at, words.length - 1 - at]
    const length = LENGTHS.findIndex((least) => words.length < least)
    const here = words[at]?.sentence
    const isBreak = (place: number) => Number((words[place]?.sentence ?? here) !== here)
    const tagAt = (place: number) => {
      const word = words[place]
      return word === undefined ? NO_WORD : Number(isTag(read, word))
    }
    let count = 0
    const add = (hash: number) => (this.#found[count++] = bucketOf(hash, this.buckets))
    for (const hash of alone) add(hash)
    add(joinHashes(before, sound) ^ WITH_BEFORE)
    add(joinHashes(sound, behind) ^ WITH_BEHIND)
    add(joinHashes(joinHashes(before, sound), behind) ^ WITH_BOTH)
    add(before ^ BEFORE)
    add(behind ^ BEHIND)
    add(joinHashes(FROM_START, Math.min(front, MOST_PLACES)))
    add(joinHashes(FROM_END, Math.min(back, MOST_PLACES)))
    add(joinHashes(sound ^ SOUND_FROM_START, Math.min(front >> 1, 3)))
    add(joinHashes(sound ^ SOUND_FROM_END, Math.min(back >> 1, 3)))
    add(joinHashes(joinHashes(LENGTH_FROM_START, length), Math.min(front, MOST_PLACES_BY_LENGTH)))
    add(joinHashes(joinHashes(LENGTH_FROM_END, length), Math.min(back, MOST_PLACES_BY_LENGTH)))
    add(joinHashes(BREAKS, isBreak(at - 1) + 2 * isBreak(at + 1)))
    add(joinHashes(TAGS, tagAt(at) + 3 * tagAt(at - 1) + 9 * tagAt(at + 1)))
    return this.#found
  }

  #wordOf(text: string): Known {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const { raw, loose } = wordKeys(shapeOf(text))
    const sound = hashText(loose, SOUND)
    const alone = [
      sound,
      hashText(raw, WRITTEN),
      hashText(text.slice(0, LETTERS_AT_AN_END), BEGINNING),
      hashText(text.slice(-LAST_LETTERS), ENDING),
    ]
    if (this.#known.size >= MOST_CACHED) this.#known.clear()
    const made = { sound, alone }
    this.#known.set(text, made)
    return made
  }
}
