import type { Refusal } from './errors.js'

export interface SendRulesOptions {
  /** How long after a person's last message free text is accepted. */
  serviceWindowMs: number
  /** Numbers (digits) whose window counts as always open: the officers of the demonstration. */
  openWindow: readonly string[]
  /** Numbers (digits) that are on WhatsApp but have not written: a template reaches them, free text does not. */
  registered: readonly string[]
  /** Numbers or user ids that nothing reaches. */
  undeliverable: readonly string[]
  /** Messages to one person: `burst` at once, then one every `refillMs`. */
  pairRate: { burst: number; refillMs: number }
  /** Messages a second to everybody together. */
  throughputPerSecond: number
}

/** A key by which a person is known, whichever of number and user id was used. */
export class SendRules {
  readonly #options: SendRulesOptions
  readonly #lastInboundMs = new Map<string, number>()
  readonly #pairs = new Map<string, { tokens: number; atMs: number }>()
  #second = { startMs: 0, used: 0 }

  constructor(options: SendRulesOptions) {
    this.#options = options
  }

  /** A person wrote: the window opens for every key by which they are known. */
  wrote(keys: readonly string[], atMs: number): void {
    for (const key of keys) this.#lastInboundMs.set(key, Math.max(atMs, this.#lastInboundMs.get(key) ?? 0))
  }

  /** Limits are counted before anything else is looked at, as they are there. */
  overLimit(recipient: string, nowMs: number): Refusal | undefined {
    if (nowMs >= this.#second.startMs + 1000) this.#second = { startMs: nowMs, used: 0 }
    if (this.#second.used >= this.#options.throughputPerSecond) {
      return {
        error: 'throughput',
        details: 'Message failed to send because the throughput of this number was reached.',
      }
    }
    const { burst, refillMs } = this.#options.pairRate
    const pair = this.#pairs.get(recipient) ?? { tokens: burst, atMs: nowMs }
    const tokens = Math.min(burst, pair.tokens + (nowMs - pair.atMs) / refillMs)
    if (tokens < 1) {
      this.#pairs.set(recipient, { tokens, atMs: nowMs })
      const details =
        'Message failed to send because there were too many messages to the same phone number in a short time.'
      return { error: 'pairRate', details }
    }
    this.#pairs.set(recipient, { tokens: tokens - 1, atMs: nowMs })
    this.#second.used += 1
    return undefined
  }

  refusal(recipient: string, type: string, nowMs: number): Refusal | undefined {
    const { openWindow, registered, undeliverable, serviceWindowMs } = this.#options
    const lastMs = this.#lastInboundMs.get(recipient)
    const isOpen = openWindow.includes(recipient)
    if (undeliverable.includes(recipient) || (lastMs === undefined && !isOpen && !registered.includes(recipient))) {
      return { error: 'undeliverable', details: 'Message Undeliverable.' }
    }
    if (type === 'template' || isOpen) return undefined
    if (lastMs !== undefined && nowMs - lastMs <= serviceWindowMs) return undefined
    const details =
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.'
    return { error: 'window', details }
  }
}
