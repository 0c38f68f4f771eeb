import { readFileSync } from 'node:fs'
import { describe, expect, inject, it } from 'vitest'
import { systemClock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import { openPostgresRecords, type PostgresOptions } from '../../../runtime/records/postgres.js'
import { recordsContract } from '../../contracts/records.contract.js'
import { startPostgres } from '../servers/postgres.js'
import { freshSchema, onServer, openPostgresForTest, quiet } from '../../support/test-records.js'

const url = inject('engines').postgres
const options = {
  url,
  password: undefined,
  ca: undefined,
  schema: 'public',
  poolSize: 2,
  clock: systemClock,
  log: quiet,
}
const openAt = (schema: string) => openPostgresRecords({ ...options, schema })

describe('the contract of the records on PostgreSQL', () => {
  recordsContract(async () => {
    const schema = freshSchema()
    const { records } = await openAt(schema)
    return {
      records,
      again: async () => (await openAt(schema)).records,
      remove: async () => {
        await records.destroy()
        await onServer(url, `drop schema ${schema} cascade`)
      },
    }
  })
})

it('several processes that begin at once on an empty database all find their tables', async () => {
  const schema = freshSchema()
  const all = await Promise.all([1, 2, 3, 4, 5].map(() => openAt(schema)))
  for (const { records } of all) expect(await records.selectFrom('cases').selectAll().execute()).toEqual([])
  await Promise.all(all.map(({ records }) => records.destroy()))
  await onServer(url, `drop schema ${schema} cascade`)
})

it('orders every text column by code point, and every statement is serializable and limited in time', async () => {
  const { records, schema } = await openPostgresForTest(url)
  const wrong = await onServer(
    url,
    `select table_name, column_name from information_schema.columns where table_schema = '${schema}'
     and table_name not like 'kysely%' and data_type in ('text', 'character varying') and collation_name is distinct from 'C'`,
  )
  expect(wrong).toEqual([])
  await records.destroy()
})

describe('what cannot be opened says so, without the password', () => {
  const refused = async (
    change: Partial<typeof options> & { password?: string | undefined; ca?: string | undefined },
  ) => {
    const error: unknown = await openPostgresRecords({ ...options, ...change }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(Error)
    const { message, cause, stack } = error as Error
    expect(`${message} ${String(cause)} ${stack ?? ''}`).not.toContain('hunter2')
    return error
  }

  it('nobody listens there', async () => {
    const from = performance.now()
    const error = await refused({ url: 'postgres://u:hunter2@127.0.0.1:1/d' })
    expect(error).toMatchObject({ reason: 'unavailable', retryable: true })
    expect(performance.now() - from).toBeLessThan(12_000)
  })

  it.each([
    ['no address', 'hunter2'],
    ['another protocol', 'mysql://u:hunter2@h/d'],
    ['no user', 'postgres://127.0.0.1/hunter2'],
    ['an sslmode that anybody between could undo', 'postgres://u:hunter2@h/d?sslmode=prefer'],
    ['half a percent', 'postgres://u%zz:hunter2@h/d'],
  ])('%s', async (_what, address) => {
    expect(await refused({ url: address })).toMatchObject({ reason: 'invalid-payload', retryable: false })
  })

  it('a schema with a name that could be anything else', async () => {
    expect(await refused({ schema: 'x"; drop schema public' })).toMatchObject({ reason: 'invalid-payload' })
  })

  it('TLS is asked of a server that has none', async () => {
    const error = await refused({ url: `${url}?sslmode=require` })
    expect(error).toBeInstanceOf(Error)
  })

  it('a role that is not there', async () => {
    const other = new URL(url)
    other.username = 'nobody_such'
    other.password = 'hunter2'
    expect(await refused({ url: other.href })).toMatchObject({ reason: 'unauthorized' })
  })
})

describe('a server that speaks TLS alone and asks for a password', () => {
  it('lets in the right password with the right authority, and nobody else', async () => {
    const server = await startPostgres({ guarded: true })
    try {
      const ca = readFileSync(server.caFile ?? '', 'utf8')
      const password = server.password
      const guarded = { ...options, url: server.address, schema: freshSchema(), password, ca }
      const { records } = await openPostgresRecords(guarded)
      expect(await records.selectFrom('cases').selectAll().execute()).toEqual([])
      await records.destroy()
      const reasonOf = async (change: Partial<Pick<PostgresOptions, 'url' | 'password' | 'ca'>>) => {
        const error: unknown = await openPostgresRecords({ ...guarded, ...change }).then(
          ({ records: opened }) => opened.destroy(),
          (e: unknown) => e,
        )
        expect(error).toBeInstanceOf(Failure)
        expect(`${String(error)} ${(error as Failure).stack ?? ''}`).not.toContain(password ?? 'none')
        expect(String(error)).not.toContain('planted-secret')
        return error
      }
      expect(await reasonOf({ password: 'planted-secret' })).toMatchObject({ reason: 'unauthorized' })
      expect(await reasonOf({ password: undefined })).toMatchObject({ reason: 'unauthorized' })
      const distrusted = await reasonOf({ ca: undefined, url: `${server.address}?sslmode=require` })
      expect(distrusted).toMatchObject({ reason: 'unauthorized' })
      expect(String(distrusted)).toContain('certificate')
      expect(await reasonOf({ ca: undefined })).toMatchObject({ reason: 'unauthorized' })
    } finally {
      await server.remove()
    }
  })
})
