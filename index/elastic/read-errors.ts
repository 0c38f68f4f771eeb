import { errors } from '@elastic/elasticsearch'
import { Failure } from '../../runtime/failure.js'
import type { FailureReason } from '../../schemas/failure-reason.js'
import { causeOf, failureOf, typeOf } from './errors.js'

const DOING = 'searching the mentions'

/** What whoever searches cannot mend, as a key that is refused or a node that is pressed: for them the index is away. */
const NOT_THEIRS: ReadonlySet<FailureReason> = new Set([
  'unauthorized',
  'forbidden',
  'rate-limited',
  'storage-full',
  'too-large',
])

export const tookTooLong = (): Failure =>
  new Failure('timeout', `${DOING}: it took Elasticsearch too long: ask for less`, { retryable: true })

/** For an answer that some of the shards did not give: it must not pass for a whole one. */
export const incomplete = (): Failure =>
  new Failure('unavailable', `${DOING}: some shards of Elasticsearch did not answer`, { retryable: true })

/** What went wrong with a search, without a word of what was searched for. */
export function readFailure(error: unknown): Failure {
  if (error instanceof errors.RequestAbortedError)
    return new Failure('too-large', `${DOING}: the answer is larger than can be read: ask for fewer at once`, {
      retryable: false,
    })
  if (error instanceof errors.ResponseError) {
    const status = error.statusCode ?? 0
    const kind = typeOf(causeOf(error))
    if (status === 504 || kind.includes('timeout')) return tookTooLong()
    if (status === 400)
      return new Failure(
        'unexpected',
        `${DOING}: Elasticsearch did not understand (${kind}): this is a fault of Rabta`,
        {
          retryable: false,
        },
      )
  }
  const failure = failureOf(error, DOING)
  return NOT_THEIRS.has(failure.reason) ? new Failure('unavailable', failure.message, { retryable: true }) : failure
}

/** Whether it may be over in a moment: so it is while the indices behind the alias are exchanged. */
export const isPassing = (failure: unknown): boolean => failure instanceof Failure && failure.reason === 'unavailable'
