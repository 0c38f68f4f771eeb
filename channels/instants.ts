import { numeric } from './fields.js'

const EARLIEST_MS = Date.UTC(2000, 0, 1)
const LATEST_MS = Date.UTC(9999, 0, 1)
const LARGEST_SECONDS = 100_000_000_000

const believable = (ms: number): number | undefined =>
  ms >= EARLIEST_MS && ms < LATEST_MS ? Math.floor(ms) : undefined

export function instant(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** Epoch milliseconds of seconds (or milliseconds, told apart by size) that came as a number or as text; nothing where they name no moment since 2000. */
export function epochOfSeconds(value: unknown): number | undefined {
  const number = numeric(value)
  if (number === undefined) return undefined
  return believable(number >= LARGEST_SECONDS ? number : number * 1000)
}

/** Epoch milliseconds of an ISO 8601 text; nothing where it names no moment since 2000. */
export function epochOfIso(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? undefined : believable(ms)
}
