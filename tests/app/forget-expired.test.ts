import { expect, onTestFinished, test } from 'vitest'
import { forgetExpired } from '../../app/forget-expired.js'
import { createCorrections } from '../../runtime/corrections/correction-store.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeEnriched } from '../support/mentions.js'
import { openTestRecords } from '../support/test-records.js'

test('corrections go with mentions that expired, and stay with those that the index still holds', async () => {
  const { records } = await openTestRecords()
  onTestFinished(() => records.destroy())
  const corrections = createCorrections({ records, clock: new FakeClock() })
  const add = (mentionId: string, receivedAt: string) =>
    corrections.add({ mentionId, receivedAt, textHash: 'h', upon: 0, by: 'analyst', note: 'why', tags: [{ tag: 'lang', was: 'ur', value: 'ps' }] }) // prettier-ignore
  const old = '2025-11-01T00:00:00.000Z'
  // More than one page, so that those that stay do not hide those after them.
  const gone = Array.from({ length: 250 }, (_, n) => `x:gone-${String(n).padStart(3, '0')}`)
  for (const id of gone) await add(id, old)
  for (let n = 0; n < 210; n++) await add(`x:a-stays-${n}`, old)
  await add('x:new', '2026-11-01T00:00:00.000Z')
  const search = {
    getMany: async (ids: readonly string[]) =>
      ids.filter((id) => id.startsWith('x:a-stays')).map((id) => makeEnriched({ id })),
  }
  await forgetExpired({ corrections, search }, new Date('2025-11-22T00:00:00.000Z'), new AbortController().signal)
  expect(await corrections.ofMany(gone)).toHaveProperty('size', 0)
  const left = await records.selectFrom('corrected_mentions').select('mention_id').execute()
  expect(left).toHaveLength(211)
  expect(left).toContainEqual({ mention_id: 'x:new' })
  expect(await records.selectFrom('corrections').select('mention_id').execute()).toHaveLength(211)
})
