const LISTS = ['channel', 'district', 'lang', 'category', 'severity', 'sentiment'] as const
const DATE_TIME = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?:[Zz]|([+\- ]\d\d:?\d\d))?)?$/

/**
 * A date or a time, with any offset or in UTC, as the ISO instant in UTC it means; anything else stays as it is, for the schema to refuse.
 * A `+` that was not encoded arrives as a space.
 */
function instant(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const [, date, time = '00:00', offset = '+00:00'] = DATE_TIME.exec(value) ?? []
  if (date === undefined || !isDay(date)) return value
  const [hours, minutes] = [offset.slice(1, 3), offset.slice(-2)]
  const ms = Date.parse(`${date}T${time}${offset.startsWith('-') ? '-' : '+'}${hours}:${minutes}`)
  return Number.isNaN(ms) ? value : new Date(ms).toISOString()
}

/** The engine takes the 30th of February for the 2nd of March. */
function isDay(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00.000Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date)
}

/** The query string as MentionQuery wants it: `district=peshawar&district=swat` and `district=peshawar,swat` are the same list; empty values are no filter. */
export function normaliseQuery(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // Made in one go: an assignment to `__proto__` would not be a property, and would slip past the schema.
  const query: Record<string, unknown> = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== ''))
  for (const name of LISTS) {
    const value = query[name]
    if (value === undefined) continue
    const items = (Array.isArray(value) ? value : [value]).flatMap((item) => String(item).split(','))
    const given = [...new Set(items.map((item) => item.trim()).filter((item) => item !== ''))]
    if (given.length > 0) query[name] = given
    else delete query[name]
  }
  for (const name of ['from', 'to'] as const) if (name in query) query[name] = instant(query[name])
  return query
}
