const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Asia/Karachi, all the year: so that a Friday is one there. */
const OFFSET_MS = 5 * HOUR_MS

export const LEARNED_DAYS = 14
/** Fewer days than this say nothing of what is usual. */
const ENOUGH_DAYS = 3
const ENOUGH_SAME_WEEKDAYS = 4
const USUAL = 0.9

/** An hour (since the epoch) and the longest that the source went without an item in it, also where that began before the hour. */
export interface HourOfSource {
  readonly hour: number
  readonly longestGapMs: number
}

export const hourOf = (ms: number) => Math.floor(ms / HOUR_MS)
const hourOfDay = (hour: number) => (hour + OFFSET_MS / HOUR_MS) % 24
const dayOf = (hour: number) => Math.floor((hour * HOUR_MS + OFFSET_MS) / DAY_MS)

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0
}

/** Hours of the clock between two, around midnight too. */
function clockDistance(a: number, b: number): number {
  const apart = Math.abs(a - b)
  return Math.min(apart, 24 - apart)
}

/**
 * How long the source usually goes without an item at this hour: nine of ten like hours of the last 14 days (the hour before and after count too, the
 * same weekday on its own where it is the quieter) went no longer. A burst or an outage in one of them changes nothing. Null while fewer than three
 * days are known.
 */
export function usualGapMs(hours: readonly HourOfSource[], nowMs: number): number | null {
  const now = hourOf(nowMs)
  const like = hours.filter(
    ({ hour }) =>
      hour < now && hour >= now - LEARNED_DAYS * 24 - 1 && clockDistance(hourOfDay(hour), hourOfDay(now)) <= 1,
  )
  if (new Set(like.map(({ hour }) => dayOf(hour))).size < ENOUGH_DAYS) return null
  const usual = quantile(
    like.map(({ longestGapMs }) => longestGapMs),
    USUAL,
  )
  const sameWeekday = like.filter(({ hour }) => (dayOf(now) - dayOf(hour)) % 7 === 0).map((one) => one.longestGapMs)
  return sameWeekday.length < ENOUGH_SAME_WEEKDAYS ? usual : Math.max(usual, quantile(sameWeekday, 0.5))
}
