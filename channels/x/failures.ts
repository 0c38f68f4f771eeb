import { ApiPartialResponseError, ApiResponseError } from 'twitter-api-v2'
import type { IncomingHttpHeaders } from 'node:http'
import { Failure } from '../../runtime/failure.js'
import type { FailureReason } from '../../schemas/failure-reason.js'
import { CutShort } from '../deadline.js'
import { fields, label, list } from '../fields.js'
import { networkCode, neverWritten } from '../network-error.js'
import { retryAfterMs } from './rate-limit.js'

const MAX_WORDS = 400

/** What X answered with, whichever way the library handed it over. */
export interface XAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** X's own words for a refusal, or nothing. */
export function wordsOf(body: unknown): string | undefined {
  const parsed = fields(typeof body === 'string' ? parseQuietly(body) : body)
  const messages = list(parsed?.['errors']).flatMap((entry) => label(fields(entry)?.['message']) ?? [])
  const words = [label(parsed?.['title']), label(parsed?.['detail']), ...messages].filter((part) => part !== undefined)
  return words.length === 0 ? undefined : [...new Set(words)].join(': ').slice(0, MAX_WORDS)
}

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The Failure of a read. Reading twice harms nobody: everything that may pass is retryable. */
export function readFailure(error: unknown, what: string, nowMs: number): Failure {
  if (error instanceof Failure) return error
  if (error instanceof CutShort) return cutShort(error, what, true)
  const answer = answerOf(error)
  if (answer !== undefined) return refusedRead(answer, what, nowMs)
  return unreachable(error, what)
}

export function unreachable(error: unknown, what: string): Failure {
  const code = networkCode(error) ?? 'no code'
  return new Failure(
    'unavailable',
    `X could not be reached for ${what} (${code}): look at the network and RABTA_X_BASE_URL`,
    { retryable: true },
  )
}

/** The Failure of a post. What may have reached X is never called retryable. */
export function replyFailure(error: unknown, what: string, nowMs: number): Failure {
  if (error instanceof Failure) return error
  if (error instanceof CutShort) return cutShort(error, what, false)
  const answer = answerOf(error)
  if (answer !== undefined) return refusedReply(answer, what, nowMs)
  const code = networkCode(error) ?? 'no code'
  return neverWritten(error)
    ? new Failure('unavailable', `X could not be reached for ${what} (${code}); nothing was sent`, { retryable: true })
    : mayHaveBeenSent(what, `the connection broke (${code})`)
}

export function mayHaveBeenSent(what: string, why: string): Failure {
  return new Failure('timeout', `${what} may have been sent: ${why}. Look at X before sending it again`, {
    retryable: false,
  })
}

function cutShort(error: CutShort, what: string, isRead: boolean): Failure {
  if (!isRead)
    return mayHaveBeenSent(
      what,
      error.by === 'deadline' ? 'X did not answer in time' : 'the desk was stopped while it went out',
    )
  return error.by === 'deadline'
    ? new Failure('timeout', `X did not answer ${what} in time`, { retryable: true })
    : new Failure('stopped', `${what} was stopped`, { retryable: true })
}

function answerOf(error: unknown): XAnswer | undefined {
  if (error instanceof ApiResponseError) return { status: error.code, headers: error.headers, body: error.data }
  if (error instanceof ApiPartialResponseError) {
    const { statusCode, headers } = error.response
    return statusCode === undefined || statusCode < 400
      ? undefined
      : { status: statusCode, headers, body: error.rawContent }
  }
  return undefined
}

/** The Failure of a read that X answered with an error. */
export function refusedRead(answer: XAnswer, what: string, nowMs: number): Failure {
  const { status } = answer
  const said = wordsOf(answer.body) ?? `HTTP ${status}`
  if (status === 429) return rateLimited(answer, what, nowMs)
  if (status === 401)
    return new Failure(
      'unauthorized',
      `X refused the token for ${what} (${said}): set a new one in RABTA_X_BEARER_TOKEN`,
      { retryable: false },
    )
  if (status === 402 || status === 403) {
    return new Failure('forbidden', `X does not allow ${what} (${said}): look at the app's access level and credits`, {
      retryable: false,
    })
  }
  if (status === 404)
    return new Failure('not-found', `X does not know what ${what} asked for (${said})`, { retryable: false })
  if (status === 409)
    return new Failure('conflict', `X refused ${what} (${said}): there is nothing that it would bring`, {
      retryable: true,
    })
  if (status === 408 || status >= 500)
    return new Failure('unavailable', `X failed at ${what} (${said})`, { retryable: true })
  return new Failure('invalid-payload', `X refused ${what} as it was asked (${said})`, { retryable: false })
}

const REPLY_REASONS = new Map<number, FailureReason>([
  [401, 'unauthorized'],
  [403, 'refused'],
  [402, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
  [413, 'too-large'],
])

function refusedReply(answer: XAnswer, what: string, nowMs: number): Failure {
  const { status } = answer
  const said = wordsOf(answer.body)
  if (status === 429) return rateLimited(answer, what, nowMs)
  if (status === 503 || status === 408)
    return new Failure('unavailable', `X did not take ${what} (${said ?? `HTTP ${status}`}); nothing was sent`, {
      retryable: true,
    })
  if (status >= 500) return mayHaveBeenSent(what, `X answered HTTP ${status}${said === undefined ? '' : ` (${said})`}`)
  return new Failure(REPLY_REASONS.get(status) ?? 'invalid-payload', `X refused ${what}: ${said ?? `HTTP ${status}`}`, {
    retryable: false,
  })
}

function rateLimited({ headers, body }: XAnswer, what: string, nowMs: number): Failure {
  const waitMs = retryAfterMs(headers, nowMs)
  const said = wordsOf(body)
  return new Failure(
    'rate-limited',
    `X limits how often we may ask: ${what} goes on in ${Math.ceil(waitMs / 1000)} s${said === undefined ? '' : ` (${said})`}`,
    { retryable: true, retryAfterMs: waitMs },
  )
}
