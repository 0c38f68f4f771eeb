import { setMaxListeners } from 'node:events'
import { expect, it } from 'vitest'
import { createXClient } from '../../channels/x/api-client.js'
import { createXHook } from '../../channels/x/hook.js'
import { createXStream } from '../../channels/x/stream-client.js'
import { pollLoop } from '../../ingest/poll-loop.js'
import { pushLoop } from '../../ingest/push-loop.js'
import { createSpendMeter } from '../../ingest/spend.js'
import { createWebhook } from '../../ingest/webhook.js'
import { createXMentionsSource, mentionsSourceName } from '../../ingest/x-source.js'
import { createXSpending } from '../../ingest/x-spending.js'
import { createXStreamSource } from '../../ingest/x-stream-source.js'
import { createXStreamWatch } from '../../ingest/x-stream-watch.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import { startXSimulator, type XSimulator } from '../../simulators/x.js'
import { startServer } from '../channels/http-server.js'
import { MemoryBus } from '../support/memory-bus.js'
import { keptLog, memoryCursors, seeded } from './parts.js'
import { fastClock, standing, textOf, until } from './x-parts.js'
import { openTestRecords } from '../support/test-records.js'

const SECRET = 'consumer-secret'
const API_FAULTS = ['429', '503', 'html', 'slow', 'cut', 'empty', 'partial-error', 'no-meta', 'duplicate'] as const
const STREAM_FAULTS = ['close', 'cut', 'half-line', 'disconnect', 'silent', 'garbage', 'long-line'] as const

/** A desk with everything that reads X, which can be killed and started again on the same cursors. */
async function desk(simulator: XSimulator, random: () => number) {
  const clock = fastClock(300)
  const bus = new MemoryBus()
  const cursors = memoryCursors()
  const log = keptLog()
  const metrics = createMetrics()
  const { records } = await openTestRecords()
  const meter = createSpendMeter({ records, clock, platform: 'x' })
  const accounts = simulator.accounts.map(({ id, username }) => ({ userId: id, handle: username }))
  const api = { baseUrl: simulator.url, bearerToken: 'demo-app-token', clock, loopbackOnly: true, timeoutMs: 600_000 }
  const hook = createWebhook({ format: createXHook({ consumerSecret: SECRET, accounts }), bus, clock, log, metrics })
  const server = await startServer(async (request, response) => {
    const answer = await hook.handle({
      method: request.method as 'GET' | 'POST',
      url: request.url.href,
      query: Object.fromEntries(request.url.searchParams),
      headers: request.headers as Record<string, string>,
      rawBody: Buffer.from(request.body),
    })
    response.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain' }).end(answer.body)
  })
  let stop = new AbortController()
  let running: Promise<unknown> = Promise.resolve()

  function start(): void {
    stop = new AbortController()
    setMaxListeners(0, stop.signal)
    const client = createXClient(api)
    const watch = createXStreamWatch(clock)
    const spending = createXSpending({ meter, clock, budgetDollars: null })
    const shared = { client, clock, log, spending, stream: watch, sharers: accounts.length, backfillPages: 1000 }
    const loops = accounts.map((account, index) => {
      const { userId, handle } = account
      const source = createXMentionsSource({
        ...shared,
        userId,
        account: handle,
        name: mentionsSourceName(account, index),
      })
      return pollLoop({ source, bus, cursors, clock, log, metrics, random }, stop.signal)
    })
    const stream = createXStream(api)
    const source = createXStreamSource({ stream, accounts, clock, log, watch, spending })
    running = Promise.all([...loops, pushLoop({ source, bus, clock, log, metrics, random }, stop.signal)])
  }
  async function kill(): Promise<void> {
    stop.abort()
    await running
  }
  return {
    bus,
    cursors,
    meter,
    log,
    url: server.url,
    start,
    kill,
    close: async () => {
      await kill()
      await server.close()
      await records.destroy()
    },
  }
}

