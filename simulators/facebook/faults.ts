/** What can be made to go wrong with the next requests to the simulated Graph API. */
export type FacebookFaultKind =
  'code' | '429' | '503' | 'html' | 'html-503' | 'slow' | 'cut' | 'empty' | 'duplicate' | 'renamed' | 'no-data'

/**
 * `code` answers the error of that code; `429`, `503`, `html` (a 200 with a page in place of JSON) and `html-503` answer without doing what was asked;
 * `slow` waits first; `cut` does what was asked and then breaks the connection in the middle of the answer. The rest bend the answer of a list:
 * `empty`, `duplicate` (each item twice), `renamed` (other names for words and author), `no-data` (an object without a list).
 */
export interface FacebookFault {
  readonly kind: FacebookFaultKind
  /** For `code`. */
  readonly code?: number
  readonly subcode?: number
  /** How many requests it hits. Default 1. */
  readonly times?: number
  readonly method?: 'GET' | 'POST'
  /** Only requests whose path contains this. */
  readonly path?: string
  /** For `slow`. Default 60,000. */
  readonly waitMs?: number
}

/** The faults that wait to happen, in order; each request takes the first that fits it. */
export class FacebookFaults {
  #waiting: { fault: FacebookFault; left: number }[] = []

  add(fault: FacebookFault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#waiting = []
  }

  take(method: string, path: string): FacebookFault | undefined {
    const entry = this.#waiting.find(
      ({ fault }) =>
        (fault.method === undefined || fault.method === method) &&
        (fault.path === undefined || path.includes(fault.path)),
    )
    if (entry === undefined) return undefined
    entry.left -= 1
    if (entry.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry)
    return entry.fault
  }
}
