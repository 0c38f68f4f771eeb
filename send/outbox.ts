import { backOffMs } from '../runtime/back-off.js'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Records } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import type { StageHandler } from '../runtime/stage.js'
import type { Channel } from '../schemas/mention.js'
import type { Outbound, OutboundStatus } from '../schemas/outbound.js'
import { moveOutbound, newRow, outboundOf, settleContact, updateOf, type OutboundRow } from './outbound-records.js'
import { SendQueue } from './send-queue.js'
import type { Sender } from './sender.js'
import { adoptStatus } from './status-handler.js'
import { MAY_HAVE_BEEN_SENT, verdictOf } from './verdict.js'

const LOOK_EVERY_MS = 30_000
const CALL_TIMEOUT_MS = 60_000
const SAID_AGAIN_MS = 24 * 60 * 60_000
const SAID_AGAIN_LIMIT = 500

export interface OutboxOptions {
  readonly records: Records
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  /** One a channel; a message of another channel fails and says so. */
  readonly senders: readonly Sender[]
  /** How long messages in flight may still be answered after the stop; 7 s by default. */
  readonly stopGraceMs?: number
  readonly random?: () => number
}

export interface Outbox {
  /** Takes messages in: resolves once the records hold them, and sends nothing itself, so that no slow platform holds up the line. */
  readonly handle: StageHandler<'messages.outbound'>
  /** Sends what the records hold, until the signal aborts. Only one outbox may run on the same records. */
  run(signal: AbortSignal): Promise<void>
}

