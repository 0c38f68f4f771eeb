import type { Clock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import type { Log } from '../../../runtime/log.js'
import { splitSms } from '../../../runtime/sms-segments.js'
import type { SmsClient } from '../client.js'
import { encodeGsm7 } from '../encoding/gsm7.js'
import { concatenationHeader, MAX_PARTS } from '../encoding/udh.js'
import { encodeUcs2 } from '../encoding/ucs2.js'
import { canBeWrittenTo, normaliseNumber } from '../phone-number.js'
import { mayHaveBeenSent } from './failures.js'
import type { SmppLink } from './link.js'
import { createPace } from './pace.js'
import type { ReceiptStore } from './receipt-store.js'

export interface SmppSmsClientOptions {
  readonly link: Pick<SmppLink, 'submit'>
  readonly receipts: Pick<ReceiptStore, 'remember'>
  readonly clock: Clock
  readonly log: Log
  /** What the operator allows; both for the whole account. */
  readonly perSecond?: number
  readonly window?: number
  /** The most parts one message may take. */
  readonly maxParts?: number
  readonly serviceType?: string
}

const PER_SECOND = 20
const WINDOW = 10
const PART_PATIENCE_MS = 60_000
const REMEMBER_TRIES = 5
const UCS2 = 8
const HEADER_INDICATOR = 0x40

/** Sends by SMPP: a text becomes as many `submit_sm` as it needs, one after the other, each with a receipt asked for. `platformId` names all of them. */
export function createSmppSmsClient(options: SmppSmsClientOptions): SmsClient {
  const { link, receipts, clock, log } = options
  const { perSecond = PER_SECOND, window = WINDOW, maxParts = MAX_PARTS } = options
  const pace = createPace({ clock, perSecond, window })
  // Begun somewhere else after each start, so that a phone that still waits for a part of an older message does not mix them.
  let reference = clock.now() & 0xff

  async function submit(fields: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string> {
    const leave = await pace.enter(signal).catch(() => {
      throw new Failure('stopped', 'sending was stopped before the message left', { retryable: true })
    })
    try {
      return (await link.submit(fields, signal)).messageId
    } finally {
      leave()
    }
  }

  /** A part after the first: those before it are out, so that a busy SMSC is waited for rather than the whole message tried again. */
  async function submitLater(
    fields: Readonly<Record<string, unknown>>,
    out: string,
    signal: AbortSignal,
  ): Promise<string> {
    const until = clock.now() + PART_PATIENCE_MS
    for (;;) {
      try {
        return await submit(fields, signal)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        if (!error.retryable && error.reason === 'timeout')
          throw mayHaveBeenSent(`${out}, and the next was not answered`)
        if (!error.retryable)
          throw new Failure(error.reason, `${out}, the next was not: ${error.message}`, { retryable: false })
        if (signal.aborted || clock.now() >= until) throw mayHaveBeenSent(`${out}, the rest did not (${error.reason})`)
        await clock.sleep(error.retryAfterMs ?? 1_000, signal).catch(() => undefined)
      }
    }
  }

  /** The message is out: records that are away must not make it look unsent. */
  async function remember(platformId: string, recipient: string, messageIds: readonly string[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await receipts.remember({ platformId, recipient, messageIds })
        return
      } catch (error) {
        if (attempt >= REMEMBER_TRIES) {
          log.error('an sms went out whose receipts cannot be matched: the records could not be written', {
            reason: error instanceof Failure ? error.reason : 'unexpected',
          })
          return
        }
        await clock.sleep(200 * attempt).catch(() => undefined)
      }
    }
  }

  return {
    send: async ({ from, to, text, id }, signal) => {
      const recipient = normaliseNumber(to)
      if (!canBeWrittenTo(recipient))
        throw new Failure('invalid-payload', 'the recipient is no number that an SMS can be sent to', {
          retryable: false,
        })
      if (text.trim() === '')
        throw new Failure('invalid-payload', 'an empty message cannot be sent: write something', { retryable: false })
      const { encoding, parts } = splitSms(text)
      if (parts.length > Math.min(maxParts, MAX_PARTS))
        throw new Failure(
          'too-large',
          `the message takes ${parts.length} SMS, and ${Math.min(maxParts, MAX_PARTS)} are allowed: shorten it`,
          { retryable: false },
        )
      if (parts.length > 1) reference = (reference + 1) & 0xff
      const own = reference
      const addresses = { ...addressed('source', normaliseNumber(from)), ...addressed('dest', recipient) }
      const messageIds: string[] = []
      for (const [index, part] of parts.entries()) {
        const body = encoding === 'gsm-7' ? encodeGsm7(part) : encodeUcs2(part)
        const header = parts.length === 1 ? new Uint8Array() : concatenationHeader(own, parts.length, index + 1)
        const fields = {
          ...addresses,
          service_type: options.serviceType ?? '',
          esm_class: parts.length === 1 ? 0 : HEADER_INDICATOR,
          data_coding: encoding === 'gsm-7' ? 0 : UCS2,
          registered_delivery: 1,
          short_message: Buffer.concat([header, body]),
        }
        const out = `${index} of ${parts.length} parts went out`
        messageIds.push(await (index === 0 ? submit(fields, signal) : submitLater(fields, out, signal)))
      }
      const named = messageIds.filter((messageId) => messageId !== '')
      const platformId = named.length === 0 ? `unnamed:${id}` : named.join(',')
      // Where one part has no id, its receipt could never come: better no word of delivery than a wrong one.
      if (named.length === messageIds.length) await remember(platformId, recipient, named)
      return { platformId }
    },
  }
}

const INTERNATIONAL = 1
const NAME = 5
const ISDN = 1
const MAX_ADDRESS = 20

/** Type and plan of a number by its form: `+92…`, a short code, or the name of a sender. */
function addressed(side: 'source' | 'dest', address: string): Readonly<Record<string, unknown>> {
  const key = side === 'source' ? 'source_addr' : 'destination_addr'
  const of = (ton: number, npi: number, value: string) => ({
    [`${side}_addr_ton`]: ton,
    [`${side}_addr_npi`]: npi,
    [key]: value.slice(0, MAX_ADDRESS),
  })
  if (/^\+\d+$/.test(address)) return of(INTERNATIONAL, ISDN, address.slice(1))
  if (/^\d*$/.test(address)) return of(0, address === '' ? 0 : ISDN, address)
  return of(NAME, 0, address)
}
