import { Failure } from '../../runtime/failure.js'

/** A moment as a wall clock shows it. `month` counts from 1. */
export interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const DAY_MS = 86_400_000

/** Whether the calendar has such a moment. */
export function isWallTime({ year, month, day, hour, minute, second }: WallTime): boolean {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return false
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

const asIfUtc = ({ year, month, day, hour, minute, second }: WallTime): number =>
  Date.UTC(year, month - 1, day, hour, minute, second)

/**
 * How a zone's wall clock reads in epoch milliseconds. An hour that came twice is taken the first time, one that was left out as if the clock had not
 * been moved yet. Throws a Failure `invalid-payload` for a zone that nobody knows.
 */
export function wallClockOf(zone: string): (time: WallTime) => number {
  const format = zoneFormat(zone)
  const offsetAt = (epochMs: number): number => {
    const part = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]))
    const of = (name: Intl.DateTimeFormatPartTypes) => part.get(name) ?? 0
    const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
    return shown - Math.floor(epochMs / 1000) * 1000
  }
  // Asked once a day of the calendar: a file has many messages a day, and asking is slow. Undefined where the clock is moved near that day.
  const offsets = new Map<number, number | undefined>()
  const steadyOffset = (local: number): number | undefined => {
    const day = Math.floor(local / DAY_MS)
    if (!offsets.has(day)) {
      const before = offsetAt((day - 1) * DAY_MS)
      if (offsets.size > 10_000) offsets.clear()
      offsets.set(day, before === offsetAt((day + 2) * DAY_MS) ? before : undefined)
    }
    return offsets.get(day)
  }
  return (time) => {
    const local = asIfUtc(time)
    const steady = steadyOffset(local)
    if (steady !== undefined) return local - steady
    const candidates = [offsetAt(local - DAY_MS), offsetAt(local + DAY_MS)].map((offset) => local - offset)
    const fitting = candidates.filter((epochMs) => local - epochMs === offsetAt(epochMs))
    return fitting.length > 0 ? Math.min(...fitting) : (candidates[0] ?? local)
  }
}

function zoneFormat(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (cause) {
    throw new Failure('invalid-payload', `there is no time zone ${zone}: write one like Asia/Karachi`, {
      retryable: false,
      cause,
    })
  }
}
