import { expect, it } from 'vitest'
import { createWhatsAppClient } from '../../channels/whatsapp/api-client.js'
import { createWhatsAppHook } from '../../channels/whatsapp/hook.js'
import { createWebhook } from '../../ingest/webhook.js'
import { systemClock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { DeadLetter } from '../../schemas/dead-letter.js'
import type { OutboundUpdate } from '../../schemas/outbound.js'
import { startWhatsAppSimulator } from '../../simulators/whatsapp.js'
import { startServer } from '../channels/http-server.js'
import { MemoryBus } from '../support/memory-bus.js'
import { hookRequest, keptLog, seeded } from './parts.js'
import { standing, textOf, until } from './x-parts.js'

const SETTINGS = { appSecret: 'app-secret', verifyToken: 'verify' }
/** What happens to one request on its way to us, or to our answer on its way back. */
const ROADS = ['cut', 'lost-answer', 'html', 'slow'] as const

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'WhatsApp: whatever fails on the way, every message is there once and every status is told (seed %i)',
  async (seed) => {
    const random = seeded(seed)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const bus = new MemoryBus()
    let isDisturbed = true
    bus.beforePublish = (topic) => {
      if (isDisturbed && topic !== 'sources.health' && random() < 0.15)
        throw new Failure('storage-full', 'full', { retryable: true })
    }
    const parts = { bus, clock: systemClock, log: keptLog(), metrics: createMetrics() }
    const hook = createWebhook({ ...parts, format: createWhatsAppHook(SETTINGS) })
    const desk = await startServer(async (request, response) => {
      const road = isDisturbed && request.method === 'POST' && random() < 0.25 ? pick(ROADS) : undefined
      if (road === 'cut') return void response.destroy()
      if (road === 'html') return void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>')
      const answer = await hook.handle(
        hookRequest({
          method: request.method === 'GET' ? 'GET' : 'POST',
          query: Object.fromEntries(request.url.searchParams),
          headers: { 'x-hub-signature-256': String(request.headers['x-hub-signature-256']) },
          rawBody: Buffer.from(request.body),
        }),
      )
      if (road === 'lost-answer') return void response.destroy()
      if (road === 'slow') await systemClock.sleep(20)
      response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.body)
    })
    const simulator = await startWhatsAppSimulator({
      ...SETTINGS,
      clock: systemClock,
      accessToken: 'token',
      phoneNumberId: '77',
      retryDelaysMs: [1, 3],
      statusDelaysMs: { sent: 1, delivered: 1, read: 1 },
    })
    expect(await simulator.connect(desk.url)).toBe(true)
    const client = createWhatsAppClient({
      baseUrl: simulator.url,
      version: 'v26.0',
      phoneNumberId: '77',
      accessToken: 'token',
      clock: systemClock,
      loopbackOnly: true,
    })
    const truth = new Map<string, string>()
    const answers = new Set<string>()
    let writer = ''
    let unread = 0
    for (let step = 0; step < 80; step++) {
      const kind = random()
      if (kind < 0.75) {
        const text = `مدد ${seed} ${step}`
        writer = `92300000000${Math.floor(random() * 10)}`
        const from = { waId: writer, name: 'گل' }
        // Written earlier than what came before it: out of order.
        const writtenAtMs = systemClock.now() - Math.floor(random() * 600_000)
        truth.set(`whatsapp:${simulator.receive({ type: 'text', body: text, from, writtenAtMs })}`, text)
      } else if (kind < 0.82) simulator.duplicateNext(1 + Math.floor(random() * 3))
      else if (kind < 0.9 && truth.size > 0) {
        const { platformId } = await client.sendText({ to: writer, body: 'شکریہ' }, new AbortController().signal)
        answers.add(platformId)
      } else {
        unread += 1
        simulator.deliverRaw(JSON.stringify({ object: 'whatsapp_business_account', changed_name: [{ step }] }))
      }
      if (random() < 0.3) await systemClock.sleep(random() * 10)
    }
    isDisturbed = false
    await simulator.idle()
    await until(() => standing(bus).size === truth.size, 'every message')
    expect(new Map([...standing(bus)].map(([id, change]) => [id, textOf(change)]))).toEqual(truth)
    const letters = bus.values('mentions.dead') as DeadLetter[]
    expect(new Set(letters.map(({ id }) => id)).size).toBe(unread)
    const statuses = bus.values('outbound.status') as OutboundUpdate[]
    const told = new Set(statuses.map(({ platformId, status }) => `${platformId} ${status}`))
    expect(told).toEqual(
      new Set([...answers].flatMap((id) => ['sent', 'delivered', 'read'].map((step) => `${id} ${step}`))),
    )
    await simulator.close()
    await desk.close()
  },
)
