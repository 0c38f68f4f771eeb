import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Bus, BusRecord } from '../../runtime/bus.js'

export interface BusUnderTest {
  readonly bus: Bus
  /** Closes the bus and opens it again on the same storage. */
  reopen(): Promise<Bus>
  destroy(): Promise<void>
}

const message = (n: number) => ({ key: `k${n % 3}`, value: { n } })
const numbers = (records: readonly BusRecord[]) => records.map((record) => (record.value as { n: number }).n)

/** What every bus promises; `open` gives a fresh, empty one. */
export function busContract(open: () => Promise<BusUnderTest>): void {
  let under: BusUnderTest
  let bus: Bus
  const never = new AbortController().signal

  beforeEach(async () => {
    under = await open()
    bus = under.bus
  })
  afterEach(() => under.destroy())

  /** Reads with a group until `count` records came. */
  async function take(group: string, count: number, from: Bus = bus): Promise<BusRecord[]> {
    const taken: BusRecord[] = []
    await new Promise<void>((resolve, reject) => {
      const subscription = from.subscribe('mentions.collected', group, async (records) => {
        taken.push(...records)
        if (taken.length >= count) queueMicrotask(resolve)
      })
      subscription.ended.catch(reject)
      stops.push(() => subscription.stop())
    })
    await Promise.all(stops.splice(0).map((stop) => stop()))
    return taken
  }
  const stops: (() => Promise<void>)[] = []

  it('hands over what was published, in order of a key, with key and value', async () => {
    await bus.publish('mentions.collected', [message(1), message(4)])
    await bus.publish('mentions.collected', [message(7)])
    const records = await take('g', 3)
    expect(numbers(records)).toEqual([1, 4, 7])
    expect(records[0]).toMatchObject({ topic: 'mentions.collected', key: 'k1' })
  })

  it('keeps text of every kind unchanged', async () => {
    const text = 'پشاور \u0000 \ud83d\ude00 \u202e " \n ۍ '
    await bus.publish('mentions.collected', [{ key: text, value: { text } }])
    const [record] = await bus.read('mentions.collected', {})
    expect(record?.value).toEqual({ text })
  })

  it('gives every group everything, and a group that comes back only what it has not committed', async () => {
    await bus.publish('mentions.collected', [message(1), message(2)])
    expect(numbers(await take('one', 2))).toEqual([1, 2])
    expect(numbers(await take('two', 2))).toEqual([1, 2])
    await bus.publish('mentions.collected', [message(3)])
    expect(numbers(await take('one', 1))).toEqual([3])
  })

  it('commits nothing when the handler fails: the batch comes again', async () => {
    await bus.publish('mentions.collected', [message(1), message(2)])
    const failing = bus.subscribe('mentions.collected', 'g', () => Promise.reject(new Error('planted')))
    await expect(failing.ended).rejects.toThrow('planted')
    await failing.stop()
    expect(numbers(await take('g', 2))).toEqual([1, 2])
  })

  it('survives being closed and opened: records and positions are kept', async () => {
    await bus.publish('mentions.collected', [message(1), message(2)])
    expect(numbers(await take('g', 2))).toEqual([1, 2])
    bus = await under.reopen()
    await bus.publish('mentions.collected', [message(3)])
    expect(numbers(await take('g', 1))).toEqual([3])
    expect(numbers(await take('late', 3))).toEqual([1, 2, 3])
  })

  it('reads from a position without a group, and knows its end', async () => {
    await bus.publish('mentions.collected', [message(1), message(2)])
    const end = await bus.end('mentions.collected')
    await bus.publish('mentions.collected', [message(3)])
    expect(numbers(await bus.read('mentions.collected', end))).toEqual([3])
    expect(numbers(await bus.read('mentions.collected', {}, 2))).toEqual([1, 2])
    expect(await bus.read('mentions.collected', await bus.end('mentions.collected'))).toEqual([])
  })

  it('wakes who waits for a change, and lets go of them when they are aborted', async () => {
    const changed = bus.changed(['mentions.collected', 'alerts.raised'], never)
    await bus.publish('mentions.collected', [message(1)])
    await changed
    const aborted = new AbortController()
    const waiting = bus.changed(['mentions.collected'], aborted.signal)
    aborted.abort()
    await waiting
  })

  it('counts what a group has yet to read', async () => {
    await bus.publish('mentions.collected', [message(1), message(2), message(3)])
    expect(await bus.lag('mentions.collected', 'g')).toBe(3)
    await take('g', 3)
    expect(await bus.lag('mentions.collected', 'g')).toBe(0)
  })

  it('hands over no more than maxBatch at once', async () => {
    await bus.publish(
      'mentions.collected',
      Array.from({ length: 25 }, (_, n) => message(n)),
    )
    const sizes: number[] = []
    await new Promise<void>((resolve) => {
      let seen = 0
      const subscription = bus.subscribe(
        'mentions.collected',
        'g',
        async (records) => {
          sizes.push(records.length)
          seen += records.length
          if (seen === 25) resolve()
        },
        { maxBatch: 10 },
      )
      stops.push(() => subscription.stop())
    })
    await Promise.all(stops.splice(0).map((stop) => stop()))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10)
  })

  it('runs no handler after stop resolved', async () => {
    let calls = 0
    const subscription = bus.subscribe('mentions.collected', 'g', async () => void calls++)
    await subscription.stop()
    await bus.publish('mentions.collected', [message(1)])
    await new Promise((resolve) => setImmediate(resolve))
    expect(calls).toBe(0)
  })
}
