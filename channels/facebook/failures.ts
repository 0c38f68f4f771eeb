import { Failure } from '../../runtime/failure.js'
import type { FailureReason } from '../../schemas/failure-reason.js'
import { CutShort } from '../deadline.js'
import { fields, label, numeric, type Fields } from '../fields.js'
import { graphVerdict, LATER, reasonOfStatus, type GraphVerdict } from '../graph/verdict.js'
import { networkCode, neverWritten } from '../network-error.js'
import type { GraphAnswer } from './graph-call.js'

const MAX_WORDS = 400

/** Codes of pages and Messenger that the general table does not hold. */
const BY_CODE = new Map<number, FailureReason>([
  [506, 'refused'],
  [551, 'refused'],
  [1705, 'refused'],
  [1609005, 'invalid-payload'],
  [1545041, 'refused'],
])

/** Messenger hides what matters in the subcode. */
const BY_SUBCODE = new Map<number, FailureReason>([
  [2018278, 'refused'],
  [2018001, 'refused'],
  [2018108, 'refused'],
  [2018028, 'refused'],
  [1545041, 'refused'],
  [2534022, 'refused'],
])

const WINDOW =
  'More than 24 hours have passed since the person last wrote: Messenger takes no free text any more, use another way'
const UNREACHABLE = 'The person cannot be reached on Messenger now: they blocked the page, left, or never wrote to it'

/** What an officer or an administrator can do, by code and subcode. */
const ADVICE = new Map<string, string>([
  ['190', 'The Facebook sign-in expired: sign in again and set the new page token in RABTA_FACEBOOK_PAGE_TOKEN'],
  ['102', 'The Facebook sign-in expired: sign in again and set the new page token in RABTA_FACEBOOK_PAGE_TOKEN'],
  ['10', 'The app may not do this: an administrator must give it the permission in the Meta app'],
  ['200', 'The app may not do this: an administrator must give it the permission in the Meta app'],
  ['283', 'The app may not do this: an administrator must give it pages_read_engagement in the Meta app'],
  ['368', 'Facebook blocks the page for breaking a policy: an administrator must look into Meta Business Suite'],
  ['506', 'The same words were posted there just now: look at the page before sending them again'],
  ['551', UNREACHABLE],
  ['2018278', WINDOW],
  ['2534022', WINDOW],
  ['2018001', UNREACHABLE],
  ['2018108', UNREACHABLE],
  ['1545041', UNREACHABLE],
])

type Redact = (text: string) => string

/** The Failure of a read. Reading twice harms nobody: everything that may pass is retryable. */
export function readFailure(error: unknown, what: string): Failure {
  if (error instanceof Failure) return error
  if (error instanceof CutShort) {
    return error.by === 'deadline'
      ? new Failure('timeout', `Facebook did not answer ${what} in time`, { retryable: true })
      : new Failure('stopped', `reading ${what} was stopped`, { retryable: true })
  }
  const code = networkCode(error) ?? 'no code'
  return new Failure(
    'unavailable',
    `Facebook could not be reached for ${what} (${code}): look at the network and RABTA_FACEBOOK_BASE_URL`,
    { retryable: true },
  )
}

/** The Failure of a write that broke off. What may have reached Facebook is never called retryable. */
export function brokenWrite(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (error instanceof CutShort) {
    const isLate = error.by === 'deadline'
    return mayHaveBeenSent(isLate ? 'Facebook did not answer in time' : 'the desk was stopped while it went out')
  }
  const code = networkCode(error) ?? 'no code'
  if (!neverWritten(error)) return mayHaveBeenSent(`the connection broke (${code})`)
  return new Failure(
    'unavailable',
    `Facebook could not be reached (${code}); nothing was sent. Look at the network and RABTA_FACEBOOK_BASE_URL`,
    { retryable: true },
  )
}

export function mayHaveBeenSent(why: string): Failure {
  return new Failure(
    'timeout',
    `the message may have been sent: ${why}. Look at the page or the chat before sending it again`,
    { retryable: false },
  )
}

/** The error in an answer, or undefined where it holds none. Both forms of Meta's error are known. */
export function errorIn(body: unknown): Fields | undefined {
  const object = fields(body)
  const error = object?.['error']
  if (fields(error) !== undefined) return fields(error)
  if (typeof error === 'string')
    return { message: label(object?.['error_description']) ?? error, code: object?.['code'] }
  const message = label(object?.['error_message'])
  return message === undefined ? undefined : { message, type: object?.['error_type'], code: object?.['code'] }
}

