import type { AddressInfo } from 'node:net'
import smpp, { type PDU, type Session } from 'smpp'
import type { SimulatorClock } from './clock.js'
import { FaultPlan } from './faults.js'
import type { SmscFault } from './smsc/faults.js'
import { Line } from './smsc/lines.js'
import { deliverFields, type DeliverFields, type MobileMessage } from './smsc/mobile.js'
import { reassembled, submitRecord, type SentSms, type SubmitRecord } from './smsc/submits.js'

export interface SmscSimulatorOptions {
  readonly clock: SimulatorClock
  readonly systemId: string
  readonly password: string
  /** Speaks TLS with these. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer }
  /** How the id is written in the answer to a submit and in its receipt; real ones differ. Default decimal in both. */
  readonly ids?: { readonly answer: 'decimal' | 'hex'; readonly receipt: 'decimal' | 'hex' }
  /** From accepting a message to its receipt. Default 0. */
  readonly receiptDelayMs?: number
  /** How many deliveries may be unanswered at once. Default 10. */
  readonly window?: number
  /** How long an answer to a delivery is waited for. Default 10,000. */
  readonly answerMs?: number
  /** How long a delivery that failed waits before it is brought again. Default 1,000. */
  readonly retryMs?: number
  /** More submits in a second are throttled. Default none are. */
  readonly submitsPerSecond?: number
}

export interface SmscSimulator {
  readonly host: string
  readonly port: number
  /** A person writes to the police: its parts wait for a client that takes them. */
  receive(message: MobileMessage): void
  /** Any `deliver_sm`. */
  deliver(fields: DeliverFields): void
  /** Octets as they are, to every client. */
  writeRaw(bytes: Buffer): void
  fail(fault: SmscFault): void
  heal(): void
  /** The next receipts say this in place of DELIVRD; `none` sends none. */
  nextReceipts(state: string, times?: number): void
  /** Cuts every connection. */
  dropLinks(): void
  submits(): readonly SubmitRecord[]
  sent(): readonly SentSms[]
  readonly bound: number
  /** PDUs brought, the repeated ones too, and those that were taken. */
  readonly counts: { readonly delivered: number; readonly taken: number; readonly enquiries: number }
  /** Resolves once nothing waits to be delivered and no receipt is to come. */
  idle(): Promise<void>
  close(): Promise<void>
}

const { errors } = smpp
const RECEIPT = 0x04

export async function startSmscSimulator(options: SmscSimulatorOptions): Promise<SmscSimulator> {
  const smsc = new Smsc(options)
  const server = smpp.createServer({ ...options.tls }, (session) => smsc.connect(session))
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  return smsc.facade(port, () => (closed ??= new Promise((resolve) => server.close(() => resolve()))))
}

interface Waiting {
  readonly fields: DeliverFields
  /** Said once it was taken. */
  readonly taken: () => void
}

class Smsc {
  readonly #options: SmscSimulatorOptions
  readonly #clock: SimulatorClock
  readonly #faults = new FaultPlan<SmscFault>()
  readonly #lines = new Set<Line>()
  readonly #submits: SubmitRecord[] = []
  readonly #queue: Waiting[] = []
  readonly #closing = new AbortController()
  #nextReceipts: string[] = []
  #inFlight = 0
  #toCome = 0
  #idlers: (() => void)[] = []
  #messageId = 0x5f000000
  #reference = 0
  #second = { from: -Infinity, count: 0 }
  readonly counts = { delivered: 0, taken: 0, enquiries: 0 }

  constructor(options: SmscSimulatorOptions) {
    this.#options = options
    this.#clock = options.clock
  }

