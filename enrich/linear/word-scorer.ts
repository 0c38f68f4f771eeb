import type { Glosses } from '../glosses/glosses.js'
import type { Lang } from '../../schemas/tags.js'
import { widthOf, type LinearModel } from './linear-model.js'
import { WordCache } from './word-cache.js'
import {
  MeaningReader,
  sequenceFeatures,
  unitOf,
  wordFeatures,
  type FeatureWeights,
  type MetBuckets,
} from './word-features.js'

const MOST_CACHED_WORDS = 50_000

/** What one word says by itself, summed up once for all messages it occurs in. */
interface KnownWord {
  readonly sound: number
  /** Per output, before the model's scale. */
  readonly sums: Int32Array
  readonly count: number
  readonly meanings: readonly number[]
}

/** What the words of one text say, until the scorer is given the next. */
export interface ScoredWords {
  /** How much all of them add to each output. */
  readonly totals: Float64Array
  /** How much each word adds to a weighted sum of the outputs; outputs of weight 0 cost nothing. */
  sharesOf(weights: Float64Array): Float64Array
}

/** What the words of a text add to the scores of a model: by their letters, their neighbours and their meanings. */
export class WordScorer {
  readonly width: number
  readonly #model: LinearModel
  readonly #glosses: Glosses
  readonly #meanings: MeaningReader
  readonly #words = new WordCache((lang, written) => this.#know(lang, written), MOST_CACHED_WORDS)

  /** `weights` are those that the model was trained with. */
  constructor(
    model: LinearModel,
    glosses: Glosses,
    private readonly weights?: FeatureWeights,
  ) {
    this.#model = model
    this.#glosses = glosses
    this.#meanings = new MeaningReader(model.buckets)
    this.width = widthOf(model.groups)
  }

  score(lang: Lang, words: readonly { readonly text: string }[]): ScoredWords {
    const { buckets, scale } = this.#model
    const known = words.map(({ text }) => this.#words.of(lang, text))
    const sequence: number[] = []
    sequenceFeatures(
      known.map(({ sound }) => sound),
      buckets,
      (bucket, word) => sequence.push(bucket, word),
    )
    const letters = known.reduce((sum, { count }) => sum + count, sequence.length / 2)
    const unit = unitOf('letters', letters, this.weights) * scale
    this.#meanings.read(known.map(({ meanings }) => meanings))
    const { alone, together } = this.#meanings
    const parts = [
      { met: alone, unit: unitOf('meaning', alone.length, this.weights) * scale },
      { met: together, unit: unitOf('meanings', together.length, this.weights) * scale },
    ]
    const totals = this.#lettersOf(known, sequence, unit)
    for (const part of parts) this.#addAll(totals, part.met, part.unit)
    return { totals, sharesOf: (weights) => this.#sharesOf(weights, { known, sequence, unit, parts }) }
  }

  #lettersOf(known: readonly KnownWord[], sequence: readonly number[], unit: number): Float64Array {
    const { width } = this
    const { hashed } = this.#model
    const sums = new Float64Array(width)
    for (const word of known) for (let out = 0; out < width; out++) sums[out]! += word.sums[out] as number
    for (let at = 0; at < sequence.length; at += 2) {
      const row = (sequence[at] as number) * width
      for (let out = 0; out < width; out++) sums[out]! += hashed[row + out] as number
    }
    for (let out = 0; out < width; out++) sums[out]! *= unit
    return sums
  }

  #addAll(totals: Float64Array, { buckets, length }: MetBuckets, unit: number): void {
    const { width } = this
    const { hashed } = this.#model
    const sums = new Int32Array(width)
    for (let at = 0; at < length; at++) {
      const row = (buckets[at] as number) * width
      for (let out = 0; out < width; out++) sums[out]! += hashed[row + out] as number
    }
    for (let out = 0; out < width; out++) totals[out]! += unit * (sums[out] as number)
  }

  #sharesOf(
    weights: Float64Array,
    {
      known,
      sequence,
      unit,
      parts,
    }: {
      readonly known: readonly KnownWord[]
      readonly sequence: readonly number[]
      readonly unit: number
      readonly parts: readonly { readonly met: MetBuckets; readonly unit: number }[]
    },
  ): Float64Array {
    const { width } = this
    const { hashed } = this.#model
    const outs = Array.from(weights.keys()).filter((out) => weights[out] !== 0)
    const of = (table: Int8Array | Int32Array, row: number): number => {
      let sum = 0
      for (const out of outs) sum += (weights[out] as number) * (table[row + out] as number)
      return sum
    }
    const shares = Float64Array.from(known, ({ sums }) => unit * of(sums, 0))
    for (let at = 0; at < sequence.length; at += 2)
      shares[sequence[at + 1] as number]! += unit * of(hashed, (sequence[at] as number) * width)
    for (const { met, unit: each } of parts)
      for (let at = 0; at < met.length; at++)
        shares[met.words[at] as number]! += each * of(hashed, (met.buckets[at] as number) * width)
    return shares
  }

  #know(lang: Lang, written: string): KnownWord {
    const { buckets, hashed } = this.#model
    const features = wordFeatures(written, buckets)
    const sums = new Int32Array(this.width)
    for (const bucket of features.buckets)
      for (let out = 0; out < this.width; out++) sums[out]! += hashed[bucket * this.width + out] as number
    return {
      sound: features.sound,
      sums,
      count: features.buckets.length,
      meanings: this.#glosses.of(lang, written),
    }
  }
}
