import { Failure } from '../../runtime/failure.js'
import type { FailureReason } from '../../schemas/failure-reason.js'
import { fields, label, numeric, type Fields } from '../fields.js'
import { adviceFor } from './advice.js'

const MAX_WORDS = 400

interface Verdict {
  readonly reason: FailureReason
  readonly retryAfterMs?: number
}

const SOON: Verdict = { reason: 'rate-limited', retryAfterMs: 2_000 }
const LATER: Verdict = { reason: 'rate-limited', retryAfterMs: 60_000 }
/** One message in six seconds to the same person. */
const PAIR: Verdict = { reason: 'rate-limited', retryAfterMs: 6_000 }
const AWAY: Verdict = { reason: 'unavailable' }

/** What the codes of the Graph and Cloud API mean for one message. */
const BY_CODE = new Map<number, Verdict>([
  ...([4, 17, 32, 341, 613, 80007] as const).map((code) => [code, LATER] as const),
  [130429, SOON],
  [131056, PAIR],
  ...([1, 2, 131000, 131016, 131057, 133004, 135000] as const).map((code) => [code, AWAY] as const),
  [0, { reason: 'unauthorized' }],
  [190, { reason: 'unauthorized' }],
  ...([3, 10, 368, 131005, 131031, 130497] as const).map((code) => [code, { reason: 'forbidden' }] as const),
  ...([100, 131008, 131009, 131021, 131051, 131052, 131053, 135001] as const).map(
    (code) => [code, { reason: 'invalid-payload' }] as const,
  ),
  [33, { reason: 'not-found' }],
])

/** The Failure of an answer that is no success. `redact` takes secrets out of what WhatsApp said. */
export function answerFailure(
  status: number,
  body: unknown,
  retryAfter: string | null,
  redact: (text: string) => string,
): Failure {
  const error = fields(fields(body)?.['error'])
  if (error !== undefined) return fromError(status, error, redact)
  const saidMs = numeric(retryAfter)
  const waitMs = saidMs === undefined ? undefined : Math.max(0, saidMs) * 1000
  if (status === 429)
    return new Failure('rate-limited', 'WhatsApp limits how often we may send; nothing was sent', {
      retryable: true,
      retryAfterMs: waitMs ?? 60_000,
    })
  if (status === 503 || status === 408) {
    return new Failure('unavailable', `WhatsApp did not take the message (HTTP ${status}); nothing was sent`, {
      retryable: true,
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    })
  }
  if (status >= 500) return mayHaveBeenSent(`something before WhatsApp answered HTTP ${status}`)
  return new Failure(byStatus(status), `WhatsApp refused the message with HTTP ${status} and gave no reason`, {
    retryable: false,
  })
}

export function mayHaveBeenSent(why: string): Failure {
  return new Failure(
    'timeout',
    `the message may have been sent: ${why}. Ask the person, or look at the chat, before sending it again`,
    { retryable: false },
  )
}

function fromError(status: number, error: Fields, redact: (text: string) => string): Failure {
  const code = numeric(error['code'])
  const verdict = verdictOf(status, code, error)
  const retryable = verdict.reason === 'rate-limited' || verdict.reason === 'unavailable'
  const message = `WhatsApp refused the message: ${redact(wordsOf(error))}`
  return new Failure(verdict.reason, message, {
    retryable,
    ...(verdict.retryAfterMs === undefined ? {} : { retryAfterMs: verdict.retryAfterMs }),
  })
}

function verdictOf(status: number, code: number | undefined, error: Fields): Verdict {
  if (code === 100 && numeric(error['error_subcode']) === 33) return { reason: 'not-found' }
  const known = code === undefined ? undefined : BY_CODE.get(code)
  if (known !== undefined) return known
  if (error['is_transient'] === true) return AWAY
  if (code !== undefined && code >= 200 && code <= 299) return { reason: 'forbidden' }
  if (code !== undefined && code >= 132000 && code < 133000) return { reason: 'invalid-payload' }
  if (code !== undefined && code >= 130000 && code < 140000) return { reason: 'refused' }
  if (status === 429) return LATER
  if (status >= 500) return AWAY
  return { reason: byStatus(status) }
}

function byStatus(status: number): FailureReason {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not-found'
  if (status === 413) return 'too-large'
  return status === 400 || status === 422 ? 'invalid-payload' : 'refused'
}

function wordsOf(error: Fields): string {
  const code = label(error['code'])
  const parts = [
    label(error['error_user_title']),
    label(error['error_user_msg']),
    label(error['message']),
    label(fields(error['error_data'])?.['details']),
  ]
  const said = [...new Set(parts.filter((part) => part !== undefined))].join(': ').slice(0, MAX_WORDS)
  const advice = adviceFor(code)
  const numbered = `${said === '' ? 'no words' : said}${code === undefined || said.includes(`#${code}`) ? '' : ` (#${code})`}`
  return advice === undefined ? numbered : `${numbered}. ${advice}`
}