  facade(port: number, close: () => Promise<void>): SmscSimulator {
    const bound = () => [...this.#lines].filter((line) => line.bound !== 'none').length
    return {
      host: '127.0.0.1',
      port,
      receive: (message) => this.#later(this.#receive(message)),
      deliver: (fields) => void this.#deliver(fields),
      writeRaw: (bytes) => this.#lines.forEach((line) => line.session.socket.write(bytes)),
      fail: (fault) => this.#faults.add(fault),
      heal: () => this.#faults.clear(),
      nextReceipts: (state, times = 1) => this.#nextReceipts.push(...Array.from({ length: times }, () => state)),
      dropLinks: () => this.#lines.forEach((line) => line.session.destroy()),
      submits: () => [...this.#submits],
      sent: () => reassembled(this.#submits),
      get bound() {
        return bound()
      },
      counts: this.counts,
      idle: () => (this.#isIdle() ? Promise.resolve() : new Promise((resolve) => this.#idlers.push(resolve))),
      close: async () => {
        this.#closing.abort(new Error('closed'))
        for (const { session } of this.#lines) session.destroy()
        await close()
      },
    }
  }

  connect(session: Session): void {
    const line = new Line(session)
    this.#lines.add(line)
    // A client's garbage or broken line ends its session and nothing else.
    session.on('error', () => session.destroy())
    session.on('close', () => {
      this.#lines.delete(line)
      for (const told of line.onClose) told()
    })
    session.on('pdu', (pdu: PDU) => {
      if (!pdu.isResponse()) this.#serve(line, pdu)
    })
  }

  #serve(line: Line, pdu: PDU): void {
    const { session } = line
    if (pdu.command.startsWith('bind_')) this.#bind(line, pdu)
    else if (pdu.command === 'enquire_link') {
      this.counts.enquiries += 1
      if (this.#faults.take(({ on }) => on === 'enquire')?.kind !== 'silent') session.send(pdu.response())
    } else if (pdu.command === 'unbind') {
      line.bound = 'none'
      session.send(pdu.response())
      session.close()
    } else if (pdu.command === 'submit_sm') this.#submit(line, pdu)
    else session.send(pdu.response({ command_status: errors['ESME_RINVCMDID'] }))
  }

  #bind(line: Line, pdu: PDU): void {
    const { session } = line
    const fault = this.#faults.take(({ on }) => on === 'bind')
    if (fault?.kind === 'silent') return
    const refuse = (status: number | undefined) => session.send(pdu.response({ command_status: status }))
    if (fault?.kind === 'refuse') refuse(fault.status ?? errors['ESME_RBINDFAIL'])
    else if (pdu['system_id'] !== this.#options.systemId) refuse(errors['ESME_RINVSYSID'])
    else if (pdu['password'] !== this.#options.password) refuse(errors['ESME_RINVPASWD'])
    else if (line.bound !== 'none') refuse(errors['ESME_RALYBND'])
    else {
      line.bound = pdu.command.slice('bind_'.length) as Line['bound']
      session.send(pdu.response({ system_id: 'SMSC', sc_interface_version: 0x34 }))
      this.#pump()
    }
  }

  #submit(line: Line, pdu: PDU): void {
    const { session, wire } = line
    const fault = this.#faults.take(({ on }) => on === 'submit')
    const refuse = (name: string) => session.send(pdu.response({ command_status: fault?.status ?? errors[name] }))
    if (!line.submits) refuse('ESME_RINVBNDSTS')
    else if (fault?.kind === 'throttle' || this.#isOverLimit()) refuse('ESME_RTHROTTLED')
    else if (fault?.kind === 'queue-full') refuse('ESME_RMSGQFUL')
    else if (fault?.kind === 'refuse') refuse('ESME_RINVDSTADR')
    else if (fault?.kind === 'drop-before') session.destroy()
    else if (fault?.kind !== 'lost') this.#accept(session, pdu, wire, fault)
  }

  #accept(session: Session, pdu: PDU, wire: string, fault: SmscFault | undefined): void {
    this.#messageId += 1
    const own = this.#messageId
    const { answer, receipt } = this.#options.ids ?? { answer: 'decimal', receipt: 'decimal' }
    const written = (form: 'decimal' | 'hex') => (form === 'hex' ? own.toString(16).toUpperCase() : String(own))
    const record = submitRecord(pdu, { atMs: this.#clock.now(), messageId: written(answer), wire })
    this.#submits.push(record)
    if ((record.registeredDelivery & 3) !== 0) this.#later(this.#report(record, written(receipt)))
    if (fault?.kind === 'silent') return
    if (fault?.kind === 'drop') session.destroy()
    else if (fault?.kind === 'slow') {
      this.#later(
        this.#clock.sleep(fault.waitMs ?? 15_000, this.#closing.signal).then(() => {
          session.send(pdu.response({ message_id: record.messageId }))
        }),
      )
    } else session.send(pdu.response({ message_id: record.messageId }))
  }

  #isOverLimit(): boolean {
    const limit = this.#options.submitsPerSecond
    if (limit === undefined) return false
    const now = this.#clock.now()
    if (now - this.#second.from >= 1000) this.#second = { from: now, count: 0 }
    this.#second.count += 1
    return this.#second.count > limit
  }

  async #report(record: SubmitRecord, messageId: string): Promise<void> {
    const state = this.#nextReceipts.shift() ?? 'DELIVRD'
    if (state === 'none') return
    const waitMs = this.#options.receiptDelayMs ?? 0
    if (waitMs > 0) await this.#clock.sleep(waitMs, this.#closing.signal)
    const isDelivered = state === 'DELIVRD'
    const day = new Date(this.#clock.now()).toISOString().replace(/\D/g, '').slice(2, 12)
    const text = `id:${messageId} sub:001 dlvrd:00${isDelivered ? 1 : 0} submit date:${day} done date:${day} stat:${state} err:${isDelivered ? '000' : '027'} text:`
    await this.#deliver({
      source_addr_ton: 1,
      source_addr_npi: 1,
      source_addr: record.to,
      destination_addr: record.from,
      esm_class: RECEIPT,
      short_message: Buffer.from(text, 'latin1'),
      receipted_message_id: messageId,
      message_state: isDelivered ? 2 : 5,
    })
  }

  async #receive(message: MobileMessage): Promise<void> {
    const all = deliverFields(message, () => (this.#reference = (this.#reference + 1) & 0xff))
    for (const [index, fields] of all.entries()) {
      if (index > 0 && message.gapMs !== undefined) await this.#clock.sleep(message.gapMs, this.#closing.signal)
      // Not waited for: the parts of a message travel side by side.
      this.#later(this.#deliver(fields))
    }
  }

  /** Resolves once a client took it. */
  #deliver(fields: DeliverFields): Promise<void> {
    return new Promise((resolve) => {
      this.#queue.push({ fields, taken: resolve })
      this.#pump()
    })
  }

  #pump(): void {
    while (this.#queue.length > 0 && this.#inFlight < (this.#options.window ?? 10)) {
      const line = [...this.#lines].find((each) => each.receives && each.session.socket.writable)
      if (line === undefined) return
      const item = this.#queue.shift()
      if (item !== undefined) this.#later(this.#bring(line, item))
    }
  }

  async #bring(line: Line, item: Waiting): Promise<void> {
    const fault = this.#faults.take(({ on }) => on === 'deliver')
    this.#inFlight += 1
    const isTaken = await this.#ask(line, item.fields, fault)
    if (fault?.kind === 'duplicate') await this.#ask(line, item.fields, undefined)
    this.#inFlight -= 1
    if (isTaken) {
      this.counts.taken += 1
      item.taken()
    } else {
      await this.#clock.sleep(this.#options.retryMs ?? 1_000, this.#closing.signal)
      this.#queue.push(item)
    }
    this.#pump()
  }

  async #ask(line: Line, fields: DeliverFields, fault: SmscFault | undefined): Promise<boolean> {
    const { session } = line
    this.counts.delivered += 1
    const timer = new AbortController()
    const signal = AbortSignal.any([timer.signal, this.#closing.signal])
    let onClose = () => undefined as void
    const answer = await new Promise<number | undefined>((resolve) => {
      onClose = () => resolve(undefined)
      line.onClose.add(onClose)
      const isSent = session.send(new smpp.PDU('deliver_sm', { ...fields }), (response) =>
        resolve(response.command_status),
      )
      if (!isSent) resolve(undefined)
      if (fault?.kind === 'drop') session.socket.end(() => session.destroy())
      this.#clock.sleep(this.#options.answerMs ?? 10_000, signal).then(
        () => resolve(undefined),
        () => resolve(undefined),
      )
    })
    line.onClose.delete(onClose)
    timer.abort(new Error('answered'))
    return answer === 0 && fault?.kind !== 'forget' && fault?.kind !== 'drop'
  }

  #isIdle(): boolean {
    return this.#queue.length === 0 && this.#inFlight === 0 && this.#toCome === 0
  }

  /** Work that goes on by itself; closing ends it. */
  #later(work: Promise<void>): void {
    this.#toCome += 1
    work
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) throw error
      })
      .finally(() => {
        this.#toCome -= 1
        if (this.#isIdle()) for (const wake of this.#idlers.splice(0)) wake()
      })
  }
}