/**
 * One outbox for all channels. A message is recorded as `sending` before it is handed to the platform: found so after a crash it becomes `unconfirmed`
 * and is never sent again by itself. What was certainly not sent goes back to `queued` and is tried again, each recipient on its own clock.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const outbox = new OutboxLoop(options)
  return { handle: (batch) => outbox.takeIn(batch.map((record) => record.value)), run: (signal) => outbox.run(signal) }
}

class OutboxLoop {
  readonly #records: Records
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #log: Log
  readonly #senders: ReadonlyMap<Channel, Sender>
  readonly #stopGraceMs: number
  readonly #random: () => number
  readonly #queue = new SendQueue()
  readonly #calls = new Set<Promise<void>>()
  readonly #unsaid = new Map<string, OutboundRow>()
  /** Claimed perhaps: the answer of the records was lost. Nothing of them was sent, so what stands as `sending` is our own claim. */
  readonly #unsure = new Set<string>()
  readonly #abandon = new AbortController()
  #wake: () => void = () => undefined

  constructor(options: OutboxOptions) {
    this.#records = options.records
    this.#bus = options.bus
    this.#clock = options.clock
    this.#log = options.log
    this.#senders = new Map(options.senders.map((sender) => [sender.channel, sender]))
    this.#stopGraceMs = options.stopGraceMs ?? 7000
    this.#random = options.random ?? Math.random
  }

  async takeIn(messages: readonly Outbound[]): Promise<void> {
    const rows = await inTransaction(this.#records, async (transaction) => {
      for (const message of messages) {
        await transaction
          .insertInto('outbound')
          .values(newRow(message))
          .onConflict((on) => on.column('id').doNothing())
          .execute()
      }
      const ids = messages.map((message) => message.id)
      return transaction.selectFrom('outbound').selectAll().where('id', 'in', ids).execute()
    })
    const byId = new Map(rows.map((row) => [row.id, row]))
    for (const message of messages) {
      const row = byId.get(message.id)
      if (row === undefined) continue
      if (row.status === 'queued') this.#queue.add(outboundOf(row))
      const isLost = row.status === 'sending' && !this.#queue.isInFlight(row.id)
      await this.#say(isLost ? ((await this.#markUnconfirmed(row.id)) ?? row) : row)
    }
    this.#wake()
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#persist('outbox starts', () => this.#recover(), signal)
    while (!signal.aborted) {
      const pause = new AbortController()
      this.#wake = () => pause.abort(new Failure('stopped', 'woken', { retryable: true }))
      await this.#persist('outbox looks for messages', () => this.#look(), signal)
      if (signal.aborted) break
      for (const outbound of this.#queue.takeDue(this.#clock.now())) this.#begin(outbound)
      const nowMs = this.#clock.now()
      const sleepMs = Math.min(this.#queue.nextDueMs(nowMs) ?? Infinity, this.#nextLookMs) - nowMs
      await this.#clock.sleep(sleepMs, AbortSignal.any([signal, pause.signal])).catch(() => undefined)
    }
    await this.#finish()
  }

  #nextLookMs = 0

  /** What another process left queued, and what could not be said before. */
  async #look(): Promise<void> {
    if (this.#clock.now() < this.#nextLookMs) return
    this.#nextLookMs = this.#clock.now() + LOOK_EVERY_MS
    const rows = await this.#records
      .selectFrom('outbound')
      .selectAll()
      .where('status', '=', 'queued')
      .orderBy('requested_at')
      .orderBy('id')
      .execute()
    for (const row of rows) this.#queue.add(outboundOf(row))
    for (const row of [...this.#unsaid.values()]) await this.#say(row)
  }

  async #recover(): Promise<void> {
    this.#unsure.clear()
    const lost = await this.#records.selectFrom('outbound').select('id').where('status', '=', 'sending').execute()
    for (const { id } of lost) await this.#markUnconfirmed(id)
    const since = new Date(this.#clock.now() - SAID_AGAIN_MS).toISOString()
    const recent = await this.#records
      .selectFrom('outbound')
      .selectAll()
      .where('updated_at', '>=', since)
      .where('kind', '!=', 'unmatched')
      .orderBy('updated_at', 'desc')
      .limit(SAID_AGAIN_LIMIT)
      .execute()
    for (const row of recent.reverse()) await this.#say(row)
  }

  async #markUnconfirmed(id: string): Promise<OutboundRow | undefined> {
    this.#log.error('outbound message was interrupted, a person must decide', { id })
    const updated_at = this.#clock.iso()
    return inTransaction(this.#records, async (transaction) => {
      const to = { status: 'unconfirmed', reason: MAY_HAVE_BEEN_SENT, updated_at } as const
      const moved = await moveOutbound(transaction, id, ['sending'], to)
      if (moved === undefined) return undefined
      const row = await adoptStatus(transaction, moved)
      await settleContact(transaction, row)
      return row
    })
  }

  #begin(outbound: Outbound): void {
    const call = this.#deliver(outbound)
      .catch((error: unknown) => {
        this.#queue.done(outbound)
        this.#log.error('outbound message ended unexpectedly', {
          id: outbound.id,
          detail: error instanceof Error ? error.message : 'no error',
        })
      })
      .finally(() => {
        this.#calls.delete(call)
        this.#wake()
      })
    this.#calls.add(call)
  }

  async #deliver(outbound: Outbound): Promise<void> {
    const { id } = outbound
    const row = await this.#claim(outbound)
    if (row === undefined) return
    await this.#say(row)
    try {
      const { platformId } = await this.#send(outbound)
      await this.#settle(id, ['sending', 'unconfirmed'], { status: 'sent', reason: null, platform_id: platformId })
    } catch (error) {
      const ageMs = this.#clock.now() - Date.parse(outbound.requestedAt)
      const verdict = verdictOf(error, this.#queue.attemptOf(outbound), ageMs, this.#random)
      this.#log.warn('outbound message was not sent', {
        id,
        verdict: verdict.kind,
        reason: error instanceof Failure ? error.reason : 'unexpected',
      })
      await this.#settle(id, ['sending'], {
        status: verdict.kind === 'again' ? 'queued' : verdict.kind,
        reason: verdict.reason,
      })
      if (verdict.kind === 'again') return this.#queue.again(outbound, this.#clock.now() + verdict.waitMs)
    }
    this.#queue.done(outbound)
  }

  /** From here on it counts as perhaps sent. Undefined if it is not ours to send: it was taken or settled already, or the records are away. */
  async #claim(outbound: Outbound): Promise<OutboundRow | undefined> {
    try {
      const from = this.#unsure.has(outbound.id) ? (['queued', 'sending'] as const) : (['queued'] as const)
      const row = await moveOutbound(this.#records, outbound.id, from, {
        status: 'sending',
        reason: null,
        updated_at: this.#clock.iso(),
      })
      this.#unsure.delete(outbound.id)
      if (row === undefined) this.#queue.done(outbound)
      return row
    } catch (error) {
      if (!(error instanceof Failure) || !error.retryable) throw error
      this.#unsure.add(outbound.id)
      this.#queue.again(outbound, this.#clock.now() + backOffMs(this.#queue.attemptOf(outbound), this.#random))
      return undefined
    }
  }

  async #send(outbound: Outbound): Promise<{ platformId: string }> {
    const sender = this.#senders.get(outbound.channel)
    if (sender === undefined)
      throw new Failure('refused', `messages by ${outbound.channel} are not set up here`, { retryable: false })
    const inTime = new AbortController()
    const timeout = new AbortController()
    void this.#clock.sleep(CALL_TIMEOUT_MS, inTime.signal).then(
      () => timeout.abort(new Failure('timeout', 'the platform did not answer in time', { retryable: false })),
      () => undefined,
    )
    try {
      return await sender.send(outbound, AbortSignal.any([this.#abandon.signal, timeout.signal]))
    } finally {
      inTime.abort(new Failure('stopped', 'answered', { retryable: false }))
    }
  }

  /** What the platform answered must not be lost: it is written until it is written, or the process ends and it stands as `sending`. */
  async #settle(
    id: string,
    from: readonly OutboundStatus[],
    to: { status: OutboundStatus; reason: string | null; platform_id?: string },
  ): Promise<void> {
    const updated_at = this.#clock.iso()
    const write = () =>
      inTransaction(this.#records, async (transaction) => {
        const moved = await moveOutbound(transaction, id, from, { ...to, updated_at })
        if (moved === undefined) return undefined
        const row = await adoptStatus(transaction, moved)
        await settleContact(transaction, row)
        return row
      })
    const row = await this.#persist('outcome of an outbound message is recorded', write, this.#abandon.signal)
    if (row !== undefined) await this.#say(row)
  }

  /** Tries again what may pass, until it is done or the signal aborts (then undefined). */
  async #persist<Result>(what: string, work: () => Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
    for (let attempt = 0; attempt === 0 || !signal.aborted; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error
        this.#log.warn('outbox waits for the records', { what, reason: error.reason, detail: error.message })
        await this.#clock.sleep(backOffMs(attempt, this.#random), signal).catch(() => undefined)
      }
    }
    return undefined
  }

  /** The records are the truth; what the bus cannot take now is said later. */
  async #say(row: OutboundRow): Promise<void> {
    try {
      await this.#bus.publish('outbound.status', [{ key: row.id, value: updateOf(row) }])
      this.#unsaid.delete(row.id)
    } catch (error) {
      this.#unsaid.set(row.id, row)
      this.#log.warn('state of an outbound message is said later', {
        id: row.id,
        reason: error instanceof Failure ? error.reason : 'unexpected',
      })
    }
  }

  async #finish(): Promise<void> {
    const enough = new AbortController()
    const stopped = new Failure('stopped', 'the outbox stops', { retryable: false })
    const answered = Promise.allSettled([...this.#calls]).then(() => enough.abort(stopped))
    await this.#clock.sleep(this.#stopGraceMs, enough.signal).catch(() => undefined)
    this.#abandon.abort(stopped)
    await answered
  }
}
