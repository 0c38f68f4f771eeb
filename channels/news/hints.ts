import { fields, label, list, numeric, type Fields } from '../fields.js'

/** What a feed says of how often it wants to be asked. */
export interface FeedHints {
  /** Minutes for which a copy may be kept (`ttl`). */
  readonly ttlMinutes: number | undefined
  /** Minutes between its updates (`sy:updatePeriod` over `sy:updateFrequency`). */
  readonly updateMinutes: number | undefined
  /** Hours of the day, UTC, at which nobody should ask. */
  readonly skipHours: readonly number[]
  /** Days of the week, 0 is Sunday, UTC. */
  readonly skipDays: readonly number[]
}

const PERIOD_MINUTES = new Map([
  ['hourly', 60],
  ['daily', 1_440],
  ['weekly', 10_080],
  ['monthly', 43_200],
  ['yearly', 525_600],
])
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

export function readHints(feed: Fields): FeedHints {
  const ttl = numeric(feed['ttl'])
  const sy = fields(feed['sy'])
  const period = PERIOD_MINUTES.get((label(sy?.['updatePeriod']) ?? '').toLowerCase())
  const frequency = Math.max(1, numeric(sy?.['updateFrequency']) ?? 1)
  const hours = list(feed['skipHours']).map(numeric)
  const days = list(feed['skipDays']).map((day) => DAYS.indexOf((label(day) ?? '').trim().toLowerCase()))
  return {
    ttlMinutes: ttl !== undefined && ttl > 0 ? ttl : undefined,
    updateMinutes: period === undefined ? undefined : period / frequency,
    skipHours: [
      ...new Set(hours.filter((hour) => hour !== undefined && hour >= 0 && hour <= 24).map((hour) => hour! % 24)),
    ],
    skipDays: [...new Set(days.filter((day) => day !== -1))],
  }
}
