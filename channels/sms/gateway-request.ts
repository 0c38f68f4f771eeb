import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { FailureReason } from '../../schemas/failure-reason.js'
import { CutShort, withDeadline } from '../deadline.js'
import { numeric } from '../fields.js'
import { requireLoopback } from '../loopback.js'
import { networkCode, neverWritten } from '../network-error.js'

export interface GatewayAnswer {
  readonly status: number
  readonly ok: boolean
  readonly text: string
  readonly retryAfterMs: number | undefined
}

export interface GatewayRequest {
  /** What it is called in failures: `Kannel`, `Twilio`. */
  readonly gateway: string
  /** The setting that holds its address, to be looked at where it cannot be reached. */
  readonly addressSetting: string
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly clock: Clock
  readonly timeoutMs: number
  readonly loopbackOnly: boolean
}

export const DEFAULT_TIMEOUT_MS = 20_000
const MAX_ANSWER_BYTES = 256 * 1024
const MAX_WORDS = 300

/** One request that sends something; throws a Failure that says whether it may have been taken, and never the address, which may hold a password. */
export async function askGateway(request: GatewayRequest, signal: AbortSignal): Promise<GatewayAnswer> {
  const { gateway, url, clock, timeoutMs, loopbackOnly } = request
  if (loopbackOnly) requireLoopback(url)
  if (signal.aborted) throw new Failure('stopped', 'sending was stopped before the message left', { retryable: true })
  try {
    return await withDeadline({ clock, limitMs: timeoutMs, signal }, async (cut) => {
      const response = await fetch(url, {
        method: request.method,
        // A redirect would carry the password and the citizen's words to another host.
        redirect: 'manual',
        ...(request.headers === undefined ? {} : { headers: { ...request.headers } }),
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: cut,
      })
      const text = await readLimited(response).catch((error: unknown) => {
        // A refusal is a refusal, even where its words were cut off.
        if (response.ok) throw error
        return ''
      })
      const seconds = numeric(response.headers.get('retry-after'))
      const retryAfterMs = seconds === undefined ? undefined : Math.max(0, seconds) * 1000
      return { status: response.status, ok: response.ok, text, retryAfterMs }
    })
  } catch (error) {
    if (error instanceof Failure) throw error
    if (error instanceof CutShort) {
      const why =
        error.by === 'deadline' ? `${gateway} did not answer in time` : 'the desk was stopped while it went out'
      throw mayHaveBeenSent(why)
    }
    const code = networkCode(error) ?? 'no code'
    if (!neverWritten(error)) throw mayHaveBeenSent(`the connection to ${gateway} broke (${code})`)
    throw new Failure(
      'unavailable',
      `${gateway} could not be reached (${code}); nothing was sent. Look at the network and ${request.addressSetting}`,
      { retryable: true },
    )
  }
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

export function mayHaveBeenSent(why: string): Failure {
  return new Failure(
    'timeout',
    `the message may have been sent: ${why}. Ask the person, or look at the gateway, before sending it again`,
    { retryable: false },
  )
}

/** The Failure of an answer that is no success and of which nothing more is known than its status and `words` in the gateway's own language. */
export function refusal(gateway: string, answer: GatewayAnswer, words: string): Failure {
  const { status, retryAfterMs } = answer
  const later = retryAfterMs === undefined ? {} : { retryAfterMs }
  const said = words.trim() === '' ? '' : `: ${words.trim().slice(0, MAX_WORDS)}`
  if (status === 429) {
    const waitMs = retryAfterMs ?? 60_000
    return new Failure('rate-limited', `${gateway} limits how often we may send; nothing was sent${said}`, {
      retryable: true,
      retryAfterMs: waitMs,
    })
  }
  if (status === 503 || status === 408) {
    return new Failure('unavailable', `${gateway} did not take the message (HTTP ${status}); nothing was sent${said}`, {
      retryable: true,
      ...later,
    })
  }
  if (status >= 500 || status < 300)
    return mayHaveBeenSent(`${gateway} answered HTTP ${status} and nothing we understand`)
  return new Failure(reasonOf(status), `${gateway} refused the message (HTTP ${status})${said}`, { retryable: false })
}

function reasonOf(status: number): FailureReason {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not-found'
  if (status === 413) return 'too-large'
  return status === 400 || status === 422 ? 'invalid-payload' : 'refused'
}

/** Takes secrets out of what a gateway said, as they are and as an address would write them. */
export function redactor(...secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))].filter(
    (form) => form.length >= 3,
  )
  return (text) => forms.reduce((sofar, form) => sofar.split(form).join('[withheld]'), text)
}

export const basicAuth = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
