import type { FailureReason } from '../../schemas/failure-reason.js'
import { numeric, type Fields } from '../fields.js'

/** What an error of Meta means: why it failed, and how long to leave it alone where that is known. */
export interface GraphVerdict {
  readonly reason: FailureReason
  readonly retryAfterMs?: number
}

const AWAY: GraphVerdict = { reason: 'unavailable' }
const NO_SUCH_OBJECT = 33

/** Too much was asked of the app, the page or the person: Meta counts in sliding hours, so that asking at once only makes it longer. */
export const LATER: GraphVerdict = { reason: 'rate-limited', retryAfterMs: 60_000 }

/** The codes that mean the same on every edge of the Graph API, WhatsApp's and the pages' alike. */
const BY_CODE = new Map<number, GraphVerdict>([
  ...([4, 17, 32, 341, 613] as const).map((code) => [code, LATER] as const),
  ...([1, 2] as const).map((code) => [code, AWAY] as const),
  ...([0, 102, 190] as const).map((code) => [code, { reason: 'unauthorized' }] as const),
  ...([3, 10, 368] as const).map((code) => [code, { reason: 'forbidden' }] as const),
  [100, { reason: 'invalid-payload' }],
  [33, { reason: 'not-found' }],
])

/** The verdict on one `error` object of the Graph API; undefined where its code says nothing that holds everywhere. */
export function graphVerdict(error: Fields): GraphVerdict | undefined {
  const code = numeric(error['code'])
  if (code === 100 && numeric(error['error_subcode']) === NO_SUCH_OBJECT) return { reason: 'not-found' }
  const known = code === undefined ? undefined : BY_CODE.get(code)
  if (known !== undefined) return known
  if (code !== undefined && code >= 80_000 && code <= 80_014) return LATER
  if (error['is_transient'] === true) return AWAY
  return code !== undefined && code >= 200 && code <= 299 ? { reason: 'forbidden' } : undefined
}

/** What a status says where Meta gave no code that is known. */
export function reasonOfStatus(status: number): FailureReason {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not-found'
  if (status === 413) return 'too-large'
  return status === 400 || status === 422 ? 'invalid-payload' : 'refused'
}
