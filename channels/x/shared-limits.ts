import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'

/**
 * What one account's 429 tells all others that read with the same token: the window belongs to the app, so until it opens nobody asks.
 * `check` throws that Failure again with what is left of its wait.
 */
export function createSharedLimits(clock: Clock) {
  const closed = new Map<string, { untilMs: number; message: string }>()
  return {
    check(window: string): void {
      const known = closed.get(window)
      if (known === undefined) return
      const leftMs = known.untilMs - clock.now()
      if (leftMs > 0) throw new Failure('rate-limited', known.message, { retryable: true, retryAfterMs: leftMs })
      closed.delete(window)
    },
    note(window: string, failure: Failure): void {
      if (failure.reason !== 'rate-limited' || failure.retryAfterMs === undefined) return
      closed.set(window, { untilMs: clock.now() + failure.retryAfterMs, message: failure.message })
    },
  }
}
