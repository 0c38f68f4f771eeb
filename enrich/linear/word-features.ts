import { wordKeys } from '../reading/keys.js'
import { addLetterGroups, bucketOf, hashText, joinHashes, GROUP_SEED } from './hashing.js'

const WORD = 0x2f0b4c67
const SOUND = 0x51ed270b
const PAIR = 0x1b873593
const SKIP = 0x7feb352d
const FIRST = 0x6c8e9cf5
const LAST = 0x3c6ef372
const LAST_PAIR = 0x5bd1e995
const NEAR = 0x2545f491
const MOST_DIGITS = 6

/** How much each kind of feature counts, all of its features together. */
export type FeatureWeights = Readonly<Record<'letters' | 'meaning' | 'meanings' | 'concepts', number>>
const WEIGHTS: FeatureWeights = { letters: 1, meaning: 2, meanings: 2, concepts: 1 }

/** What one of `count` features of a kind counts. */
export const unitOf = (kind: keyof FeatureWeights, count: number, weights = WEIGHTS): number =>
  weights[kind] / Math.sqrt(Math.max(1, count))

/** The year in which a message was written says nothing of it, where any other number of four digits is as good as "long ago". */
export function withoutItsYear<T extends { readonly text: string }>(
  words: readonly T[],
  writtenAt: string,
): readonly T[] {
  const year = writtenAt.slice(0, 4)
  return words.some(({ text }) => text === year) ? words.filter(({ text }) => text !== year) : words
}

export interface WordFeatures {
  readonly sound: number
  readonly buckets: Int32Array
}

/** A number is known by how many digits it has. */
export const shapeOf = (word: string): string =>
  /^\d+$/.test(word) ? '0'.repeat(Math.min(MOST_DIGITS, word.length)) : word

/** What one word says by itself: its letters as written, its sound, and every group of three to five letters of it. */
export function wordFeatures(written: string, buckets: number): WordFeatures {
  const keys = wordKeys(shapeOf(written))
  const sound = hashText(keys.loose, SOUND)
  const found = [bucketOf(hashText(keys.raw, WORD), buckets), bucketOf(sound, buckets)]
  addLetterGroups(keys.light, GROUP_SEED, [3, 5], buckets, found)
  return { sound, buckets: Int32Array.from(found) }
}

/** What words say by standing beside each other, at the start or at the end, by their sounds; `emit` is told the bucket and the word it ends with. */
export function sequenceFeatures(
  sounds: readonly number[],
  buckets: number,
  emit: (bucket: number, word: number) => void,
): void {
  const last = sounds.length - 1
  for (let at = 0; at <= last; at++) {
    const here = sounds[at] as number
    if (at > 0) emit(bucketOf(joinHashes(sounds[at - 1] as number, here) ^ PAIR, buckets), at)
    if (at > 1) emit(bucketOf(joinHashes(sounds[at - 2] as number, here) ^ SKIP, buckets), at)
  }
  if (last < 0) return
  emit(bucketOf((sounds[0] as number) ^ FIRST, buckets), 0)
  emit(bucketOf((sounds[last] as number) ^ LAST, buckets), last)
  if (last > 0)
    emit(bucketOf(joinHashes(sounds[last - 1] as number, sounds[last] as number) ^ LAST_PAIR, buckets), last)
}

/** How far apart two words may stand whose meanings are read together. */
const REACH = 4

/** Buckets with the word of the text each was first met at; `length` of the two lists count. */
export interface MetBuckets {
  readonly buckets: Int32Array
  readonly words: Int32Array
  readonly length: number
}

/** A list of buckets in which each stands once. Made once and used for text after text: what it held before is gone at `clear`. */
class BucketList implements MetBuckets {
  buckets = new Int32Array(512)
  words = new Int32Array(512)
  length = 0
  readonly #met: Uint32Array
  #turn = 0

  constructor(buckets: number) {
    this.#met = new Uint32Array(buckets)
  }

  clear(): void {
    this.length = 0
    if (++this.#turn < 0xffff_ffff) return
    this.#met.fill(0)
    this.#turn = 1
  }

  add(bucket: number, word: number): void {
    if (this.#met[bucket] === this.#turn) return
    this.#met[bucket] = this.#turn
    if (this.length === this.buckets.length) {
      this.buckets = grown(this.buckets)
      this.words = grown(this.words)
    }
    this.buckets[this.length] = bucket
    this.words[this.length++] = word
  }
}

function grown(list: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * list.length)
  longer.set(list)
  return longer
}

/** Reads what is meant, in whatever language: each meaning, and every two that stand near each other, in whatever order (languages differ in it). */
export class MeaningReader {
  /** Of the text read last. */
  readonly alone: MetBuckets
  readonly together: MetBuckets
  readonly #alone: BucketList
  readonly #together: BucketList

  /** `buckets` is a power of two. */
  constructor(private readonly buckets: number) {
    this.alone = this.#alone = new BucketList(buckets)
    this.together = this.#together = new BucketList(buckets)
  }

  read(meanings: readonly (readonly number[])[]): void {
    const { buckets } = this
    this.#alone.clear()
    this.#together.clear()
    for (let at = 0; at < meanings.length; at++) {
      const here = meanings[at] as readonly number[]
      for (const meaning of here) {
        this.#alone.add(bucketOf(meaning, buckets), at)
        for (let before = Math.max(0, at - REACH); before < at; before++)
          for (const other of meanings[before] as readonly number[]) {
            const pair = joinHashes(Math.min(meaning, other), Math.max(meaning, other)) ^ NEAR
            this.#together.add(bucketOf(pair, buckets), at)
          }
      }
    }
  }
}
