import { createHash } from 'node:crypto'
import type { Clock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import { fields, label } from '../../fields.js'
import { baseUrl, requireLoopback } from '../../loopback.js'
import type { SmsClient } from '../client.js'
import { askGateway, basicAuth, DEFAULT_TIMEOUT_MS, mayHaveBeenSent, redactor, refusal } from '../gateway-request.js'
import { isInternational } from '../phone-number.js'
import { simFor, type AndroidNumbers } from './own-numbers.js'

export interface AndroidClientOptions {
  /** The phone's (`http://192.168.1.10:8080`) or the server's (`https://api.sms-gate.app/3rdparty/v1`). */
  readonly baseUrl: string
  readonly username: string
  readonly password: string
  readonly numbers: AndroidNumbers
  readonly clock: Clock
  readonly loopbackOnly?: boolean
  readonly timeoutMs?: number
}

const GATEWAY = 'the Android gateway'
const ADDRESS_SETTING = 'RABTA_SMS_ANDROID_BASE_URL'

/** Sends by `POST …/messages`. The id is made of our outbound's: sent again it is the same message, and the gateway says so. */
export function createAndroidClient(options: AndroidClientOptions): SmsClient {
  const base = baseUrl(options.baseUrl, ADDRESS_SETTING)
  const loopbackOnly = options.loopbackOnly === true
  if (loopbackOnly) requireLoopback(base)
  const redact = redactor(options.password)
  return {
    send: async ({ from, to, text, id }, signal) => {
      if (text.trim() === '')
        throw new Failure('invalid-payload', 'an empty message cannot be sent: write something', { retryable: false })
      const url = new URL(`${base.href.replace(/\/$/, '')}/messages`)
      if (!isInternational(to)) url.searchParams.set('skipPhoneValidation', 'true')
      const messageId = androidMessageId(id)
      const answer = await askGateway(
        {
          gateway: GATEWAY,
          addressSetting: ADDRESS_SETTING,
          url,
          method: 'POST',
          headers: {
            authorization: basicAuth(options.username, options.password),
            'content-type': 'application/json; charset=utf-8',
            connection: 'close',
          },
          body: JSON.stringify({
            id: messageId,
            textMessage: { text },
            phoneNumbers: [to],
            withDeliveryReport: true,
            ...simFor(from, options.numbers),
          }),
          clock: options.clock,
          timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
          loopbackOnly,
        },
        signal,
      )
      const body = fields(parse(answer.text))
      // The gateway has this id already: the message it names is this one.
      if (answer.status === 409) return { platformId: messageId }
      if (!answer.ok) throw refusal(GATEWAY, answer, redact(label(body?.['message']) ?? ''))
      const platformId = label(body?.['id'])
      if (platformId === undefined) throw mayHaveBeenSent('the gateway answered without the id of the message')
      return { platformId }
    },
  }
}

/** The gateway takes 36 characters. */
export function androidMessageId(outboundId: string): string {
  return `rabta-${createHash('sha256').update(outboundId).digest('hex').slice(0, 30)}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
