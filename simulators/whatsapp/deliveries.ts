import type { SimulatorClock } from '../clock.js'
import { callLoopback } from '../loopback.js'
import { metaJson, signature, type Json } from './wire.js'

/** One thing to tell the webhook: messages with their senders, or statuses. */
export type Notice =
  | { kind: 'message'; contact: Json | undefined; message: Json }
  | { kind: 'status'; contact: Json | undefined; status: Json }
  | { kind: 'raw'; body: Buffer; signature: string }

export interface DeliveryStats {
  /** Notices waiting. */
  queued: number
  /** POSTs made, again and again counted. */
  attempts: number
  /** POSTs answered 2xx. */
  delivered: number
  /** POSTs that were not. */
  refused: number
  /** POSTs given up after `giveUpMs`. */
  dropped: number
}

export interface DeliveryOptions {
  clock: SimulatorClock
  appSecret: string
  businessAccountId: string
  metadata: Json
  /** How many notices go into one POST at most. */
  batchMax: number
  /** Waits between attempts; the last is used for all that follow. */
  retryDelaysMs: readonly number[]
  giveUpMs: number
  timeoutMs: number
  /** Called before the first POST, and again until it says yes. */
  handshake: () => Promise<boolean>
}

/** Delivers notices one POST at a time, in order; a POST that was not answered 2xx is repeated, and what came later waits. */
export class Deliveries {
  readonly #options: DeliveryOptions
  readonly #queue: Notice[] = []
  readonly #closing = new AbortController()
  readonly #stats: DeliveryStats = { queued: 0, attempts: 0, delivered: 0, refused: 0, dropped: 0 }
  #url: string | undefined
  #handshaken = false
  #duplicates = 0
  #posts = 0
  #running: Promise<void> | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  stats(): DeliveryStats {
    return { ...this.#stats, queued: this.#queue.length }
  }

  pointAt(url: string): void {
    this.#url = url
    this.#handshaken = false
    this.#start()
  }

  markHandshaken(): void {
    this.#handshaken = true
  }

  push(notice: Notice): void {
    this.#queue.push(notice)
    this.#start()
  }

  /** The next `times` POSTs are made twice, byte for byte. */
  duplicateNext(times: number): void {
    this.#duplicates += times
  }

  /** Resolves once nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.idle()
  }

  #start(): void {
    if (this.#running !== undefined || this.#url === undefined || this.#closing.signal.aborted) return
    this.#running = this.#drain().finally(() => {
      this.#running = undefined
      if (this.#queue.length > 0) this.#start()
    })
  }

  async #drain(): Promise<void> {
    let retries = 0
    while (this.#queue.length > 0 && !this.#closing.signal.aborted) {
      if (!this.#handshaken) {
        this.#handshaken = await this.#options.handshake()
        if (!this.#handshaken) {
          await this.#wait(retries++)
          continue
        }
        retries = 0
      }
      const batch = this.#takeBatch()
      await this.#deliver(batch)
    }
  }

  async #deliver(batch: Notice[]): Promise<void> {
    const { clock, giveUpMs } = this.#options
    const startedMs = clock.now()
    const { body, signature: sign } = this.#wrap(batch)
    for (let retries = 0; !this.#closing.signal.aborted; retries++) {
      if (await this.#post(body, sign)) break
      if (clock.now() - startedMs >= giveUpMs) {
        this.#stats.dropped += 1
        break
      }
      await this.#wait(retries)
    }
    if (this.#closing.signal.aborted) return
    this.#queue.splice(0, batch.length)
    if (this.#duplicates > 0) {
      this.#duplicates -= 1
      await this.#post(body, sign)
    }
  }

  async #post(body: Buffer, sign: string): Promise<boolean> {
    const { clock, timeoutMs } = this.#options
    const timer = new AbortController()
    const attempt = new AbortController()
    const stop = () => attempt.abort()
    this.#closing.signal.addEventListener('abort', stop, { once: true })
    clock.sleep(timeoutMs, timer.signal).then(stop, () => undefined)
    this.#stats.attempts += 1
    try {
      const { status } = await callLoopback(this.#url ?? '', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'facebookexternalua',
          accept: '*/*',
          'x-hub-signature-256': sign,
        },
        body,
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
      this.#closing.signal.removeEventListener('abort', stop)
    }
  }

  /** Several notices that wait go together now and then: every other POST takes as many as it may. */
  #takeBatch(): Notice[] {
    this.#posts += 1
    const first = this.#queue[0]
    if (first === undefined || first.kind === 'raw' || this.#posts % 2 === 1) return this.#queue.slice(0, 1)
    const batch: Notice[] = []
    for (const notice of this.#queue) {
      if (notice.kind === 'raw' || batch.length >= this.#options.batchMax) break
      batch.push(notice)
    }
    return batch
  }

  #wrap(batch: readonly Notice[]): { body: Buffer; signature: string } {
    const [first] = batch
    if (first?.kind === 'raw') return { body: first.body, signature: first.signature }
    const { businessAccountId, metadata, appSecret } = this.#options
    const changes: Json[] = []
    for (const notice of batch) {
      if (notice.kind === 'raw') continue
      const list = notice.kind === 'message' ? 'messages' : 'statuses'
      const item = notice.kind === 'message' ? notice.message : notice.status
      const last = changes.at(-1)?.['value'] as Json | undefined
      const value = last?.[list] === undefined ? undefined : last
      if (value === undefined) {
        const contacts = notice.contact === undefined ? {} : { contacts: [notice.contact] }
        changes.push({
          value: { messaging_product: 'whatsapp', metadata, ...contacts, [list]: [item] },
          field: 'messages',
        })
        continue
      }
      ;(value[list] as Json[]).push(item)
      if (notice.contact !== undefined) addContact(value, notice.contact)
    }
    const body = Buffer.from(
      metaJson({ object: 'whatsapp_business_account', entry: [{ id: businessAccountId, changes }] }),
    )
    return { body, signature: signature(appSecret, body) }
  }

  async #wait(retries: number): Promise<void> {
    const delays = this.#options.retryDelaysMs
    const waitMs = delays[Math.min(retries, delays.length - 1)] ?? 1000
    await this.#options.clock.sleep(waitMs, this.#closing.signal).catch(() => undefined)
  }
}

function addContact(value: Json, contact: Json): void {
  const contacts = (value['contacts'] ?? []) as Json[]
  const isKnown = contacts.some((known) => JSON.stringify(known) === JSON.stringify(contact))
  value['contacts'] = isKnown ? contacts : [...contacts, contact]
}
