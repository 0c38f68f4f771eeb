/** The longest group of letters that is a feature; a word's edges count as letters. */
const LONGEST_GROUP = 5
const MOST_FEATURES = 8_000
/** What is longer is a line without spaces, or noise. */
const LONGEST_WORD = 200
const PRIME = 16_777_619
const GROUP_SEED = 0x811c9dc5
const WORD_SEED = 0x2f0b4c67
const EDGE = 0x20

function bucketOf(hash: number, mask: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return (mixed ^ (mixed >>> 13)) & mask
}

/** Reused memory for the features of one text after another. */
export class FeatureBuffer {
  readonly #values = new Int32Array(MOST_FEATURES)
  #length = 0

  /**
   * The hashed features of `words`: every group of one to five letters of each word with its edges, and each word as a whole.
   * At most 8,000, taken from the start. `buckets` is a power of two. The view is valid until the next call.
   */
  fill(words: readonly string[], buckets: number): Int32Array {
    const mask = buckets - 1
    this.#length = 0
    for (const word of words) {
      if (!this.#addWord(word.length > LONGEST_WORD ? word.slice(0, LONGEST_WORD) : word, mask)) break
    }
    return this.#values.subarray(0, this.#length)
  }

  #addWord(word: string, mask: number): boolean {
    const last = word.length + 1
    if (this.#length + (last + 1) * LONGEST_GROUP + 1 > MOST_FEATURES) return false
    let whole = WORD_SEED
    for (let start = 0; start <= last; start++) {
      let hash = GROUP_SEED
      const end = Math.min(last, start + LONGEST_GROUP - 1)
      for (let at = start; at <= end; at++) {
        const code = at === 0 || at === last ? EDGE : word.charCodeAt(at - 1)
        hash = Math.imul(hash ^ code, PRIME)
        if (at > start || code !== EDGE) this.#values[this.#length++] = bucketOf(hash, mask)
      }
      if (start > 0 && start < last) whole = Math.imul(whole ^ word.charCodeAt(start - 1), PRIME)
    }
    this.#values[this.#length++] = bucketOf(whole, mask)
    return true
  }
}
