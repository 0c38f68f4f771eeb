import type { FailureReason } from '../schemas/failure-reason.js'

export interface FailureDetails {
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean
  /** The platform's own wish: do not try again before this many milliseconds. */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/**
 * The one class of failures. Adapters classify (what went wrong, may it be tried again) and throw; only the stage loop, the poll loop and
 * the outbox retry. The message says what happened, to what, and what to do next; never a secret, never a mention's text.
 */
export class Failure extends Error {
  readonly reason: FailureReason
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined

  constructor(reason: FailureReason, message: string, details: FailureDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Failure'
    this.reason = reason
    this.retryable = details.retryable
    this.retryAfterMs = details.retryAfterMs
  }
}
