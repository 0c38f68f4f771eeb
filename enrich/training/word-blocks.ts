import type { Lang } from '../../schemas/tags.js'
import type { Glosses } from '../glosses/glosses.js'
import {
  MeaningReader,
  sequenceFeatures,
  unitOf,
  wordFeatures,
  type FeatureWeights,
  type MetBuckets,
} from '../linear/word-features.js'
import { WordCache } from '../linear/word-cache.js'
import type { Block } from './fit-groups.js'

export const block = (kind: keyof FeatureWeights, buckets: Iterable<number>, weights?: FeatureWeights): Block => {
  const all = Int32Array.from(buckets)
  return { buckets: all, value: unitOf(kind, all.length, weights) }
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
    private readonly weights?: FeatureWeights,
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
    const { weights } = this
    return [
      block('letters', letters, weights),
      block('meaning', met(alone), weights),
      block('meanings', met(together), weights),
    ]
  }
}

const met = ({ buckets, length }: MetBuckets): Int32Array => buckets.slice(0, length)
