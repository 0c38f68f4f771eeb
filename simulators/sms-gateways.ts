import { randomBytes } from 'node:crypto'
import type { SimulatorClock } from './clock.js'
import { FaultPlan, fitsRequest, type Fault } from './faults.js'
import { isLoopback, startLoopbackServer, type Answer, type ReceivedRequest } from './loopback.js'
import { HookDeliveries, type DeliveryFault, type DeliveryStats, type HookCall } from './sms/deliveries.js'
import {
  gatewayOf,
  handleAndroid,
  handleKannel,
  handleTwilio,
  trouble,
  type Credentials,
  type Handled,
  type SmsGatewayName,
  type TakenSms,
} from './sms/outgoing.js'
import { androidCall, fillReceipt, kannelCall, twilioCall, type ReceivedText } from './sms/wire.js'

export interface SmsGatewaysOptions {
  readonly clock: SimulatorClock
  readonly kannel: { readonly username: string; readonly password: string; readonly secret: string }
  readonly twilio: { readonly accountSid: string; readonly authToken: string }
  readonly android: { readonly username: string; readonly password: string; readonly signingKey: string }
  /** Where the desk listens; may be given later by `connect`. A loopback address. */
  readonly deskUrl?: string
  /** Default 1, 2, 5, 10 and 30 s. */
  readonly retryDelaysMs?: readonly number[]
  /** From taking a message to its receipt. Default 1 s. */
  readonly receiptDelayMs?: number
  /** How long a hook may take to answer. Default 10 s. */
  readonly timeoutMs?: number
}

export interface SentSms {
  readonly atMs: number
  readonly gateway: SmsGatewayName
  readonly method: string
  readonly path: string
  /** The body exactly as it came, or the query of a GET. */
  readonly raw: string
  readonly status: number
  /** What was taken; null where it was refused. */
  readonly taken: TakenSms | null
}

export interface ReceiveSms {
  readonly gateway: SmsGatewayName
  readonly from: string
  readonly to: string
  readonly text: string
  readonly writtenAtMs?: number
}

/** Kannel, Twilio and SMS Gateway for Android on one loopback address: they bring messages to the desk's hooks until they are stored, and take what is sent. */
export interface SmsGateways {
  /** The base address of all three. */
  readonly url: string
  connect(deskUrl: string): void
  /** A person writes to one of our numbers; the gateway's id of the message. */
  receive(sms: ReceiveSms): string
  /** What goes wrong with the next requests to a gateway. */
  fail(fault: Fault): void
  /** The next requests are refused as if the password had been changed. */
  expireCredentials(times?: number): void
  /** What goes wrong with the next deliveries of a gateway. */
  disturb(gateway: SmsGatewayName, faults: readonly DeliveryFault[]): void
  /** From now on other names and encodings that these gateways are known to use. */
  changeNames(isChanged: boolean): void
  heal(): void
  /** The next messages that are taken end as not delivered. */
  failDelivery(times?: number): void
  sent(): readonly SentSms[]
  stats(gateway: SmsGatewayName): DeliveryStats
  /** Resolves once nothing waits for a hook and no receipt is still to come. */
  idle(): Promise<void>
  close(): Promise<void>
}

const KEPT_CALLS = 20_000
const HTML = '<!DOCTYPE html><html><body>Service</body></html>'
const GATEWAYS = ['kannel', 'twilio', 'android'] as const

export async function startSmsGateways(options: SmsGatewaysOptions): Promise<SmsGateways> {
  const gateways = new Gateways(options)
  const server = await startLoopbackServer((request) => gateways.answer(request))
  return gateways.facade(server.url, () => server.close())
}

class Gateways {
  readonly #options: SmsGatewaysOptions
  readonly #faults = new FaultPlan<Fault>()
  readonly #deliveries: Readonly<Record<SmsGatewayName, HookDeliveries>>
  readonly #calls: SentSms[] = []
  readonly #androidIds = new Set<string>()
  readonly #closing = new AbortController()
  readonly #pending = new Set<Promise<void>>()
  readonly #run = randomBytes(6).toString('hex')
  readonly #waiting: (() => void)[] = []
  #deskUrl: string | undefined
  #count = 0
  #expired = 0
  #failNext = 0
  #isChanged = false

