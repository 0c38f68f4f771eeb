import type { District } from '../../api/types.js'
import { en } from '../../i18n/en.js'
import { ageMs, LIST_FILTERS, type Filters, type ListFilter } from '../../routing/filters.js'

const ALIASES: Record<string, ListFilter> = { language: 'lang', place: 'district' }
const TYPED = /(?:^|\s)([a-z]+):(\S+)(?=\s|$)/gi
/** The day of Karachi begins five hours before that of UTC; there is no summer time. */
const KARACHI_OFFSET = '+05:00'

function districtId(value: string, districts: readonly District[]): string | null {
  const wanted = value.toLowerCase()
  if (wanted === 'unknown') return 'unknown'
  const found = districts.find(
    (district) =>
      district.id === wanted ||
      district.code.toLowerCase() === wanted ||
      Object.values(district.names).some((name) => name.toLowerCase().replaceAll(' ', '-') === wanted),
  )
  return found?.id ?? null
}

function instant(value: string): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return null
  const ms = Date.parse(`${value}T00:00:00${KARACHI_OFFSET}`)
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}

const yesOrNo = (value: string): boolean | null => (value === 'yes' ? true : value === 'no' ? false : null)

function taken(name: string, value: string, filters: Filters, districts: readonly District[]): Filters | null {
  const list = ALIASES[name] ?? LIST_FILTERS.find((filter) => filter === name)
  if (list !== undefined) {
    const id = list === 'district' ? districtId(value, districts) : value in en[list] ? value : null
    if (id === null) return null
    return filters[list].includes(id) ? filters : { ...filters, [list]: [...filters[list], id] }
  }
  const answer = yesOrNo(value)
  if (name === 'alert' && answer !== null) return { ...filters, alert: answer }
  if (name === 'unjudged' && answer !== null) return { ...filters, unjudged: answer }
  if (name === 'after' && ageMs(value) !== null) return { ...filters, since: value, from: null }
  const day = instant(value)
  if (day === null) return null
  if (name === 'after') return { ...filters, from: day, since: null }
  return name === 'before' ? { ...filters, to: day } : null
}

/**
 * What somebody typed: `district:peshawar`, `district:psh`, `category:extortion`, `alert:yes`, `after:24h`, `after:2026-11-22`
 * become filters; everything else stays the words searched for, as it is.
 */
export function readTyped(text: string, filters: Filters, districts: readonly District[]): Filters {
  let next = filters
  const words = text.replace(TYPED, (whole, name: string, value: string) => {
    const changed = taken(name.toLowerCase(), value, next, districts)
    if (changed === null) return whole
    next = changed
    return ' '
  })
  return { ...next, q: words.replace(/\s+/g, ' ').trim() }
}
