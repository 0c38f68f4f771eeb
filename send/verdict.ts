import { backOffMs } from '../runtime/back-off.js'
import { Failure } from '../runtime/failure.js'
import type { FailureReason } from '../schemas/failure-reason.js'

const FIRST_WAIT_MS = 1000
const MAX_WAIT_MS = 5 * 60_000
const MAX_RETRY_AFTER_MS = 60 * 60_000
/** An answer that could not be handed over for so long is told to the officer instead of being sent out of the blue. */
export const GIVE_UP_AFTER_MS = 24 * 60 * 60_000

const CERTAINLY_NOT_SENT: ReadonlySet<FailureReason> = new Set([
  'refused',
  'forbidden',
  'invalid-payload',
  'not-found',
  'unauthorized',
  'too-large',
])
const MAY_PASS: ReadonlySet<FailureReason> = new Set(['rate-limited', 'unavailable'])

/** What becomes of a message whose sending threw: `again` was certainly not sent, `unconfirmed` may have been. */
export type Verdict =
  | { readonly kind: 'again'; readonly waitMs: number; readonly reason: string }
  | { readonly kind: 'failed' | 'unconfirmed'; readonly reason: string }

export const MAY_HAVE_BEEN_SENT =
  'it may have been sent, and the platform did not confirm it: look there before sending it again'

/** Anything that is not known to be unsent counts as perhaps sent: it is never tried again by itself. */
export function verdictOf(error: unknown, attempt: number, ageMs: number, random: () => number): Verdict {
  if (!(error instanceof Failure)) return { kind: 'unconfirmed', reason: MAY_HAVE_BEEN_SENT }
  if (error.reason === 'stopped') return { kind: 'again', waitMs: 0, reason: error.message }
  if (error.retryable && MAY_PASS.has(error.reason)) {
    if (ageMs > GIVE_UP_AFTER_MS)
      return { kind: 'failed', reason: `not sent, given up after 24 hours: ${error.message}` }
    const waitMs = Math.min(
      error.retryAfterMs ?? backOffMs(attempt, random, FIRST_WAIT_MS, MAX_WAIT_MS),
      MAX_RETRY_AFTER_MS,
    )
    return { kind: 'again', waitMs, reason: `waiting to try again: ${error.message}` }
  }
  if (CERTAINLY_NOT_SENT.has(error.reason)) return { kind: 'failed', reason: error.message }
  return { kind: 'unconfirmed', reason: `${MAY_HAVE_BEEN_SENT} (${error.message})` }
}
