import type { Clock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import { fields, label } from '../../fields.js'
import { baseUrl, requireLoopback } from '../../loopback.js'
import type { SmsClient } from '../client.js'
import {
  askGateway,
  basicAuth,
  DEFAULT_TIMEOUT_MS,
  mayHaveBeenSent,
  redactor,
  refusal,
  type GatewayAnswer,
} from '../gateway-request.js'
import { describeError } from './errors.js'
import { TWILIO_HOOK_PATH } from './hook.js'

export interface TwilioClientOptions {
  /** `https://api.twilio.com`, or that of a gateway that speaks the same. */
  readonly baseUrl: string
  readonly accountSid: string
  readonly authToken: string
  /** Where Twilio reaches the desk; without it no statuses are asked for. */
  readonly publicUrl: string
  readonly clock: Clock
  readonly loopbackOnly?: boolean
  readonly timeoutMs?: number
}

const GATEWAY = 'Twilio'
const ADDRESS_SETTING = 'RABTA_SMS_TWILIO_BASE_URL'
const MAX_CHARACTERS = 1600
const TOO_MANY = '20429'
const NOT_KNOWN = '20003'

/** Sends by Twilio's Messages API. Twilio has no key against repeats: an answer that does not come may be a message that went out. */
export function createTwilioClient(options: TwilioClientOptions): SmsClient {
  const base = baseUrl(options.baseUrl, ADDRESS_SETTING)
  const loopbackOnly = options.loopbackOnly === true
  if (loopbackOnly) requireLoopback(base)
  const account = encodeURIComponent(options.accountSid)
  const url = new URL(`${base.href.replace(/\/$/, '')}/2010-04-01/Accounts/${account}/Messages.json`)
  const redact = redactor(options.authToken)
  const callback = options.publicUrl === '' ? undefined : `${options.publicUrl.replace(/\/+$/, '')}${TWILIO_HOOK_PATH}`
  return {
    send: async ({ from, to, text }, signal) => {
      checkText(text)
      const form = new URLSearchParams({ To: to, From: from, Body: text })
      if (callback !== undefined) form.set('StatusCallback', callback)
      const answer = await askGateway(
        {
          gateway: GATEWAY,
          addressSetting: ADDRESS_SETTING,
          url,
          method: 'POST',
          headers: {
            authorization: basicAuth(options.accountSid, options.authToken),
            'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
            accept: 'application/json',
          },
          body: form.toString(),
          clock: options.clock,
          timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
          loopbackOnly,
        },
        signal,
      )
      const body = fields(parse(answer.text))
      if (!answer.ok) throw notAccepted(answer, body, redact)
      const platformId = label(body?.['sid'])
      if (platformId === undefined) throw mayHaveBeenSent('Twilio answered without the sid of the message')
      return { platformId }
    },
  }
}

function checkText(text: string): void {
  if (text.trim() === '')
    throw new Failure('invalid-payload', 'an empty message cannot be sent: write something', { retryable: false })
  if (text.length > MAX_CHARACTERS) {
    throw new Failure(
      'too-large',
      `Twilio takes ${MAX_CHARACTERS} characters, and this message has ${text.length}: shorten it`,
      { retryable: false },
    )
  }
}

function notAccepted(
  answer: GatewayAnswer,
  body: Readonly<Record<string, unknown>> | undefined,
  redact: (text: string) => string,
): Failure {
  const code = label(body?.['code'])
  const said = label(body?.['message'])
  const words = body === undefined ? '' : describeError(code, said === undefined ? undefined : redact(said))
  if (code === TOO_MANY) return refusal(GATEWAY, { ...answer, status: 429 }, words)
  if (code === NOT_KNOWN) return refusal(GATEWAY, { ...answer, status: 401 }, words)
  return refusal(GATEWAY, answer, words)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
