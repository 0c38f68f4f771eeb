import type { DefaultCoding } from '../channels/sms/encoding/coding.js'
import type { Delivery, SmppLink } from '../channels/sms/smpp/link.js'
import { readDelivery, type DeliveryReading, type SmppMessage } from '../channels/sms/smpp/read-delivery.js'
import type { ReceiptStore } from '../channels/sms/smpp/receipt-store.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { OutboundUpdate } from '../schemas/outbound.js'
import type { AddedPart, SmsPart, SmsParts } from './sms-parts.js'
import type { PushDoor, PushSource, UnreadPayload } from './source.js'

export interface SmsSmppSourceOptions {
  readonly link: Pick<SmppLink, 'receive'>
  readonly parts: Pick<SmsParts, 'add' | 'given' | 'settle'>
  readonly receipts: Pick<ReceiptStore, 'take' | 'due' | 'said'>
  readonly clock: Clock
  readonly log: Log
  readonly defaultCoding?: DefaultCoding
}

export const SMS_SMPP = 'sms-smpp'

const MAX_BATCH = 100
/** More than any window an SMSC opens: what is beyond it has not learnt to wait. */
const MAX_WAITING = 2_000
const DUE_EVERY_MS = 2_000

interface Waiting {
  readonly delivery: Delivery
  readonly reading: DeliveryReading
}

/**
 * Messages and receipts from an SMSC. What arrives while one batch is stored makes the next one. A delivery is answered only after its part is stored and
 * whatever it completed is on the bus; where that fails it is refused for the time being, and the SMSC brings it again under the same id.
 */
export function createSmsSmppSource(options: SmsSmppSourceOptions): PushSource {
  const { link, parts, receipts, clock, log } = options

  async function takeBatch(batch: readonly Waiting[], door: PushDoor): Promise<readonly (AddedPart | undefined)[]> {
    const messages = batch.flatMap(({ reading }) => (reading.kind === 'message' ? [partOf(reading.message)] : []))
    const added = messages.length === 0 ? [] : await parts.add(messages)
    const statuses: OutboundUpdate[] = []
    for (const { reading } of batch) {
      if (reading.kind === 'receipt') statuses.push(...(await receipts.take(reading.receipt)))
    }
    const unread: UnreadPayload[] = batch.flatMap(({ reading }) => (reading.kind === 'unread' ? [reading.unread] : []))
    const changes = added.flatMap((each) => each.changes)
    if (changes.length + statuses.length + unread.length > 0) await door.take({ changes, statuses, unread })
    await parts.given(changes)
    await receipts.said(statuses)
    const ids = added.values()
    return batch.map(({ reading }) => (reading.kind === 'message' ? ids.next().value : undefined))
  }

  /** Where a batch fails, each of it is tried alone: one that no store takes must not hold up the others. */
  async function settleBatch(batch: readonly Waiting[], door: PushDoor): Promise<void> {
    try {
      const added = await takeBatch(batch, door)
      for (const [index, { delivery }] of batch.entries()) delivery.accept(added[index]?.messageId)
    } catch (error) {
      const isPassing = error instanceof Failure && error.retryable
      if (batch.length > 1 && !isPassing) {
        for (const each of batch) await settleBatch([each], door)
        return
      }
      log.warn('what an smsc delivered could not be stored: it is asked to bring it again', {
        source: SMS_SMPP,
        deliveries: batch.length,
        reason: error instanceof Failure ? error.reason : 'unexpected',
      })
      for (const { delivery } of batch) delivery.refuse()
    }
  }

  /** Statuses that could not be told in their time. */
  async function tellDue(door: PushDoor): Promise<void> {
    const statuses = await receipts.due()
    if (statuses.length === 0) return
    await door.take({ changes: [], statuses })
    await receipts.said(statuses)
  }

  async function receive(door: PushDoor, signal: AbortSignal): Promise<void> {
    const waiting: Waiting[] = []
    let working: Promise<void> | undefined
    const work = async () => {
      try {
        while (waiting.length > 0) await settleBatch(waiting.splice(0, MAX_BATCH), door)
      } catch {
        log.error('a delivery could not be answered', { source: SMS_SMPP })
      } finally {
        working = undefined
      }
    }
    const quietly = (what: string, run: () => Promise<void>) => {
      run().catch((error: unknown) =>
        log.warn(what, { source: SMS_SMPP, reason: error instanceof Failure ? error.reason : 'unexpected' }),
      )
    }
    const own = new AbortController()
    const dueLoop = async () => {
      for (;;) {
        await clock.sleep(DUE_EVERY_MS, own.signal)
        await tellDue(door).catch((error: unknown) => {
          log.warn('the statuses of sent sms could not be told yet', {
            source: SMS_SMPP,
            reason: error instanceof Failure ? error.reason : 'unexpected',
          })
        })
      }
    }
    const due = dueLoop().catch(() => undefined)
    try {
      await link.receive(
        {
          onBound: () => quietly('health could not be told', () => door.alive()),
          onAlive: () => quietly('health could not be told', () => door.alive()),
          onDelivery: (delivery) => {
            if (waiting.length >= MAX_WAITING) {
              delivery.refuse()
              return
            }
            waiting.push({ delivery, reading: readDelivery(delivery.pdu, delivery.frame, options.defaultCoding) })
            working ??= work()
          },
          onConfirmed: (ids) => quietly('what an smsc knows could not be noted', () => parts.settle([...new Set(ids)])),
        },
        signal,
      )
    } finally {
      own.abort(new Error('the link ended'))
      await working
      await due
    }
  }

  return { name: SMS_SMPP, channel: 'sms', receive }
}

function partOf({ from, to, text, encoding, concatenation, mended }: SmppMessage): SmsPart {
  return { source: SMS_SMPP, from, to, text, encoding, concatenation, mended, writtenAt: null }
}
