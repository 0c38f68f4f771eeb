const PRIME = 16_777_619
const EDGE = 0x20

export const GROUP_SEED = 0x811c9dc5

/** Where a hash lies in a table; `buckets` is a power of two. */
export function bucketOf(hash: number, buckets: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return (mixed ^ (mixed >>> 13)) & (buckets - 1)
}

/** FNV-1a over UTF-16 units, begun anew by `seed` for each kind of feature, so that equal letters of two kinds differ. */
export function hashText(text: string, seed: number): number {
  let hash = seed
  for (let at = 0; at < text.length; at++) hash = addToHash(hash, text.charCodeAt(at))
  return hash
}

/** The same with one unit more. */
export const addToHash = (hash: number, unit: number): number => Math.imul(hash ^ unit, PRIME)

export const joinHashes = (first: number, second: number): number =>
  Math.imul(Math.imul(first, PRIME) ^ (second >>> 16) ^ second, PRIME)

/** Adds the buckets of every group of `shortest` to `longest` letters of a word; its edges count as letters. */
export function addLetterGroups(
  word: string,
  seed: number,
  [shortest, longest]: readonly [number, number],
  buckets: number,
  into: number[],
): void {
  const last = word.length + 1
  for (let start = 0; start <= last; start++) {
    let hash = seed
    const end = Math.min(last, start + longest - 1)
    for (let at = start; at <= end; at++) {
      hash = Math.imul(hash ^ (at === 0 || at === last ? EDGE : word.charCodeAt(at - 1)), PRIME)
      if (at - start + 1 >= shortest) into.push(bucketOf(hash, buckets))
    }
  }
}
