import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  createCorrections,
  type Corrections,
  type NewCorrections,
} from '../../../runtime/corrections/correction-store.js'
import { createCorrectionsDoor } from '../../../runtime/corrections/say-corrections.js'
import { Failure } from '../../../runtime/failure.js'
import type { Records } from '../../../runtime/records/tables.js'
import { MAX_REVISION } from '../../../schemas/correction.js'
import { FakeClock } from '../../support/fake-clock.js'
import { MemoryBus } from '../../support/memory-bus.js'
import { openTestRecords, quiet } from '../../support/test-records.js'

let records: Records
let clock: FakeClock
let corrections: Corrections
beforeEach(async () => {
  records = (await openTestRecords()).records
  clock = new FakeClock(Date.parse('2026-11-22T05:00:00.000Z'))
  corrections = createCorrections({ records, clock })
})
afterEach(() => records.destroy())

const made = (more: Partial<NewCorrections> = {}): NewCorrections => ({
  mentionId: 'x:1',
  receivedAt: '2026-11-22T04:00:00.000Z',
  textHash: 'hash',
  upon: 0,
  by: 'analyst',
  note: '',
  tags: [{ tag: 'category', was: 'news', value: 'crime' }],
  ...more,
})

describe('the corrections in the records', () => {
  test('come back as they were made, in their order, by mention', async () => {
    const tags: NewCorrections['tags'] = [
      { tag: 'districts', was: ['swat'], value: [] },
      { tag: 'alert', was: null, value: true },
    ]
    expect(await corrections.add(made({ tags, note: 'said by \u{1f4de} پشاور' }))).toBe(1)
    await clock.advance(1000)
    expect(
      await corrections.add(made({ upon: 1, by: 'other', tags: [{ tag: 'alert', was: null, value: null }] })),
    ).toBe(2)
    await corrections.add(made({ mentionId: 'x:2' }))
    const found = await corrections.ofMany(['x:1', 'x:2', 'x:1', 'x:none'])
    expect([...found.keys()].sort()).toEqual(['x:1', 'x:2'])
    const common = { mentionId: 'x:1', textHash: 'hash' }
    expect(found.get('x:1')).toEqual([
      { ...common, revision: 1, tag: 'alert', was: null, value: true, by: 'analyst', at: '2026-11-22T05:00:00.000Z', note: 'said by \u{1f4de} پشاور' }, // prettier-ignore
      { ...common, revision: 1, tag: 'districts', was: ['swat'], value: [], by: 'analyst', at: '2026-11-22T05:00:00.000Z', note: 'said by \u{1f4de} پشاور' }, // prettier-ignore
      { ...common, revision: 2, tag: 'alert', was: null, value: null, by: 'other', at: '2026-11-22T05:00:01.000Z', note: '' }, // prettier-ignore
    ])
    expect(await corrections.ofMany([])).toEqual(new Map())
  })

  test('of two that saw the same one is kept, though both come at once', async () => {
    const both = await Promise.all([corrections.add(made()), corrections.add(made({ by: 'other' }))])
    expect(both.filter((revision) => revision === 1)).toHaveLength(1)
    expect(both.filter((revision) => revision === undefined)).toHaveLength(1)
    expect(await corrections.add(made({ upon: 7 }))).toBeUndefined()
    expect((await corrections.ofMany(['x:1'])).get('x:1')).toHaveLength(1)
  })

  test('end at the last revision that an index can tell apart', async () => {
    expect(await corrections.add(made({ upon: MAX_REVISION - 1 }))).toBe(MAX_REVISION)
    await expect(corrections.add(made({ upon: MAX_REVISION }))).rejects.toMatchObject({ reason: 'refused' })
  })

  test('are forgotten whole', async () => {
    await corrections.add(made())
    await corrections.add(made({ mentionId: 'x:2' }))
    await corrections.forget(['x:1', 'x:unknown'])
    await corrections.forget([])
    expect([...(await corrections.ofMany(['x:1', 'x:2'])).keys()]).toEqual(['x:2'])
    expect(await records.selectFrom('corrected_mentions').select('mention_id').execute()).toEqual([{ mention_id: 'x:2' }]) // prettier-ignore
  })

  test('of old mentions are found page by page', async () => {
    for (const n of [1, 2, 3]) await corrections.add(made({ mentionId: `x:${n}`, receivedAt: `2026-11-0${n}T00:00:00.000Z` })) // prettier-ignore
    const before = '2026-11-03T00:00:00.000Z'
    expect(await corrections.receivedBefore(before, '', 1)).toEqual(['x:1'])
    expect(await corrections.receivedBefore(before, 'x:1', 5)).toEqual(['x:2'])
    expect(await corrections.receivedBefore(before, 'x:2', 5)).toEqual([])
  })
})

describe('the door to the bus', () => {
  const open = () => {
    const bus = new MemoryBus()
    return { bus, door: createCorrectionsDoor({ corrections, bus, clock, log: quiet }) }
  }

  test('says each once, by id and revision alone, and nothing more of it', async () => {
    const { bus, door } = open()
    await corrections.add(made())
    await door.say('x:1', 1)
    expect(bus.values('mentions.corrected')).toEqual([{ schema: 'rabta.corrected/1', id: 'x:1', revision: 1 }])
    expect(bus.keys('mentions.corrected')).toEqual(['x:1'])
    expect(await door.sweep()).toBe(0)
  })

  test('what the bus did not take, or was killed before it, is said by the sweep', async () => {
    const { bus, door } = open()
    bus.beforePublish = () => {
      throw new Failure('storage-full', 'the disk is full', { retryable: true })
    }
    await corrections.add(made())
    await door.say('x:1', 1)
    await expect(door.sweep()).rejects.toThrow('the disk is full')
    const stopping = new AbortController()
    const running = door.run(stopping.signal)
    await clock.yield()
    bus.beforePublish = () => undefined
    for (let turn = 0; turn < 50 && bus.values('mentions.corrected').length === 0; turn++) await clock.advance(1000)
    expect(bus.values('mentions.corrected')).toEqual([{ schema: 'rabta.corrected/1', id: 'x:1', revision: 1 }])
    stopping.abort(new Error('the test is over'))
    await running
  })

  test('saying an older one does not settle a newer one', async () => {
    const { bus, door } = open()
    await corrections.add(made())
    await corrections.add(made({ upon: 1 }))
    await door.say('x:1', 1)
    expect(await corrections.unsaid(9)).toEqual([{ id: 'x:1', revision: 2 }])
    expect(await door.sweep()).toBe(1)
    expect(bus.values('mentions.corrected')).toHaveLength(2)
  })

  test('all that was corrected since a time is said again when asked for', async () => {
    const { bus, door } = open()
    await corrections.add(made({ mentionId: 'x:old' }))
    await door.sweep()
    await clock.advance(60_000)
    await corrections.add(made())
    await door.sweep()
    expect(await corrections.sayAgain('2026-11-22T05:00:30.000Z')).toBe(1)
    expect(await door.sweep()).toBe(1)
    expect(bus.keys('mentions.corrected')).toEqual(['x:old', 'x:1', 'x:1'])
  })
})
