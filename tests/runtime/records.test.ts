import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openRecords } from '../../runtime/records/open.js'
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
  const { records, sqlite } = await openRecords(join(folder.path, 'records.db'))
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
  sqlite.limitPages(0)
  await insert('later').execute()
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
