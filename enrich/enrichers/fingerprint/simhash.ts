function hash(text: string, seed: number): number {
  let state = seed
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return state ^ (state >>> 16)
}

function vote(votes: Int32Array, feature: string): void {
  const high = hash(feature, 0x811c9dc5)
  const low = hash(feature, 0x3c6ef372)
  for (let bit = 0; bit < 32; bit++) {
    votes[bit] = (votes[bit] ?? 0) + ((high >>> (31 - bit)) & 1 ? 1 : -1)
    votes[bit + 32] = (votes[bit + 32] ?? 0) + ((low >>> (31 - bit)) & 1 ? 1 : -1)
  }
}

/** 64 bits as 16 hex digits over each word and each pair of neighbours; no words give sixteen zeros. */
export function simhash(words: readonly string[]): string {
  const votes = new Int32Array(64)
  words.forEach((word, at) => {
    vote(votes, word)
    const next = words[at + 1]
    if (next !== undefined) vote(votes, `${word} ${next}`)
  })
  const half = (from: number) => {
    let value = 0
    for (let bit = from; bit < from + 32; bit++) value = (value << 1) | ((votes[bit] ?? 0) > 0 ? 1 : 0)
    return (value >>> 0).toString(16).padStart(8, '0')
  }
  return half(0) + half(32)
}
