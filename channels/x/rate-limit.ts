import type { IncomingHttpHeaders } from 'node:http'
import { numeric } from '../fields.js'
import type { XRateLimit } from './client.js'

const LONGEST_WAIT_MS = 24 * 3_600_000
const SHORTEST_WAIT_MS = 1_000
const UNSAID_WAIT_MS = 60_000

const WINDOWS = [
  ['x-rate-limit-limit', 'x-rate-limit-remaining', 'x-rate-limit-reset'],
  ['x-app-limit-24hour-limit', 'x-app-limit-24hour-remaining', 'x-app-limit-24hour-reset'],
  ['x-user-limit-24hour-limit', 'x-user-limit-24hour-remaining', 'x-user-limit-24hour-reset'],
] as const

const header = (headers: IncomingHttpHeaders, name: string): number | undefined => {
  const value = headers[name]
  return numeric(Array.isArray(value) ? value[0] : value)
}

/** Every window X speaks of in its headers; `resetAt` on our clock, mended by the difference to X's own where X says the time. */
function windows(headers: IncomingHttpHeaders, nowMs: number): XRateLimit[] {
  const theirs = Date.parse(headers.date ?? '')
  const skewMs = Number.isNaN(theirs) ? 0 : nowMs - theirs
  return WINDOWS.flatMap(([limitName, remainingName, resetName]) => {
    const limit = header(headers, limitName)
    const remaining = header(headers, remainingName)
    const reset = header(headers, resetName)
    if (limit === undefined || remaining === undefined || reset === undefined) return []
    return { limit, remaining: Math.max(0, remaining), resetAt: reset * 1000 + skewMs }
  })
}

/** The window that would stop us first: the one that leaves the most time for each request left. */
export function tightestLimit(headers: IncomingHttpHeaders, nowMs: number): XRateLimit | undefined {
  return windows(headers, nowMs)
    .filter((window) => window.resetAt > nowMs)
    .sort((a, b) => paceMs(b, nowMs) - paceMs(a, nowMs))[0]
}

/** How far apart requests must be so that what is left of the window lasts until it opens again. */
export function paceMs(window: XRateLimit, nowMs: number): number {
  const leftMs = Math.max(0, window.resetAt - nowMs)
  const reserve = Math.min(Math.ceil(window.limit / 50), window.remaining)
  return Math.ceil(leftMs / Math.max(1, window.remaining - reserve))
}

/** After a 429: until the window that is used up opens, else what Retry-After says, else a minute. */
export function retryAfterMs(headers: IncomingHttpHeaders, nowMs: number): number {
  const known = windows(headers, nowMs)
  const usedUp = known.filter((window) => window.remaining === 0)
  const resets = (usedUp.length > 0 ? usedUp : known.slice(0, 1)).map((window) => window.resetAt - nowMs)
  const bareReset = header(headers, 'x-rate-limit-reset')
  if (resets.length === 0 && bareReset !== undefined) resets.push(bareReset * 1000 - nowMs)
  const retryAfter = header(headers, 'retry-after')
  const waitMs = resets.length > 0 ? Math.max(...resets) : retryAfter === undefined ? UNSAID_WAIT_MS : retryAfter * 1000
  return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, Math.ceil(waitMs)))
}
