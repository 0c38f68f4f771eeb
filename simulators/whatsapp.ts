import { randomBytes } from 'node:crypto'
import type { SimulatorClock } from './clock.js'
import { FaultPlan, fitsRequest, type Fault } from './faults.js'
import { callLoopback, isLoopback, startLoopbackServer, type Answer, type ReceivedRequest } from './loopback.js'
import { Deliveries, type DeliveryStats, type Notice } from './whatsapp/deliveries.js'
import { graphError, type GraphErrorName, type Refusal } from './whatsapp/errors.js'
import { MediaStore, type MediaFaultKind } from './whatsapp/media.js'
import { messageFault } from './whatsapp/message-shape.js'
import { SendRules, type SendRulesOptions } from './whatsapp/send-rules.js'
import { emitStatuses, type AcceptedMessage, type StatusWaits } from './whatsapp/statuses.js'
import {
  metaJson,
  renderContact,
  renderContent,
  signature,
  type Json,
  type WhatsAppContact,
  type WhatsAppMessageInput,
} from './whatsapp/wire.js'

export interface WhatsAppSimulatorOptions {
  clock: SimulatorClock
  appSecret: string
  verifyToken: string
  /** The bearer token that the Graph API asks for. */
  accessToken: string
  phoneNumberId: string
  /** Default `92915550100`. */
  displayPhoneNumber?: string
  /** Default `100000000000001`. */
  businessAccountId?: string
  /** Where messages are delivered; may be given later by `connect`. A loopback address. */
  webhookUrl?: string
  /** Default 24 hours. */
  serviceWindowMs?: number
  openWindow?: readonly string[]
  registered?: readonly string[]
  undeliverable?: readonly string[]
  /** Default 45 at once, then one every 6 s. */
  pairRate?: { burst: number; refillMs: number }
  /** Default 80. */
  throughputPerSecond?: number
  /**
   * How 131026 and 131047 are told: in the answer to the request (default), or, as the real API mostly does, by accepting the message
   * and sending a `failed` status after it.
   */
  refusals?: 'answer' | 'status'
  /** Waits before sent, delivered and read, each after the one before. Default 200, 600, 2,000. */
  statusDelaysMs?: StatusWaits
  /** Default 4. */
  batchMax?: number
  /** Default 1, 2, 5, 10, 30 and 60 s, then every 60 s. */
  retryDelaysMs?: readonly number[]
  /** Default 7 days. */
  giveUpMs?: number
  /** How long a webhook may take to answer. Default 10 s. */
  timeoutMs?: number
}

interface SentCall {
  atMs: number
  method: string
  path: string
  /** The body exactly as it came. */
  raw: string
  body: unknown
  status: number
  answer: unknown
  /** The id given to the message, where one was. */
  messageId: string | null
}

/** A stand-in for the WhatsApp Cloud API on loopback: it delivers to a webhook and takes what is sent. */
export interface WhatsAppSimulator {
  /** The base address, in place of `https://graph.facebook.com`. */
  readonly url: string
  /** Points deliveries at a webhook and shakes hands with it; false if it did not answer the challenge. Deliveries try again by themselves. */
  connect(webhookUrl: string): Promise<boolean>
  handshake(): Promise<{ ok: boolean; status: number; body: string }>
  /** A person writes to the police: queues it for the webhook and returns its `wamid`. */
  receive(input: WhatsAppMessageInput): string
  /** Queues any body, rightly signed unless a signature is given. */
  deliverRaw(body: string | Buffer, sign?: string): void
  /** The next `times` deliveries are made twice. */
  duplicateNext(times?: number): void
  fail(fault: Fault): void
  heal(): void
  /** The next `times` requests for a file of this kind of fault go wrong; `address` is where those that lead elsewhere lead. */
  failMedia(kind: MediaFaultKind, how?: { times?: number; address?: string }): void
  /** The next `times` accepted messages end as `failed` with this reason in place of being delivered. */
  failDelivery(reason: GraphErrorName, times?: number): void
  /** Every call to `/messages` (the last 10,000), refused ones too. */
  sent(): readonly SentCall[]
  stats(): DeliveryStats
  /** Resolves once nothing waits for the webhook and no status is still to come. */
  idle(): Promise<void>
  close(): Promise<void>
}

