export const X_WINDOW_MS = 15 * 60_000

export type XEndpoint =
  'mentions' | 'search' | 'me' | 'user-by-name' | 'lookup' | 'create' | 'direct' | 'stream' | 'rules' | 'rules-change'

/** Requests in 15 minutes, by whose token asks. */
export type XLimits = Record<XEndpoint, { app: number; user: number }>

export const X_LIMITS: XLimits = {
  mentions: { app: 450, user: 300 },
  search: { app: 450, user: 300 },
  me: { app: 75, user: 75 },
  'user-by-name': { app: 300, user: 900 },
  lookup: { app: 450, user: 900 },
  create: { app: 100, user: 100 },
  direct: { app: 100, user: 100 },
  stream: { app: 50, user: 50 },
  rules: { app: 450, user: 450 },
  'rules-change': { app: 100, user: 100 },
}

interface LimitState {
  allowed: boolean
  headers: Record<string, string>
}

function headers(prefix: string, limit: number, remaining: number, resetMs: number): Record<string, string> {
  return {
    [`${prefix}-limit`]: String(limit),
    [`${prefix}-remaining`]: String(Math.max(0, remaining)),
    [`${prefix}-reset`]: String(Math.ceil(resetMs / 1000)),
  }
}

/** Counts requests in windows that start with their first request. A refused request does not count. */
export class RateCounter {
  readonly #windows = new Map<string, { startMs: number; used: number }>()

  take(key: string, limit: number, windowMs: number, prefix: string, nowMs: number): LimitState {
    let window = this.#windows.get(key)
    if (window === undefined || nowMs >= window.startMs + windowMs) {
      window = { startMs: nowMs, used: 0 }
      this.#windows.set(key, window)
    }
    const allowed = window.used < limit
    if (allowed) window.used += 1
    return { allowed, headers: headers(prefix, limit, limit - window.used, window.startMs + windowMs) }
  }
}

export function exhaustedHeaders(limit: number, resetMs: number): Record<string, string> {
  return headers('x-rate-limit', limit, 0, resetMs)
}
