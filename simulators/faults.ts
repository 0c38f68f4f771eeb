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

/** Whether a fault is meant for this request. */
export function fitsRequest(
  fault: { readonly method?: 'GET' | 'POST'; readonly path?: string },
  { method, path }: { readonly method: string; readonly path: string },
): boolean {
  return (
    (fault.method === undefined || fault.method === method) && (fault.path === undefined || path.includes(fault.path))
  )
}

/** The faults that wait to happen, in the order in which they were asked for; each occasion takes the first that fits it. */
export class FaultPlan<Planned extends { readonly times?: number }> {
  #waiting: { fault: Planned; left: number }[] = []

  add(fault: Planned): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#waiting = []
  }

  /** The first of all that wait; it goes on waiting. */
  get first(): Planned | undefined {
    return this.#waiting[0]?.fault
  }

  take(fits: (fault: Planned) => boolean): Planned | undefined {
    const entry = this.#waiting.find(({ fault }) => fits(fault))
    if (entry === undefined) return undefined
    entry.left -= 1
    if (entry.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry)
    return entry.fault
  }
}
