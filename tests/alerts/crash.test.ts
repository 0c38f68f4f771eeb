import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EnrichedChange } from '../../schemas/enriched-mention.js'
import { at, openHouse, partition, START, tell, type Story } from './house.js'
import { notOnSqlite } from '../support/test-records.js'

type House = Awaited<ReturnType<typeof openHouse>>

const written = (story: Story): EnrichedChange => ({ type: 'written', mention: tell(story) })

test('the bus is away after the group was recorded: the batch comes again and announces the same alert, once counted', async () => {
  const house = await openHouse()
  const batch = [written({ id: 'a' }), written({ id: 'b', minute: 1 })]
  house.bus.failNext = 1
  await expect(house.feed(...batch)).rejects.toMatchObject({ retryable: true })
  expect(house.rung()).toEqual([])
  await house.feed(...batch)
  await house.feed(...batch)
  expect(house.rung().map(({ id, version, count }) => ({ id, version, count }))).toEqual([
    { id: 'alert:x:a', version: 2, count: 2 },
    { id: 'alert:x:a', version: 2, count: 2 },
  ])
})

test('a crash at any statement of the transaction leaves nothing behind, and the redelivery makes it whole', async () => {
  for (let step = 1; ; step++) {
    const house = await openHouse()
    await house.write(tell({ id: 'a' }))
    const batch = [
      written({ id: 'b', minute: 1 }),
      written({ id: 'c', category: 'extortion' }),
      written({ id: 'd', minute: 200 }),
    ]
    const crashed = await crashAt(house, step, () => house.feed(...batch))
    if (!crashed) {
      expect(step).toBeGreaterThan(6)
      return
    }
    const afterCrash = await house.alerts()
    expect([1, 3]).toContain(afterCrash.length)
    await house.feed(...batch)
    expect(partition(await house.alerts())).toEqual(['x:a x:b', 'x:c', 'x:d'])
    expect(new Set(house.rung().map((alert) => alert.id)).size).toBe(3)
  }
})

/** Makes statement number `step` of `work` throw, as a killed process would end there; false if it has fewer. */
async function crashAt(house: House, step: number, work: () => Promise<void>): Promise<boolean> {
  let left = step
  house.sabotage(() => {
    if (--left === 0) throw new Error('killed here')
  })
  try {
    await work()
    return false
  } catch (error) {
    expect(error).toMatchObject({ message: 'killed here' })
    return true
  } finally {
    house.sabotage(undefined)
  }
}

test.skipIf(notOnSqlite)(
  'a disk that is full (of SQLite: its own file is filled): nothing is half done, and it goes on when there is room',
  async () => {
    const house = await openHouse()
    const stories = Array.from({ length: 300 }, (_, n) =>
      written({ id: `${n}`, category: 'crime', text: 'x'.repeat(2000) }),
    )
    house.sqlite?.limitPages(60)
    await expect(house.feed(...stories)).rejects.toMatchObject({ reason: 'storage-full', retryable: true })
    expect(await house.alerts()).toEqual([])
    house.sqlite?.limitPages(0)
    await house.feed(...stories)
    expect(await house.alerts()).toHaveLength(300)
  },
)

const story = fc.record({
  id: fc.constantFrom(...'abcdefghijkl'),
  minute: fc.integer({ min: 0, max: 400 }),
  author: fc.constantFrom('p', 'q', 'r', 's'),
  category: fc.constantFrom('terrorism', 'violence', 'extortion', 'missing', 'mishap'),
  severity: fc.constantFrom('critical', 'high', 'medium'),
  alert: fc.boolean(),
  places: fc.subarray(['peshawar', 'swat', 'khyber']),
  copyOf: fc.constantFrom('one', 'two', 'three', 'four', 'five'),
  words: fc.constantFrom(3, 12, 40),
  public: fc.boolean(),
  version: fc.integer({ min: START + 1, max: START + 3 }),
})
const change: fc.Arbitrary<EnrichedChange> = fc
  .tuple(fc.constantFrom('written' as const, 'written' as const, 'edited' as const, 'deleted' as const), story)
  .map(([type, told]) => {
    const mention = tell(type === 'written' ? { ...told, version: START } : told)
    if (type !== 'deleted') return { type, mention }
    const { id, channel, conversation, version } = mention
    return { type, id, channel, conversation, version, receivedAt: at(told.minute) }
  })

async function outcome(house: House) {
  const alerts = await house.alerts()
  const members = await house.records.selectFrom('alert_mentions').selectAll().orderBy('mention_id').execute()
  return { alerts: [...alerts].sort((a, b) => (a.id < b.id ? -1 : 1)), members }
}

test('however a sequence is cut into batches, redelivered and interrupted, it gives the same groups', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 25 }),
      fc.array(
        fc.record({
          take: fc.integer({ min: 1, max: 6 }),
          back: fc.integer({ min: 0, max: 8 }),
          busFails: fc.boolean(),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      async (sequence, deliveries) => {
        const straight = await openHouse()
        for (const single of sequence) {
          await straight.feed(single)
          straight.restart()
        }
        const broken = await openHouse()
        for (let next = 0, n = 0; next < sequence.length; n++) {
          const { take, back, busFails } = deliveries[n % deliveries.length] ?? { take: 1, back: 0, busFails: false }
          const from = n < 40 ? Math.max(0, next - back) : next
          const batch = sequence.slice(from, next + take)
          if (busFails) {
            broken.bus.failNext = 1
            await broken.feed(...batch).catch(() => undefined)
            broken.bus.failNext = 0
          }
          await broken.feed(...batch)
          next += take
        }
        expect(await outcome(broken)).toEqual(await outcome(straight))
        const heard = new Map<string, number>()
        for (const alert of broken.rung()) heard.set(alert.id, Math.max(heard.get(alert.id) ?? 0, alert.version))
        for (const alert of await broken.alerts()) expect(heard.get(alert.id)).toBe(alert.version)
        // A server takes only so many connections: those of each run end with it.
        await Promise.all([straight.records.destroy(), broken.records.destroy()])
      },
    ),
    { numRuns: 60, seed: 20261122 },
  )
})

test('reports of far apart events in any order make the same groups', async () => {
  const events = [
    ['peshawar', 0],
    ['swat', 10],
    ['peshawar', 500],
  ] as const
  const stories = events.flatMap(([place, start], event) =>
    [0, 15, 30, 45].map((minute) => ({ id: `${event}-${minute}`, minute: start + minute, places: [place] })),
  )
  const wanted = events.map((_, event) => [0, 15, 30, 45].map((minute) => `x:${event}-${minute}`).join(' '))
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(stories, { minLength: stories.length }), async (shuffled) => {
      const house = await openHouse()
      await house.write(...shuffled.map((told) => tell(told)))
      expect(partition(await house.alerts())).toEqual(wanted)
    }),
    { numRuns: 20, seed: 7 },
  )
})
