import { Failure } from '../failure.js'

/** What kafkajs throws, as far as it is looked at: the protocol's name of the error, if the brokers gave one. */
interface KafkaError {
  readonly name: string
  readonly type?: string
  readonly message: string
  readonly cause?: unknown
}

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
const NO_ROOM = new Set(['KAFKA_STORAGE_ERROR', 'LOG_DIR_NOT_FOUND'])

/** The error at the bottom: kafkajs wraps one in another when it gave up repeating. */
function innermost(error: unknown): KafkaError {
  let found = error
  for (let depth = 0; depth < 10 && found instanceof Error && found.cause instanceof Error; depth++) found = found.cause
  if (found instanceof Error) return found
  return { name: typeof found, message: 'not an error' }
}

/** The protocol's name of what went wrong (`REBALANCE_IN_PROGRESS`), or '' where the brokers gave none. */
export function kafkaErrorType(error: unknown): string {
  return innermost(error).type ?? ''
}

/**
 * What a kafkajs error means. All but `too-large` is retryable: a refused name or a missing right is mended by a person and says nothing against the
 * message, which must wait for it and not become a dead letter; and a TypeError is no proof of a bug of ours, for kafkajs throws some in an outage.
 */
export function asKafkaFailure(error: unknown, what: string): Failure {
  if (error instanceof Failure) return error
  const { name, type = '', message } = innermost(error)
  const words = `${what}: ${type === '' ? name : type}, ${message.slice(0, 160)}`
  const details = { retryable: true, cause: error }
  if (TOO_LARGE.has(type))
    return new Failure('too-large', `${words}; the topic's max.message.bytes is smaller`, {
      ...details,
      retryable: false,
    })
  if (NO_ROOM.has(type))
    return new Failure('storage-full', `${words}; look at the disks of the brokers, some space must be freed`, details)
  if (type.includes('AUTHORIZATION_FAILED'))
    return new Failure('forbidden', `${words}; give this user the right on topics and groups of the namespace`, details)
  if (name.includes('SASL') || type.includes('SASL'))
    return new Failure('unauthorized', `${words}; check the user and its secret for the brokers`, details)
  return new Failure('unavailable', words, details)
}