it.each([1, 2, 3, 4, 5, 6])(
  'poll, stream and webhook together collect every post, whatever fails (seed %i)',
  { timeout: 60_000 },
  async (seed) => {
    const random = seeded(seed)
    const clock = fastClock(300)
    const limits = { mentions: { app: 100_000, user: 100_000 }, stream: { app: 10_000, user: 10_000 } }
    const simulator = await startXSimulator({
      clock,
      accounts: [{ username: 'IGPKP', userToken: 'igp-token' }],
      naming: seed % 2 === 0 ? 'tweet' : 'post',
      webhookShape: seed % 3 === 0 ? 'account' : 'activity',
      consumerSecret: SECRET,
      limits,
      maxStreams: 10,
      allowsBackfill: seed % 2 === 0,
    })
    const { bus, cursors, meter, start, kill, close, url } = await desk(simulator, random)
    bus.beforePublish = (topic) => {
      if (topic === 'mentions.collected' && random() < 0.1)
        throw new Failure('unavailable', 'away', { retryable: true })
    }
    start()
    expect(await simulator.connectWebhook(url)).toBe(true)
    const truth = new Map<string, string>()
    const latest = new Map<string, string>()
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const ways = () =>
      bus.values('mentions.collected').map((value) => (value as { mention?: { source: string } }).mention?.source)
    await until(() => simulator.openStreams > 0, 'the stream')
    const first = simulator.post({ author: { username: 'the_first' }, text: '@KPPoliceDemo @IGPKP پہلی' })
    truth.set(first, '@KPPoliceDemo @IGPKP پہلی')
    latest.set(first, first)
    await until(
      () => ['x-mentions', 'x-mentions-igpkp', 'x-stream', 'x-activity'].every((way) => ways().includes(way)),
      'each way brought the first post',
    )
    for (let step = 0; step < 60; step++) {
      const kind = random()
      const text = `@${pick(['KPPoliceDemo', 'IGPKP', 'KPPoliceDemo @IGPKP'])} شکایت ${seed} ${step}`
      if (kind < 0.45) {
        const id = simulator.post({ author: { username: `citizen_${step % 9}` }, text })
        truth.set(id, text)
        latest.set(id, id)
        if (random() < 0.2) simulator.breakStreams('half-line', id)
      } else if (kind < 0.55 && latest.size > 0) {
        const id = pick([...latest.keys()])
        latest.set(id, simulator.edit(latest.get(id) ?? id, text))
        truth.set(id, text)
      } else if (kind < 0.6 && latest.size > 0) {
        const id = pick([...latest.keys()])
        simulator.remove(latest.get(id) ?? id)
        latest.delete(id)
        truth.set(id, 'deleted')
      } else if (kind < 0.75) simulator.fail({ kind: pick(API_FAULTS), waitMs: 5_000, resetMs: 4_000 })
      else if (kind < 0.85) simulator.breakStreams(pick(STREAM_FAULTS))
      else if (kind < 0.9) simulator.failWebhook(pick(['duplicate', 'late']))
      else if (kind < 0.93) simulator.rename(pick(['tweet', 'post']))
      else if (kind < 0.96) simulator.expireTokens(random() < 0.5)
      else {
        await kill()
        start()
      }
      await clock.sleep(random() * 8_000)
    }
    simulator.heal()
    simulator.expireTokens(false)
    bus.beforePublish = () => undefined
    await simulator.webhooksIdle()
    const newest = [...latest.values()].reduce((a, b) => (BigInt(a) > BigInt(b) ? a : b))
    const last = simulator.post({ author: { username: 'the_last' }, text: '@KPPoliceDemo @IGPKP آخری' })
    truth.set(last, '@KPPoliceDemo @IGPKP آخری')
    const seen = () => new Map([...standing(bus)].map(([id, change]) => [id, textOf(change)]))
    const missing = () => [...truth].filter(([id, text]) => seen().get(`x:${id}`) !== text)
    const sinceIds = () =>
      ['x-mentions', 'x-mentions-igpkp'].map(
        (name) => (JSON.parse(cursors.saved.get(name) ?? '{}') as { sinceId?: string }).sinceId,
      )
    await until(
      () => missing().length === 0 && sinceIds().every((id) => id === last),
      'every post, and the cursors',
    ).catch(() => undefined)
    expect(missing()).toEqual([])
    expect(sinceIds()).toEqual([last, last])
    expect(BigInt(last) > BigInt(newest)).toBe(true)
    const extra = [...seen().keys()].filter((id) => !truth.has(id.slice(2)))
    expect(extra).toEqual([])
    expect((await meter.month()).dollars).toBeGreaterThan(0)
    await close()
    await simulator.close()
  },
)
