import { expect, it, onTestFinished } from 'vitest'
import type { XClient, XPage } from '../../channels/x/client.js'
import type { Poll, Source } from '../../ingest/source.js'
import { createSpendMeter } from '../../ingest/spend.js'
import { createXMentionsSource, createXSearchSource, mentionsSourceName } from '../../ingest/x-source.js'
import { createXSpending } from '../../ingest/x-spending.js'
import { Failure } from '../../runtime/failure.js'
import { FakeClock } from '../support/fake-clock.js'
import { keptLog } from './parts.js'
import { openTestRecords } from '../support/test-records.js'

const never = new AbortController().signal

/** Each poll brings so many new posts, each by an author of its own. */
async function setUp(budgetDollars: number | null, perPage = 10) {
  const { records } = await openTestRecords()
  onTestFinished(() => records.destroy())
  const clock = new FakeClock(Date.UTC(2026, 10, 3))
  let last = 1_000
  const asked: string[] = []
  const page = (): XPage => {
    const data = Array.from({ length: perPage }, () => ({ id: String(++last), text: 'a', author_id: String(last) }))
    return {
      body: { data, includes: { users: data.map(({ id }) => ({ id, username: 'u' })) }, meta: {} },
      newestId: String(last),
      nextToken: undefined,
      resultCount: perPage,
      rateLimit: { limit: 450, remaining: 100, resetAt: clock.now() + 600_000 },
    }
  }
  const client: Pick<XClient, 'mentions' | 'searchRecent'> = {
    mentions: async (userId) => (asked.push(userId), page()),
    searchRecent: async () => (asked.push('search'), page()),
  }
  const meter = createSpendMeter({ records, clock, platform: 'x' })
  const spending = createXSpending({ meter, clock, budgetDollars })
  const shared = { client, clock, log: keptLog(), spending }
  const mentions = createXMentionsSource({ ...shared, userId: '42', isOwned: true })
  const search = createXSearchSource({ ...shared, query: 'police' })
  return { clock, meter, mentions, search, shared, asked, records }
}

const cursor = JSON.stringify({ sinceId: '10' })
const poll = (source: Source): Promise<Poll> => source.poll(cursor, never)
const spend = (
  meter: { record: (items: { kind: string; id: string; microDollars: number }[]) => Promise<void> },
  dollars: number,
) => meter.record([{ kind: 'test', id: `spent ${dollars}`, microDollars: dollars * 1_000_000 }])

it('counts what a page cost before its cursor is handed out, and says so', async () => {
  const { mentions, search, meter } = await setUp(null)
  expect((await poll(search)).details).toEqual({
    spend: { month: '2026-11', dollars: 0.15, budgetDollars: null },
    remark: null,
  })
  expect((await poll(mentions)).details?.spend?.dollars).toBeCloseTo(0.17, 9)
  expect((await meter.month()).dollars).toBeCloseTo(0.17, 9)
})

it('slows step by step, the search before the mentions, and says so', async () => {
  const { mentions, search, meter } = await setUp(100, 0)
  const waits = async () => [(await poll(mentions)).waitMs, (await poll(search)).waitMs]
  expect(await waits()).toEqual([15_000, 15_000])
  await spend(meter, 50)
  expect(await waits()).toEqual([30_000, 60_000])
  expect((await poll(search)).details?.remark).toMatch(/^50 % of the budget of 2026-11 is spent: /)
  await spend(meter, 25)
  expect(await waits()).toEqual([60_000, 150_000])
  await spend(meter, 15)
  expect(await waits()).toEqual([150_000, 600_000])
})

it('at the end of the budget asks for mentions alone, slowly, and the search fails visibly until the next month', async () => {
  const { mentions, search, meter, asked, clock } = await setUp(100, 1)
  await spend(meter, 100)
  const slow = await poll(mentions)
  expect([slow.changes.length, slow.waitMs]).toEqual([1, 15 * 60_000])
  expect(slow.details?.remark).toContain('the budget of the month is used up')
  const stopped = await poll(search)
  expect(stopped).toMatchObject({ changes: [], next: undefined, waitMs: 0 })
  expect(stopped.details?.remark).toContain('stopped')
  await expect(poll(search)).rejects.toMatchObject({ reason: 'forbidden', retryable: false, retryAfterMs: 3_600_000 })
  expect(asked).toEqual(['42'])
  await clock.advance(Date.UTC(2026, 11, 1) - clock.now())
  expect((await poll(search)).changes).toHaveLength(1)
  expect((await poll(search)).details?.remark).toBeNull()
})

it('publishes what came and keeps the cursor where the cost cannot be stored', async () => {
  const { mentions, shared } = await setUp(100, 3)
  const away = () => Promise.reject(new Failure('unavailable', 'away', { retryable: true }))
  const source = createXMentionsSource({ ...shared, userId: '42', spending: { count: away, plan: away } })
  const kept = await poll(source)
  expect([kept.changes.length, kept.next, kept.waitMs]).toEqual([3, undefined, 60_000])
  expect((await poll(mentions)).next).toBeDefined()
})

it('asks less often while the stream is well', async () => {
  const { shared } = await setUp(null, 0)
  let isWell = true
  const source = createXMentionsSource({ ...shared, userId: '42', stream: { isWell: () => isWell } })
  expect((await poll(source)).waitMs).toBe(60_000)
  isWell = false
  expect((await poll(source)).waitMs).toBe(15_000)
})

it('gives each of several accounts a name that lasts, and its part of the limit', async () => {
  const { shared } = await setUp(null, 0)
  const account = { userId: '43', handle: 'IGPKP' }
  expect([mentionsSourceName(account, 0), mentionsSourceName(account, 1)]).toEqual(['x-mentions', 'x-mentions-igpkp'])
  expect(mentionsSourceName({ userId: '43', handle: null }, 2)).toBe('x-mentions-43')
  const waits = []
  for (const sharers of [1, 5, 10]) {
    const source = createXMentionsSource({
      ...shared,
      userId: '43',
      name: 'x-mentions-igpkp',
      account: 'IGPKP',
      sharers,
    })
    expect(source.name).toBe('x-mentions-igpkp')
    waits.push((await poll(source)).waitMs)
  }
  expect(waits).toEqual([15_000, 5 * 6_594, 10 * 6_594])
})
