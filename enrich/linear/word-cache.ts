import type { Lang } from '../../schemas/tags.js'

/** Makes what is known of a word in a language once for all messages it occurs in; past `most` words it forgets all and begins anew. */
export class WordCache<Known> {
  readonly #byLang = new Map<Lang, Map<string, Known>>()
  #size = 0

  constructor(
    private readonly make: (lang: Lang, word: string) => Known,
    private readonly most = Infinity,
  ) {}

  of(lang: Lang, word: string): Known {
    const known = this.#byLang.get(lang)?.get(word)
    if (known !== undefined) return known
    const made = this.make(lang, word)
    if (this.#size >= this.most) {
      this.#byLang.clear()
      this.#size = 0
    }
    let ofLang = this.#byLang.get(lang)
    if (ofLang === undefined) this.#byLang.set(lang, (ofLang = new Map<string, Known>()))
    ofLang.set(word, made)
    this.#size++
    return made
  }
}
