import { setMaxListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { pollLoop } from '../../ingest/poll-loop.js'
import type { Poll, Source } from '../../ingest/source.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { Change } from '../../schemas/mention.js'
import type { SourceHealth } from '../../schemas/source-health.js'
import { FakeClock } from '../support/fake-clock.js'
import { MemoryBus } from '../support/memory-bus.js'
import { makeMention } from '../support/mentions.js'
import { counted, keptLog, memoryCursors, seeded } from './parts.js'

const written = (id: string): Change => ({ type: 'written', mention: makeMention({ id: `whatsapp:${id}` }) })
const idsOn = (bus: MemoryBus) =>
  bus.values('mentions.collected').map((value) => (value as { mention: { id: string } }).mention.id)

function setUp(poll: Source['poll'], random: () => number = () => 1) {
  const parts = {
    bus: new MemoryBus(),
    cursors: memoryCursors(),
    clock: new FakeClock(),
    log: keptLog(),
    metrics: createMetrics(),
  }
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const health: SourceHealth[] = []
  const source: Source = { name: 'test', channel: 'whatsapp', poll }
  const start = () => pollLoop({ ...parts, source, random, onHealth: (state) => health.push(state) }, stop.signal)
  return { ...parts, health, start, stop }
}

/** Lets the loop run until it sleeps. */
async function settled(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 50 && clock.sleeping === 0; turn++) await clock.yield()
}

const nothing: Poll = { changes: [], unread: [], next: undefined, waitMs: 1000 }

