import type { FingerprintTag } from '../schemas/tags.js'

/** Texts of fewer words are near copies only where every folded word is the same: one word more is another message. */
const FEWEST_WORDS = 6
const LEAST_SHARE_OF_LENGTH = 0.6

/** How many of 64 bits differ; both arguments are 16 hex digits. */
export function hammingDistance(a: string, b: string): number {
  let distance = 0
  for (let at = 0; at < 16; at += 8) {
    let bits = (parseInt(a.slice(at, at + 8), 16) ^ parseInt(b.slice(at, at + 8), 16)) >>> 0
    for (; bits !== 0; bits &= bits - 1) distance++
  }
  return distance
}

/** One changed word moves a short text further than a long one, and matters more in it. */
function farthest(words: number): number {
  return words < 12 ? 3 : 8
}

/**
 * Whether two messages are the same text but for punctuation, emoji, links, keyboard, a forwarding note or a word here and there.
 * It says nothing of the event: two reports worded alike about two places can be near copies, so compare the districts too.
 * Texts without words are near copies of nothing.
 */
export function isNearCopy(a: FingerprintTag, b: FingerprintTag): boolean {
  const fewer = Math.min(a.tokens, b.tokens)
  const more = Math.max(a.tokens, b.tokens)
  if (fewer === 0) return false
  if (fewer < FEWEST_WORDS) return fewer === more && a.simhash === b.simhash
  return fewer / more >= LEAST_SHARE_OF_LENGTH && hammingDistance(a.simhash, b.simhash) <= farthest(fewer)
}
