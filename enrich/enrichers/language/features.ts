/** The longest group of letters that is a feature; a word's edges count as letters. */
const LONGEST_GROUP = 5
const MOST_FEATURES = 8_000
/** What is longer is a line without spaces, or noise. */
const LONGEST_WORD = 200
const PRIME = 16_777_619
const GROUP_SEED = 0x811c9dc5
const WORD_SEED = 0x2f0b4c67
const PAIR_SEED = 0x0051ed27
const SEAM_SEED = 0x3c6ef372
/** A word as a whole, twice; it and the word before it; the letters where the two meet. */
const FEATURES_OF_WORD = 4
/** Letters on either side of the space between two words. */
const SEAM = 2
const EDGE = 0x20

/** FNV-1a of the letters, from `seed` on. */
function hashFrom(seed: number, letters: string): number {
  let hash = seed
  for (let at = 0; at < letters.length; at++) hash = Math.imul(hash ^ letters.charCodeAt(at), PRIME)
  return hash
}

function bucketOf(hash: number, mask: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return (mixed ^ (mixed >>> 13)) & mask
}

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
    const mask = buckets - 1
    this.#length = 0
    let before = ''
    for (const each of words) {
      const word = each.length > LONGEST_WORD ? each.slice(0, LONGEST_WORD) : each
      if (!this.#addWord(word, before, mask)) break
      before = word
    }
    return this.#values.subarray(0, this.#length)
  }

  #addWord(word: string, before: string, mask: number): boolean {
    const last = word.length + 1
    if (this.#length + (last + 1) * LONGEST_GROUP + FEATURES_OF_WORD > MOST_FEATURES) return false
    for (let start = 0; start <= last; start++) {
      let hash = GROUP_SEED
      const end = Math.min(last, start + LONGEST_GROUP - 1)
      for (let at = start; at <= end; at++) {
        const code = at === 0 || at === last ? EDGE : word.charCodeAt(at - 1)
        hash = Math.imul(hash ^ code, PRIME)
        if (at > start || code !== EDGE) this.#values[this.#length++] = bucketOf(hash, mask)
      }
    }
    const whole = bucketOf(hashFrom(WORD_SEED, word), mask)
    this.#values[this.#length++] = whole
    this.#values[this.#length++] = whole
    if (before !== '') this.#addPair(before, word, mask)
    return true
  }

  #addPair(before: string, word: string, mask: number): void {
    const pair = Math.imul(hashFrom(WORD_SEED, before) ^ PAIR_SEED, PRIME)
    this.#values[this.#length++] = bucketOf(hashFrom(pair, word), mask)
    const seam = `${before.slice(-SEAM)} ${word.slice(0, SEAM)}`
    this.#values[this.#length++] = bucketOf(hashFrom(SEAM_SEED, seam), mask)
  }
}
