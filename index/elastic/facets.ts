import type { MentionPage } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import { UNKNOWN } from '../mention-row.js'
import { scopeDistricts, TAG_COLUMNS } from '../query-parts.js'
import { bucketsOf, nameOf } from './aggregations.js'
import type { Aggregations, Answer } from './ask.js'
import { allOf, filtersBut, type Asked, type Facet } from './query.js'

type Facets = MentionPage['facets']
const FACETS: readonly Facet[] = [...TAG_COLUMNS, 'district']

/** More values than any of these fields has, so that no shard leaves one out; few enough that all together stay under `search.max_buckets` (65,536). */
export const MAX_VALUES = 5000

export const valuesOf = (field: string): Aggregations[string] => ({
  terms: { field, size: MAX_VALUES },
})

/** Each facet over the frame, with every filter but its own, so that what else could be chosen stays in sight. */
export function facetAggregations(filters: Asked['filters']): Aggregations {
  return Object.fromEntries(
    FACETS.map((facet) => [
      facet,
      {
        filter: allOf(filtersBut(filters, facet)),
        aggs: { values: valuesOf(facet === 'district' ? 'districts' : facet) },
      },
    ]),
  )
}

/**
 * Mentions whose tag nobody could give are in no row of its facet; `district` has a row `unknown`, for that can be searched for.
 * A mention of two districts counts in both; somebody limited to districts gets rows of those alone.
 */
export function facetsOf(aggregations: Answer['aggregations'], scope: Scope): Facets {
  const own = scopeDistricts(scope)
  const facet = (name: Facet, shown: (value: string) => boolean) =>
    bucketsOf(aggregations, name, 'values')
      .map((bucket) => ({ value: nameOf(bucket), count: bucket.doc_count }))
      .filter(({ value }) => shown(value))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
  const known = (value: string) => value !== UNKNOWN
  return {
    channel: facet('channel', known),
    district: facet('district', (value) => own === undefined || own.includes(value)),
    lang: facet('lang', known),
    category: facet('category', known),
    severity: facet('severity', known),
    sentiment: facet('sentiment', known),
    alert: facet('alert', known),
  }
}
