export interface OutgoingSms {
  /** Our number, E.164 or a short code. */
  readonly from: string
  /** The recipient, E.164 or a short code. */
  readonly to: string
  readonly text: string
  /** Our outbound id: gateways that know idempotency or receipts are given it. */
  readonly id: string
}

/**
 * Hands one SMS to a gateway, once, in as many parts as its words need. `platformId` is what the gateway's receipts will name. Throws a Failure and
 * nothing else: `refused`, `forbidden`, `invalid-payload`, `not-found`, `unauthorized`, `too-large` (not sent; the message says why and what to do);
 * `rate-limited` and `unavailable` with `retryable: true` (certainly not sent: try later, after `retryAfterMs` where given); `timeout` with
 * `retryable: false` (handed over and not answered: it may have been sent); `stopped` (the signal was aborted before anything was written).
 */
export interface SmsClient {
  send(sms: OutgoingSms, signal: AbortSignal): Promise<{ readonly platformId: string }>
}
