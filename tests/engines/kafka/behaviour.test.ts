import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Bus, BusRecord, Position, Subscription } from '../../../runtime/bus.js'
import { TOPIC_LAYOUT } from '../../../runtime/topic-layout.js'
import type { Topic } from '../../../schemas/topics.js'
import {
  freshNamespace,
  isInOrderByKey,
  keptLog,
  numbered,
  numbersOf,
  openBus,
  removeNamespace,
  strangersKafka,
  until,
} from './kafka-house.js'

const never = new AbortController().signal
const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => n + from)

describe('the Kafka bus', () => {
  let namespace: string
  let buses: Bus[]
  const open = async (options: Parameters<typeof openBus>[0] = { namespace }) => {
    const bus = await openBus(options)
    buses.push(bus)
    return bus
  }
  const collect = (bus: Bus, group: string, into: BusRecord[], topic: Topic = 'mentions.collected'): Subscription =>
    bus.subscribe(topic, group, async (records) => void into.push(...records))

  beforeEach(() => {
    namespace = freshNamespace()
    buses = []
  })
  afterEach(async () => {
    await Promise.all(buses.map((bus) => bus.close()))
    await removeNamespace(namespace)
  })

  it('makes the topics as the layout states, and leaves what is there with a warning', async () => {
    const admin = strangersKafka().admin()
    await admin.connect()
    await admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic: `${namespace}.mentions.collected`, numPartitions: 1 }],
    })
    const log = keptLog()
    await open({ namespace, partitions: 3, log })
    const { topics } = await admin.fetchTopicMetadata({
      topics: Object.keys(TOPIC_LAYOUT).map((topic) => `${namespace}.${topic}`),
    })
    const counts = Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]))
    expect(counts).toMatchObject({
      [`${namespace}.mentions.collected`]: 1,
      [`${namespace}.mentions.enriched`]: 3,
      [`${namespace}.messages.outbound`]: 3,
      [`${namespace}.alerts.raised`]: 1,
    })
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: `${namespace}.mentions.dead` }],
    })
    const entries = Object.fromEntries(
      resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? [],
    )
    expect(entries).toMatchObject({
      'retention.ms': String(TOPIC_LAYOUT['mentions.dead'].maxAgeMs),
      'retention.bytes': '-1',
      'cleanup.policy': 'delete',
      'max.message.bytes': String(16 * 1024 * 1024),
      'flush.messages': '1',
    })
    await admin.disconnect()
    const warned = log.lines
      .filter(({ event }) => event.startsWith('kafka topic has another'))
      .map(({ fields }) => fields?.['topic'])
    expect(warned).toEqual([`${namespace}.mentions.collected`])
  })

  it('takes eight mebibytes, and refuses what is larger alone', async () => {
    const bus = await open({ namespace, partitions: 1 })
    const large = { key: 'k', value: 'x'.repeat(8 * 1024 * 1024 - 10) }
    const tooLarge = bus.publish('mentions.collected', [{ key: 'k', value: 'x'.repeat(9 * 1024 * 1024) }])
    const rest = [bus.publish('mentions.collected', [numbered(1)]), bus.publish('mentions.collected', [large])]
    await expect(tooLarge).rejects.toMatchObject({ reason: 'too-large', retryable: false })
    await Promise.all(rest)
    expect((await bus.read('mentions.collected', { 0: 1 })).map(({ value }) => (value as string).length)).toEqual([
      8 * 1024 * 1024 - 10,
    ])
    expect(bus.problem()).toBeUndefined()
    const taken: BusRecord[] = []
    collect(bus, 'g', taken)
    await until('both are taken', () => taken.length === 2)
  })

  it('gets through what a smaller topic takes, when it refuses what was sent together', async () => {
    const admin = strangersKafka().admin()
    await admin.connect()
    const configEntries = [{ name: 'max.message.bytes', value: '2000' }]
    await admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic: `${namespace}.mentions.collected`, numPartitions: 1, configEntries }],
    })
    await admin.disconnect()
    const bus = await open()
    const noise = Array.from({ length: 4000 }, () => Math.random().toString(36).slice(2)).join('')
    const outcomes = await Promise.allSettled([
      bus.publish('mentions.collected', [numbered(1)]),
      bus.publish('mentions.collected', [{ key: 'k', value: noise }]),
      bus.publish('mentions.collected', [numbered(2), numbered(3)]),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { reason: 'too-large', retryable: false } })
    expect(numbersOf(await bus.read('mentions.collected', {}))).toEqual([1, 2, 3])
  })

  it("hands over a stranger's bytes as what they are, and goes on", async () => {
    const bus = await open({ namespace, partitions: 1 })
    const producer = strangersKafka().producer()
    await producer.connect()
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const messages = [
      { key: null, value: null },
      { key: Buffer.from([0xff, 0xfe]), value: 'no json' },
      { key: 'k', value: Buffer.from([0xc3, 0x28]) },
      { key: 'k', value: '' },
      { key: 'k', value: deep },
      { key: 'k', value: '{"__proto__":{"n":1}}' },
      { key: 'k', value: JSON.stringify({ n: 7 }), headers: { h: 'x' } },
    ]
    await producer.send({ topic: `${namespace}.mentions.collected`, messages })
    await producer.disconnect()
    const taken: BusRecord[] = []
    collect(bus, 'g', taken)
    await until('all are taken', () => taken.length === messages.length)
    const expected = [null, 'no json', 'wyg=', '', deep, JSON.parse('{"__proto__":{"n":1}}'), { n: 7 }]
    expect(taken.map(({ value }) => value)).toEqual(expected)
    expect(taken.map(({ key }) => key)).toEqual(['', '//4=', 'k', 'k', 'k', 'k', 'k'])
    expect((await bus.read('mentions.collected', {})).map(({ value }) => value)).toEqual(expected)
    expect(JSON.stringify(taken).length).toBeGreaterThan(200_000)
  })

  it('keeps the order of a key over partitions, calls and processes that share them', async () => {
    const bus = await open({ namespace, partitions: 4 })
    const other = await open({ namespace, partitions: 4 })
    const taken: BusRecord[] = []
    collect(bus, 'g', taken)
    collect(other, 'g', taken)
    await Promise.all(range(300).map((n) => bus.publish('mentions.collected', [numbered(n)])))
    await until('all are taken', () => taken.length >= 300)
    expect(new Set(numbersOf(taken)).size).toBe(300)
    expect(isInOrderByKey(taken)).toBe(true)
    await until('all are committed', async () => (await bus.lag('mentions.collected', 'g')) === 0)
  })

  it('reads several partitions from a position of each, in order, until there is nothing', async () => {
    const bus = await open({ namespace, partitions: 3 })
    for (const n of range(60)) await bus.publish('mentions.collected', [numbered(n)])
    let position: Position = {}
    const read: BusRecord[] = []
    for (;;) {
      const records = await bus.read('mentions.collected', position, 7)
      if (records.length === 0) break
      expect(records.length).toBeLessThanOrEqual(7)
      for (const record of records) position = { ...position, [record.partition]: record.offset + 1 }
      read.push(...records)
    }
    expect(numbersOf(read).sort((a, b) => a - b)).toEqual(range(60))
    expect(isInOrderByKey(read)).toBe(true)
    expect(position).toEqual(
      Object.fromEntries(Object.entries(await bus.end('mentions.collected')).filter(([, end]) => end > 0)),
    )
    expect(await bus.read('mentions.collected', { 0: 1e6, 1: 1e6, 2: 1e6 })).toEqual([])
  })

  it('goes on at what is kept, where records went before they were read', async () => {
    const log = keptLog()
    const bus = await open({ namespace, partitions: 1, log })
    await bus.publish(
      'mentions.collected',
      range(10).map((n) => numbered(n)),
    )
    const first: BusRecord[] = []
    const subscription = bus.subscribe('mentions.collected', 'g', async (records) => void first.push(...records), {
      maxBatch: 2,
    })
    await until('some are taken', () => first.length >= 2)
    await subscription.stop()
    const admin = strangersKafka().admin()
    await admin.connect()
    await bus.publish(
      'mentions.collected',
      range(10, 10).map((n) => numbered(n)),
    )
    // kafkajs deletes only of topics that it was asked about before.
    await admin.fetchTopicMetadata({ topics: [`${namespace}.mentions.collected`] })
    await admin.deleteTopicRecords({
      topic: `${namespace}.mentions.collected`,
      partitions: [{ partition: 0, offset: '15' }],
    })
    await admin.disconnect()
    expect(await bus.lag('mentions.collected', 'g')).toBe(5)
    expect(await bus.lag('mentions.collected', 'new')).toBe(5)
    expect(numbersOf(await bus.read('mentions.collected', { 0: 3 }, 2))).toEqual([15, 16])
    const rest: BusRecord[] = []
    collect(bus, 'g', rest)
    await until('the rest is taken', () => rest.length === 5)
    expect(numbersOf(rest)).toEqual(range(5, 15))
    expect(log.lines.some(({ event }) => event.includes('let go of records'))).toBe(true)
  })

  it('gives out partitions that somebody added', async () => {
    const bus = await open({ namespace, partitions: 1 })
    const taken: BusRecord[] = []
    const subscription = collect(bus, 'g', taken)
    await bus.publish('mentions.collected', [numbered(0)])
    await until('the first is taken', () => taken.length === 1)
    await subscription.stop()
    const admin = strangersKafka().admin()
    await admin.connect()
    await admin.createPartitions({ topicPartitions: [{ topic: `${namespace}.mentions.collected`, count: 3 }] })
    await admin.disconnect()
    const later = await open({ namespace, partitions: 1 })
    collect(later, 'g', taken)
    for (const n of range(20, 1)) await later.publish('mentions.collected', [numbered(n, `key ${n}`)])
    await until('all are taken', () => new Set(numbersOf(taken)).size === 21)
  })

  it('serves two topics to one group name, and refuses the same twice', async () => {
    const bus = await open()
    const mentions: BusRecord[] = []
    const statuses: BusRecord[] = []
    collect(bus, 'g', mentions)
    collect(bus, 'g', statuses, 'outbound.status')
    expect(() => bus.subscribe('mentions.collected', 'g', async () => undefined)).toThrow(
      'reads mentions.collected already',
    )
    await bus.publish(
      'mentions.collected',
      range(20).map((n) => numbered(n)),
    )
    await bus.publish(
      'outbound.status',
      range(20).map((n) => numbered(n)),
    )
    await until('all are taken', () => mentions.length === 20 && statuses.length === 20)
  })

  it('misses no change, whoever publishes and whenever', async () => {
    const writer = await open()
    const bus = await open()
    let position = await bus.end('mentions.indexed')
    const seen: number[] = []
    const stopping = new AbortController()
    const reading = (async () => {
      while (!stopping.signal.aborted) {
        const changed = bus.changed(['alerts.raised', 'mentions.indexed'], stopping.signal)
        const records = await bus.read('mentions.indexed', position)
        for (const record of records) position = { ...position, [record.partition]: record.offset + 1 }
        seen.push(...numbersOf(records))
        if (records.length === 0) await changed
      }
    })()
    for (const n of range(40)) {
      await writer.publish('mentions.indexed', [numbered(n)])
      // Each is awaited alone, so that no later one can hide that its own was missed.
      await until(`${n} is seen`, () => seen.includes(n), 5_000)
      await new Promise((resolve) => setTimeout(resolve, (n * 37) % 150))
    }
    stopping.abort()
    await reading
    expect(seen).toEqual(range(40))
  })

  it('sleeps while nothing changes, and lets nobody spin once it is closed', async () => {
    const bus = await open()
    await bus.changed(['alerts.raised'], never)
    const stopping = new AbortController()
    let woken = 0
    const waiting = bus.changed(['alerts.raised'], stopping.signal).then(() => woken++)
    await new Promise((resolve) => setTimeout(resolve, 800))
    expect(woken).toBe(0)
    await bus.close()
    const after = bus.changed(['alerts.raised'], stopping.signal).then(() => woken++)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(woken).toBe(0)
    stopping.abort()
    await Promise.all([waiting, after])
    await expect(bus.publish('alerts.raised', [numbered(1)])).rejects.toMatchObject({ reason: 'stopped' })
    await expect(bus.read('alerts.raised', {})).rejects.toMatchObject({ reason: 'stopped' })
  })

  it('breaks no slow handler off because another member comes and goes', async () => {
    const bus = await open({ namespace, partitions: 4 })
    const other = await open({ namespace, partitions: 4 })
    await bus.publish(
      'mentions.collected',
      range(40).map((n) => numbered(n, `key ${n}`)),
    )
    const taken: BusRecord[] = []
    let broken = 0
    const slow = bus.subscribe(
      'mentions.collected',
      'g',
      async (records, signal) => {
        signal.addEventListener('abort', () => broken++)
        await new Promise((resolve) => setTimeout(resolve, 700))
        taken.push(...records)
      },
      { maxBatch: 5 },
    )
    let rounds = 0
    while (new Set(numbersOf(taken)).size < 40 && rounds < 40) {
      const guest = other.subscribe(
        'mentions.collected',
        'g',
        async (records) => {
          await new Promise((resolve) => setTimeout(resolve, 300))
          taken.push(...records)
        },
        { maxBatch: 1 },
      )
      await new Promise((resolve) => setTimeout(resolve, 900))
      await guest.stop()
      rounds++
    }
    expect(broken).toBe(0)
    await slow.stop()
    expect(new Set(numbersOf(taken)).size).toBe(40)
    expect(isInOrderByKey(taken)).toBe(true)
    // What came twice is at most what the guests had at hand when they were stopped.
    expect(taken.length - 40).toBeLessThanOrEqual(rounds)
  })
})