  constructor(options: SmsGatewaysOptions) {
    this.#options = options
    const deliveries = () =>
      new HookDeliveries({
        clock: options.clock,
        retryDelaysMs: options.retryDelaysMs ?? [1000, 2000, 5000, 10_000, 30_000],
        timeoutMs: options.timeoutMs ?? 10_000,
        slowMs: 3000,
      })
    this.#deliveries = { kannel: deliveries(), twilio: deliveries(), android: deliveries() }
    if (options.deskUrl !== undefined) this.#connect(options.deskUrl)
  }

  facade(url: string, close: () => Promise<void>): SmsGateways {
    return {
      url,
      connect: (deskUrl) => this.#connect(deskUrl),
      receive: (sms) => this.#receive(sms),
      fail: (fault) => this.#faults.add(fault),
      expireCredentials: (times = 1) => void (this.#expired += times),
      disturb: (gateway, faults) => this.#deliveries[gateway].disturb(faults),
      changeNames: (isChanged) => void (this.#isChanged = isChanged),
      heal: () => {
        this.#faults.clear()
        this.#expired = 0
      },
      failDelivery: (times = 1) => void (this.#failNext += times),
      sent: () => [...this.#calls],
      stats: (gateway) => this.#deliveries[gateway].stats(),
      idle: async () => {
        while (this.#pending.size > 0) await Promise.all(this.#pending)
        for (const gateway of GATEWAYS) await this.#deliveries[gateway].idle()
      },
      close: async () => {
        this.#closing.abort()
        for (const gateway of GATEWAYS) await this.#deliveries[gateway].close()
        await Promise.all(this.#pending)
        await close()
      },
    }
  }

  #connect(deskUrl: string): void {
    if (!isLoopback(deskUrl)) throw new Error('the desk of a simulator must be an http address of this machine')
    this.#deskUrl = deskUrl.replace(/\/+$/, '')
    for (const start of this.#waiting.splice(0)) start()
  }

  /** Until the desk is known, everything waits. */
  #deliver(gateway: SmsGatewayName, call: (desk: string) => HookCall): void {
    const push = () => this.#deliveries[gateway].push(() => call(this.#deskUrl ?? ''))
    if (this.#deskUrl === undefined) this.#waiting.push(push)
    else push()
  }

  #newId(): string {
    this.#count += 1
    return `${this.#run}${String(this.#count).padStart(20, '0')}`
  }

  #receive({ gateway, from, to, text, writtenAtMs }: ReceiveSms): string {
    const atMs = writtenAtMs ?? this.#options.clock.now()
    const number = this.#newId()
    if (gateway === 'kannel') {
      const id = number.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
      const recoded = !this.#isChanged
      const sms: ReceivedText = { id, from, to, text, atMs }
      this.#deliver(gateway, (desk) =>
        kannelCall(`${desk}/hooks/sms/kannel`, this.#options.kannel.secret, sms, recoded),
      )
      return id
    }
    if (gateway === 'twilio') {
      const id = `SM${number}`
      const form = this.#twilioForm(id, { from, to, text })
      this.#deliver(gateway, (desk) => twilioCall(`${desk}/hooks/sms/twilio`, this.#options.twilio.authToken, form))
      return id
    }
    const id = number.slice(-8)
    const person = this.#isChanged
      ? { sender: from, recipient: to }
      : { phoneNumber: from, sender: from, recipient: to }
    const receivedAt = `${new Date(atMs + 5 * 3_600_000).toISOString().slice(0, 23)}+05:00`
    this.#tellAndroid('sms:received', { messageId: id, message: text, ...person, simNumber: 1, receivedAt })
    return id
  }

  #twilioForm(id: string, { from, to, text }: { from: string; to: string; text: string }): Record<string, string> {
    const account = { AccountSid: this.#options.twilio.accountSid, ApiVersion: '2010-04-01' }
    const ids = this.#isChanged ? { SmsSid: id, SmsMessageSid: id } : { MessageSid: id, SmsSid: id, SmsMessageSid: id }
    return {
      ...account,
      ...ids,
      From: from,
      To: to,
      Body: text,
      NumMedia: '0',
      NumSegments: '1',
      SmsStatus: 'received',
    }
  }

  #tellAndroid(event: string, payload: object): void {
    const body = { deviceId: 'simulated', event, id: this.#newId(), payload, webhookId: event }
    this.#deliver('android', (desk) =>
      androidCall(`${desk}/hooks/sms/android`, this.#options.android.signingKey, {
        event: body,
        nowMs: this.#options.clock.now(),
      }),
    )
  }

  async answer(request: ReceivedRequest): Promise<Answer> {
    const gateway = gatewayOf(request.path)
    if (gateway === undefined) return { status: 404, body: '{"message":"not found"}' }
    if (this.#expired > 0) {
      this.#expired -= 1
      return this.#record(request, { gateway, answer: trouble(gateway, 401) })
    }
    const fault = this.#faults.take((waiting) => fitsRequest(waiting, request))
    if (fault?.kind === '429') return this.#record(request, { gateway, answer: trouble(gateway, 429) })
    if (fault?.kind === '503') return this.#record(request, { gateway, answer: trouble(gateway, 503) })
    if (fault?.kind === 'html') {
      const page = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: HTML }
      return this.#record(request, { gateway, answer: page })
    }
    if (fault?.kind === 'slow')
      await this.#options.clock.sleep(fault.waitMs ?? 15_000, this.#closing.signal).catch(() => undefined)
    const handled = this.#handle(gateway, request)
    return { ...this.#record(request, handled), cut: fault?.kind === 'cut' }
  }

  #handle(gateway: SmsGatewayName, request: ReceivedRequest): Handled {
    const credentials: Credentials = this.#options
    if (gateway === 'kannel') return handleKannel(request, credentials)
    if (gateway === 'twilio') return handleTwilio(request, credentials, () => `SM${this.#newId()}`)
    return handleAndroid(request, credentials, this.#androidIds)
  }

  #record(request: ReceivedRequest, { gateway, answer, taken }: Handled): Answer {
    const raw = request.method === 'GET' ? request.query.toString() : request.body.toString('utf8')
    const { method, path } = request
    const atMs = this.#options.clock.now()
    this.#calls.push({ atMs, gateway, method, path, raw, status: answer.status, taken: taken ?? null })
    if (this.#calls.length > KEPT_CALLS) this.#calls.shift()
    if (taken !== undefined) this.#announce(taken)
    return answer
  }

  #announce(taken: TakenSms): void {
    if (taken.gateway === 'android' && taken.id !== null) this.#androidIds.add(taken.id)
    const isFailed = this.#failNext > 0
    if (isFailed) this.#failNext -= 1
    const work = this.#options.clock
      .sleep(this.#options.receiptDelayMs ?? 1000, this.#closing.signal)
      .then(() => this.#report(taken, isFailed))
      .catch(() => undefined)
      .finally(() => this.#pending.delete(work))
    this.#pending.add(work)
  }

  #report(taken: TakenSms, isFailed: boolean): void {
    const { callback, id } = taken
    const atMs = this.#options.clock.now()
    if (taken.gateway === 'android') {
      const at = new Date(atMs).toISOString()
      const failure = { failedAt: at, reason: 'RESULT_ERROR_NO_SERVICE' }
      const payload = {
        messageId: id,
        phoneNumber: taken.to,
        simNumber: 1,
        ...(isFailed ? failure : { deliveredAt: at }),
      }
      this.#tellAndroid(isFailed ? 'sms:failed' : 'sms:delivered', payload)
      return
    }
    if (callback === null || !isLoopback(callback)) return
    if (taken.gateway === 'kannel') {
      const words = `id:${this.#newId()} sub:001 dlvrd:${isFailed ? '000' : '001'} stat:${isFailed ? 'UNDELIV' : 'DELIVRD'} err:${isFailed ? '00B' : '000'} text:`
      const url = fillReceipt(callback, { type: isFailed ? 2 : 1, atMs, words })
      this.#deliver('kannel', () => ({ method: 'GET', url }))
      return
    }
    const form = {
      AccountSid: this.#options.twilio.accountSid,
      ApiVersion: '2010-04-01',
      MessageSid: id ?? '',
      SmsSid: id ?? '',
      From: taken.from,
      To: taken.to,
      MessageStatus: isFailed ? 'undelivered' : 'delivered',
      SmsStatus: isFailed ? 'undelivered' : 'delivered',
      ...(isFailed ? { ErrorCode: '30003' } : {}),
    }
    this.#deliver('twilio', () => twilioCall(callback, this.#options.twilio.authToken, form))
  }
}
