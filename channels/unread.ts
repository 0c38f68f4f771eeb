import { createHash } from 'node:crypto'

/** A payload, or the part of one, that no reader understood: kept whole, so that it can be read again by a later version. */
export interface Unread {
  /** Deterministic for the same payload. */
  readonly id: string
  readonly origin: string
  readonly payload: unknown
  /** What was wrong, without the message's text. */
  readonly detail: string
}

export function unread(origin: string, payload: unknown, detail: string): Unread {
  try {
    return { id: `${origin}:${fingerprint(payload)}`, origin, payload, detail }
  } catch {
    // Nested deeper than the stack: no store could take it either.
    return {
      id: `${origin}:${fingerprint(detail)}`,
      origin,
      payload: null,
      detail: `${detail}; nested too deeply to be kept`,
    }
  }
}

export function fingerprint(payload: unknown): string {
  const text = typeof payload === 'string' ? payload : (JSON.stringify(payload) ?? 'undefined')
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
