import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { CutShort, withDeadline } from '../deadline.js'
import { fields, label, list } from '../fields.js'
import { baseUrl, requireLoopback } from '../loopback.js'
import { networkCode, neverWritten } from '../network-error.js'
import type { WhatsAppClient } from './client.js'
import { answerFailure, mayHaveBeenSent } from './failures.js'

export interface WhatsAppClientOptions {
  /** `https://graph.facebook.com`, or a simulator's address. */
  readonly baseUrl: string
  /** `v23.0` */
  readonly version: string
  readonly phoneNumberId: string
  readonly accessToken: string
  readonly clock: Clock
  /** Refuses every address that is not this machine. */
  readonly loopbackOnly?: boolean
  readonly timeoutMs?: number
}

const DEFAULT_TIMEOUT_MS = 20_000
const MAX_BODY_CHARACTERS = 4096
const MAX_ANSWER_BYTES = 1024 * 1024
const PHONE = /^\+?[\d\s().-]{5,30}$/

interface Answer {
  readonly status: number
  readonly ok: boolean
  readonly text: string
  readonly retryAfter: string | null
}

export function createWhatsAppClient(options: WhatsAppClientOptions): WhatsAppClient {
  const base = baseUrl(options.baseUrl, 'RABTA_WHATSAPP_BASE_URL')
  const url = new URL(
    `${base.href.replace(/\/$/, '')}/${encodeURIComponent(options.version)}/${encodeURIComponent(options.phoneNumberId)}/messages`,
  )
  const redact = (text: string): string =>
    text
      .split(options.accessToken)
      .join('[withheld]')
      .replace(/(access token)\s+\S{16,}/gi, '$1 [withheld]')
  if (options.loopbackOnly === true) requireLoopback(url)

  async function send(message: object, signal: AbortSignal): Promise<{ platformId: string }> {
    if (options.loopbackOnly === true) requireLoopback(url)
    if (signal.aborted) throw new Failure('stopped', 'sending was stopped before the message left', { retryable: true })
    const answer = await post(
      url,
      JSON.stringify({ messaging_product: 'whatsapp', ...message }),
      options,
      signal,
    ).catch((error: unknown) => {
      throw brokenConnection(error)
    })
    const body = parse(answer.text)
    if (!answer.ok || fields(fields(body)?.['error']) !== undefined)
      throw answerFailure(answer.status, body, answer.retryAfter, redact)
    const platformId = label(fields(list(fields(body)?.['messages'])[0])?.['id'])
    if (platformId === undefined) throw mayHaveBeenSent('WhatsApp answered without the id of the message')
    return { platformId }
  }

  return {
    sendText: async ({ to, body, contextMessageId }, signal) => {
      if (body.trim() === '')
        throw new Failure('invalid-payload', 'an empty message cannot be sent: write something', { retryable: false })
      if (body.length > MAX_BODY_CHARACTERS) {
        throw new Failure(
          'too-large',
          `WhatsApp takes ${MAX_BODY_CHARACTERS} characters, and this message has ${body.length}: shorten it`,
          { retryable: false },
        )
      }
      const context =
        typeof contextMessageId === 'string' && contextMessageId !== ''
          ? { context: { message_id: contextMessageId } }
          : {}
      return send({ ...recipient(to), type: 'text', text: { body }, ...context }, signal)
    },
    sendTemplate: async ({ to, name, language, parameters }, signal) => {
      const values = parameters.map((text) => ({ type: 'text', text }))
      const components = values.length === 0 ? {} : { components: [{ type: 'body', parameters: values }] }
      return send(
        {
          ...recipient(to),
          type: 'template',
          template: { name, language: { code: language }, ...components },
        },
        signal,
      )
    },
  }
}

/** A number goes into `to`; what is no number is a user id, which WhatsApp wants in `recipient`. */
function recipient(address: string): object {
  const trimmed = address.trim()
  if (trimmed === '') throw new Failure('invalid-payload', 'the message has no recipient', { retryable: false })
  return PHONE.test(trimmed)
    ? { recipient_type: 'individual', to: trimmed.replace(/\D/g, '') }
    : { recipient_type: 'individual', recipient: trimmed }
}

async function post(url: URL, body: string, options: WhatsAppClientOptions, signal: AbortSignal): Promise<Answer> {
  const { clock, accessToken, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  return withDeadline({ clock, limitMs: timeoutMs, signal }, async (cut) => {
    const response = await fetch(url, {
      method: 'POST',
      // A redirect would carry the token and the citizen's words to another host.
      redirect: 'manual',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body,
      signal: cut,
    })
    const text = await readLimited(response).catch((error: unknown) => {
      // A refusal is a refusal, even where its words were cut off.
      if (response.ok) throw error
      return ''
    })
    return { status: response.status, ok: response.ok, text, retryAfter: response.headers.get('retry-after') }
  })
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length
    if (bytes > MAX_ANSWER_BYTES) break
    chunks.push(chunk as Uint8Array)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function brokenConnection(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (error instanceof CutShort)
    return mayHaveBeenSent(
      error.by === 'deadline' ? 'WhatsApp did not answer in time' : 'the desk was stopped while it went out',
    )
  const code = networkCode(error) ?? 'no code'
  if (!neverWritten(error)) return mayHaveBeenSent(`the connection broke (${code})`)
  return new Failure(
    'unavailable',
    `WhatsApp could not be reached (${code}); nothing was sent. Look at the network and RABTA_WHATSAPP_BASE_URL`,
    { retryable: true },
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
