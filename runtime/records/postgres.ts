import { HandleEmptyInListsPlugin, Kysely, replaceWithNoncontingentExpression, sql } from 'kysely'
import pg from 'pg'
import type { Alone } from '../alone.js'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Log } from '../log.js'
import { CodePointOrder } from './code-point-order.js'
import { migrate } from './migrate.js'
import { readPostgresAddress } from './postgres-address.js'
import { createAdvisoryAlone, type LockConnection } from './postgres-alone.js'
import { postgresDialect, type PooledClient } from './postgres-driver.js'
import { classifyConnecting, classifyPostgres } from './postgres-failures.js'
import type { Records, Tables } from './tables.js'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…` */
  readonly url: string
  /** Set apart from the address. */
  readonly password: string | undefined
  /** PEM text of the authority; then TLS is verified in full. */
  readonly ca: string | undefined
  /** The schema that holds the tables: `public`, or one of the demonstration's own. Made where missing. */
  readonly schema: string
  readonly poolSize: number
  readonly clock: Clock
  readonly log: Log
}

export interface PostgresRecords {
  readonly records: Records
  /** Turns that one process has among all on this database and schema. */
  readonly alone: Alone
  /** One cheap question; throws the Failure that answers it. */
  ping(): Promise<void>
  /** Why the last use failed, while the server is away; undefined while it answers. */
  problem(): string | undefined
}

const STATEMENT_MS = 30_000
/** After the server's own limit: then it is not the statement but the way there that is stuck. */
const ANSWER_MS = 33_000
const CONNECT_MS = 5000
const START_WITHIN_MS = 6000
const START_AGAIN_MS = 300
const MIGRATION_LOOK_MS = 250

/** What every session says of itself. Instants and JSON are text, so that none of the server's own settings for them matter. */
const SESSION = { client_encoding: 'UTF8', idle_in_transaction_session_timeout: 60_000 }
/**
 * Serializable, for the code was written for one transaction after the other. A sequential scan would count as having read the whole table, and so make
 * every writer of it a rival: an index is taken where there is one.
 */
const SERIALIZABLE = {
  default_transaction_isolation: 'serializable',
  statement_timeout: STATEMENT_MS,
  enable_seqscan: 'off',
  random_page_cost: '1.1',
}
/** A machine that died frees its locks within about 10 s. */
const WATCHED = {
  tcp_keepalives_idle: 2,
  tcp_keepalives_interval: 2,
  tcp_keepalives_count: 3,
  tcp_user_timeout: 8000,
  statement_timeout: STATEMENT_MS,
}

type Settings = Readonly<Record<string, string | number>>

/**
 * Opens the records in PostgreSQL and brings their tables up to date; several processes may do so at once. Throws a retryable Failure `unavailable` when
 * the server cannot be reached within about 10 s, `unauthorized` when it refuses the sign-in, `invalid-payload` for an address that cannot be
 * read. Later outages are lived through: what is asked meanwhile fails with `unavailable`. `records.destroy()` closes everything.
 */
export async function openPostgresRecords(options: PostgresOptions): Promise<PostgresRecords> {
  const { schema, clock, log, poolSize } = options
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw new Failure('invalid-payload', 'a schema is called by small letters, digits and _', { retryable: false })
  const configOf = configFor(options)
  const durable = await prepare(options, configOf)

  const state = problemOf(log)
  const pool = makePool({ ...configOf({ ...SERIALIZABLE, ...durable }), query_timeout: ANSWER_MS }, poolSize)
  const alone = createAdvisoryAlone({ connect: (onEnd) => connectLocks(configOf(WATCHED), onEnd), schema, clock, log })
  const dialect = postgresDialect({
    connect: pool.connect,
    close: async () => {
      alone.close()
      await pool.close()
    },
    clock,
    told: state.told,
  })
  const plugins = [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })]
  const records = new Kysely<Tables>({ dialect, plugins })
  const ping = async () => void (await sql`select 1`.execute(records))
  await ping().catch(async (error: unknown) => {
    await records.destroy()
    throw error
  })
  return { records, alone, ping, problem: state.problem }
}

function configFor({ url, password, ca, schema }: PostgresOptions): (settings: Settings) => pg.ClientConfig {
  const address = readPostgresAddress(url, ca)
  const { host, port, user, database, ssl } = address
  return (settings) => ({
    host,
    port,
    user,
    database,
    // As a function: what is empty or undefined would be looked for in the environment and in ~/.pgpass.
    password: () => password ?? address.password ?? '',
    ssl,
    application_name: 'rabta',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
    types: { getTypeParser },
    options: Object.entries({ ...SESSION, search_path: schema, ...settings })
      .map(([name, value]) => `-c ${name}=${String(value).replace(/[\\ ]/g, '\\$&')}`)
      .join(' '),
  })
}

const INT8 = 20
const NUMERIC = 1700

/** Counts, sums and bigints as numbers: none here comes near 2^53. */
const getTypeParser = ((oid: number, format?: 'text' | 'binary'): unknown =>
  oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser

/** What a connection says outside of a query is said again by the next query; unheard, it would end the process. */
const unheard = () => undefined

function makePool(config: pg.ClientConfig, max: number) {
  const pool = new pg.Pool({ ...config, max, idleTimeoutMillis: 60_000 })
  pool.on('error', unheard)
  pool.on('connect', (client) => client.on('error', unheard))
  return {
    connect: async (): Promise<PooledClient> => {
      const client = await pool.connect()
      return {
        query: (text, parameters) => client.query(text, [...parameters]),
        release: (isBroken) => client.release(isBroken),
      }
    },
    close: () => pool.end(),
  }
}

async function connectLocks(config: pg.ClientConfig, onEnd: () => void): Promise<LockConnection> {
  const client = new pg.Client(config)
  client.on('error', onEnd)
  client.on('end', onEnd)
  const fail = (error: unknown): never => {
    throw classifyPostgres(error)
  }
  await client.connect().catch((error: unknown) => {
    throw classifyConnecting(error)
  })
  let last: Promise<unknown> = Promise.resolve()
  const ask = async (text: string, parameters: readonly unknown[]) => {
    const { rows } = await client.query<Record<string, unknown>>(text, [...parameters]).catch(fail)
    return rows
  }
  return {
    // One after the other: the heartbeat and who waits for a turn ask on the same connection.
    query: (text, parameters) => {
      const mine = last.then(() => ask(text, parameters))
      last = mine.catch(unheard)
      return mine
    },
    close: () => void client.end().catch(unheard),
  }
}

/** Makes schema and tables, on connections of its own: under serializable the snapshot would be older than the lock, and a migration may take its time. */
async function prepare(options: PostgresOptions, configOf: (settings: Settings) => pg.ClientConfig): Promise<Settings> {
  const { clock, schema, log } = options
  const pool = makePool(configOf({ default_transaction_isolation: 'read committed', statement_timeout: 0 }), 3)
  const dialect = postgresDialect({ connect: pool.connect, close: pool.close, clock, told: unheard })
  const db = new Kysely<never>({ dialect, plugins: [new CodePointOrder()] })
  try {
    const settings = await firstAnswer(db, clock)
    if (settings.encoding !== 'UTF8') {
      throw new Failure('invalid-payload', `the database is made for ${settings.encoding}: make one with UTF8`, {
        retryable: false,
      })
    }
    if (settings.fsync !== 'on') log.error('PostgreSQL runs without fsync: a power cut may lose what was acknowledged')
    await db.connection().execute(async (one) => {
      const key = sql`hashtextextended(${`rabta migrations ${schema}`}::text, 0)`
      for (;;) {
        const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_lock(${key}) as got`.execute(one)
        if (rows[0]?.got === true) break
        await clock.sleep(MIGRATION_LOOK_MS)
      }
      try {
        await makeSchema(db, schema)
        await migrate(db, schema)
      } finally {
        await sql`select pg_advisory_unlock(${key})`.execute(one).catch(unheard)
      }
    })
    // A server that acknowledges before it has written would lose what was acknowledged; what is stricter than `on` stays.
    return settings.synchronous === 'off' ? { synchronous_commit: 'on' } : {}
  } finally {
    await db.destroy()
  }
}

