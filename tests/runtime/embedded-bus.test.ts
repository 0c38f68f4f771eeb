import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../runtime/clock.js'
import { EmbeddedBus } from '../../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../../runtime/embedded-bus/log-file.js'
import { Failure } from '../../runtime/failure.js'
import { busContract } from '../contracts/bus.contract.js'
import { FakeClock } from '../support/fake-clock.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('the embedded bus keeps the contract of Bus', () => {
  busContract(async () => {
    const folder = temporaryFolder()
    const open = () => new EmbeddedBus({ file: new LogFile(join(folder.path, 'bus.db')), clock: systemClock })
    let bus = open()
    return {
      bus,
      reopen: async () => {
        await bus.close()
        bus = open()
        return bus
      },
      destroy: async () => {
        await bus.close()
        folder.remove()
      },
    }
  })
})

describe('the embedded bus', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let file: LogFile
  let clock: FakeClock
  let bus: EmbeddedBus

  beforeEach(() => {
    folder = temporaryFolder()
    file = new LogFile(join(folder.path, 'bus.db'))
    clock = new FakeClock()
    bus = new EmbeddedBus({ file, clock })
  })
  afterEach(async () => {
    await bus.close()
    folder.remove()
  })

  const big = (n: number) => ({ key: 'k', value: { n, filler: 'x'.repeat(20_000) } })

  it('says storage-full when the disk is full, stores none of that call, and goes on once there is room', async () => {
    await bus.publish('mentions.collected', [big(0)])
    file.sqlite.limitPages(40)
    let stored = 1
    const failure: unknown = await (async () => {
      for (;;) {
        await bus.publish('mentions.collected', [big(stored), big(stored + 1)])
        stored += 2
      }
    })().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({ reason: 'storage-full', retryable: true })
    file.sqlite.limitPages(0)
    await bus.publish('mentions.collected', [big(stored)])
    const records = await bus.read('mentions.collected', {})
    expect(records.map((record) => (record.value as { n: number }).n)).toEqual(
      Array.from({ length: stored + 1 }, (_, n) => n),
    )
  })

  it('reads a batch of large records in parts', async () => {
    const huge = { key: 'k', value: 'x'.repeat(900_000) }
    await bus.publish('mentions.collected', [huge, huge, huge, huge])
    expect((await bus.read('mentions.collected', {})).length).toBe(2)
  })

  it('forgets what is old or too much, but never what a group has yet to read', async () => {
    const retention = new Map([['mentions.collected' as const, { maxAgeMs: 1000, maxBytes: 1e9 }]])
    await bus.publish('mentions.collected', [big(1), big(2)])
    await clock.advance(5000)
    await bus.expire(retention)
    expect((await bus.read('mentions.collected', {})).length).toBe(2)

    let seen = 0
    const subscription = bus.subscribe('mentions.collected', 'g', async (records) => void (seen += records.length))
    while (seen < 2) await clock.yield()
    await subscription.stop()
    await bus.expire(retention)
    expect((await bus.read('mentions.collected', {})).length).toBe(0)
    await bus.publish('mentions.collected', [big(3)])
    expect((await bus.read('mentions.collected', {})).map((record) => record.offset)).toEqual([2])
  })

  it('lets go by age what no group ever reads, where that is said', async () => {
    const kept = { maxAgeMs: 1000, maxBytes: 1e9 }
    const notice = { schema: 'rabta.indexed/1', id: 'x:1', channel: 'x', type: 'written', alert: false, districts: [] }
    await bus.publish('mentions.indexed', [{ key: 'x:1', value: notice }])
    await clock.advance(5000)
    await bus.publish('mentions.indexed', [{ key: 'x:1', value: notice }])
    await bus.expire(new Map([['mentions.indexed' as const, kept]]))
    expect(await bus.read('mentions.indexed', {})).toHaveLength(2)
    await bus.expire(new Map([['mentions.indexed' as const, { ...kept, withoutGroups: true }]]))
    expect((await bus.read('mentions.indexed', {})).map((record) => record.offset)).toEqual([1])
  })

  it('lets nobody spin on a closed bus: a wait for a change ends with its signal, not before', async () => {
    const stopping = new AbortController()
    let woken = 0
    const before = bus.changed(['mentions.collected'], stopping.signal).then(() => woken++)
    await bus.close()
    const after = bus.changed(['mentions.collected'], stopping.signal).then(() => woken++)
    await clock.yield()
    expect(woken).toBe(0)
    stopping.abort()
    await Promise.all([before, after])
    expect(woken).toBe(2)
  })

  it('refuses a second subscription of the same group', () => {
    bus.subscribe('mentions.collected', 'g', async () => undefined)
    expect(() => bus.subscribe('mentions.collected', 'g', async () => undefined)).toThrow(
      'reads mentions.collected already',
    )
  })
})
