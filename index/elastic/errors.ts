import { errors } from '@elastic/elasticsearch'
import { Failure } from '../../runtime/failure.js'
import type { FailureReason } from '../../schemas/failure-reason.js'
import { MAPPING } from './document.js'

/** What Elasticsearch says of one failed thing. Its `reason` quotes values of the document: it is looked at here and goes no further. */
export interface ElasticCause {
  readonly type?: string | undefined
  readonly reason?: string | null | undefined
  readonly caused_by?: ElasticCause | undefined
}

/** Of one document, whatever else is in the request. */
const OF_THE_DOCUMENT = /^(document_parsing|mapper_parsing|max_bytes_length_exceeded|strict_dynamic_mapping)_exception$/
const IMMENSE_TERM = /immense term|longer than 512 bytes|max length 32766/
const NO_ROOM =
  /no space left on device|disk usage exceeded|flood.?stage|read-only\W{1,3}allow.?delete|not enough disk/i
const TOO_MANY_SHARDS = /maximum (normal )?shards open/i

function* chainOf(cause: ElasticCause | undefined): Generator<ElasticCause> {
  for (let depth = 0, one = cause; one !== undefined && one !== null && depth < 8; depth++, one = one.caused_by)
    yield one
}

/** Elasticsearch's own name of an error: one word, nothing of anybody's. */
export const typeOf = (cause: ElasticCause | undefined): string =>
  /^[a-z0-9_]{1,80}$/.exec(cause?.type ?? '')?.[0] ?? 'no type'

/** In which of our fields, where the error names one. */
function fieldOf(cause: ElasticCause | undefined): string {
  for (const { reason } of chainOf(cause)) {
    const name = /field(?:=|\s)?\s?["[]([A-Za-z]+)["\]]/.exec(reason ?? '')?.[1]
    if (name !== undefined && name in MAPPING.properties) return ` in ${name}`
  }
  return ''
}

/** Why this one document can never be stored as it is; undefined where the error is not of the document. */
export function documentFault(status: number, cause: ElasticCause | undefined): string | undefined {
  if (status !== 400) return undefined
  const faulty = [...chainOf(cause)].some(
    ({ type, reason }) => OF_THE_DOCUMENT.test(type ?? '') || IMMENSE_TERM.test(reason ?? ''),
  )
  return faulty ? `the mention index refused it (${typeOf(cause)}${fieldOf(cause)})` : undefined
}

/** The engine could not take it just now, though nothing is wrong with it: to be sent again alone, some times. */
export const isPressed = (status: number, cause: ElasticCause | undefined): boolean =>
  (status === 429 || status === 503 || typeOf(cause) === 'es_rejected_execution_exception') && !isBlocked(cause)

const isBlocked = (cause: ElasticCause | undefined): boolean =>
  [...chainOf(cause)].some(({ type, reason }) => type === 'cluster_block_exception' || NO_ROOM.test(reason ?? ''))

const later = (reason: FailureReason, message: string) => new Failure(reason, message, { retryable: true })

/** The failure behind a status and the engine's word for it. Always to be tried again: somebody mends a key, a disk or a network, and no message may be lost by it. */
export function statusFailure(doing: string, status: number, cause: ElasticCause | undefined): Failure {
  const chain = [...chainOf(cause)]
  const said = (pattern: RegExp) => chain.some(({ reason }) => pattern.test(reason ?? ''))
  const words = `${doing}: Elasticsearch answered ${status} (${typeOf(cause)})`
  if (said(NO_ROOM))
    return later('storage-full', `${doing}: the disk of Elasticsearch is full: give it room, or shorten the retention`)
  if (said(TOO_MANY_SHARDS))
    return later(
      'storage-full',
      `${doing}: Elasticsearch holds as many shards as it may: add a node or raise its limit`,
    )
  if (chain.some(({ type }) => type === 'cluster_block_exception'))
    return later('unavailable', `${words}: the index or the cluster is blocked`)
  if (status === 401) return later('unauthorized', `${words}: the key or the password is not accepted`)
  if (status === 403) return later('forbidden', `${words}: the key or the user lacks a right`)
  if (status === 408) return later('timeout', words)
  if (status === 413)
    return later('too-large', `${words}: its http.max_content_length, or that of a proxy, is too small`)
  if (status === 404) return later('unavailable', `${words}: an index that should be there is not`)
  if (status === 429 || status >= 500) return later('unavailable', words)
  return later('unexpected', words)
}

/** The body of an error, where it is shaped as Elasticsearch's: a proxy may have written it. */
export function causeOf(error: errors.ResponseError): ElasticCause | undefined {
  const body: unknown = error.body
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined
  const cause: unknown = body.error
  return typeof cause === 'object' && cause !== null ? cause : undefined
}

export const statusOf = (error: unknown): number | undefined =>
  error instanceof errors.ResponseError ? (error.statusCode ?? 0) : undefined

export const errorType = (error: unknown): string | undefined =>
  error instanceof errors.ResponseError ? typeOf(causeOf(error)) : undefined

/** Codes of sockets and of TLS, such as ECONNREFUSED: they name no address. */
const codeIn = (error: Error): string =>
  /\b(E[A-Z]{4,}|CERT_[A-Z_]+|UND_ERR_[A-Z_]+|[A-Z_]*SELF_SIGNED[A-Z_]*|UNABLE_TO_[A-Z_]+)\b/.exec(
    `${'code' in error ? String(error.code) : ''} ${error.message} ${error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : ''}`,
  )?.[1] ?? 'no code'

/**
 * What went wrong with a call, in our words: the client's own errors repeat requests, answers and addresses, so they are not carried along.
 * `doing` says what was being done.
 */
export function failureOf(error: unknown, doing: string): Failure {
  if (error instanceof Failure) return error
  if (error instanceof errors.ResponseError) return statusFailure(doing, error.statusCode ?? 0, causeOf(error))
  if (error instanceof errors.TimeoutError) return later('timeout', `${doing}: Elasticsearch did not answer in time`)
  if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError)
    return later('unavailable', `${doing}: no connection to Elasticsearch (${codeIn(error)})`)
  if (error instanceof errors.ProductNotSupportedError)
    return later('unavailable', `${doing}: what answers at this address is not Elasticsearch`)
  if (error instanceof errors.ElasticsearchClientError)
    return later('unavailable', `${doing}: the answer of Elasticsearch was cut or unreadable (${error.name})`)
  const place = error instanceof Error ? `${error.name} ${error.stack?.split('\n')[1]?.trim() ?? ''}` : typeof error
  return later('unexpected', `${doing}: an error nobody expected: ${place}`)
}

/** Runs `work`, whose every error comes out as a Failure. */
export async function guarded<Result>(doing: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw failureOf(error, doing)
  }
}
