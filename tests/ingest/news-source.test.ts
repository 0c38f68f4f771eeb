import { afterEach, describe, expect, it } from 'vitest'
import { parseNewsCursor } from '../../ingest/news-cursor.js'
import type { Poll, Source } from '../../ingest/source.js'
import { Failure } from '../../runtime/failure.js'
import { MINUTE_MS, mentionsOf, newsSetup, typesOf } from './news-setup.js'

const never = new AbortController().signal
let opened: Awaited<ReturnType<typeof newsSetup>>[] = []

async function setUp(...args: Parameters<typeof newsSetup>) {
  const parts = await newsSetup(...args)
  opened.push(parts)
  return parts
}

afterEach(async () => {
  await Promise.all(opened.map(({ simulator }) => simulator.close()))
  opened = []
})

const ONE = [{ id: 'times', title: 'The Times', format: 'rss2' }] as const
const TWO = [...ONE, { id: 'wire', title: 'The Wire', format: 'atom' }] as const
const blast = { outlet: 'times', title: 'Blast near a police post in Bannu', summary: 'Two constables were hurt.' }

describe('what a feed brings', () => {
  it('is read once, with its outlet, words, address and time', async () => {
    const { clock, simulator, make } = await setUp(ONE)
    const id = simulator.publish({ ...blast, author: 'A Reporter', image: 'https://img.example/1.jpg' })
    const source = make()
    const first = await source.poll(undefined, never)
    expect(typesOf(first)).toEqual(['written'])
    expect(mentionsOf(first)[0]).toMatchObject({
      channel: 'news',
      kind: 'article',
      source: 'news',
      private: false,
      text: 'Blast near a police post in Bannu\nTwo constables were hurt.',
      author: { name: 'A Reporter' },
      url: simulator.linkOf(id),
      writtenAt: clock.iso(),
      version: clock.now(),
      media: [{ kind: 'image', url: 'https://img.example/1.jpg' }],
    })
    await clock.advance(first.waitMs)
    const second = await source.poll(first.next, never)
    expect(second.changes).toEqual([])
    expect(simulator.requests.map(({ status }) => status)).toEqual([200, 304])
    expect(simulator.requests[1]?.ifNoneMatch).toMatch(/^W\/".*"$/)
    expect(simulator.requests[1]?.userAgent).toMatch(/Rabta/)
  })

  it('is kept only where it is about the police or a district; the rest is counted, not stored', async () => {
    const { simulator, make, log } = await setUp(ONE)
    simulator.publish({ outlet: 'times', title: 'Lahore police arrest two for a theft' })
    simulator.publish({ outlet: 'times', title: 'Rupee gains against the dollar' })
    simulator.publish(blast)
    const poll = await make().poll(undefined, never)
    expect(mentionsOf(poll).map(({ text }) => text.split('\n')[0])).toEqual([blast.title])
    const read = log.events.find(({ event }) => event === 'feed read')
    expect(Object.values(read?.fields ?? {}).filter((value) => typeof value === 'number')).toEqual([1, 1, 1])
    expect(poll.next).not.toMatch(/Rupee|Lahore/)
  })

  it('is one mention where several feeds give it, also with tracking and in another form', async () => {
    const { clock, simulator, make } = await setUp(TWO)
    simulator.publish({ ...blast, alsoIn: ['wire'] })
    const source = make()
    const ids: string[] = []
    let cursor: string | undefined
    for (let turn = 0; turn < 4; turn++) {
      const poll: Poll = await source.poll(cursor, never)
      ids.push(...mentionsOf(poll).map(({ id }) => id))
      cursor = poll.next
      await clock.advance(poll.waitMs)
    }
    expect(ids).toHaveLength(1)
  })

  it('is an edit of a higher version where its words change, with dates and without, and not where they do not', async () => {
    const { clock, simulator, make } = await setUp(ONE)
    const dated = simulator.publish(blast)
    const undated = simulator.publish({ outlet: 'times', title: 'Swat road reopened', dated: false })
    const source = make()
    const versions = new Map<string, number[]>()
    let cursor: string | undefined
    for (const change of [{}, { summary: 'Three constables were hurt.' }, {}, { summary: 'Four were hurt.' }]) {
      if (change.summary !== undefined) for (const id of [dated, undated]) simulator.edit(id, change)
      const poll: Poll = await source.poll(cursor, never)
      for (const { url, version } of mentionsOf(poll))
        versions.set(url ?? '', [...(versions.get(url ?? '') ?? []), version])
      cursor = poll.next
      await clock.advance(60 * MINUTE_MS)
    }
    for (const seen of versions.values()) {
      expect(seen).toHaveLength(3)
      expect([...new Set(seen)].sort((a, b) => a - b)).toEqual(seen)
    }
    expect(versions.get(simulator.linkOf(undated))).toEqual([0, 1, 2])
  })

  it('becomes a mention when an edit makes it relevant', async () => {
    const { clock, simulator, make } = await setUp(ONE)
    const id = simulator.publish({ outlet: 'times', title: 'Breaking: an explosion was heard' })
    const source = make()
    const first = await source.poll(undefined, never)
    expect(first.changes).toEqual([])
    simulator.edit(id, { summary: 'It was in Hangu, the police said.' })
    await clock.advance(60 * MINUTE_MS)
    expect(typesOf(await source.poll(first.next, never))).toEqual(['written'])
  })

  it('is let lie at the first reading where it is old, and taken ever after', async () => {
    const { clock, simulator, make } = await setUp(ONE)
    simulator.publish({ ...blast, atMs: clock.now() - 20 * 86_400_000 })
    const source = make()
    const first = await source.poll(undefined, never)
    expect(first.changes).toEqual([])
    simulator.publish({ ...blast, title: 'Late story from Karak', atMs: clock.now() - 20 * 86_400_000 })
    await clock.advance(60 * MINUTE_MS)
    expect(mentionsOf(await source.poll(first.next, never)).map(({ text }) => text.split('\n')[0])).toEqual([
      'Late story from Karak',
    ])
  })

  it('is answered again where the cursor was not saved, letter for letter', async () => {
    const { clock, simulator, make } = await setUp(ONE)
    const id = simulator.publish(blast)
    const first = await make().poll(undefined, never)
    simulator.edit(id, { title: 'Blast near Bannu: three hurt' })
    await clock.advance(60 * MINUTE_MS)
    const source = make()
    const once = await source.poll(first.next, never)
    const again = await make().poll(first.next, never)
    expect(once.changes.length).toBeGreaterThan(0)
    expect(again.changes).toEqual(once.changes)
  })
})

