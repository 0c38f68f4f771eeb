import type { Lang } from '../../schemas/tags.js'
import type { Glosses } from '../glosses/glosses.js'
import {
  MeaningReader,
  sequenceFeatures,
  unitOf,
  wordFeatures,
  type MetBuckets,
  type WordFeatures,
} from '../linear/word-features.js'
import type { Block } from './fit-groups.js'

export const block = (kind: Parameters<typeof unitOf>[0], buckets: Iterable<number>): Block => {
  const all = Int32Array.from(buckets)
  return { buckets: all, value: unitOf(kind, all.length) }
}

interface KnownWord {
  readonly features: WordFeatures
  readonly meanings: readonly number[]
}

/** The features of words that `WordScorer` scores them by. */
export class WordBlocks {
  readonly #meanings: MeaningReader
  readonly #known = new Map<Lang, Map<string, KnownWord>>()

  constructor(
    private readonly glosses: Glosses,
    private readonly buckets: number,
  ) {
    this.#meanings = new MeaningReader(buckets)
  }

  of(words: readonly { readonly text: string }[], lang: Lang): Block[] {
    const known = words.map(({ text }) => this.#knownWord(lang, text))
    const letters = known.flatMap(({ features }) => [...features.buckets])
    sequenceFeatures(
      known.map(({ features }) => features.sound),
      this.buckets,
      (bucket) => letters.push(bucket),
    )
    this.#meanings.read(known.map(({ meanings }) => meanings))
    const { alone, together } = this.#meanings
    return [block('letters', letters), block('meaning', met(alone)), block('meanings', met(together))]
  }

  #knownWord(lang: Lang, text: string): KnownWord {
    let ofLang = this.#known.get(lang)
    if (ofLang === undefined) this.#known.set(lang, (ofLang = new Map<string, KnownWord>()))
    let known = ofLang.get(text)
    if (known === undefined) {
      known = { features: wordFeatures(text, this.buckets), meanings: this.glosses.of(lang, text) }
      ofLang.set(text, known)
    }
    return known
  }
}

const met = ({ buckets, length }: MetBuckets): Int32Array => buckets.slice(0, length)
