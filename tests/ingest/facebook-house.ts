import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFacebookClient } from '../../channels/facebook/api-client.js'
import { createFacebookHook } from '../../channels/facebook/webhook.js'
import {
  createFacebookFeedSource,
  createFacebookMessagesSource,
  createFacebookTaggedSource,
} from '../../ingest/facebook-source.js'
import { prepareIntake, publishIntake } from '../../ingest/publish.js'
import type { Poll, Source } from '../../ingest/source.js'
import { createWebhook } from '../../ingest/webhook.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { Change, Mention } from '../../schemas/mention.js'
import { startFacebookSimulator } from '../../simulators/facebook.js'
import type { FacebookSimulatorOptions } from '../../simulators/facebook/simulator.js'
import { FakeClock } from '../support/fake-clock.js'
import { MemoryBus } from '../support/memory-bus.js'
import { hookRequest, keptLog } from './parts.js'

export const TOKEN = 'EAAB-page-token-of-the-simulator'
const APP_SECRET = 'secret-of-the-app'
const VERIFY = 'verify-me'

export const SOURCES = {
  'facebook-feed': createFacebookFeedSource,
  'facebook-tagged': createFacebookTaggedSource,
  'facebook-messages': createFacebookMessagesSource,
} as const
export type SourceName = keyof typeof SOURCES

/** What the index would hold: the largest version of each item, the first of equals. */
export function heldBy(changes: readonly Change[]): Map<string, Mention | 'deleted'> {
  const held = new Map<string, { version: number; state: Mention | 'deleted' }>()
  for (const change of changes) {
    const [id, version] =
      change.type === 'deleted' ? [change.id, change.version] : [change.mention.id, change.mention.version]
    const before = held.get(id)
    if (before !== undefined && before.version >= version) continue
    held.set(id, { version, state: change.type === 'deleted' ? 'deleted' : change.mention })
  }
  return new Map([...held].map(([id, { state }]) => [id, state]))
}

/** A page, a client of it, the three sources with cursors, and the webhook, all on one clock and one bus. */
export async function openHouse(options: Partial<FacebookSimulatorOptions> = {}, lookBackMs?: number) {
  const clock = new FakeClock()
  const bus = new MemoryBus()
  const log = keptLog()
  const metrics = createMetrics()
  const page = await startFacebookSimulator({
    clock,
    appSecret: APP_SECRET,
    verifyToken: VERIFY,
    pageToken: TOKEN,
    ...options,
  })
  const client = createFacebookClient({
    baseUrl: page.url,
    version: 'v26.0',
    pageId: page.pageId,
    pageToken: TOKEN,
    appSecret: APP_SECRET,
    clock,
    loopbackOnly: true,
  })
  const hook = createWebhook({
    format: createFacebookHook({ appSecret: APP_SECRET, verifyToken: VERIFY }),
    bus,
    clock,
    log,
    metrics,
  })
  const server = await serveHook(hook.handle)
  await page.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/facebook`)
  const saved = new Map<string, string>()
  const make = (name: SourceName): Source =>
    SOURCES[name]({ client, clock, log, ...(lookBackMs === undefined ? {} : { lookBackMs }) })
  const living = new Map<SourceName, Source>()
  const sourceOf = (name: SourceName): Source => {
    const source = living.get(name) ?? make(name)
    living.set(name, source)
    return source
  }

  /** Lets the loopback work, moving the clock where nothing else would end it. */
  async function settle<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const tracked = work.finally(() => (isDone = true))
    tracked.catch(() => undefined)
    for (let turns = 1; !isDone; turns++) {
      await clock.yield()
      if (turns % 500 === 0) await clock.advance(5_000)
    }
    return tracked
  }

  /** One turn as the poll loop does it; a crash comes before the bus has it, or before the cursor is saved. */
  async function turn(name: SourceName, crash?: 'before-bus' | 'before-cursor'): Promise<Poll> {
    const poll = await settle(sourceOf(name).poll(saved.get(name), new AbortController().signal))
    if (crash === 'before-bus') living.delete(name)
    else {
      await publishIntake(prepareIntake(poll, clock.iso()), { bus, metrics, stage: 'ingest', at: clock.iso() })
      if (crash === 'before-cursor') living.delete(name)
      else if (poll.next !== undefined) saved.set(name, poll.next)
    }
    return poll
  }

  return {
    clock,
    bus,
    log,
    page,
    client,
    hook,
    saved,
    settle,
    turn,
    restart: () => living.clear(),
    /** Turns until a sweep is through. */
    sweep: async (name: SourceName): Promise<Poll[]> => {
      const polls: Poll[] = []
      for (;;) {
        const poll = await turn(name)
        polls.push(poll)
        if (poll.waitMs >= 60_000) return polls
        if (poll.waitMs > 0) await clock.advance(poll.waitMs)
      }
    },
    delivered: () => settle(page.idle()),
    changes: () => bus.values('mentions.collected') as readonly Change[],
    held: () => heldBy(bus.values('mentions.collected') as readonly Change[]),
    close: async () => {
      await page.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function serveHook(handle: ReturnType<typeof createWebhook>['handle']): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1')
      const sign = request.headers['x-hub-signature-256']
      const asked = hookRequest({
        method: request.method === 'GET' ? 'GET' : 'POST',
        url: url.href,
        query: Object.fromEntries(url.searchParams),
        headers: typeof sign === 'string' ? { 'x-hub-signature-256': sign } : {},
        rawBody: Buffer.concat(chunks),
      })
      void handle(asked).then(({ status, body }) => response.writeHead(status).end(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