async function hours(
  source: Source,
  clock: { advance(ms: number): Promise<void>; now(): number },
  count: number,
  from?: string,
) {
  let cursor = from
  const polls: Poll[] = []
  const failures: Failure[] = []
  const until = clock.now() + count * 60 * MINUTE_MS
  while (clock.now() < until) {
    try {
      const poll = await source.poll(cursor, never)
      polls.push(poll)
      cursor = poll.next
      await clock.advance(poll.waitMs)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      failures.push(error)
      await clock.advance(error.retryAfterMs ?? 60_000)
    }
  }
  return { polls, failures, cursor }
}

describe('how often a feed is asked', () => {
  const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0))

  it('is between 5 and 60 minutes: rarer while it is quiet, more often while it publishes', async () => {
    const { clock, simulator, make } = await setUp(ONE)
    simulator.publish(blast)
    const { cursor } = await hours(make(), clock, 6)
    const quiet = gaps(simulator.requests.map(({ atMs }) => atMs))
    expect(quiet[0]).toBe(15 * MINUTE_MS)
    expect(quiet.at(-1)).toBe(60 * MINUTE_MS)
    const source = make()
    let at: string | undefined = cursor
    const before = simulator.requests.length
    for (let turn = 0; turn < 8; turn++) {
      simulator.publish({ ...blast, title: `Story ${turn} from Swat` })
      const poll: Poll = await source.poll(at, never)
      at = poll.next
      await clock.advance(poll.waitMs)
    }
    const busy = gaps(simulator.requests.slice(before).map(({ atMs }) => atMs))
    expect(busy.at(-1)).toBe(5 * MINUTE_MS)
    expect(Math.min(...busy)).toBe(5 * MINUTE_MS)
  })

  it('is never sooner than ttl and max-age say', async () => {
    const outlets = [
      { ...ONE[0], ttlMinutes: 30 },
      { ...TWO[1], maxAgeSeconds: 1_200 },
    ]
    const { clock, simulator, make } = await setUp(outlets)
    const source = make()
    let cursor: string | undefined
    for (let turn = 0; turn < 20; turn++) {
      for (const outlet of ['times', 'wire']) simulator.publish({ ...blast, outlet, title: `Story ${turn} of Swat` })
      const poll: Poll = await source.poll(cursor, never)
      cursor = poll.next
      await clock.advance(poll.waitMs)
    }
    const times = (outlet: string) =>
      simulator.requests.filter((request) => request.outlet === outlet).map(({ atMs }) => atMs)
    expect(Math.min(...gaps(times('times')))).toBe(30 * MINUTE_MS)
    expect(Math.min(...gaps(times('wire')))).toBe(20 * MINUTE_MS)
  })

  it('is one request at a time for one host', async () => {
    const { simulator, make } = await setUp(TWO)
    await make().poll(undefined, never)
    expect(simulator.requests).toHaveLength(1)
  })
})