const DAY_MS = 86_400_000
const KEPT_CALLS = 10_000
const HTML = '<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>'

export async function startWhatsAppSimulator(options: WhatsAppSimulatorOptions): Promise<WhatsAppSimulator> {
  const simulator = new WhatsApp(options)
  const server = await startLoopbackServer((request) => simulator.answer(request))
  simulator.url = server.url
  if (options.webhookUrl !== undefined) simulator.pointAt(options.webhookUrl)
  return simulator.facade(() => server.close())
}

/** The one form of a number: digits alone. */
function digits(number: string): string {
  return number.replace(/\D/g, '')
}

class WhatsApp {
  url = ''
  readonly #options: WhatsAppSimulatorOptions
  readonly #clock: SimulatorClock
  readonly #faults = new FaultPlan<Fault>()
  readonly #media = new MediaStore()
  readonly #rules: SendRules
  readonly #deliveries: Deliveries
  readonly #calls: SentCall[] = []
  /** Who wrote a message, by its id: an answer to it names them. */
  readonly #writers = new Map<string, string>()
  readonly #people = new Map<string, WhatsAppContact>()
  readonly #closing = new AbortController()
  readonly #pending = new Set<Promise<void>>()
  readonly #failNext: GraphErrorName[] = []
  readonly #run = randomBytes(6)
  #webhookUrl: string | undefined
  #count = 0

