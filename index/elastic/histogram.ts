import type { MentionPage } from '../../schemas/search.js'
import type { Ends, HistogramSteps } from '../histogram-steps.js'
import { bucketsOf, valueOf, type Bucket } from './aggregations.js'
import type { Aggregations, Answer } from './ask.js'
import { allOf, filtersBut, type Asked } from './query.js'

export type Histogram = MentionPage['histogram']

export const endsAggregations = (filters: Asked['filters']): Aggregations => ({
  ends: {
    filter: allOf(filtersBut(filters)),
    aggs: { first: { min: { field: 'receivedAt' } }, last: { max: { field: 'receivedAt' } } },
  },
})

export const endsOf = (aggregations: Answer['aggregations']): Ends => ({
  first: valueOf(aggregations, 'ends', 'first'),
  last: valueOf(aggregations, 'ends', 'last'),
})

/** The hits by these steps, all of them and those that are alerts. */
export function histogramAggregations(filters: Asked['filters'], { stepMs, startMs }: HistogramSteps): Aggregations {
  const steps: Aggregations[string] = {
    histogram: {
      field: 'receivedAt',
      interval: stepMs,
      offset: ((startMs % stepMs) + stepMs) % stepMs,
      // Empty steps between far ends would be made by the million.
      min_doc_count: 1,
    },
  }
  return {
    steps: {
      filter: allOf(filtersBut(filters)),
      aggs: { all: steps, alerts: { filter: { term: { alert: true } }, aggs: { all: steps } } },
    },
  }
}

export function histogramOf(
  aggregations: Answer['aggregations'],
  { stepMs, startMs, count }: HistogramSteps,
): Histogram {
  const all = byInstant(bucketsOf(aggregations, 'steps', 'all'))
  const alerts = byInstant(bucketsOf(aggregations, 'steps', 'alerts', 'all'))
  const buckets = Array.from({ length: count }, (_, step) => {
    const at = startMs + step * stepMs
    return { at: new Date(at).toISOString(), count: all.get(at) ?? 0, alerts: alerts.get(at) ?? 0 }
  })
  return { stepMs, buckets }
}

const byInstant = (buckets: readonly Bucket[]) =>
  new Map(buckets.map((bucket) => [Number(bucket.key), bucket.doc_count]))
