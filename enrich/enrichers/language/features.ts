import { addToHash, bucketOf, GROUP_SEED, hashText } from '../../linear/hashing.js'

/** The longest group of letters that is a feature; a word's edges count as letters. */
const LONGEST_GROUP = 5
const MOST_FEATURES = 8_000
/** What is longer is a line without spaces, or noise. */
const LONGEST_WORD = 200
const WORD_SEED = 0x2f0b4c67
const PAIR_SEED = 0x0051ed27
const SEAM_SEED = 0x3c6ef372
/** A word as a whole, twice; it and the word before it; the letters where the two meet. */
const FEATURES_OF_WORD = 4
/** Letters on either side of the space between two words. */
const SEAM = 2
const EDGE = 0x20

/** Reused memory for the features of one text after another. */
export class FeatureBuffer {
  readonly #values = new Int32Array(MOST_FEATURES)
  #length = 0

  /**
   * The hashed features of `words`: every group of one to five letters of each word with its edges, each word as a whole (which counts twice), each
   * two words in a row and the four letters about the space between them.
   * At most 8,000, taken from the start. `buckets` is a power of two. The view is valid until the next call.
   */
  fill(words: readonly string[], buckets: number): Int32Array {
    this.#length = 0
    let before = ''
    for (const each of words) {
      const word = each.length > LONGEST_WORD ? each.slice(0, LONGEST_WORD) : each
      if (!this.#addWord(word, before, buckets)) break
      before = word
    }
    return this.#values.subarray(0, this.#length)
  }

  #addWord(word: string, before: string, buckets: number): boolean {
    const last = word.length + 1
    if (this.#length + (last + 1) * LONGEST_GROUP + FEATURES_OF_WORD > MOST_FEATURES) return false
    for (let start = 0; start <= last; start++) {
      let hash = GROUP_SEED
      const end = Math.min(last, start + LONGEST_GROUP - 1)
      for (let at = start; at <= end; at++) {
        const code = at === 0 || at === last ? EDGE : word.charCodeAt(at - 1)
        hash = addToHash(hash, code)
        if (at > start || code !== EDGE) this.#values[this.#length++] = bucketOf(hash, buckets)
      }
    }
    const whole = bucketOf(hashText(word, WORD_SEED), buckets)
    this.#values[this.#length++] = whole
    this.#values[this.#length++] = whole
    if (before !== '') this.#addPair(before, word, buckets)
    return true
  }

  #addPair(before: string, word: string, buckets: number): void {
    const pair = addToHash(hashText(before, WORD_SEED), PAIR_SEED)
    this.#values[this.#length++] = bucketOf(hashText(word, pair), buckets)
    const seam = `${before.slice(-SEAM)} ${word.slice(0, SEAM)}`
    this.#values[this.#length++] = bucketOf(hashText(seam, SEAM_SEED), buckets)
  }
}