  constructor(options: WhatsAppSimulatorOptions) {
    this.#options = options
    this.#clock = options.clock
    const rules: SendRulesOptions = {
      serviceWindowMs: options.serviceWindowMs ?? DAY_MS,
      openWindow: (options.openWindow ?? []).map(digits),
      registered: (options.registered ?? []).map(digits),
      undeliverable: (options.undeliverable ?? []).map((key) => (/^[A-Z]{2}\./.test(key) ? key : digits(key))),
      pairRate: options.pairRate ?? { burst: 45, refillMs: 6000 },
      throughputPerSecond: options.throughputPerSecond ?? 80,
    }
    this.#rules = new SendRules(rules)
    this.#deliveries = new Deliveries({
      clock: options.clock,
      appSecret: options.appSecret,
      businessAccountId: options.businessAccountId ?? '100000000000001',
      metadata: {
        display_phone_number: options.displayPhoneNumber ?? '92915550100',
        phone_number_id: options.phoneNumberId,
      },
      batchMax: options.batchMax ?? 4,
      retryDelaysMs: options.retryDelaysMs ?? [1000, 2000, 5000, 10_000, 30_000, 60_000],
      giveUpMs: options.giveUpMs ?? 7 * DAY_MS,
      timeoutMs: options.timeoutMs ?? 10_000,
      handshake: async () => (await this.#handshake()).ok,
    })
  }

  facade(close: () => Promise<void>): WhatsAppSimulator {
    return {
      url: this.url,
      connect: async (webhookUrl) => {
        this.pointAt(webhookUrl)
        const { ok } = await this.#handshake()
        if (ok) this.#deliveries.markHandshaken()
        return ok
      },
      handshake: () => this.#handshake(),
      receive: (input) => this.#receive(input),
      deliverRaw: (body, sign) => {
        const bytes = typeof body === 'string' ? Buffer.from(body) : body
        const right = sign ?? signature(this.#options.appSecret, bytes)
        this.#deliveries.push({ kind: 'raw', body: bytes, signature: right })
      },
      duplicateNext: (times = 1) => this.#deliveries.duplicateNext(times),
      fail: (fault) => this.#faults.add(fault),
      heal: () => {
        this.#faults.clear()
        this.#media.heal()
      },
      failMedia: (kind, how) => this.#media.fail(kind, how),
      failDelivery: (reason, times = 1) => {
        for (let count = 0; count < times; count++) this.#failNext.push(reason)
      },
      sent: () => [...this.#calls],
      stats: () => this.#deliveries.stats(),
      idle: async () => {
        while (this.#pending.size > 0) await Promise.all(this.#pending)
        await this.#deliveries.idle()
      },
      close: async () => {
        this.#closing.abort()
        await this.#deliveries.close()
        await Promise.all(this.#pending)
        await close()
      },
    }
  }

  pointAt(webhookUrl: string): void {
    if (!isLoopback(webhookUrl)) throw new Error('the webhook of a simulator must be an http address of this machine')
    this.#webhookUrl = webhookUrl
    this.#deliveries.pointAt(webhookUrl)
  }

  async #handshake(): Promise<{ ok: boolean; status: number; body: string }> {
    if (this.#webhookUrl === undefined) return { ok: false, status: 0, body: '' }
    const challenge = String(randomBytes(4).readUInt32BE())
    const url = new URL(this.#webhookUrl)
    url.searchParams.set('hub.mode', 'subscribe')
    url.searchParams.set('hub.challenge', challenge)
    url.searchParams.set('hub.verify_token', this.#options.verifyToken)
    try {
      const answer = await callLoopback(url.href, { method: 'GET', signal: this.#closing.signal })
      return { ok: answer.status === 200 && answer.body === challenge, ...answer }
    } catch {
      return { ok: false, status: 0, body: '' }
    }
  }

  #newId(key: string): string {
    this.#count += 1
    const head = Buffer.from([0x1d, 0x0b])
    const tail = Buffer.concat([this.#run, Buffer.from(String(this.#count).padStart(8, '0'))])
    return `wamid.${Buffer.concat([head, Buffer.from(key.slice(0, 24)), tail]).toString('base64')}`
  }

  #receive(input: WhatsAppMessageInput): string {
    const { from } = input
    const keys = [from.waId, from.userId].filter((key) => key !== undefined)
    if (keys[0] === undefined) throw new Error('a WhatsApp contact needs a number or a user id')
    const nowMs = this.#clock.now()
    for (const key of keys) this.#people.set(key, from)
    this.#rules.wrote(keys, nowMs)
    const id = this.#newId(keys[0])
    const media = 'mimeType' in input ? this.#media.add(input.mimeType, input.bytes, nowMs) : undefined
    const message: Json = {
      ...this.#context(input),
      ...(from.waId === undefined ? {} : { from: from.waId }),
      ...(from.userId === undefined ? {} : { from_user_id: from.userId }),
      id,
      timestamp: String(Math.floor((input.writtenAtMs ?? nowMs) / 1000)),
      ...renderContent(input, media),
    }
    if (from.waId !== undefined) this.#writers.set(id, from.waId)
    this.#deliveries.push({ kind: 'message', contact: renderContact(from), message })
    return id
  }

  #context(input: WhatsAppMessageInput): Json {
    const context: Json = {}
    if (input.forwarded !== undefined) context['forwarded'] = true
    if (input.forwarded === 'often') context['frequently_forwarded'] = true
    if (input.inReplyTo !== undefined) {
      context['from'] = this.#writers.get(input.inReplyTo) ?? this.#options.displayPhoneNumber ?? '92915550100'
      context['id'] = input.inReplyTo
    }
    return Object.keys(context).length > 0 ? { context } : {}
  }

  async answer(request: ReceivedRequest): Promise<Answer> {
    if (request.headers.authorization !== `Bearer ${this.#options.accessToken}`) {
      const refusal = graphError('token', 'The access token is missing or wrong.')
      this.#record(request, refusal, null)
      return refusal
    }
    const fault = this.#faults.take((waiting) => fitsRequest(waiting, request))
    if (fault?.kind === '429') return this.#record(request, graphError('tooMany', 'Try again later.'), null)
    if (fault?.kind === '503') return this.#record(request, graphError('unavailable', 'Try again later.'), null)
    if (fault?.kind === 'html') {
      const page = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: HTML }
      return this.#record(request, page, null)
    }
    if (fault?.kind === 'slow') await this.#clock.sleep(fault.waitMs ?? 15_000, this.#closing.signal)
    return { ...this.#dispatch(request), cut: fault?.kind === 'cut' }
  }

  #dispatch(request: ReceivedRequest): Answer {
    const [, first = '', second = '', third] = request.path.split('/')
    if (request.method === 'GET' && first === 'media-download') {
      return this.#media.download(second, request.query.get('ext'), this.#clock.now())
    }
    const isVersioned = /^v\d+\.\d+$/.test(first)
    if (isVersioned && request.method === 'GET' && third === undefined) {
      return this.#media.describe(second, this.url, this.#clock.now())
    }
    if (isVersioned && request.method === 'POST' && third === 'messages' && second === this.#options.phoneNumberId) {
      const { answer, messageId } = this.#send(request.body.toString('utf8'))
      return this.#record(request, answer, messageId)
    }
    return this.#record(request, graphError('noSuchObject', `${request.method} ${request.path}`), null)
  }

  #record(request: ReceivedRequest, answer: Answer, messageId: string | null): Answer {
    if (request.method !== 'POST') return answer
    const raw = request.body.toString('utf8')
    this.#calls.push({
      atMs: this.#clock.now(),
      method: request.method,
      path: request.path,
      raw,
      body: parsed(raw),
      status: answer.status,
      answer: parsed(answer.body.toString()),
      messageId,
    })
    if (this.#calls.length > KEPT_CALLS) this.#calls.shift()
    return answer
  }

  #send(raw: string): { answer: Answer; messageId: string | null } {
    const body = parsed(raw)
    const fault = messageFault(body)
    if (fault !== undefined) return { answer: graphError('parameter', fault), messageId: null }
    const fields = body as Json
    if (fields['status'] === 'read')
      return { answer: { status: 200, body: metaJson({ success: true }) }, messageId: null }
    const to = fields['to'] as string | undefined
    const recipient = to === undefined ? (fields['recipient'] as string) : digits(to)
    const type = (fields['type'] ?? 'text') as string
    const nowMs = this.#clock.now()
    const limit = this.#rules.overLimit(recipient, nowMs)
    if (limit !== undefined) return { answer: graphError(limit.error, limit.details), messageId: null }
    const refusal = this.#rules.refusal(recipient, type, nowMs)
    if (refusal !== undefined && this.#options.refusals !== 'status') {
      return { answer: graphError(refusal.error, refusal.details), messageId: null }
    }
    const id = this.#newId(recipient)
    const failure = refusal ?? this.#plannedFailure()
    this.#announce({ id, recipient, type, person: this.#people.get(recipient), failure })
    const contact = to === undefined ? { input: recipient, user_id: recipient } : { input: to, wa_id: recipient }
    const status = type === 'template' ? { message_status: 'accepted' } : {}
    const answer = { messaging_product: 'whatsapp', contacts: [contact], messages: [{ id, ...status }] }
    return { answer: { status: 200, body: metaJson(answer) }, messageId: id }
  }

  #plannedFailure(): Refusal | undefined {
    const error = this.#failNext.shift()
    return error === undefined ? undefined : { error, details: 'The message could not be delivered.' }
  }

  #announce(message: AcceptedMessage): void {
    const waits = this.#options.statusDelaysMs ?? { sent: 200, delivered: 600, read: 2000 }
    const push = (notice: Notice) => this.#deliveries.push(notice)
    const work = emitStatuses(message, waits, this.#clock, this.#closing.signal, push)
    const tracked = work.finally(() => this.#pending.delete(tracked))
    this.#pending.add(tracked)
  }
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}