/** The Failure of an answer to a read that is no success. */
export function refusedRead(answer: GraphAnswer, what: string, redact: Redact): Failure {
  const { status } = answer
  const error = errorIn(answer.body)
  if (error !== undefined && /reduce the amount of data/i.test(label(error['message']) ?? '')) {
    return new Failure('too-large', `Facebook wants less to be asked at once for ${what}: asked again with less`, {
      retryable: true,
    })
  }
  const { reason, retryAfterMs } = error === undefined ? byStatus(status) : verdictOf(status, error)
  const isPassing = reason === 'rate-limited' || reason === 'unavailable' || reason === 'timeout'
  const waitMs = saidWaitMs(answer) ?? retryAfterMs
  const said = error === undefined ? `HTTP ${status}` : redact(wordsOf(error))
  return new Failure(reason, `Facebook refused ${what}: ${said}`, {
    retryable: isPassing,
    ...(isPassing && waitMs !== undefined ? { retryAfterMs: waitMs } : {}),
  })
}

/** The Failure of an answer to a write that is no success. */
export function refusedWrite(answer: GraphAnswer, redact: Redact): Failure {
  const { status } = answer
  const error = errorIn(answer.body)
  const waitMs = saidWaitMs(answer)
  if (error === undefined) {
    if (status >= 500 && status !== 503) return mayHaveBeenSent(`something before Facebook answered HTTP ${status}`)
    const { reason, retryAfterMs } = byStatus(status)
    const isPassing = reason === 'rate-limited' || reason === 'unavailable'
    return new Failure(reason, `Facebook did not take the message (HTTP ${status}); nothing was sent`, {
      retryable: isPassing,
      ...(isPassing && (waitMs ?? retryAfterMs) !== undefined ? { retryAfterMs: waitMs ?? retryAfterMs ?? 0 } : {}),
    })
  }
  const { reason, retryAfterMs } = verdictOf(status, error)
  const isPassing = reason === 'rate-limited' || reason === 'unavailable'
  return new Failure(reason, `Facebook refused the message: ${redact(wordsOf(error))}`, {
    retryable: isPassing,
    ...(isPassing && (waitMs ?? retryAfterMs) !== undefined ? { retryAfterMs: waitMs ?? retryAfterMs ?? 0 } : {}),
  })
}

function verdictOf(status: number, error: Fields): GraphVerdict {
  const subcode = numeric(error['error_subcode'])
  const hidden = subcode === undefined ? undefined : BY_SUBCODE.get(subcode)
  if (hidden !== undefined) return { reason: hidden }
  const code = numeric(error['code'])
  const own = code === undefined ? undefined : BY_CODE.get(code)
  if (own !== undefined) return { reason: own }
  return graphVerdict(error) ?? byStatus(status)
}

function byStatus(status: number): GraphVerdict {
  if (status === 429) return LATER
  if (status >= 500 || status === 408) return { reason: 'unavailable' }
  return { reason: reasonOfStatus(status) }
}

/** Meta counts in sliding hours: what is said to take longer is said in another unit, or by a proxy. */
const LONGEST_SAID_MS = 3_600_000

function saidWaitMs({ retryAfter }: GraphAnswer): number | undefined {
  const seconds = numeric(retryAfter)
  return seconds === undefined ? undefined : Math.min(LONGEST_SAID_MS, Math.max(0, seconds) * 1000)
}

/** Meta's words with the code, and what to do about it where that is known. */
export function wordsOf(error: Fields): string {
  const code = label(error['code'])
  const subcode = label(error['error_subcode'])
  const parts = [label(error['error_user_title']), label(error['error_user_msg']), label(error['message'])]
  const said = [...new Set(parts.filter((part) => part !== undefined))].join(': ').slice(0, MAX_WORDS)
  const numbers = [code, subcode].filter((part) => part !== undefined && !said.includes(`#${part}`)).join('/')
  const numbered = `${said === '' ? 'no words' : said}${numbers === '' ? '' : ` (#${numbers})`}`
  const advice = ADVICE.get(subcode ?? '') ?? ADVICE.get(code ?? '')
  return advice === undefined ? numbered : `${numbered}. ${advice}`
}
