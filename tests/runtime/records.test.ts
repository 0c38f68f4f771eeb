import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openRecords } from '../../runtime/records/open.js'
import { recordsContract } from '../contracts/records.contract.js'
import { temporaryFolder } from '../support/temporary-folder.js'

it('makes its tables once and keeps what is in them', async () => {
  const folder = temporaryFolder()
  const file = join(folder.path, 'records.db')
  const first = await openRecords(file)
  await first.records.insertInto('cursors').values({ source: 'x', value: '1', saved_at: 'now' }).execute()
  await first.records.destroy()
  const second = await openRecords(file)
  expect(await second.records.selectFrom('cursors').selectAll().execute()).toEqual([
    { source: 'x', value: '1', saved_at: 'now' },
  ])
  await second.records.destroy()
  folder.remove()
})

it('rolls a transaction back, and says a full disk is full', async () => {
  const folder = temporaryFolder()
  const { records, sqlite, problem } = await openRecords(join(folder.path, 'records.db'))
  const insert = (day: string) =>
    records.insertInto('reports').values({ day, made_at: 'now', body: 'x'.repeat(10_000) })
  const count = async () => (await records.selectFrom('reports').select('day').execute()).length
  await expect(
    records.transaction().execute(async (transaction) => {
      await transaction.insertInto('reports').values({ day: 'a', made_at: 'now', body: '' }).execute()
      throw new Error('planted')
    }),
  ).rejects.toThrow('planted')
  expect(await count()).toBe(0)

  sqlite.limitPages(60)
  const failure: unknown = await records
    .transaction()
    .execute(async (transaction) => {
      for (let n = 0; n < 100; n++)
        await transaction
          .insertInto('reports')
          .values({ day: `${n}`, made_at: 'now', body: 'x'.repeat(10_000) })
          .execute()
    })
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ reason: 'storage-full', retryable: true })
  expect(await count()).toBe(0)
  expect(problem()).toContain('full')
  // Neither what is read nor what changes nothing shows that there is room.
  await records.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('reports').execute()
  })
  expect(problem()).toContain('full')
  sqlite.limitPages(0)
  await insert('later').execute()
  expect(problem()).toBeUndefined()
  expect(await count()).toBe(1)
  await records.destroy()
  folder.remove()
})

it('numbers the audit by itself and gives back generated keys', async () => {
  const { records } = await openRecords(':memory:')
  for (const action of ['one', 'two'])
    await records.insertInto('audit').values({ at: 'now', actor: 'a', action, subject: 's', detail: '' }).execute()
  expect(
    (await records.selectFrom('audit').select(['seq', 'action']).orderBy('seq').execute()).map((row) => row.action),
  ).toEqual(['one', 'two'])
  await records.destroy()
})

describe('the contract of the records on SQLite', () => {
  recordsContract(async () => {
    const folder = temporaryFolder()
    const file = join(folder.path, 'records.db')
    const { records } = await openRecords(file)
    return {
      records,
      // One connection owns the file, and whoever else writes queues for it.
      again: () =>
        Promise.resolve(
          new Proxy(records, {
            get: (target, name) => {
              if (name === 'destroy') return () => Promise.resolve()
              const value: unknown = Reflect.get(target, name, target)
              return typeof value === 'function' ? (value.bind(target) as unknown) : value
            },
          }),
        ),
      remove: async () => {
        await records.destroy()
        folder.remove()
      },
    }
  })
})

it('the column for the words that an alert shows is filled from the alerts that are there', async () => {
  const folder = temporaryFolder()
  const file = join(folder.path, 'records.db')
  const before = await openRecords(file)
  for (const table of ['alerts_by_lead']) before.sqlite.exec(`drop index ${table}`)
  before.sqlite.exec('alter table alerts drop column lead_mention_id')
  for (const table of ['corrections', 'corrected_mentions', 'vocabulary', 'vocabulary_revision'])
    before.sqlite.exec(`drop table ${table}`)
  before.sqlite.exec("delete from kysely_migration where name >= '0008'")
  for (let n = 0; n < 1200; n++) {
    const body = n === 7 ? '{}' : JSON.stringify({ lead: { mentionId: `x:${n}`, text: '\u0000' } })
    before.sqlite.run(
      "insert into alerts values (?, 1, 'danger', 'ringing', 'critical', 0, 'terrorism', '', '', ?)",
      `alert:${n}`,
      body,
    )
  }
  await before.records.destroy()
  const { records } = await openRecords(file)
  const rows = await records.selectFrom('alerts').select(['id', 'lead_mention_id']).execute()
  expect(rows).toHaveLength(1200)
  for (const { id, lead_mention_id } of rows)
    expect(lead_mention_id).toBe(id === 'alert:7' ? '' : id.replace('alert', 'x'))
  await records.destroy()
  folder.remove()
})
