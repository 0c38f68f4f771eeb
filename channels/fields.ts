/** What a platform sent, before anybody believed it: every reader below takes any value at all and never throws. */
export type Fields = Readonly<Record<string, unknown>>

export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A text that is not empty, or nothing. Numbers that lost no digit count as their text: platforms send some ids and phone numbers so. */
export function label(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
}

/** A number, also where it came as text; nothing for NaN and infinities. */
export function numeric(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** A count of bytes, or nothing. */
export function byteCount(value: unknown): number | undefined {
  const number = numeric(value)
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
