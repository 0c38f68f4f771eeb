/** What is wrong with the brokers, by where it was met, until the same place works again. */
export class Health {
  readonly #troubles = new Map<string, string>()

  failed(place: string, words: string): void {
    this.#troubles.set(place, words)
  }

  well(place: string): void {
    this.#troubles.delete(place)
  }

  problem(): string | undefined {
    const [first] = this.#troubles.values()
    return first
  }
}
