import type { Mention } from '../../schemas/mention.js'
import { SEVERITIES, type Tags } from '../../schemas/tags.js'
import { NO_TAGS } from '../enrich-mention.js'
import { fileOf } from '../enrichers/category/files.js'
import { conceptPairs, featureNames, namedFeatures } from '../enrichers/category/features.js'
import { createDistrictEnricher } from '../enrichers/districts/districts.js'
import { textMention } from '../text-mention.js'
import type { CorpusRow } from './corpus.js'
import { ONE_OF_FIRST, UNKNOWN, type Example } from './fit-groups.js'
import { withoutItsYear } from '../linear/word-features.js'
import { inThreads } from './in-threads.js'
import { exampleAt, type PackedExamples } from './packed-examples.js'
import { loadReading } from './reading.js'
import { block, WordBlocks } from './word-blocks.js'

export const MOST_WORDS = 250
const NOON = '2026-11-22T07:00:00.000Z'

type Labelled = Pick<CorpusRow, 'text'> & Partial<Pick<CorpusRow, 'category' | 'alert' | 'severity'>>

/** Without a category the text is known to be no alert, and nothing else is known. */
export interface ToLearn extends Labelled {
  readonly weight: number
  /** The text that this one says again, in whatever form; absent where it is said for the first time. */
  readonly again?: string
  /** Stands for a text whose language nobody could tell, since the enricher failed. */
  readonly withoutLanguage?: boolean
}

/** A text without a category is filed as one of those that do not ring. */
const labelsOf = ({ alert, category, severity }: Labelled): Int8Array =>
  Int8Array.from([
    alert === true ? 1 : 0,
    category === undefined ? ONE_OF_FIRST : fileOf(category, alert === true),
    severity === undefined ? UNKNOWN : SEVERITIES.indexOf(severity),
  ])

/** Makes of labelled messages what the model learns from: the features that the enricher will see, by the enrichers that come before it. */
export class CategoryExamples {
  readonly #places: ReadonlyMap<string, number>
  readonly #words: WordBlocks
  readonly #reading = loadReading()
  readonly #districts = createDistrictEnricher()

  constructor(private readonly buckets: number) {
    this.#words = new WordBlocks(this.#reading.glosses, buckets)
    this.#places = new Map(featureNames(this.#reading.rules.concepts).map((name, at) => [name, at]))
  }

  of(row: ToLearn): Example {
    const mention = textMention('training', row.text, NOON)
    const before = this.#tagsBefore(mention)
    const tags = row.withoutLanguage === true ? { ...before, language: null } : before
    const read = this.#reading.read(row.text)
    const judged = this.#reading.rules.judge(mention, read, tags)
    const named: number[] = []
    const values: number[] = []
    namedFeatures(row.text, read, judged, tags, (name, value) => {
      const place = this.#places.get(name)
      if (place === undefined) throw new Error(`no feature is named ${name}`)
      named.push(place)
      values.push(value)
    })
    return {
      blocks: [
        ...this.#words.of(withoutItsYear(read.words.slice(0, MOST_WORDS), NOON), tags.language?.lang ?? 'und'),
        block('concepts', conceptPairs(judged.matches, this.buckets)),
      ],
      named: Int32Array.from(named),
      values: Float32Array.from(values),
      labels: labelsOf(row),
      weight: row.weight,
    }
  }

  #tagsBefore(mention: Mention): Tags {
    const language = this.#reading.language.enrich(mention, NO_TAGS)
    const districts = this.#districts.enrich(mention, { ...NO_TAGS, language })
    return { ...NO_TAGS, language, districts }
  }
}

/** So many texts are one thread's work: its parts take it a second to read. */
const PIECE = 20_000

/** The example of each, made in threads, in their order. */
export async function makeExamples(rows: readonly ToLearn[], buckets: number): Promise<Example[]> {
  const pieces = Array.from({ length: Math.ceil(rows.length / PIECE) }, (_, piece) => ({
    rows: rows.slice(piece * PIECE, (piece + 1) * PIECE),
    buckets,
  }))
  const packed = await inThreads<PackedExamples>('./example-thread.js', pieces)
  return packed.flatMap((some) => Array.from(some.weights.keys(), (at) => exampleAt(some, at)))
}
