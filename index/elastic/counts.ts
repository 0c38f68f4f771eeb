import type { SentimentCounts } from '../../schemas/report.js'
import type { Scope } from '../../schemas/user.js'
import { UNKNOWN } from '../mention-row.js'
import type { PeriodCounts } from '../mention-search.js'
import { correctedTagsOf, scopeDistricts } from '../query-parts.js'
import { bucketsOf, countOf, nameOf, valueOf, type Bucket } from './aggregations.js'
import { ask, type Aggregations, type Answer, type Asking } from './ask.js'
import { valuesOf } from './facets.js'
import { allOf, CORRECTED, frameClauses } from './query.js'

const SENTIMENTS = {
  sentiment: valuesOf('sentiment'),
  alerts: { filter: { term: { alert: true } } },
} satisfies Aggregations

const rowsOf = (field: string): Aggregations[string] => ({ ...valuesOf(field), aggs: SENTIMENTS })

const ASKED: Aggregations = {
  ...SENTIMENTS,
  unjudged: { filter: { term: { unjudged: true } } },
  corrected: { filter: CORRECTED },
  correctedTags: valuesOf('corrected'),
  language: { avg: { field: 'languageConfidence' } },
  category: { avg: { field: 'categoryConfidence' } },
  byDistrict: rowsOf('districts'),
  byLanguage: rowsOf('lang'),
  byChannel: rowsOf('channel'),
  byCategory: rowsOf('category'),
}

function countsOf(total: number, of: Answer['aggregations'] | Bucket): SentimentCounts {
  const bySentiment = new Map(bucketsOf(of, 'sentiment').map((bucket) => [nameOf(bucket), bucket.doc_count]))
  const count = (sentiment: string) => bySentiment.get(sentiment) ?? 0
  return {
    total,
    positive: count('positive'),
    neutral: count('neutral'),
    negative: count('negative'),
    alerts: countOf(of, 'alerts'),
  }
}

function breakdown(aggregations: Answer['aggregations'], name: string): PeriodCounts['byDistrict'] {
  return bucketsOf(aggregations, name)
    .map((bucket) => ({ value: nameOf(bucket), ...countsOf(bucket.doc_count, bucket) }))
    .sort((a, b) => b.total - a.total || (a.value < b.value ? -1 : 1))
}

/**
 * The counts of a time, in one request. A mention whose language, category or district nobody could give is in the row `unknown` of that table;
 * one whose sentiment nobody could give is in `total` alone. A mention of two districts is in the rows of both, and once in the totals.
 */
export async function periodCounts(asking: Asking, from: string, to: string, scope: Scope): Promise<PeriodCounts> {
  const { total, aggregations } = await ask(asking, {
    size: 0,
    query: allOf(frameClauses({ from, to }, scope)),
    aggs: ASKED,
  })
  const own = scopeDistricts(scope)
  const correctedTags = new Map(
    bucketsOf(aggregations, 'correctedTags').map((bucket) => [nameOf(bucket), bucket.doc_count]),
  )
  const byDistrict = breakdown(aggregations, 'byDistrict').filter(
    ({ value }) => own === undefined || own.includes(value),
  )
  return {
    totals: countsOf(total, aggregations),
    unjudged: countOf(aggregations, 'unjudged'),
    districtUnknown: byDistrict.find(({ value }) => value === UNKNOWN)?.total ?? 0,
    corrected: countOf(aggregations, 'corrected'),
    correctedTags: correctedTagsOf(correctedTags),
    confidence: { language: valueOf(aggregations, 'language'), category: valueOf(aggregations, 'category') },
    byDistrict,
    byLanguage: breakdown(aggregations, 'byLanguage'),
    byChannel: breakdown(aggregations, 'byChannel'),
    byCategory: breakdown(aggregations, 'byCategory'),
  }
}
