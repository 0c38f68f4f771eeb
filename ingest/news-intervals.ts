import type { FeedHints } from '../channels/news/hints.js'
import type { Failure } from '../runtime/failure.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
export const SHORTEST_MS = 5 * MINUTE_MS
export const LONGEST_MS = HOUR_MS
const UNSAID_MS = 15 * MINUTE_MS
/** A feed that is not there, or is not for us, is asked ever more rarely, down to this. */
const REFUSED_LONGEST_MS = 6 * HOUR_MS
/** A feed that is gone for good: people undo mistakes. */
export const GONE_MS = 7 * DAY_MS

const clamp = (ms: number): number => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms))

export interface PaceQuestion {
  readonly intervalMs: number | undefined
  readonly hints: FeedHints | undefined
  readonly maxAgeMs: number | undefined
  /** Articles that were not there the last time; undefined at the first reading. */
  readonly fresh: number | undefined
}

/**
 * How long to leave a feed alone: at least what it says a copy may be kept (`ttl`, `max-age`), from 5 to 60 minutes; within that half as long after each
 * time that brought something, half as long again after each that did not, starting from its stated period.
 */
export function nextInterval({ intervalMs, hints, maxAgeMs, fresh }: PaceQuestion): number {
  const floorMs = clamp(Math.max((hints?.ttlMinutes ?? 0) * MINUTE_MS, maxAgeMs ?? 0))
  const statedMs = clamp(hints?.updateMinutes === undefined ? UNSAID_MS : hints.updateMinutes * MINUTE_MS)
  if (intervalMs === undefined || fresh === undefined) return Math.max(floorMs, statedMs)
  const paced = fresh > 0 ? intervalMs / 2 : intervalMs * 1.5
  return Math.round(Math.max(floorMs, clamp(paced)))
}

/** The first moment from `dueMs` on that is in no hour or day (UTC) that the feed asks to be spared; as it was where it spares them all. */
export function outsideSkipped(dueMs: number, hints: FeedHints | undefined): number {
  if (hints === undefined || hints.skipHours.length >= 24 || hints.skipDays.length >= 7) return dueMs
  let at = dueMs
  for (let step = 0; step < 48; step++) {
    const date = new Date(at)
    if (!hints.skipHours.includes(date.getUTCHours()) && !hints.skipDays.includes(date.getUTCDay())) return at
    const isDay = hints.skipDays.includes(date.getUTCDay())
    const unit = isDay ? DAY_MS : HOUR_MS
    at = (Math.floor(at / unit) + 1) * unit
    if (at - dueMs > DAY_MS) return dueMs + DAY_MS
  }
  return at
}

/** How long to leave a feed alone after so many failures in a row: doubling; never shorter than it wishes. */
export function failureWait(failure: Failure, failures: number): number {
  const isOurs = ['not-found', 'unauthorized', 'forbidden', 'refused', 'invalid-payload', 'unknown-shape'].includes(
    failure.reason,
  )
  const cap = isOurs ? REFUSED_LONGEST_MS : LONGEST_MS
  const backOff = Math.min(cap, SHORTEST_MS * 2 ** Math.min(failures - 1, 12))
  return Math.max(backOff, failure.retryAfterMs ?? 0)
}

/** A share of `spreadMs` that is always the same for one address: forty feeds of one minute are not asked in one second. */
export function spreadOf(address: string, spreadMs: number): number {
  let hash = 2_166_136_261
  for (let index = 0; index < address.length; index++)
    hash = Math.imul(hash ^ address.charCodeAt(index), 16_777_619) >>> 0
  return Math.floor((hash / 4_294_967_296) * spreadMs)
}
