import { Failure } from '../runtime/failure.js'

/** Pakistan is five hours ahead of UTC all year; it has kept no summer time since 2009. */
const OFFSET_MS = 5 * 60 * 60_000
const DAY_MS = 24 * 60 * 60_000

/** The day (`YYYY-MM-DD`) that it is in Karachi at `ms`. */
export const karachiDay = (ms: number) => new Date(ms + OFFSET_MS).toISOString().slice(0, 10)

export const dayBefore = (day: string) => karachiDay(Date.parse(dayBounds(day).from) - 1)

/** From when, inclusive, to when, exclusive, a day of Karachi lasts. Throws a Failure `invalid-payload` for what is no day. */
export function dayBounds(day: string): { readonly from: string; readonly to: string } {
  const fromMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00.000Z`) - OFFSET_MS : NaN
  if (Number.isNaN(fromMs) || karachiDay(fromMs) !== day) {
    throw new Failure('invalid-payload', 'a day is written YYYY-MM-DD, and must exist', { retryable: false })
  }
  return { from: new Date(fromMs).toISOString(), to: new Date(fromMs + DAY_MS).toISOString() }
}
