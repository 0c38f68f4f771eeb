const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const MINUTE_MS = 60_000
/** Where a feed says no zone, it means the clock on the wall of the newsroom: Pakistan has had one time all year since 2009. */
const KARACHI_MINUTES = 300

const ZONE_MINUTES = new Map<string, number>([
  ...['z', 'ut', 'utc', 'gmt', 'wet'].map((name) => [name, 0] as const),
  ...['pkt', 'pst+5', 'pkst'].map((name) => [name, KARACHI_MINUTES] as const),
  ['aft', 270],
  ['ist', 330],
  ['npt', 345],
  ['bst', 60],
  ['west', 60],
  ['cet', 60],
  ['cest', 120],
  ['eet', 120],
  ['eest', 180],
  ['msk', 180],
  ['ast', 180],
  ['gst', 240],
  ['est', -300],
  ['edt', -240],
  ['cst', -360],
  ['cdt', -300],
  ['mst', -420],
  ['mdt', -360],
  ['pst', -480],
  ['pdt', -420],
])

const TIME = String.raw`(?:[\sT,]+(?:at\s+)?(\d{1,2})[:.](\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?)?`
const ZONE = String.raw`\s*\(?([a-z]{1,5}(?:[+-]\d{1,2}(?::?\d\d)?)?|[+-]\s?\d{1,2}(?::?\d\d)?)?\)?.{0,40}$`
const ISO = new RegExp(String.raw`^(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?${TIME}${ZONE}`, 'i')
const DAY_FIRST = new RegExp(
  String.raw`^(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?[\s,-]+(\d{4}|\d\d)${TIME}${ZONE}`,
  'i',
)
const MONTH_FIRST = new RegExp(String.raw`^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})${TIME}${ZONE}`, 'i')
const ASCTIME = /^([a-z]{3,9})\s+(\d{1,2})\s+(\d{1,2}):(\d\d):(\d\d)\s+(?:([a-z]{1,5}|[+-]\d\d:?\d\d)\s+)?(\d{4})$/i
const WEEKDAY = /^[a-z]{3,9}\.?(?:,\s*|\s+)/i
const WEEKDAYS = /^(mon|tue|wed|thu|fri|sat|sun)/i

const EARLIEST_MS = Date.UTC(1990, 0, 1)
const LATEST_MS = Date.UTC(9999, 0, 1)
const MAX_LENGTH = 80

interface Moment {
  readonly year: number
  /** From 0. */
  readonly month: number
  readonly day: number
  readonly time: readonly (string | undefined)[]
  readonly zone: string | undefined
}

/**
 * Epoch milliseconds of a date as feeds write it: RFC 822 with two- or four-digit years and odd zones, ISO 8601 whole or in part, the forms of web
 * pages, seconds since 1970. Without a zone it is Asia/Karachi's; an unknown zone is UTC, as RFC 2822 says. Nothing where it names no moment since 1990.
 */
export function epochOfFeedDate(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined
  const text = asciiDigits(value).replace(/\s+/g, ' ').trim()
  const moment = readMoment(text)
  const ms = moment === undefined ? epochOfNumber(text) : epochOf(moment)
  return ms !== undefined && ms >= EARLIEST_MS && ms < LATEST_MS ? ms : undefined
}

function asciiDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
}

function readMoment(whole: string): Moment | undefined {
  const iso = ISO.exec(whole)
  if (iso !== null) {
    const [, year, month, day, ...rest] = iso
    return { year: Number(year), month: Number(month) - 1, day: Number(day ?? 1), time: rest, zone: rest[5] }
  }
  const text = WEEKDAYS.test(whole) ? whole.replace(WEEKDAY, '') : whole
  const asctime = ASCTIME.exec(text)
  if (asctime !== null) {
    const [, month, day, hour, minute, second, zone, year] = asctime
    return { year: Number(year), month: monthOf(month), day: Number(day), time: [hour, minute, second], zone }
  }
  const dayFirst = DAY_FIRST.exec(text)
  if (dayFirst !== null) {
    const [, day, month, year, ...rest] = dayFirst
    return { year: fullYear(Number(year)), month: monthOf(month), day: Number(day), time: rest, zone: rest[5] }
  }
  const monthFirst = MONTH_FIRST.exec(text)
  if (monthFirst === null) return undefined
  const [, month, day, year, ...rest] = monthFirst
  return { year: Number(year), month: monthOf(month), day: Number(day), time: rest, zone: rest[5] }
}

const monthOf = (name: string | undefined): number => MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase())

const fullYear = (year: number): number => (year >= 100 ? year : year < 70 ? 2000 + year : 1900 + year)

function epochOf({ year, month, day, time, zone }: Moment): number | undefined {
  const [hourText, minute = '0', second = '0', fraction = '', half = ''] = time
  let hour = Number(hourText ?? 0)
  if (/^p/i.test(half) && hour < 12) hour += 12
  if (/^a/i.test(half) && hour === 12) hour = 0
  const isPossible =
    month >= 0 && month < 12 && day >= 1 && day <= 31 && hour <= 24 && Number(minute) < 60 && Number(second) <= 60
  if (!isPossible) return undefined
  const millis = Number(fraction.padEnd(3, '0').slice(0, 3) || 0)
  const local = Date.UTC(year, month, day, hour, Number(minute), Number(second), millis)
  return local - zoneMinutes(zone) * MINUTE_MS
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined) return KARACHI_MINUTES
  const name = zone.toLowerCase().replace(/\s/g, '')
  const offset = /([+-])(\d{1,2}):?(\d\d)?$/.exec(name)
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0)
    return offset[1] === '-' ? -minutes : minutes
  }
  return ZONE_MINUTES.get(name) ?? 0
}

function epochOfNumber(text: string): number | undefined {
  if (/^\d{10}$/.test(text)) return Number(text) * 1000
  return /^\d{13}$/.test(text) ? Number(text) : undefined
}
