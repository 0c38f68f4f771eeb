import { createHmac, randomBytes } from 'node:crypto'
import type { SimulatorClock } from '../clock.js'
import { callLoopback, isLoopback } from '../loopback.js'

export interface XWebhookStats {
  queued: number
  delivered: number
  refused: number
}

/** What happens to the next bodies: sent twice, sent after the one that follows, or not at all. */
export type WebhookFault = 'duplicate' | 'late' | 'lost'

const RETRY_MS = 1_000
const TIMEOUT_MS = 10_000

/** Delivers events one POST at a time, in order; one that was not answered 2xx is repeated, and what came later waits. */
export class XWebhooks {
  readonly #clock: SimulatorClock
  readonly #secret: string
  readonly #closing: AbortSignal
  readonly #faults: WebhookFault[] = []
  readonly #queue: string[] = []
  readonly #stats = { delivered: 0, refused: 0 }
  #late: string | undefined
  #url: string | undefined
  #running: Promise<void> | undefined

  constructor(options: { clock: SimulatorClock; secret: string; closing: AbortSignal }) {
    this.#clock = options.clock
    this.#secret = options.secret
    this.#closing = options.closing
  }

  get isConnected(): boolean {
    return this.#url !== undefined
  }

  stats(): XWebhookStats {
    return { queued: this.#queue.length + (this.#late === undefined ? 0 : 1), ...this.#stats }
  }

  fail(fault: WebhookFault): void {
    this.#faults.push(fault)
  }

  /** Registers the address as X does: with a challenge that must be answered right. */
  async connect(url: string): Promise<boolean> {
    if (!isLoopback(url)) throw new Error('the webhook of a simulator must be an http address of this machine')
    const isRight = await this.challenge(url)
    this.#url = isRight ? url : undefined
    if (isRight) this.#start()
    return isRight
  }

  async challenge(url: string): Promise<boolean> {
    const token = randomBytes(18).toString('base64')
    const address = new URL(url)
    address.searchParams.set('crc_token', token)
    address.searchParams.set('nonce', randomBytes(8).toString('hex'))
    try {
      const { status, body } = await callLoopback(address.href, { method: 'GET', signal: this.#closing })
      const answer = JSON.parse(body) as { response_token?: unknown }
      return status === 200 && answer.response_token === this.#sign(token)
    } catch {
      return false
    }
  }

  push(event: unknown): void {
    const body = typeof event === 'string' ? event : JSON.stringify(event)
    const fault = this.#faults.shift()
    if (fault === 'lost') return
    if (fault === 'late' && this.#late === undefined) {
      this.#late = body
      return
    }
    this.#queue.push(body, ...(fault === 'duplicate' ? [body] : []))
    this.flush()
  }

  /** What was held back to come late is sent now. */
  flush(): void {
    if (this.#late !== undefined) this.#queue.push(this.#late)
    this.#late = undefined
    this.#start()
  }

  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  #sign(signed: string): string {
    return `sha256=${createHmac('sha256', this.#secret).update(signed).digest('base64')}`
  }

  #start(): void {
    if (this.#running !== undefined || this.#url === undefined || this.#closing.aborted) return
    this.#running = this.#drain().finally(() => {
      this.#running = undefined
      if (this.#queue.length > 0) this.#start()
    })
  }

  async #drain(): Promise<void> {
    for (let body = this.#queue[0]; body !== undefined && !this.#closing.aborted; body = this.#queue[0]) {
      if (await this.#post(body)) this.#queue.shift()
      else await this.#clock.sleep(RETRY_MS, this.#closing).catch(() => undefined)
    }
  }

  async #post(body: string): Promise<boolean> {
    const timer = new AbortController()
    const attempt = new AbortController()
    const stop = () => attempt.abort()
    this.#closing.addEventListener('abort', stop, { once: true })
    this.#clock.sleep(TIMEOUT_MS, timer.signal).then(stop, () => undefined)
    const headers = { 'content-type': 'application/json', 'x-twitter-webhooks-signature': this.#sign(body) }
    try {
      const { status } = await callLoopback(this.#url ?? '', {
        method: 'POST',
        headers,
        body: Buffer.from(body),
        signal: attempt.signal,
      })
      const isOk = status >= 200 && status < 300
      this.#stats[isOk ? 'delivered' : 'refused'] += 1
      return isOk
    } catch {
      this.#stats.refused += 1
      return false
    } finally {
      timer.abort()
      this.#closing.removeEventListener('abort', stop)
    }
  }
}
