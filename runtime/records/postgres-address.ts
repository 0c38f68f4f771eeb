import type { ConnectionOptions } from 'node:tls'
import { Failure } from '../failure.js'

export interface PostgresAddress {
  /** A name, an address, or, beginning with `/`, the folder of a socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  readonly password: string | undefined
  /** False: in the clear. */
  readonly ssl: ConnectionOptions | false
}

const wrong = (what: string) =>
  new Failure(
    'invalid-payload',
    `the address of PostgreSQL ${what}; write postgres://user@host:port/database?sslmode=require`,
    { retryable: false },
  )

/** Reads the address; what it does not say comes from nowhere else, no environment and no file. Throws a Failure without the address, which may hold a password. */
export function readPostgresAddress(url: string, ca: string | undefined): PostgresAddress {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw wrong('cannot be read')
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') throw wrong('begins with another word')
  const host = parsed.searchParams.get('host') ?? decoded(parsed.hostname).replace(/^\[|\]$/g, '')
  if (host === '') throw wrong('names no host')
  const user = decoded(parsed.username)
  if (user === '') throw wrong('names no user')
  const path = decoded(parsed.pathname.replace(/^\//, ''))
  return {
    host,
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    user,
    database: path === '' ? user : path,
    password: parsed.password === '' ? undefined : decoded(parsed.password),
    ssl: sslOf(parsed.searchParams.get('sslmode'), ca),
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw wrong('has a % that stands for nothing')
  }
}

/** TLS is all or nothing: what the server cannot prove is refused, and `prefer`, which anybody between could undo, is not offered. */
function sslOf(mode: string | null, ca: string | undefined): ConnectionOptions | false {
  switch (mode) {
    case null:
      return ca === undefined ? false : { ca, rejectUnauthorized: true }
    case 'require':
    case 'verify-ca':
    case 'verify-full':
      return { ...(ca === undefined ? {} : { ca }), rejectUnauthorized: true }
    case 'disable':
    case 'no-verify':
      if (ca !== undefined) throw wrong(`says sslmode=${mode} though a certificate authority is set`)
      return mode === 'disable' ? false : { rejectUnauthorized: false }
    default:
      throw wrong('has an sslmode other than disable, require, verify-full and no-verify')
  }
}
