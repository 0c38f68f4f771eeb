import type { FailureReason } from '../../schemas/failure-reason.js'
import { Failure } from '../failure.js'
import { KeyTaken } from './transact.js'

const AWAY = 'the PostgreSQL server'

/** What the server said, in words of ours: its own repeat the values. */
class PostgresError extends Error {
  constructor(readonly code: string) {
    super(`PostgreSQL refused a statement (${code})`)
    this.name = 'PostgresError'
  }
}

const failure = (reason: FailureReason, words: string, code: string, retryable = true, retryAfterMs?: number) =>
  new Failure(reason, `${words} (${code})`, {
    retryable,
    cause: new PostgresError(code),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })

/** By the five characters of SQLSTATE, or by their first two. */
const BY_STATE: Readonly<Record<string, (code: string) => Error>> = {
  '40001': conflict,
  '40P01': conflict,
  '40': unavailable,
  '08': unavailable,
  '57': unavailable,
  '57014': (code) => failure('timeout', 'the records took too long to answer', code),
  '53': unavailable,
  '53100': (code) =>
    failure('storage-full', 'the disk of the PostgreSQL server is full: free some space, nothing acknowledged is lost', code), // prettier-ignore
  '55P03': unavailable,
  '58': unavailable,
  '25006': (code) => failure('unavailable', 'the PostgreSQL server takes no writes now: is it a standby?', code),
  '25P03': unavailable,
  // A password that was changed keeps messages waiting for a person; it must not set them aside.
  '28': (code) => failure('unauthorized', `${AWAY} refuses the sign-in: look at its user and password`, code),
  '42501': (code) =>
    failure('unauthorized', 'the user of the PostgreSQL server may not do this: look at what it was granted', code),
  '3D000': (code) => failure('unavailable', `${AWAY} has no such database: create it`, code),
  '3F000': missing,
  '42P01': missing,
  '22': (code) => failure('invalid-payload', 'the records cannot hold this value', code, false),
  '54': (code) => failure('invalid-payload', 'this is too large for the records', code, false),
  '23505': (code) => new KeyTaken(`PostgreSQL refused a row whose key is taken (${code})`),
}

function conflict(code: string): Error {
  return failure('conflict', 'another transaction changed the same records', code, true, 10 + Math.random() * 40)
}

function unavailable(code: string): Error {
  return failure('unavailable', `${AWAY} cannot be used right now`, code)
}

function missing(code: string): Error {
  return failure('unavailable', 'the tables are not there: was the schema dropped? start rabta again', code)
}

/** What the driver and the network say where the server itself says nothing: the connection is of no further use. */
const OWN_WORDS =
  /^(Connection terminated|Query read timeout|timeout e|Client (has encountered|was closed|is not)|The server does not support SSL|There was an error establishing|Cannot use a pool after|read E|write E|connect E|getaddrinfo|Client network socket|socket hang up|This socket has been ended|write after end|Cannot call write)/

const stateOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/**
 * The Failure that an error of the driver stands for; what is a bug of ours comes out as an error without the server's words. Never a value, a
 * parameter, an address.
 */
export function classifyPostgres(error: unknown): Error {
  if (error instanceof Failure || error instanceof KeyTaken) return error
  const code = stateOf(error)
  if (/^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object)) {
    return (BY_STATE[code] ?? BY_STATE[code.slice(0, 2)])?.(code) ?? new PostgresError(code)
  }
  const words = error instanceof Error ? error.message : ''
  if (words.startsWith('SASL') || words.startsWith('SCRAM'))
    return failure('unauthorized', `${AWAY} wants a password, or another one: look at RABTA_RECORDS`, 'SASL')
  if (/certificate|altname|self.signed|issuer/i.test(words) || code.startsWith('ERR_TLS') || code.includes('CERT'))
    return failure('unauthorized', `${AWAY} cannot prove who it is: look at its certificate and the authority set here`, code || 'TLS') // prettier-ignore
  if (/^E[A-Z_]+$/.test(code) || code.startsWith('ERR_S') || code.startsWith('ERR_STREAM') || OWN_WORDS.test(words))
    return failure('unavailable', `${AWAY} cannot be reached`, /^[A-Z_]+$/.test(code) ? code : 'connection')
  return error instanceof Error ? error : new Error('an error nobody expected of PostgreSQL')
}

/** The same of a connection that could not be had: whatever is wrong, no message is to blame for it. */
export function classifyConnecting(error: unknown): Failure {
  const classified = classifyPostgres(error)
  if (classified instanceof Failure && classified.retryable) return classified
  return failure('unavailable', `${AWAY} does not take a connection`, stateOf(error) || 'connection')
}

/** Whether a connection on which this happened is given up. */
export function isConnectionOver(error: unknown): boolean {
  const code = stateOf(error)
  const isServersWord = /^[0-9A-Z]{5}$/.test(code) && error instanceof Error && 'severity' in error
  if (!isServersWord) return true
  return (
    code.startsWith('08') || code.startsWith('57P') || code === '25P03' || code.startsWith('28') || code === '25006'
  )
}
