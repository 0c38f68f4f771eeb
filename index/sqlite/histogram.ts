import type { Sqlite } from '../../runtime/sqlite.js'
import type { MentionPage, MentionQuery } from '../../schemas/search.js'
import { stepsFound, type Ends } from '../histogram-steps.js'
import { joinConditions } from './conditions.js'
import type { TagCounts } from './facets.js'
import { select, type Hits } from './hits.js'

export type Histogram = MentionPage['histogram']

/** The hits by time: over the time that was asked for, else from the first hit to the last. */
export function histogramOf(db: Sqlite, hits: Hits, answer: readonly TagCounts[], query: MentionQuery): Histogram {
  const steps = stepsFound(query, endsOf(answer))
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

function endsOf(answer: readonly TagCounts[]): Ends {
  if (answer.length === 0) return { first: null, last: null }
  return { first: Math.min(...answer.map((row) => row.first)), last: Math.max(...answer.map((row) => row.last)) }
}
