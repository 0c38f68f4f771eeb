import type { Lang } from '../../schemas/tags.js'
import type { Glosses } from '../glosses/glosses.js'
import { MeaningReader, sequenceFeatures, unitOf, wordFeatures, type MetBuckets } from '../linear/word-features.js'
import { WordCache } from '../linear/word-cache.js'
import type { Block } from './fit-groups.js'

export const block = (kind: Parameters<typeof unitOf>[0], buckets: Iterable<number>): Block => {
  const all = Int32Array.from(buckets)
  return { buckets: all, value: unitOf(kind, all.length) }
}

/** The features of words that `WordScorer` scores them by. */
export class WordBlocks {
  readonly #meanings: MeaningReader
  readonly #words = new WordCache((lang, text) => ({
    features: wordFeatures(text, this.buckets),
    meanings: this.glosses.of(lang, text),
  }))

  constructor(
    private readonly glosses: Glosses,
    private readonly buckets: number,
  ) {
    this.#meanings = new MeaningReader(buckets)
  }

  of(words: readonly { readonly text: string }[], lang: Lang): Block[] {
    const known = words.map(({ text }) => this.#words.of(lang, text))
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
}

const met = ({ buckets, length }: MetBuckets): Int32Array => buckets.slice(0, length)
