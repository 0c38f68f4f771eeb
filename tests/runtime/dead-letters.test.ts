import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDeadLetters, type DeadLetters, type Reopen } from '../../runtime/dead-letters.js'
import { Failure } from '../../runtime/failure.js'
import type { Records } from '../../runtime/records/tables.js'
import type { DeadLetter } from '../../schemas/dead-letter.js'
import { FakeClock } from '../support/fake-clock.js'
import { MemoryBus } from '../support/memory-bus.js'
import { openTestRecords } from '../support/test-records.js'

const letter = (id: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  schema: 'rabta.dead-letter/1',
  id,
  origin: 'mentions.enriched',
  key: `key of ${id}`,
  value: { id },
  reason: 'invalid-payload',
  detail: 'does not fit',
  attempts: 3,
  at: '2026-11-22T03:00:00.000Z',
  ...more,
})

let records: Records
let bus: MemoryBus
let clock: FakeClock
let letters: DeadLetters
let reopened: string[]
let reopen: Reopen
beforeEach(async () => {
  records = (await openTestRecords()).records
  bus = new MemoryBus()
  clock = new FakeClock()
  reopened = []
  reopen = async ({ id }) => void reopened.push(id)
  letters = createDeadLetters({ records, bus, clock, reopen: (origin) => (origin === 'hooks/whatsapp' ? (one: DeadLetter) => reopen(one) : undefined) }) // prettier-ignore
})
afterEach(() => records.destroy())

const keep = (...given: DeadLetter[]) =>
  letters.handle(
    given.map((value, offset) => ({ key: value.id, value, partition: 0, offset })),
    new AbortController().signal,
  )
const waiting = async () => (await letters.list({ limit: 100, offset: 0 })).items.map((kept) => kept.letter)

describe('dead letters', () => {
  it('are kept whole and once, however often they come', async () => {
    await keep(letter('a'), letter('b', { value: null }), letter('a'))
    await keep(letter('a', { detail: 'another time' }))
    expect(await waiting()).toEqual([letter('a'), letter('b', { value: null })])
  })

  it('are listed newest first, by pages, with how many there are', async () => {
    await keep(...[1, 2, 3, 4, 5].map((n) => letter(`l${n}`, { at: `2026-11-22T03:00:0${n}.000Z` })))
    const page = await letters.list({ limit: 2, offset: 2 })
    expect(page.items.map((kept) => kept.letter.id)).toEqual(['l3', 'l2'])
    expect(page.total).toBe(5)
    expect((await letters.list({ limit: 2, offset: 9 })).items).toEqual([])
  })

  it('that are too large come without what they hold, if that is asked for, and are whole all the same', async () => {
    await keep(letter('large', { value: 'x'.repeat(5000) }), letter('small'))
    const { items } = await letters.list({ limit: 10, offset: 0, maxValueBytes: 1000 })
    expect(items.map((kept) => kept.letter)).toEqual([
      { ...letter('large'), key: '', value: null, detail: 'does not fit (6 kB, not shown here)' },
      letter('small'),
    ])
    await letters.replay(['large'])
    expect(bus.values('mentions.enriched')).toEqual(['x'.repeat(5000)])
  })
})

describe('putting back', () => {
  it('publishes each once, under its key, where it came from, and takes it off the list', async () => {
    await keep(letter('a'), letter('b', { origin: 'mentions.collected' }))
    expect(await letters.replay(undefined)).toEqual({ replayed: 2, failed: [] })
    expect(await letters.replay(undefined)).toEqual({ replayed: 0, failed: [] })
    expect(bus.values('mentions.enriched')).toEqual([{ id: 'a' }])
    expect(bus.keys('mentions.collected')).toEqual(['key of b'])
    expect(await waiting()).toEqual([])
  })

  it('goes in by the door where it came by one', async () => {
    await keep(letter('hook', { origin: 'hooks/whatsapp' }))
    expect(await letters.replay(['hook'])).toEqual({ replayed: 1, failed: [] })
    expect(reopened).toEqual(['hook'])
  })

  it('takes only those that are named, each once, and says which do not wait', async () => {
    await keep(letter('a'), letter('b'))
    expect(await letters.replay(['b', 'b', 'c'])).toEqual({
      replayed: 1,
      failed: [{ id: 'c', detail: 'no dead letter of this id waits' }],
    })
    expect(await letters.replay(['b'])).toMatchObject({ replayed: 0, failed: [{ id: 'b' }] })
    expect(await letters.replay([])).toEqual({ replayed: 0, failed: [] })
    expect(await waiting()).toEqual([letter('a')])
  })

  it('goes on past those that cannot be put back, and keeps them', async () => {
    reopen = async ({ id }) => {
      if (id === 'fails') throw new Failure('invalid-payload', 'it still cannot be read', { retryable: false })
      if (id === 'breaks') throw new TypeError('the words of a message')
      reopened.push(id)
    }
    const door = { origin: 'hooks/whatsapp' }
    await keep(letter('breaks', door), letter('fails', door), letter('good', door), letter('lost', { origin: 'toString' })) // prettier-ignore
    expect(await letters.replay(undefined)).toEqual({
      replayed: 1,
      failed: [
        { id: 'breaks', detail: 'an error nobody expected (TypeError)' },
        { id: 'fails', detail: 'it still cannot be read' },
        { id: 'lost', detail: 'nothing takes payloads of toString back' },
      ],
    })
    expect((await waiting()).map(({ id }) => id).sort()).toEqual(['breaks', 'fails', 'lost'])
  })

  it('keeps what the bus cannot take now', async () => {
    await keep(letter('a'))
    bus.beforePublish = () => {
      throw new Failure('storage-full', 'the disk is full', { retryable: true })
    }
    expect(await letters.replay(undefined)).toEqual({ replayed: 0, failed: [{ id: 'a', detail: 'the disk is full' }] })
    expect(await waiting()).toEqual([letter('a')])
  })

  it('is not undone by an old record that comes again, but by the same payload set aside later', async () => {
    await keep(letter('a'))
    await letters.replay(['a'])
    await keep(letter('a'))
    expect(await waiting()).toEqual([])
    const later = letter('a', { at: '2026-11-22T05:00:00.000Z', detail: 'again' })
    await keep(later)
    expect(await waiting()).toEqual([later])
    expect(await letters.replay(['a'])).toEqual({ replayed: 1, failed: [] })
  })
})
