import type { Channel } from '../schemas/mention.js'
import type { Outbound } from '../schemas/outbound.js'

export interface Receipt {
  /** The platform's own id of what was sent. */
  readonly platformId: string
}

/**
 * Hands one message to a platform. Resolves once the platform accepted it. Throws a Failure: `refused`, `forbidden`, `invalid-payload`, `not-found`,
 * `unauthorized` (not sent, and the message says why in the platform's words), `rate-limited` or `unavailable` with `retryable: true` (certainly not sent:
 * try later), `timeout` with `retryable: false` (it may have been sent).
 */
export interface Sender {
  readonly channel: Channel
  send(outbound: Outbound, signal: AbortSignal): Promise<Receipt>
}