describe('a feed that fails', () => {
  it('waits by itself, says what to do, and never stops the others', async () => {
    const { clock, simulator, make } = await setUp(TWO)
    simulator.publish(blast)
    simulator.publish({ ...blast, outlet: 'wire', title: 'Police in Kohat' })
    simulator.fail({ kind: 'html', outlet: 'times', times: 3 })
    const { polls, failures } = await hours(make(), clock, 1)
    expect(failures).toEqual([])
    expect(
      polls
        .flatMap(mentionsOf)
        .map(({ text }) => text.split('\n')[0])
        .sort(),
    ).toEqual([blast.title, 'Police in Kohat'])
    const remarks = polls.map(({ details }) => details?.remark)
    expect(remarks.find((remark) => remark?.includes('failing'))).toMatch(
      /1 of 2 feeds failing: 127\.0\.0\.1:\d+\/times\/feed answers a web page .* names http:\/\/127\.0\.0\.1:\d+\/times\/feed: write that/,
    )
    expect(remarks.at(-1)).toBeNull()
  })

  it('makes the source fail where it is all there is, ever more rarely, and comes back by itself', async () => {
    const { clock, simulator, make } = await setUp(ONE)
    simulator.publish(blast)
    simulator.fail({ kind: '503', times: 4 })
    const { polls, failures } = await hours(make(), clock, 2)
    expect(failures.map(({ retryAfterMs }) => (retryAfterMs ?? 0) / MINUTE_MS)).toEqual([5, 10, 20, 40])
    expect(failures[0]?.message).toMatch(/times\/feed fails \(HTTP 503\)/)
    expect(polls.flatMap(mentionsOf)).toHaveLength(1)
  })

  it('is left alone for as long as it asks, with every other feed of its host', async () => {
    const { clock, simulator, make } = await setUp(TWO)
    simulator.fail({ kind: '429', outlet: 'times', retryAfterSeconds: 5_400 })
    const start = clock.now()
    await hours(make(), clock, 3)
    const after = simulator.requests.slice(1).map(({ atMs }) => atMs - start)
    expect(simulator.requests[0]?.status).toBe(429)
    expect(Math.min(...after)).toBeGreaterThanOrEqual(90 * MINUTE_MS)
  })

  it('that is gone is not asked again, and said', async () => {
    const { clock, simulator, make } = await setUp(TWO)
    simulator.gone('times')
    const { polls } = await hours(make(), clock, 48)
    expect(simulator.requests.filter(({ outlet }) => outlet === 'times')).toHaveLength(1)
    expect(polls.at(-1)?.details?.remark).toMatch(/^1 of 2 feeds gone: .*times\/feed; take them out of the settings$/)
    expect(simulator.requests.filter(({ outlet }) => outlet === 'wire').length).toBeGreaterThan(40)
  })

  it('that moved is followed at once, and asked at its new address when that held three times', async () => {
    const { clock, simulator, make } = await setUp(ONE)
    simulator.publish(blast)
    const to = simulator.move('times')
    const { polls, cursor } = await hours(make(), clock, 4)
    expect(polls.flatMap(mentionsOf)).toHaveLength(1)
    expect(simulator.requests.filter(({ status }) => status === 301)).toHaveLength(3)
    expect(parseNewsCursor(cursor).feeds.get(simulator.feedUrl('times'))?.movedTo).toBe(to)
    expect(polls.at(-1)?.details?.remark).toMatch(/1 of 1 feed moved: .* to http.*feed-1; write the new addresses/)
    expect(simulator.requests.at(-1)?.path).toBe('/times/feed-1')
  })

  it('that was redirected for a while is asked where it was', async () => {
    const { clock, simulator, make } = await setUp(ONE)
    simulator.fail({ kind: 'found', times: 3 })
    const { cursor } = await hours(make(), clock, 4)
    expect(parseNewsCursor(cursor).feeds.get(simulator.feedUrl('times'))?.movedTo).toBeUndefined()
  })

  it('that ends early or is broken gives what can be read, and is asked for whole the next time', async () => {
    for (const kind of ['truncated', 'malformed'] as const) {
      const { clock, simulator, make } = await setUp(ONE)
      for (let number = 0; number < 9; number++) simulator.publish({ ...blast, title: `Police in Kohat, ${number}` })
      simulator.fail({ kind })
      const source = make()
      const first = await source.poll(undefined, never)
      expect(mentionsOf(first).length).toBeGreaterThan(kind === 'malformed' ? 8 : 4)
      expect(first.details?.remark).toMatch(/1 of 1 feed damaged/)
      await clock.advance(first.waitMs)
      const second = await source.poll(first.next, never)
      expect(simulator.requests[1]).toMatchObject({ status: 200, ifNoneMatch: undefined })
      expect(new Set([...mentionsOf(first), ...mentionsOf(second)].map(({ id }) => id)).size).toBe(9)
      expect(second.details?.remark).toBeNull()
    }
  })
})

describe('the cursor', () => {
  it('that is broken is a beginning', async () => {
    const { simulator, make } = await setUp(ONE)
    simulator.publish(blast)
    for (const broken of [
      '',
      '{',
      'null',
      '[]',
      '{"feeds":[]}',
      '{"feeds":{"x":7}}',
      `{"feeds":{"${simulator.feeds[0]}":{"known":[[1],["a","b"],null],"nextMs":"x"}}}`,
    ]) {
      const poll = await make().poll(broken, never)
      expect(mentionsOf(poll)).toHaveLength(1)
    }
  })

  it('forgets feeds that were taken out of the settings', async () => {
    const { clock, simulator, make } = await setUp(TWO)
    const { cursor } = await hours(make(), clock, 1)
    const poll = await make([simulator.feedUrl('wire')]).poll(cursor, never)
    expect([...parseNewsCursor(poll.next).feeds.keys()]).toEqual([simulator.feedUrl('wire')])
  })

  it('stays where it is when the desk stops in the middle', async () => {
    const { simulator, make } = await setUp(ONE)
    simulator.publish(blast)
    const stop = new AbortController()
    stop.abort()
    await expect(make().poll(undefined, stop.signal)).rejects.toThrow()
  })
})
