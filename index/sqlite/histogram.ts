import type { Sqlite } from '../../runtime/sqlite.js'
import type { MentionPage, MentionQuery } from '../../schemas/search.js'
import { histogramSteps, type HistogramSteps } from '../histogram-steps.js'
import { epochMs, joinConditions } from './conditions.js'
import type { TagCounts } from './facets.js'
import { select, type Hits } from './hits.js'

export type Histogram = MentionPage['histogram']

/** The longest time that is drawn although parts of it hold nothing; beyond, it shrinks to where there are hits. */
const MAX_EMPTY_MS = 366 * 24 * 3_600_000

/** The hits by time: over the time that was asked for, else from the first hit to the last. */
export function histogramOf(db: Sqlite, hits: Hits, answer: readonly TagCounts[], query: MentionQuery): Histogram {
  const steps = stepsOf(answer, query)
  const counts = new Map<number, { n: number; alerts: number }>()
  if (answer.length > 0) {
    const { text, values } = joinConditions([...hits.frame, ...hits.districts, ...hits.tags])
    // The numbers stand in the text because the driver binds every number as a fraction, and buckets are whole.
    const rows = select<{ bucket: number; n: number; alerts: number }>(
      db,
      `SELECT (m.received_at - ${steps.startMs}) / ${steps.stepMs} AS bucket, count(*) AS n, sum(m.tagset IN (SELECT id FROM tagsets WHERE alert = 1)) AS alerts
       FROM ${hits.source} WHERE ${text} GROUP BY 1`,
      values,
    )
    for (const row of rows) counts.set(row.bucket, row)
  }
  const buckets = Array.from({ length: steps.count }, (_, bucket) => ({
    at: new Date(steps.startMs + bucket * steps.stepMs).toISOString(),
    count: counts.get(bucket)?.n ?? 0,
    alerts: counts.get(bucket)?.alerts ?? 0,
  }))
  return { stepMs: steps.stepMs, buckets }
}

function stepsOf(answer: readonly TagCounts[], query: MentionQuery): HistogramSteps {
  const first = Math.min(...answer.map((row) => row.first))
  const last = Math.max(...answer.map((row) => row.last))
  const from = query.from === undefined ? first : epochMs(query.from)
  const to = query.to === undefined ? last : epochMs(query.to) - 1
  if (Number.isFinite(from) && Number.isFinite(to) && to - from <= MAX_EMPTY_MS)
    return histogramSteps(from, Math.max(to, from - 1))
  return answer.length === 0 ? { stepMs: 60_000, startMs: 0, count: 0 } : histogramSteps(first, last)
}
