import type { Glosses } from '../glosses/glosses.js'
import type { Lang } from '../../schemas/tags.js'
import { widthOf, type LinearModel } from './linear-model.js'
import { meaningFeatures, sequenceFeatures, unitOf, wordFeatures } from './word-features.js'

const MOST_CACHED_WORDS = 50_000

/** What one word says by itself, summed up once for all messages it occurs in. */
interface KnownWord {
  readonly sound: number
  readonly sums: Float32Array
  readonly count: number
  readonly meanings: readonly number[]
}

/** What the words of a text add to the scores of a model: by their letters, their neighbours and their meanings. */
export class WordScorer {
  readonly width: number
  readonly #model: LinearModel
  readonly #glosses: Glosses
  readonly #known = new Map<string, KnownWord>()

  constructor(model: LinearModel, glosses: Glosses) {
    this.#model = model
    this.#glosses = glosses
    this.width = widthOf(model.groups)
  }

  /** `added[word * width + output]`: what each word adds to each output. */
  added(lang: Lang, words: readonly { readonly text: string }[]): Float64Array {
    const { buckets } = this.#model
    const { width } = this
    const known = words.map(({ text }) => this.#knownWord(lang, text))
    const added = new Float64Array(words.length * width)
    const sequence: number[] = []
    sequenceFeatures(
      known.map(({ sound }) => sound),
      buckets,
      (bucket, word) => sequence.push(bucket, word),
    )
    const unit = unitOf(
      'letters',
      known.reduce((sum, { count }) => sum + count, sequence.length / 2),
    )
    for (const [word, { sums }] of known.entries())
      for (let out = 0; out < width; out++) added[word * width + out]! += unit * (sums[out] as number)
    for (let at = 0; at < sequence.length; at += 2)
      this.#add(added, sequence[at + 1] as number, sequence[at] as number, unit)
    const { alone, together } = meaningFeatures(
      known.map(({ meanings }) => meanings),
      buckets,
    )
    for (const [bucket, word] of alone) this.#add(added, word, bucket, unitOf('meaning', alone.size))
    for (const [bucket, word] of together) this.#add(added, word, bucket, unitOf('meanings', together.size))
    return added
  }

  #add(added: Float64Array, word: number, bucket: number, value: number): void {
    const { hashed, scale } = this.#model
    const [to, from] = [word * this.width, bucket * this.width]
    for (let out = 0; out < this.width; out++) added[to + out]! += value * scale * (hashed[from + out] as number)
  }

  #knownWord(lang: Lang, written: string): KnownWord {
    const key = `${lang} ${written}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const { buckets, hashed, scale } = this.#model
    const features = wordFeatures(written, buckets)
    const sums = new Float32Array(this.width)
    for (const bucket of features.buckets)
      for (let out = 0; out < this.width; out++) sums[out]! += scale * (hashed[bucket * this.width + out] as number)
    const made = {
      sound: features.sound,
      sums,
      count: features.buckets.length,
      meanings: this.#glosses.of(lang, written),
    }
    if (this.#known.size >= MOST_CACHED_WORDS) this.#known.clear()
    this.#known.set(key, made)
    return made
  }
}
