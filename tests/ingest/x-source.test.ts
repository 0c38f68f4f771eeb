import { setMaxListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { XClient, XPage, XPageQuery } from '../../channels/x/client.js'
import { pollLoop } from '../../ingest/poll-loop.js'
import { createXMentionsSource, createXSearchSource } from '../../ingest/x-source.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import { FakeClock } from '../support/fake-clock.js'
import { MemoryBus } from '../support/memory-bus.js'
import { keptLog, memoryCursors, seeded } from './parts.js'

const never = new AbortController().signal

/** A timeline as X keeps it: newest first, in pages, with tokens that name the place. */
class Timeline {
  readonly ids: number[] = []
  readonly asked: XPageQuery[] = []
  pageSize = 3
  before: (query: XPageQuery) => void = () => undefined
  bend: (page: XPage) => XPage = (page) => page

  readonly client: Pick<XClient, 'mentions' | 'searchRecent'> = {
    mentions: async (_, query) => this.page(query),
    searchRecent: async (_, query) => this.page(query),
  }

  page(query: XPageQuery): XPage {
    this.asked.push(query)
    this.before(query)
    const until = query.paginationToken === undefined ? Infinity : Number(query.paginationToken)
    const found = this.ids.filter((id) => id > Number(query.sinceId ?? 0) && id < until).sort((a, b) => b - a)
    const shown = found.slice(0, this.pageSize)
    const data = shown.map((id) => ({ id: String(id), text: `post ${id}` }))
    const meta = { result_count: shown.length }
    return this.bend({
      body: { data, meta },
      newestId: shown.length === 0 ? undefined : String(shown[0]),
      nextToken: found.length > shown.length ? String(shown.at(-1)) : undefined,
      resultCount: shown.length,
      rateLimit: undefined,
    })
  }
}

const setUp = (options: { backfillPages?: number } = {}) => {
  const timeline = new Timeline()
  const clock = new FakeClock()
  const log = keptLog()
  const source = createXMentionsSource({
    client: timeline.client,
    userId: '42',
    account: 'KPPolice',
    clock,
    log,
    ...options,
  })
  const search = createXSearchSource({ client: timeline.client, query: 'q', clock, log, ...options })
  return { timeline, clock, log, source, search }
}

const idsOf = (poll: { changes: readonly unknown[] }) =>
  poll.changes.map((change) => (change as { mention: { id: string } }).mention.id)

describe('the paging rule', () => {
  it('pages on with the same since_id and moves it to the newest of the first page only at the end', async () => {
    const { timeline, source } = setUp()
    timeline.ids.push(...[11, 12, 13, 14, 15, 16, 17])
    let cursor: string | undefined = JSON.stringify({ sinceId: '10' })
    const turns: { ids: string[]; sinceId: unknown; waitMs: number }[] = []
    for (let turn = 0; turn < 4; turn++) {
      const poll = await source.poll(cursor, never)
      cursor = poll.next
      turns.push({
        ids: idsOf(poll),
        sinceId: (JSON.parse(cursor ?? '{}') as { sinceId: unknown }).sinceId,
        waitMs: poll.waitMs,
      })
      if (turn === 0) timeline.ids.push(18)
    }
    expect(turns).toEqual([
      { ids: ['x:15', 'x:16', 'x:17'], sinceId: '10', waitMs: 0 },
      { ids: ['x:12', 'x:13', 'x:14'], sinceId: '10', waitMs: 0 },
      { ids: ['x:11'], sinceId: '17', waitMs: 15_000 },
      { ids: ['x:18'], sinceId: '18', waitMs: 15_000 },
    ])
    expect(timeline.asked.map(({ sinceId, paginationToken }) => [sinceId, paginationToken])).toEqual([
      ['10', undefined],
      ['10', '15'],
      ['10', '12'],
      ['17', undefined],
    ])
  })

  it('bounds the first sweep in time and pages', async () => {
    const { timeline, clock, source, log } = setUp({ backfillPages: 2 })
    timeline.ids.push(1, 2, 3, 4, 5, 6, 7, 8)
    const first = await source.poll(undefined, never)
    const second = await source.poll(first.next, never)
    expect([...idsOf(second), ...idsOf(first)]).toEqual(['x:3', 'x:4', 'x:5', 'x:6', 'x:7', 'x:8'])
    expect(timeline.asked.map(({ startTime }) => startTime)).toEqual(
      Array(2).fill(new Date(clock.now() - 86_400_000).toISOString()),
    )
    expect(JSON.parse(second.next ?? '')).toEqual({ sinceId: '8' })
    expect(log.events.map(({ event }) => event)).toEqual(['the first sweep stops at its limit'])
  })

  it('keeps the beginning of the first sweep until something was found', async () => {
    const { timeline, clock, source } = setUp()
    const first = await source.poll(undefined, never)
    await clock.advance(3_600_000)
    await source.poll(first.next, never)
    expect(timeline.asked[1]?.startTime).toBe(timeline.asked[0]?.startTime)
    expect(timeline.asked[1]?.sinceId).toBeUndefined()
  })

  it('compares ids as numbers, never goes back, and reads a broken cursor as a beginning', async () => {
    const { timeline, source } = setUp()
    timeline.bend = (page) => ({ ...page, newestId: '999' })
    const { next } = await source.poll(JSON.stringify({ sinceId: '1000' }), never)
    expect(JSON.parse(next ?? '')).toEqual({ sinceId: '1000' })
    for (const broken of [
      '',
      '{',
      'null',
      '[]',
      '{"sinceId":{}}',
      '{"sinceId":"a b"}',
      '{"startTime":"x","sweep":7}',
    ]) {
      timeline.asked.length = 0
      await source.poll(broken, never)
      expect(timeline.asked[0]?.sinceId).toBeUndefined()
      expect(timeline.asked[0]?.startTime).toBeDefined()
    }
  })

  it('asks again for a page that was announced and came empty, then goes on', async () => {
    const { timeline, source } = setUp()
    timeline.ids.push(11, 12, 13, 14)
    const first = await source.poll(JSON.stringify({ sinceId: '10' }), never)
    timeline.ids.splice(0, 1)
    let cursor = first.next
    const polls = []
    for (let turn = 0; turn < 3; turn++) {
      const poll = await source.poll(cursor, never)
      cursor = poll.next
      polls.push(poll.waitMs)
    }
    expect(polls).toEqual([2_000, 2_000, 15_000])
    expect(JSON.parse(cursor ?? '')).toEqual({ sinceId: '14' })
  })

  it('begins the sweep again where X does not take the token any more', async () => {
    const { timeline, source } = setUp()
    timeline.ids.push(11, 12, 13, 14)
    const { next } = await source.poll(JSON.stringify({ sinceId: '10' }), never)
    timeline.before = ({ paginationToken }) => {
      if (paginationToken !== undefined) throw new Failure('invalid-payload', 'token expired', { retryable: false })
    }
    expect(idsOf(await source.poll(next, never))).toEqual(['x:12', 'x:13', 'x:14'])
  })

  it('goes back as far as search can where it slept longer than X remembers, and misses nothing of that', async () => {
    const { timeline, search, clock } = setUp({ backfillPages: 1 })
    timeline.ids.push(11, 12, 13, 14, 15, 16, 17)
    timeline.before = ({ sinceId }) => {
      if (sinceId === '10') throw new Failure('invalid-payload', "'since_id' must be larger", { retryable: false })
    }
    const found: string[] = []
    let cursor: string | undefined = JSON.stringify({ sinceId: '10' })
    for (let turn = 0; turn < 3; turn++) {
      const poll = await search.poll(cursor, never)
      found.push(...idsOf(poll))
      cursor = poll.next
    }
    expect(found.sort()).toEqual(['x:11', 'x:12', 'x:13', 'x:14', 'x:15', 'x:16', 'x:17'])
    expect(JSON.parse(cursor ?? '')).toEqual({ sinceId: '17' })
    const reach = clock.now() - Date.parse(timeline.asked[1]?.startTime ?? '')
    expect(reach).toBeGreaterThan(6.9 * 86_400_000)
    expect(reach).toBeLessThan(7 * 86_400_000)
  })

  it('does not hide a query that X refuses', async () => {
    const { timeline, search } = setUp()
    timeline.before = () => {
      throw new Failure('invalid-payload', 'bad query', { retryable: false })
    }
    await expect(search.poll(JSON.stringify({ sinceId: '10' }), never)).rejects.toThrow('bad query')
  })

  it('looks back for posts that X listed late, publishes those alone, and does not move since_id for them', async () => {
    const { timeline, clock, source } = setUp()
    timeline.ids.push(11, 12, 14, 15)
    let cursor: string | undefined = JSON.stringify({ sinceId: '10' })
    const turn = async () => {
      const poll = await source.poll(cursor, never)
      cursor = poll.next
      return poll
    }
    await turn()
    await turn()
    timeline.ids.push(13)
    expect(idsOf(await turn())).toEqual([])
    await clock.advance(5 * 60_000)
    timeline.asked.length = 0
    const back = [await turn(), await turn()]
    expect(back.flatMap(idsOf)).toEqual(['x:13'])
    expect(back.map(({ waitMs }) => waitMs)).toEqual([0, 0])
    expect(
      timeline.asked.map(({ sinceId, startTime, paginationToken }) => [sinceId, startTime, paginationToken]),
    ).toEqual([
      [undefined, new Date(clock.now() - 600_000).toISOString(), undefined],
      [undefined, new Date(clock.now() - 600_000).toISOString(), '13'],
    ])
    expect(idsOf(await turn())).toEqual([])
    expect(timeline.asked.at(-1)?.sinceId).toBe('15')
    await clock.advance(5 * 60_000)
    expect([await turn(), await turn()].flatMap(idsOf)).toEqual([])
  })

  it('answers the same again where what it answered was not published', async () => {
    const { timeline, clock, source } = setUp()
    timeline.ids.push(11)
    const { next } = await source.poll(JSON.stringify({ sinceId: '11' }), never)
    await clock.advance(10 * 60_000)
    expect(idsOf(await source.poll(next, never))).toEqual(['x:11'])
    expect(idsOf(await source.poll(next, never))).toEqual(['x:11'])
  })

  it('slows down before the wall', async () => {
    const { timeline, source, clock } = setUp()
    const limited = async (remaining: number) => {
      timeline.bend = (page) => ({ ...page, rateLimit: { limit: 300, remaining, resetAt: clock.now() + 600_000 } })
      return (await source.poll(JSON.stringify({ sinceId: '10' }), never)).waitMs
    }
    expect(await limited(299)).toBe(15_000)
    expect(await limited(16)).toBe(60_000)
    expect(await limited(1)).toBe(600_000)
    expect(await limited(0)).toBe(600_000)
  })
})

it.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'loses no post, whatever fails and wherever it is killed (seed %i)',
  async (seed) => {
    const random = seeded(seed)
    const { timeline, source, clock } = setUp({ backfillPages: 1000 })
    const bus = new MemoryBus()
    const cursors = memoryCursors()
    const away = () => {
      if (random() < 0.25) throw new Failure('unavailable', 'away', { retryable: true })
    }
    timeline.before = ({ paginationToken }) => {
      away()
      if (paginationToken !== undefined && random() < 0.1)
        throw new Failure('invalid-payload', 'token expired', { retryable: false })
    }
    bus.beforePublish = away
    cursors.beforeSave = away
    let lastId = 1000
    const late: number[] = []
    const held = () =>
      new Set(bus.values('mentions.collected').map((value) => (value as { mention: { id: string } }).mention.id))
    for (let life = 0; life < 12; life++) {
      const stop = new AbortController()
      setMaxListeners(0, stop.signal)
      const running = pollLoop(
        { source, bus, cursors, clock, log: keptLog(), metrics: createMetrics(), random },
        stop.signal,
      )
      for (let step = 0; step < 5; step++) {
        for (let post = 0; post < random() * 8; post++) timeline.ids.push(++lastId)
        if (random() < 0.3) late.push(++lastId)
        if (random() < 0.3) timeline.ids.push(...late.splice(0))
        await clock.advance(random() * 30_000)
      }
      stop.abort()
      await running
    }
    timeline.before = () => undefined
    bus.beforePublish = () => undefined
    cursors.beforeSave = () => undefined
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    const running = pollLoop(
      { source, bus, cursors, clock, log: keptLog(), metrics: createMetrics(), random },
      stop.signal,
    )
    timeline.ids.push(...late.splice(0), ++lastId)
    for (let step = 0; step < 10; step++) await clock.advance(60_000)
    stop.abort()
    await running
    expect(held().size).toBe(timeline.ids.length)
    expect(JSON.parse(cursors.saved.get('x-mentions') ?? '')).toMatchObject({ sinceId: String(lastId) })
  },
)
