import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Records } from '../../../runtime/records/tables.js'
import { Failure } from '../../../runtime/failure.js'
import {
  createVocabularyStore,
  MOST_ENTRIES,
  type VocabularyStore,
} from '../../../runtime/vocabulary/vocabulary-store.js'
import type { WordEntry } from '../../../schemas/vocabulary.js'
import { FakeClock } from '../../support/fake-clock.js'
import { openTestRecords } from '../../support/test-records.js'

const word = (spelling: string): WordEntry => ({ kind: 'word', words: [spelling], like: 'دھماکہ' })

let records: Records
let clock: FakeClock
let store: VocabularyStore
beforeEach(async () => {
  records = (await openTestRecords()).records
  clock = new FakeClock()
  store = createVocabularyStore({ records, clock })
})
afterEach(() => records.destroy())

describe('the vocabulary in the records', () => {
  it('is empty at first, and its revision grows with each change', async () => {
    expect(await store.read()).toEqual({ revision: 0, items: [] })
    const { id } = await store.add('admin', () => word('کراکہ'))
    expect(await store.revision()).toBe(1)
    await store.retire(id, 'other')
    expect(await store.revision()).toBe(2)
  })

  it('gives back what was added, in its order, with who did it and when', async () => {
    await store.add('admin', () => word('کراکہ'))
    await clock.advance(1000)
    await store.add('other', () => ({ kind: 'not-a-place', names: ['Topi Gul'] }))
    const { items } = await store.read()
    expect(items).toMatchObject([
      {
        kind: 'word',
        entry: word('کراکہ'),
        by: 'admin',
        at: '2026-11-22T04:00:00.000Z',
        retiredAt: null,
        problem: null,
      },
      { kind: 'not-a-place', by: 'other', at: '2026-11-22T04:00:01.000Z' },
    ])
  })

  it('keeps what was retired, out of what stands, with who retired it', async () => {
    const { id } = await store.add('admin', () => word('کراکہ'))
    await clock.advance(1000)
    const retired = await store.retire(id, 'other')
    expect(retired).toMatchObject({ id, retiredAt: '2026-11-22T04:00:01.000Z', retiredBy: 'other' })
    expect((await store.read()).items).toEqual([])
    expect(await store.history(10)).toEqual([retired])
    await expect(store.retire(id, 'third')).rejects.toMatchObject({ reason: 'conflict' })
    await expect(store.retire('none', 'third')).rejects.toMatchObject({ reason: 'not-found' })
    expect(await store.revision()).toBe(2)
  })

  it('keeps nothing, and no new revision, where the judge refuses', async () => {
    const refusal = new Failure('refused', 'no', { retryable: false })
    await expect(
      store.add('admin', () => {
        throw refusal
      }),
    ).rejects.toBe(refusal)
    expect(await store.read()).toEqual({ revision: 0, items: [] })
  })

  it('lets one judge after the other see what the one before added, however many add at once', async () => {
    const once = () =>
      store.add('admin', (standing) => {
        if (standing.length > 0) throw new Failure('conflict', 'it is there', { retryable: false })
        return word('کراکہ')
      })
    const said = await Promise.allSettled([once(), once(), once()])
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await store.read()).toMatchObject({ revision: 1, items: [{ kind: 'word' }] })
  })

  it('shows what it cannot read as broken, and the rest as it is', async () => {
    await store.add('admin', () => word('کراکہ'))
    const row = { id: 'z', added_by: 'x', added_at: clock.iso(), retired_at: null, retired_by: null }
    await records.insertInto('vocabulary').values({ ...row, kind: 'word', body: '{"kind":"word"}' }).execute() // prettier-ignore
    await records
      .insertInto('vocabulary')
      .values({ ...row, id: 'zz', kind: 'rhyme', body: 'not JSON' })
      .execute()
    const broken = { entry: null, problem: expect.stringContaining('retire it') as string }
    const { items } = await store.read()
    expect(items.find(({ id }) => id === 'z')).toMatchObject({ kind: 'word', ...broken })
    expect(items.find(({ id }) => id === 'zz')).toMatchObject({ kind: 'rhyme', ...broken })
    expect(items.filter(({ problem }) => problem === null)).toHaveLength(1)
    expect(await store.retire('zz', 'admin')).toMatchObject({ retiredBy: 'admin' })
  })

  it('has an end', async () => {
    const row = { kind: 'word', body: JSON.stringify(word('x')), added_by: 'x', added_at: '', retired_at: null, retired_by: null } // prettier-ignore
    for (let from = 0; from < MOST_ENTRIES; from += 1000)
      await records
        .insertInto('vocabulary')
        .values(Array.from({ length: 1000 }, (_, n) => ({ ...row, id: String(from + n) })))
        .execute()
    await expect(store.add('admin', () => word('y'))).rejects.toMatchObject({ reason: 'refused' })
  })
})