describe('pollLoop', () => {
  it('publishes first and saves the cursor after that', async () => {
    const order: string[] = []
    const { bus, cursors, clock, start, stop } = setUp(async (cursor) => {
      order.push(`poll ${cursor ?? 'first'}`)
      return cursor === undefined ? { changes: [written('a')], unread: [], next: '1', waitMs: 1000 } : nothing
    })
    bus.beforePublish = (topic) => void order.push(topic)
    cursors.beforeSave = (value) => void order.push(`save ${value}`)
    const running = start()
    await settled(clock)
    await clock.advance(1000)
    stop.abort()
    await running
    expect(order.filter((entry) => entry !== 'sources.health')).toEqual([
      'poll first',
      'mentions.collected',
      'save 1',
      'poll 1',
    ])
    expect(bus.keys('mentions.collected')).toEqual(['whatsapp:920000000001'])
  })

  it('tries the same items again while the bus is away, without asking the source again', async () => {
    let polls = 0
    const { bus, cursors, clock, start, stop, health, metrics } = setUp(async () => {
      polls++
      return { changes: [written('a'), written('b')], unread: [], next: '1', waitMs: 100_000 }
    })
    let left = 3
    bus.beforePublish = (topic) => {
      if (topic === 'mentions.collected' && left-- > 0)
        throw new Failure('storage-full', 'the disk is full', { retryable: true })
    }
    const running = start()
    await settled(clock)
    expect([cursors.saved.size, idsOn(bus).length]).toEqual([0, 0])
    expect(health.at(-1)).toMatchObject({ status: 'failing', problem: 'the disk is full', failures: 1 })
    await clock.advance(10_000)
    expect(idsOn(bus)).toEqual(['whatsapp:a', 'whatsapp:b'])
    expect(cursors.saved.get('test')).toBe('1')
    expect(polls).toBe(1)
    expect(health.at(-1)).toMatchObject({
      status: 'live',
      problem: null,
      failures: 0,
      lastItemAt: clock.iso().replace(/\d\d\.\d{3}Z/, '07.000Z'),
    })
    expect(await counted(metrics, 'rabta_failures_total', { stage: 'ingest', reason: 'storage-full' })).toBe(3)
    stop.abort()
    await running
  })

  it('sleeps no longer than a day, whatever a platform says', async () => {
    let asked = 0
    const { clock, start, stop } = setUp(async () => {
      if (asked++ === 0) throw new Failure('rate-limited', 'too fast', { retryable: true, retryAfterMs: 1e303 })
      return nothing
    })
    const running = start()
    await settled(clock)
    for (let minute = 0; minute < 24 * 60 - 1; minute++) await clock.advance(60_000)
    expect(asked).toBe(1)
    for (let minute = 0; minute < 2; minute++) await clock.advance(60_000)
    expect(asked).toBeGreaterThan(1)
    stop.abort()
    await running
  })

  it('waits as long as the platform wants, doubles its own wait, and gets up again', async () => {
    const asked: number[] = []
    const failures = [
      new Failure('unavailable', 'away', { retryable: true }),
      new Failure('unavailable', 'away', { retryable: true }),
      new Failure('rate-limited', 'too fast', { retryable: true, retryAfterMs: 900_000 }),
      new Failure('unauthorized', 'token expired', { retryable: false }),
      new TypeError('a bug'),
    ]
    const { clock, start, stop, log, health } = setUp(async () => {
      asked.push(clock.now())
      const failure = failures.shift()
      if (failure !== undefined) throw failure
      return nothing
    })
    const started = clock.now()
    const running = start()
    await settled(clock)
    for (let minute = 0; minute < 40; minute++) await clock.advance(60_000)
    stop.abort()
    await running
    expect(asked.slice(0, 6).map((at) => (at - started) / 1000)).toEqual([0, 1, 3, 903, 903 + 300, 903 + 300 + 16])
    expect(log.events.filter(({ level }) => level === 'error').map(({ fields }) => fields['reason'])).toEqual([
      'unauthorized',
      'unexpected',
    ])
    const limited = health.filter(({ problem }) => problem === 'too fast')
    expect(limited.length).toBeGreaterThanOrEqual(15)
    expect(health.at(-1)?.status).toBe('live')
  })

  it('tells its health on a change and about each minute', async () => {
    const { clock, start, stop, bus } = setUp(async () => nothing)
    const running = start()
    await settled(clock)
    for (let step = 0; step < 180; step++) await clock.advance(1000)
    stop.abort()
    await running
    const told = bus.values('sources.health') as SourceHealth[]
    expect(told.map(({ status }) => status)).toEqual(['starting', 'live', 'live', 'live', 'live'])
    expect(bus.keys('sources.health')).toEqual(told.map(() => 'test'))
  })

  it('sets aside what cannot be read or published, and the rest goes on', async () => {
    const misfit = { type: 'written', mention: { ...makeMention({ id: 'whatsapp:m' }), version: -1 } } as Change
    const unread = [{ id: 'u1', origin: 'sources/test', payload: { a: 1 }, detail: 'odd' }]
    const { bus, clock, start, stop, metrics, cursors } = setUp(async (cursor) =>
      cursor === undefined
        ? { changes: [written('a'), misfit, written('poison'), written('b')], unread, next: '1', waitMs: 1000 }
        : nothing,
    )
    bus.beforePublish = (_, messages) => {
      if (
        messages.some(
          ({ value }) =>
            JSON.stringify(value).includes('"whatsapp:poison"') && !JSON.stringify(value).includes('dead-letter'),
        )
      ) {
        throw new Failure('too-large', 'too large', { retryable: false })
      }
    }
    const running = start()
    await settled(clock)
    stop.abort()
    await running
    expect(idsOn(bus)).toEqual(['whatsapp:a', 'whatsapp:b'])
    expect(bus.values('mentions.dead')).toMatchObject([
      { id: 'u1', origin: 'sources/test', reason: 'unknown-shape', value: { a: 1 } },
      {
        origin: 'mentions.collected',
        reason: 'invalid-payload',
        detail: 'does not fit the schema of a change at /version',
      },
      { origin: 'mentions.collected', key: 'whatsapp:920000000001', reason: 'too-large' },
    ])
    expect(cursors.saved.get('test')).toBe('1')
    expect(await counted(metrics, 'rabta_dead_letters_total', { stage: 'ingest', reason: 'too-large' })).toBe(1)
  })

  it('ends at once when stopped, in the middle of a wait or of a poll', async () => {
    const waiting = setUp(async () => ({ ...nothing, waitMs: 1e9 }))
    const first = waiting.start()
    await settled(waiting.clock)
    waiting.stop.abort()
    await first
    const polling = setUp(
      (_, signal) =>
        new Promise((__, reject) =>
          signal.addEventListener('abort', () => reject(new Failure('stopped', 'stopped', { retryable: true }))),
        ),
    )
    const second = polling.start()
    await polling.clock.yield()
    polling.stop.abort()
    await second
    expect(polling.cursors.saved.size).toBe(0)
  })

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'loses nothing and is never ahead of the bus, whatever fails and wherever it is killed (seed %i)',
    async (seed) => {
      const random = seeded(seed)
      const total = 60
      const bus = new MemoryBus()
      const cursors = memoryCursors()
      const clock = new FakeClock()
      const flaky = (chance: number) => {
        if (random() < chance)
          throw random() < 0.5 ? new Failure('unavailable', 'away', { retryable: true }) : new Error('broken')
      }
      bus.beforePublish = () => flaky(0.3)
      cursors.beforeSave = (value) => {
        flaky(0.3)
        const held = new Set(idsOn(bus))
        for (let item = 0; item < Number(value); item++) expect(held).toContain(`whatsapp:${item}`)
      }
      const source: Source = {
        name: 'test',
        channel: 'whatsapp',
        poll: async (cursor) => {
          flaky(0.3)
          const from = Number(cursor ?? 0)
          const to = Math.min(total, from + 1 + Math.floor(random() * 5))
          const changes = Array.from({ length: to - from }, (_, index) => written(String(from + index)))
          return { changes, unread: [], next: String(to), waitMs: 1000 }
        },
      }
      for (let life = 0; life < 200 && cursors.saved.get('test') !== String(total); life++) {
        const stop = new AbortController()
        setMaxListeners(0, stop.signal)
        const running = pollLoop(
          { source, bus, cursors, clock, log: keptLog(), metrics: createMetrics(), random },
          stop.signal,
        )
        for (let step = 0; step < 1 + random() * 30; step++) await clock.advance(random() * 20_000)
        stop.abort()
        await running
      }
      expect(cursors.saved.get('test')).toBe(String(total))
      expect(new Set(idsOn(bus)).size).toBe(total)
    },
  )
})