interface ServerSettings {
  readonly encoding: string
  readonly fsync: string
  readonly synchronous: string
}

/** A server that starts at the same time as we do is waited for. */
async function firstAnswer(db: Kysely<never>, clock: Clock): Promise<ServerSettings> {
  const untilMs = clock.now() + START_WITHIN_MS
  for (;;) {
    try {
      const { rows } = await sql<ServerSettings>`select current_setting('server_encoding') as encoding,
        current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous`.execute(db)
      const [row] = rows
      if (row !== undefined) return row
    } catch (error) {
      if (!(error instanceof Failure) || error.reason !== 'unavailable' || clock.now() > untilMs) throw error
    }
    await clock.sleep(START_AGAIN_MS)
  }
}

/** Looked for first: who may not make a schema may use one that an administrator made. */
async function makeSchema(db: Kysely<never>, schema: string): Promise<void> {
  const { rows } = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(db)
  if (rows.length === 0) await db.schema.createSchema(schema).ifNotExists().execute()
}

function problemOf(log: Log) {
  let problem: string | undefined
  return {
    problem: () => problem,
    told: (error: Error | undefined) => {
      const isAway = error instanceof Failure && (error.reason === 'unavailable' || error.reason === 'unauthorized')
      // What was answered with another failure was answered; a pause of one kind or another says nothing new.
      const now = isAway ? error.message : undefined
      if ((now === undefined) !== (problem === undefined)) {
        if (now === undefined) log.info('the records answer again')
        else log.warn('the records are away', { detail: now })
      }
      problem = now
    },
  }
}
