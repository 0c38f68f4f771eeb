import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { systemClock } from '../../runtime/clock.js'
import { openRecords } from '../../runtime/records/open.js'
import { openPostgresRecords } from '../../runtime/records/postgres.js'
import type { Records } from '../../runtime/records/tables.js'
import type { Sqlite } from '../../runtime/sqlite.js'
import { counted } from './in-flight.js'

/** Where the tests of everything that uses the records find PostgreSQL; without it they run on SQLite. */
export const TEST_POSTGRES = process.env['RABTA_TEST_RECORDS']

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** One statement on a connection of its own, outside of everything under test. */
export async function onServer(url: string, statement: string): Promise<pg.QueryResult['rows']> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

export const freshSchema = () => `test_${randomBytes(6).toString('hex')}`

/** Empty records in a schema of their own, which `records.destroy()` drops. */
export async function openPostgresForTest(url: string, schema = freshSchema(), poolSize = 8) {
  const opened = await openPostgresRecords({
    url,
    password: undefined,
    ca: undefined,
    schema,
    poolSize,
    clock: systemClock,
    log: quiet,
  })
  const { records } = opened
  let gone: Promise<unknown> | undefined
  const destroy = () =>
    (gone ??= records.destroy().then(() => onServer(url, `drop schema if exists "${schema}" cascade`)))
  const dropping = new Proxy(records, {
    get: (target, name) => {
      if (name === 'destroy') return destroy
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return { ...opened, records: dropping, schema }
}

/** Called with every statement before it runs; what it throws is thrown in its place. Undefined: nothing more is asked. */
export type Sabotage = (check: ((sql: string) => void) | undefined) => void

export interface TestRecords {
  readonly records: Records
  readonly sabotage: Sabotage
  /** On SQLite alone. */
  readonly sqlite?: Sqlite
}

/** Empty records for a test: SQLite in memory, or a fresh schema of the PostgreSQL of `RABTA_TEST_RECORDS`. */
export async function openTestRecords(): Promise<TestRecords> {
  if (TEST_POSTGRES !== undefined) {
    const { records } = await openPostgresForTest(TEST_POSTGRES)
    return { records, sabotage: sabotagePostgres }
  }
  const { records, sqlite } = await openRecords(':memory:')
  const original = sqlite.prepareOnce.bind(sqlite)
  const sabotage: Sabotage = (check) => {
    sqlite.prepareOnce = (sql) => {
      check?.(sql)
      return original(sql)
    }
  }
  return { records, sqlite, sabotage }
}

type Method = (this: unknown, ...parts: readonly unknown[]) => Promise<unknown>

const client = pg.Client.prototype as unknown as { query: Method }
const pool = pg.Pool.prototype as unknown as { connect: Method }
const { query } = client
const { connect } = pool
let checkStatement: ((sql: string) => void) | undefined

if (TEST_POSTGRES !== undefined) {
  client.query = function (...parts) {
    if (typeof parts[0] === 'string') checkStatement?.(parts[0])
    return counted(query.apply(this, parts as never))
  }
  pool.connect = function (...parts) {
    return counted(connect.apply(this, parts as never))
  }
}

const sabotagePostgres: Sabotage = (check) => {
  checkStatement = check
}

/** For `test.skipIf`: what fills SQLite's own file up has no likeness on a server. */
export const notOnSqlite = TEST_POSTGRES !== undefined
