/** What can be made to go wrong with the next requests to a simulated API. */
export type FaultKind = '429' | '503' | 'html' | 'slow' | 'cut' | 'empty' | 'partial-error' | 'no-meta' | 'duplicate'

/**
 * `429`, `503` and `html` (a 200 with a page in place of JSON) answer without doing what was asked; `slow` waits first;
 * `cut` does what was asked and then breaks the connection in the middle of the answer; the rest bend the answer's body
 * (`empty`, `partial-error`, `no-meta`, `duplicate` mean something for reads only and let a write pass unharmed).
 */
export interface Fault {
  kind: FaultKind
  /** How many requests it hits. Default 1. */
  times?: number
  /** Only requests of this method; default every method. */
  method?: 'GET' | 'POST'
  /** Only requests whose path contains this. */
  path?: string
  /** For `slow`. Default 15,000. */
  waitMs?: number
  /** For `429`: when the platform says it may be tried again. Default 60,000 from now. */
  resetMs?: number
}

/** The faults that wait to happen, in the order in which they were asked for; each request takes the first that fits it. */
export class FaultPlan {
  #waiting: { fault: Fault; left: number }[] = []

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#waiting = []
  }

  take(method: string, path: string): Fault | undefined {
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
