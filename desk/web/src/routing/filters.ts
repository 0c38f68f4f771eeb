/** The filters that are lists of values, as they stand in the address bar and in the API. */
export const LIST_FILTERS = ['channel', 'district', 'lang', 'category', 'severity', 'sentiment'] as const
export type ListFilter = (typeof LIST_FILTERS)[number]

/** What a search asks for. `since` is an age (`24h`, `7d`) that moves with the clock; `from` and `to` are fixed instants. */
export interface Filters extends Record<ListFilter, string[]> {
  q: string
  alert: boolean | null
  unjudged: boolean
  since: string | null
  from: string | null
  to: string | null
  sort: 'new' | 'best'
}

export const NO_FILTERS: Filters = {
  q: '',
  channel: [],
  district: [],
  lang: [],
  category: [],
  severity: [],
  sentiment: [],
  alert: null,
  unjudged: false,
  since: null,
  from: null,
  to: null,
  sort: 'new',
}

const AGE = /^(\d{1,4})([mhd])$/
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The length of an age such as `24h` in milliseconds; null where it is none. */
export function ageMs(since: string): number | null {
  const match = AGE.exec(since)
  if (!match) return null
  const ms = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
  return ms > 0 ? ms : null
}

const instantOrNull = (value: string | null): string | null => {
  const ms = value === null ? Number.NaN : Date.parse(value)
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}

export function parseFilters(search: string): Filters {
  const params = new URLSearchParams(search)
  const since = params.get('since')
  const alert = params.get('alert')
  const lists = Object.fromEntries(LIST_FILTERS.map((name) => [name, [...new Set(params.getAll(name))]]))
  return {
    ...(lists as Record<ListFilter, string[]>),
    q: (params.get('q') ?? '').slice(0, 500),
    alert: alert === 'true' ? true : alert === 'false' ? false : null,
    unjudged: params.get('unjudged') === 'true',
    since: since !== null && ageMs(since) !== null ? since : null,
    from: instantOrNull(params.get('from')),
    to: instantOrNull(params.get('to')),
    sort: params.get('sort') === 'best' ? 'best' : 'new',
  }
}

function common(filters: Filters): URLSearchParams {
  const params = new URLSearchParams()
  if (filters.q !== '') params.set('q', filters.q)
  for (const name of LIST_FILTERS) for (const value of filters[name]) params.append(name, value)
  if (filters.alert !== null) params.set('alert', String(filters.alert))
  if (filters.unjudged) params.set('unjudged', 'true')
  if (filters.to !== null) params.set('to', filters.to)
  if (filters.sort === 'best') params.set('sort', 'best')
  return params
}

/** The path of the mentions page with these filters, and with one mention open where `open` names it. */
export function mentionsPath(filters: Filters, open: string | null = null): string {
  const params = common(filters)
  if (filters.since !== null) params.set('since', filters.since)
  if (filters.from !== null) params.set('from', filters.from)
  if (open !== null) params.set('open', open)
  const text = params.toString()
  return text === '' ? '/mentions' : `/mentions?${text}`
}

export const openMention = (search: string): string | null => new URLSearchParams(search).get('open')

/** The parameters of `GET /api/mentions`; `since` becomes an instant by `atMs`. */
export function apiParams(filters: Filters, atMs: number): URLSearchParams {
  const params = common(filters)
  const length = filters.since === null ? null : ageMs(filters.since)
  const from = filters.from ?? (length === null ? null : new Date(atMs - length).toISOString())
  if (from !== null) params.set('from', from)
  return params
}

/** The same filters with `value` added to a list, or taken out where it was there. */
export function toggled(filters: Filters, name: ListFilter, value: string): Filters {
  const has = filters[name].includes(value)
  return { ...filters, [name]: has ? filters[name].filter((other) => other !== value) : [...filters[name], value] }
}
