import type { Mention } from '../../schemas/mention.js'
import { SEVERITIES, type Tags } from '../../schemas/tags.js'
import { NO_TAGS } from '../enrich-mention.js'
import { createRuleJudge, type RuleJudge } from '../enrichers/category/by-rules.js'
import { fileOf } from '../enrichers/category/files.js'
import { conceptPairs, featureNames, namedFeatures } from '../enrichers/category/features.js'
import { loadGlosses } from '../glosses/glosses.js'
import { createDistrictEnricher } from '../enrichers/districts/districts.js'
import { createLanguageEnricher } from '../enrichers/language/language.js'
import { readText } from '../enrichers/threat/words.js'
import { textMention } from '../text-mention.js'
import type { CorpusRow } from './corpus.js'
import { ONE_OF_FIRST, UNKNOWN, type Example } from './fit-groups.js'
import { withoutItsYear } from '../linear/word-features.js'
import { block, WordBlocks } from './word-blocks.js'

export const MOST_WORDS = 250
const NOON = '2026-11-22T07:00:00.000Z'

type Labelled = Pick<CorpusRow, 'text'> & Partial<Pick<CorpusRow, 'category' | 'alert' | 'severity'>>

/** A text without a category is known to be no alert: it is filed as one of those that do not ring. */
const labelsOf = ({ alert, category, severity }: Labelled): Int8Array =>
  Int8Array.from([
    alert === true ? 1 : 0,
    category === undefined ? ONE_OF_FIRST : fileOf(category, alert === true),
    severity === undefined ? UNKNOWN : SEVERITIES.indexOf(severity),
  ])

/** Makes of labelled messages what the model learns from: the features that the enricher will see, by the enrichers that come before it. */
export class CategoryExamples {
  readonly names: readonly string[]
  readonly #places: ReadonlyMap<string, number>
  readonly #rules: RuleJudge = createRuleJudge()
  readonly #words: WordBlocks
  readonly #before = [createLanguageEnricher(), createDistrictEnricher()] as const

  constructor(private readonly buckets: number) {
    this.#words = new WordBlocks(loadGlosses(), buckets)
    this.names = featureNames(this.#rules.concepts)
    this.#places = new Map(this.names.map((name, at) => [name, at]))
  }

  /** Without a category the text is known to be no alert, and nothing else is known; without a language it stands for one whose enricher failed. */
  of(row: Labelled, weight: number, withLanguage = true): Example {
    const mention = textMention('training', row.text, NOON)
    const before = this.#tagsBefore(mention)
    const tags = withLanguage ? before : { ...before, language: null }
    const read = readText(row.text)
    const judged = this.#rules.judge(mention, read, tags)
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
      weight,
    }
  }

  #tagsBefore(mention: Mention): Tags {
    const tags: Tags = { ...NO_TAGS }
    for (const enricher of this.#before) Object.assign(tags, { [enricher.adds]: enricher.enrich(mention, tags) })
    return tags
  }
}
