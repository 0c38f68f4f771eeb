const ZONE = 'Asia/Karachi'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

function read(at: number | string): Record<string, string> {
  const ms = typeof at === 'string' ? Date.parse(at) : at
  if (Number.isNaN(ms)) return {}
  return Object.fromEntries(parts.formatToParts(ms).map((part) => [part.type, part.value]))
}

/** English as this force writes it: the day before the month. */
const localeTag = (language: string): string => (language === 'en' ? 'en-GB' : language)

/** `03:12` in Asia/Karachi. */
export function hourMinute(at: number | string): string {
  const { hour = '--', minute = '--' } = read(at)
  return `${hour}:${minute}`
}

/** `03:12:07` in Asia/Karachi. */
export function hourMinuteSecond(at: number | string): string {
  const { hour = '--', minute = '--', second = '--' } = read(at)
  return `${hour}:${minute}:${second}`
}

/** `2026-11-22`, the day in Asia/Karachi. */
export function dayOf(at: number | string): string {
  const { year = '', month = '', day = '' } = read(at)
  return `${year}-${month}-${day}`
}

/** `22 Nov` (with the year where it is not this one), in the page's language. */
export function dayName(at: number | string, locale: string, now: number): string {
  const ms = typeof at === 'string' ? Date.parse(at) : at
  if (Number.isNaN(ms)) return ''
  const year = dayOf(ms).slice(0, 4) === dayOf(now).slice(0, 4) ? {} : { year: 'numeric' as const }
  return new Intl.DateTimeFormat(`${localeTag(locale)}-u-nu-latn-ca-gregory`, {
    timeZone: ZONE,
    day: 'numeric',
    month: 'short',
    ...year,
  }).format(ms)
}

/** `03:12` today, `22 Nov 03:12` on another day. */
export function moment(at: number | string, locale: string, now: number): string {
  return dayOf(at) === dayOf(now) ? hourMinute(at) : `${dayName(at, locale, now)} ${hourMinute(at)}`
}

/** Time since, as on a stopwatch: `01:24`, from an hour on `1:02:40`, from a day on `2 d 03:10`. */
export function stopwatch(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  const pad = (value: number): string => String(value).padStart(2, '0')
  const days = Math.floor(total / 86_400)
  const hours = Math.floor((total % 86_400) / 3600)
  const minutes = Math.floor((total % 3600) / 60)
  if (days > 0) return `${days} d ${pad(hours)}:${pad(minutes)}`
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(total % 60)}` : `${pad(minutes)}:${pad(total % 60)}`
}

export type AgeUnit = 'seconds' | 'minutes' | 'hours' | 'days'

/** A rough age: the largest unit that fits, rounded down. */
export function age(ms: number): { unit: AgeUnit; count: number } {
  const positive = Math.max(0, ms)
  if (positive < 60_000) return { unit: 'seconds', count: Math.floor(positive / 1000) }
  if (positive < HOUR_MS) return { unit: 'minutes', count: Math.floor(positive / 60_000) }
  if (positive < 2 * DAY_MS) return { unit: 'hours', count: Math.floor(positive / HOUR_MS) }
  return { unit: 'days', count: Math.floor(positive / DAY_MS) }
}

/** `.98`; never 1, because nothing is certain. Isolated left to right: in an Urdu line the point would change sides. */
export function confidence(value: number): string {
  return `\u2066${Math.min(0.99, value).toFixed(2).slice(1)}\u2069`
}

/** The whole date with its weekday, for a heading; `day` as `2026-11-22`. */
export function longDay(day: string, locale: string): string {
  return new Intl.DateTimeFormat(`${localeTag(locale)}-u-nu-latn-ca-gregory`, {
    timeZone: 'UTC',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(Date.parse(`${day}T00:00:00Z`))
}
