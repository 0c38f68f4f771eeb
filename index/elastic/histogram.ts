import type { MentionPage, MentionQuery } from '../../schemas/search.js'
import { histogramSteps, type HistogramSteps } from '../histogram-steps.js'
import { epochMs } from '../sqlite/conditions.js'
import { bucketsOf, valueOf, type Bucket } from './aggregations.js'
import type { Aggregations, Answer } from './ask.js'
import { allOf, filtersBut, type Asked } from './query.js'

export type Histogram = MentionPage['histogram']
/** The longest time that is drawn although parts of it hold nothing; beyond, it shrinks to where there are hits. */
const MAX_EMPTY_MS = 366 * 24 * 3_600_000

const NOTHING: HistogramSteps = { stepMs: 60_000, startMs: 0, count: 0 }

/** When the first and the last hit came; null where there is none. */
export interface Ends {
  readonly first: number | null
  readonly last: number | null
}

/** The steps of the time asked for, where they do not depend on what is found. */
export function stepsAskedFor({ from, to }: MentionQuery): HistogramSteps | undefined {
  if (from === undefined || to === undefined) return undefined
  return stepsOver(epochMs(from), epochMs(to) - 1)
}

/** The steps over the time asked for, else from the first hit to the last. */
export function stepsFound({ from, to }: MentionQuery, { first, last }: Ends): HistogramSteps {
  const fromMs = from === undefined ? first : epochMs(from)
  const toMs = to === undefined ? last : epochMs(to) - 1
  const asked = fromMs === null || toMs === null ? undefined : stepsOver(fromMs, toMs)
  if (asked !== undefined) return asked
  return first === null || last === null ? NOTHING : histogramSteps(first, last)
}

function stepsOver(fromMs: number, toMs: number): HistogramSteps | undefined {
  return toMs - fromMs > MAX_EMPTY_MS ? undefined : histogramSteps(fromMs, Math.max(toMs, fromMs - 1))
}

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
