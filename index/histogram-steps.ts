import type { MentionQuery } from '../schemas/search.js'
import { epochMs } from './query-parts.js'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Steps that people read a clock or a calendar by; a week begins on Monday. */
const STEPS_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
  DAY_MS,
  7 * DAY_MS,
  28 * DAY_MS,
  364 * DAY_MS,
  3640 * DAY_MS,
  36_400 * DAY_MS,
] as const

export const MAX_BUCKETS = 200

/** A Monday, 00:00 in Asia/Karachi (UTC+5 all year): every step is counted from here, so that days and weeks begin there. */
const ORIGIN_MS = Date.UTC(1970, 0, 5) - 5 * HOUR_MS

export interface HistogramSteps {
  readonly stepMs: number
  /** Epoch milliseconds at which the first bucket begins. */
  readonly startMs: number
  readonly count: number
}

/** Equal steps that cover `fromMs` to `toMs` (both inclusive), as fine as 200 of them allow. */
export function histogramSteps(fromMs: number, toMs: number): HistogramSteps {
  for (const stepMs of STEPS_MS) {
    const first = Math.floor((fromMs - ORIGIN_MS) / stepMs)
    const count = Math.floor((toMs - ORIGIN_MS) / stepMs) - first + 1
    if (count <= MAX_BUCKETS) return { stepMs, startMs: ORIGIN_MS + first * stepMs, count: Math.max(0, count) }
  }
  throw new RangeError(`no step is long enough for ${fromMs} to ${toMs}`)
}

/** The longest time that is drawn although parts of it hold nothing; beyond, it shrinks to where there are hits. */
const MAX_EMPTY_MS = 366 * DAY_MS

const NOTHING: HistogramSteps = { stepMs: MINUTE_MS, startMs: 0, count: 0 }

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
