import { Failure } from '../../runtime/failure.js'
import { fields, label, numeric, type Fields } from '../fields.js'
import { graphVerdict, LATER, reasonOfStatus, type GraphVerdict } from '../graph/verdict.js'
import { adviceFor } from './advice.js'

const MAX_WORDS = 400

const SOON: GraphVerdict = { reason: 'rate-limited', retryAfterMs: 2_000 }
/** One message in six seconds to the same person. */
const PAIR: GraphVerdict = { reason: 'rate-limited', retryAfterMs: 6_000 }
const AWAY: GraphVerdict = { reason: 'unavailable' }

/** What the Cloud API's own codes mean for one message. */
const BY_CODE = new Map<number, GraphVerdict>([
  [130429, SOON],
  [131056, PAIR],
  ...([131000, 131016, 131057, 133004, 135000] as const).map((code) => [code, AWAY] as const),
  ...([131005, 131031, 130497] as const).map((code) => [code, { reason: 'forbidden' }] as const),
  ...([131008, 131009, 131021, 131051, 131052, 131053, 135001] as const).map(
    (code) => [code, { reason: 'invalid-payload' }] as const,
  ),
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
  return new Failure(reasonOfStatus(status), `WhatsApp refused the message with HTTP ${status} and gave no reason`, {
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

function verdictOf(status: number, code: number | undefined, error: Fields): GraphVerdict {
  const known = (code === undefined ? undefined : BY_CODE.get(code)) ?? graphVerdict(error)
  if (known !== undefined) return known
  if (code !== undefined && code >= 132000 && code < 133000) return { reason: 'invalid-payload' }
  if (code !== undefined && code >= 130000 && code < 140000) return { reason: 'refused' }
  if (status === 429) return LATER
  if (status >= 500) return AWAY
  return { reason: reasonOfStatus(status) }
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
