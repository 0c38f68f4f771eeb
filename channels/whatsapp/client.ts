export interface WhatsAppText {
  /** A phone number (digits, `+` and spaces allowed) or a business-scoped user id; the client writes it as `to` or as `recipient`. */
  readonly to: string
  /** 1 to 4,096 characters. */
  readonly body: string
  /** The platform's id (`wamid…`, no prefix) of the message this answers. */
  readonly contextMessageId?: string | null
}

/** A template approved by Meta: the only thing that may be sent outside the 24 hours after the recipient's last message. */
export interface WhatsAppTemplate {
  readonly to: string
  readonly name: string
  /** Meta's language code (`en`, `ur`). */
  readonly language: string
  /** The values of the body's placeholders, in order. */
  readonly parameters: readonly string[]
}

/**
 * WhatsApp Cloud API, sending side. Every method hands over one message, once, and throws a Failure and nothing else: `refused`, `forbidden`,
 * `invalid-payload`, `not-found`, `unauthorized`, `too-large` (not sent; the message says why in the platform's words and what to do);
 * `rate-limited` and `unavailable` with `retryable: true` (certainly not sent: try later, after `retryAfterMs` where given);
 * `timeout` with `retryable: false` (handed over and not answered: it may have been sent); `stopped` (the signal was aborted before anything was written).
 */
export interface WhatsAppClient {
  sendText(message: WhatsAppText, signal: AbortSignal): Promise<{ readonly platformId: string }>
  sendTemplate(message: WhatsAppTemplate, signal: AbortSignal): Promise<{ readonly platformId: string }>
}
