import { afterEach, describe, expect, it } from 'vitest'
import { createXClient } from '../../channels/x/api-client.js'
import { createWhatsAppClient } from '../../channels/whatsapp/api-client.js'
import { pollLoop } from '../../ingest/poll-loop.js'
import { createWhatsAppHook } from '../../channels/whatsapp/hook.js'
import { createWebhook } from '../../ingest/webhook.js'
import { createXMentionsSource } from '../../ingest/x-source.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { Change } from '../../schemas/mention.js'
import { startWhatsAppSimulator } from '../../simulators/whatsapp.js'
import { startServer } from '../channels/http-server.js'
import { startXSimulator, type XSimulator } from '../../simulators/x.js'
import { systemClock } from '../../runtime/clock.js'
import { MemoryBus } from '../support/memory-bus.js'
import { hookRequest, keptLog, memoryCursors } from './parts.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !condition(); turn++) await systemClock.sleep(5)
  expect(condition()).toBe(true)
}

/** Real time, shortened: the simulator answers over a socket, which no fake clock moves. */
const hasty = {
  ...systemClock,
  sleep: (waitMs: number, signal?: AbortSignal) =>
    systemClock.sleep(waitMs >= 20_000 ? waitMs : Math.min(waitMs, 10), signal),
}

describe.each(['tweet', 'post'] as const)('X as it is simulated, in the naming "%s"', (naming) => {
  it('is read through pages, faults, edits and late errors, and answered once', async () => {
    const simulator: XSimulator = await startXSimulator({ clock: systemClock, naming })
    open.push(simulator)
    const client = createXClient({
      baseUrl: simulator.url,
      bearerToken: 'demo-app-token',
      replyToken: { kind: 'oauth2', userToken: 'demo-user-token' },
      clock: hasty,
      loopbackOnly: true,
    })
    const bus = new MemoryBus()
    const stop = new AbortController()
    const source = createXMentionsSource({ client, userId: simulator.account.id, clock: hasty, log: keptLog() })
    const running = pollLoop(
      { source, bus, cursors: memoryCursors(), clock: hasty, log: keptLog(), metrics: createMetrics() },
      stop.signal,
    )
    const held = () => bus.values('mentions.collected') as Change[]
    const texts = () => new Set(held().map((change) => (change.type === 'deleted' ? '' : change.mention.text)))
    const post = (text: string) =>
      simulator.post({
        author: { username: 'gul_khan', name: 'Gul', location: 'Mardan' },
        text: `@${simulator.account.username} ${text}`,
      })
    for (const kind of ['503', 'html', 'no-meta', 'cut', 'empty', 'partial-error', 'duplicate'] as const) {
      simulator.fail({ kind })
      for (let index = 0; index < 30; index++) post(`${kind} ${index}`)
      await until(() => texts().size >= 1 && [...texts()].some((text) => text.includes(kind)))
    }
    await until(() => texts().size === 210)
    const id = post('رپورٹ &amp; <b>')
    await until(() => texts().size === 211)
    expect(held().at(-1)).toMatchObject({
      type: 'written',
      mention: { id: `x:${id}`, author: { handle: 'gul_khan', place: 'Mardan' } },
    })
    const { platformId } = await client.reply(id, 'شکریہ', stop.signal)
    expect(simulator.replies()).toMatchObject([{ id: platformId, inReplyTo: id, text: 'شکریہ' }])
    stop.abort()
    await running
  })
})

it('WhatsApp as it is simulated is received over a signed webhook, answered, and tells how far the answer got', async () => {
  const bus = new MemoryBus()
  const settings = { appSecret: 'app-secret', verifyToken: 'verify' }
  const parts = { bus, clock: systemClock, log: keptLog(), metrics: createMetrics() }
  const hook = createWebhook({ ...parts, format: createWhatsAppHook(settings) })
  const desk = await startServer(async (request, response) => {
    const answer = await hook.handle(
      hookRequest({
        method: request.method === 'GET' ? 'GET' : 'POST',
        query: Object.fromEntries(request.url.searchParams),
        headers: { 'x-hub-signature-256': String(request.headers['x-hub-signature-256']) },
        rawBody: Buffer.from(request.body),
      }),
    )
    response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.body)
  })
  const simulator = await startWhatsAppSimulator({
    ...settings,
    clock: systemClock,
    accessToken: 'token',
    phoneNumberId: '77',
    statusDelaysMs: { sent: 1, delivered: 1, read: 1 },
    retryDelaysMs: [5],
  })
  open.push(simulator, desk)
  expect(await simulator.connect(desk.url)).toBe(true)
  let isAway = 2
  bus.beforePublish = (topic) => {
    if (topic === 'mentions.collected' && isAway-- > 0) throw new Failure('storage-full', 'full', { retryable: true })
  }
  const id = simulator.receive({ type: 'text', body: 'بچہ گم ہو گیا ہے', from: { waId: '923000000001', name: 'گل' } })
  await until(() => bus.values('mentions.collected').length === 1)
  expect(bus.values('mentions.collected')).toMatchObject([
    { mention: { id: `whatsapp:${id}`, author: { address: '923000000001', name: 'گل' } } },
  ])
  const client = createWhatsAppClient({
    baseUrl: simulator.url,
    version: 'v23.0',
    phoneNumberId: '77',
    accessToken: 'token',
    clock: systemClock,
    loopbackOnly: true,
  })
  const { platformId } = await client.sendText(
    { to: '923000000001', body: 'شکریہ', contextMessageId: id },
    new AbortController().signal,
  )
  await until(() => bus.values('outbound.status').length >= 3)
  const steps = bus.values('outbound.status') as { platformId: string; status: string }[]
  expect(steps.map(({ status }) => status).sort()).toEqual(['delivered', 'read', 'sent'])
  expect(steps.every((step) => step.platformId === platformId)).toBe(true)
  const closed = client.sendText({ to: '923009999999', body: 'a' }, new AbortController().signal)
  await expect(closed).rejects.toMatchObject({ reason: 'refused', retryable: false })
})
