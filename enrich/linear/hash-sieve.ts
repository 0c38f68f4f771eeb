const BITS = 2 ** 20

/** Tells of hashes of 32 bits whether they were put in: "no" is always true, "yes" nearly always. */
export class HashSieve {
  readonly #bits: Uint8Array

  /** One that holds already what `like` holds. */
  constructor(like?: HashSieve) {
    this.#bits = like === undefined ? new Uint8Array(BITS / 8) : like.#bits.slice()
  }

  add(hash: number): void {
    const at = hash & (BITS - 1)
    this.#bits[at >> 3]! |= 1 << (at & 7)
  }

  mayHold(hash: number): boolean {
    const at = hash & (BITS - 1)
    return ((this.#bits[at >> 3] as number) & (1 << (at & 7))) !== 0
  }
}
