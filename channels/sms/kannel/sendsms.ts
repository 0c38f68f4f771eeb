import type { Clock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import { segments, type SmsSegments } from '../../../runtime/sms-segments.js'
import { baseUrl, requireLoopback } from '../../loopback.js'
import type { SmsClient } from '../client.js'
import {
  askGateway,
  DEFAULT_TIMEOUT_MS,
  mayHaveBeenSent,
  redactor,
  refusal,
  type GatewayAnswer,
} from '../gateway-request.js'
import { outboundKey } from './outbound-key.js'

export interface KannelClientOptions {
  /** Where smsbox listens (`sendsms-port`): `http://127.0.0.1:13013`. */
  readonly baseUrl: string
  readonly username: string
  readonly password: string
  /** Under which Kannel reaches the desk, and the secret of the hook: where receipts come back. Without an address none are asked for. */
  readonly receipts?: { readonly publicUrl: string; readonly secret: string } | undefined
  /** `smsc-id` of the connection to send over, where the number does not decide. */
  readonly smsc?: string | undefined
  /** What `max-messages` of the sendsms-user is: Kannel cuts off, without a word, what needs more parts. Default 10. */
  readonly maxParts?: number
  readonly clock: Clock
  readonly loopbackOnly?: boolean
  readonly timeoutMs?: number
}

const GATEWAY = 'Kannel'
const ADDRESS_SETTING = 'RABTA_SMS_KANNEL_BASE_URL'
const DEFAULT_MAX_PARTS = 10
/** Delivered (1), not delivered (2), refused by the SMSC (16). */
const RECEIPTS_WANTED = 1 + 2 + 16

/**
 * Sends by Kannel's `/cgi-bin/sendsms`. Its `group = sendsms-user` needs `concatenation = true` and `max-messages = 10`. Kannel answers no id: the
 * platform's id is our outbound's, which `dlr-url` carries to the SMSC and back.
 */
export function createKannelClient(options: KannelClientOptions): SmsClient {
  const base = baseUrl(options.baseUrl, ADDRESS_SETTING)
  const loopbackOnly = options.loopbackOnly === true
  if (loopbackOnly) requireLoopback(base)
  const maxParts = options.maxParts ?? DEFAULT_MAX_PARTS
  const redact = redactor(options.password, options.receipts?.secret ?? '')
  return {
    send: async ({ from, to, text, id }, signal) => {
      const { encoding, parts } = measure(text, maxParts)
      const url = new URL(`${base.href.replace(/\/$/, '')}/cgi-bin/sendsms`)
      const query = {
        username: options.username,
        password: options.password,
        from,
        to,
        // A wide text is sent as UTF-8 too: Kannel recodes it.
        coding: encoding === 'gsm-7' ? '0' : '2',
        charset: 'UTF-8',
        ...(options.smsc === undefined ? {} : { smsc: options.smsc }),
        ...(options.receipts === undefined
          ? {}
          : { 'dlr-mask': String(RECEIPTS_WANTED), 'dlr-url': receiptUrl(options.receipts, id) }),
        text,
      }
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      const answer = await askGateway(
        {
          gateway: GATEWAY,
          addressSetting: ADDRESS_SETTING,
          url,
          method: 'GET',
          // Kannel closes idle connections; a request on a dying one could not be told from a message perhaps sent.
          headers: { connection: 'close' },
          clock: options.clock,
          timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
          loopbackOnly,
        },
        signal,
      )
      if (isAccepted(answer)) return { platformId: id }
      throw notAccepted(answer, redact, parts)
    },
  }
}

function measure(text: string, maxParts: number): Pick<SmsSegments, 'encoding' | 'parts'> {
  if (text.trim() === '')
    throw new Failure('invalid-payload', 'an empty message cannot be sent: write something', { retryable: false })
  const { encoding, parts } = segments(text)
  if (parts > maxParts) {
    throw new Failure('too-large', `this message needs ${parts} SMS and at most ${maxParts} are sent: shorten it`, {
      retryable: false,
    })
  }
  return { encoding, parts }
}

/** `%d`, `%A` and `%T` are filled in by Kannel when the receipt comes. */
function receiptUrl({ publicUrl, secret }: { publicUrl: string; secret: string }, id: string): string {
  const hook = `${publicUrl.replace(/\/+$/, '')}/hooks/sms/kannel`
  return `${hook}?secret=${encodeURIComponent(secret)}&outbound=${outboundKey(id)}&dlr=%d&time=%T&smsc=%i&reason=%A`
}

function isAccepted({ status, text }: GatewayAnswer): boolean {
  return (status === 202 && !/^\s*</.test(text)) || (status === 200 && /^[03]: /.test(text))
}

function notAccepted(answer: GatewayAnswer, redact: (text: string) => string, parts: number): Failure {
  const { status } = answer
  if (answer.ok) return mayHaveBeenSent(`something answered HTTP ${status} in Kannel's place`)
  const words = /^\s*</.test(answer.text) ? '' : redact(answer.text)
  if (status === 403 && /authori[sz]ation|denied/i.test(words)) {
    return new Failure(
      'unauthorized',
      `Kannel does not know us: compare RABTA_SMS_KANNEL_USERNAME and _PASSWORD with its sendsms-user (${words.trim().slice(0, 100)})`,
      { retryable: false },
    )
  }
  return refusal(GATEWAY, answer, parts > 1 ? `${words.trim()} (a message of ${parts} parts)` : words)
}
