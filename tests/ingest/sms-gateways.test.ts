import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createAndroidHook } from '../../channels/sms/android/hook.js'
import { createAndroidClient } from '../../channels/sms/android/messages-api.js'
import type { SmsClient } from '../../channels/sms/client.js'
import { createKannelHook } from '../../channels/sms/kannel/hook.js'
import { createKannelClient } from '../../channels/sms/kannel/sendsms.js'
import { createTwilioHook } from '../../channels/sms/twilio/hook.js'
import { createTwilioClient } from '../../channels/sms/twilio/messages-api.js'
import { createWebhook } from '../../ingest/webhook.js'
import { systemClock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { Change, Mention } from '../../schemas/mention.js'
import type { OutboundUpdate } from '../../schemas/outbound.js'
import { startSmsGateways } from '../../simulators/sms-gateways.js'
import type { DeliveryFault } from '../../simulators/sms/deliveries.js'
import { startServer } from '../channels/http-server.js'
import { MemoryBus } from '../support/memory-bus.js'
import { keptLog } from './parts.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const GATEWAYS = ['kannel', 'twilio', 'android'] as const
type Gateway = (typeof GATEWAYS)[number]
const OURS = '+923330000001'
const kannel = { username: 'desk', password: 'kannel-pass', secret: 'hook-secret' }
const twilio = { accountSid: 'AC1', authToken: 'twilio-token' }
const android = { username: 'sms', password: 'phone-pass', signingKey: 'signing-key' }
const numbers = { bySim: new Map([['1', OURS]]) }
const never = new AbortController().signal

/** Real time, shortened: the simulators answer over sockets, which no fake clock moves. */
const hasty = {
  ...systemClock,
  sleep: (waitMs: number, signal?: AbortSignal) =>
    systemClock.sleep(waitMs >= 5000 ? waitMs : Math.min(waitMs, 3), signal),
}

async function house() {
  const bus = new MemoryBus()
  const door = (format: Parameters<typeof createWebhook>[0]['format']) =>
    createWebhook({ format, bus, clock: systemClock, log: keptLog(), metrics: createMetrics() })
  const doors = {
    kannel: door(createKannelHook({ secret: kannel.secret })),
    twilio: door(createTwilioHook({ authToken: twilio.authToken, publicUrl: '' })),
    android: door(createAndroidHook({ signingKey: android.signingKey, numbers, clock: systemClock })),
  }
  const desk = await startServer(async (request, response) => {
    const door = doors[request.url.pathname.replace('/hooks/sms/', '') as Gateway]
    const { status, body, type } = await door.handle({
      method: request.method === 'GET' ? 'GET' : 'POST',
      url: `${desk.url}${request.url.pathname}${request.url.search}`,
      query: Object.fromEntries(request.url.searchParams),
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      rawBody: Buffer.from(request.body),
    })
    response.writeHead(status, { 'content-type': type ?? 'text/plain' }).end(body)
  })
  const simulator = await startSmsGateways({ clock: hasty, kannel, twilio, android, deskUrl: desk.url })
  open.push(simulator, desk)
  const shared = { baseUrl: simulator.url, clock: systemClock, loopbackOnly: true, timeoutMs: 5000 }
  const clients: Readonly<Record<Gateway, SmsClient>> = {
    kannel: createKannelClient({ ...shared, ...kannel, receipts: { publicUrl: desk.url, secret: kannel.secret } }),
    twilio: createTwilioClient({ ...shared, ...twilio, publicUrl: desk.url }),
    android: createAndroidClient({ ...shared, ...android, numbers }),
  }
  const mentions = () =>
    (bus.values('mentions.collected') as Change[]).flatMap((change): Mention[] =>
      change.type === 'deleted' ? [] : [change.mention],
    )
  const statuses = () => bus.values('outbound.status') as OutboundUpdate[]
  return { bus, simulator, clients, mentions, statuses }
}

const fault = fc.constantFrom<DeliveryFault | 'store' | 'renamed'>(
  'duplicate',
  'lost-answer',
  'out-of-order',
  'slow',
  'store',
  'renamed',
)
const step = fc.record({
  gateway: fc.constantFrom(...GATEWAYS),
  text: fc.oneof(
    fc.constantFrom('مدد کریں', 'پشاور میں بھتہ & +50%', 'help', ''),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
  ),
  from: fc.constantFrom('03001234567', '+923007654321', '8333', 'KP Police'),
  faults: fc.array(fault, { maxLength: 3 }),
})

describe('messages over faulty ways', () => {
  it('are all there, and no id twice with other words', async () => {
    const sequences = fc.sample(fc.array(step, { minLength: 5, maxLength: 25 }), { seed: 2026, numRuns: 12 })
    for (const steps of sequences) {
      const { bus, simulator, mentions } = await house()
      let isFull = 0
      bus.beforePublish = (topic) => {
        if (topic === 'mentions.collected' && isFull-- > 0)
          throw new Failure('storage-full', 'full', { retryable: true })
      }
      const wanted: { gateway: Gateway; text: string; id: string }[] = []
      for (const [index, { gateway, text, from, faults }] of steps.entries()) {
        isFull = faults.includes('store') ? 2 : 0
        simulator.changeNames(faults.includes('renamed'))
        simulator.disturb(
          gateway,
          faults.filter((one): one is DeliveryFault => one !== 'store' && one !== 'renamed'),
        )
        const id = simulator.receive({ gateway, from, to: OURS, text: `${text} ${index}` })
        wanted.push({ gateway, text: `${text} ${index}`, id })
        if (index % 5 === 4) await simulator.idle()
      }
      await simulator.idle()
      const byId = new Map<string, Set<string>>()
      for (const { id, text } of mentions()) byId.set(id, (byId.get(id) ?? new Set()).add(text))
      expect(byId.size).toBe(wanted.length)
      for (const texts of byId.values()) expect(texts.size).toBe(1)
      for (const { gateway, text, id } of wanted) {
        const found = mentions().find((mention) => mention.id === `sms:${id}` || mention.id.startsWith(`sms:${id}-`))
        expect([found?.source, found?.account]).toEqual([`sms-${gateway}`, OURS])
        expect(found?.text).toBe(
          text.replace(/\r\n?|\u0085/g, '\n').replace(/[\p{Cc}]/gu, (mark) => (/[\n\t]/.test(mark) ? mark : '')),
        )
      }
      expect(bus.values('mentions.dead')).toEqual([])
    }
  }, 60_000)
})

describe.each(GATEWAYS)('an answer by %s', (gateway) => {
  const sms = {
    from: OURS,
    to: '+923001234567',
    text: 'آپ کی شکایت درج ہو گئی: KP-PSH-2611-00042 (100%)',
    id: 'out:ü 1',
  }

  it('goes out once in its wire form, and comes back delivered', async () => {
    const { simulator, clients, statuses } = await house()
    const { platformId } = await clients[gateway].send(sms, never)
    await simulator.idle()
    const taken = simulator.sent()
    expect(taken).toHaveLength(1)
    expect(taken[0]?.taken).toMatchObject({
      gateway,
      to: sms.to,
      text: sms.text,
      from: gateway === 'android' ? 'sim 1' : OURS,
    })
    expect(statuses()).toMatchObject([{ platformId, status: 'delivered', id: null, channel: 'sms' }])
    simulator.failDelivery()
    const second = await clients[gateway].send({ ...sms, id: 'out:2' }, never)
    await simulator.idle()
    expect(statuses().at(-1)).toMatchObject({ platformId: second.platformId, status: 'failed' })
    expect(statuses().at(-1)?.reason?.length).toBeGreaterThan(10)
  })

  it('says whether it may have gone out', async () => {
    const { simulator, clients } = await house()
    const failureOf = async () => {
      const error: unknown = await clients[gateway].send(sms, never).catch((reason: unknown) => reason)
      if (!(error instanceof Failure)) throw new Error('it did not fail')
      for (const hidden of [kannel.password, kannel.secret, twilio.authToken, android.password, sms.text])
        expect(error.message).not.toContain(hidden)
      return [error.reason, error.retryable]
    }
    simulator.fail({ kind: '503' })
    expect(await failureOf()).toEqual(['unavailable', true])
    simulator.fail({ kind: '429' })
    // Kannel knows no 429: it says 503.
    expect(await failureOf()).toEqual([gateway === 'kannel' ? 'unavailable' : 'rate-limited', true])
    simulator.fail({ kind: 'html' })
    expect(await failureOf()).toEqual(['timeout', false])
    simulator.fail({ kind: 'cut' })
    expect(await failureOf()).toEqual(['timeout', false])
    simulator.expireCredentials()
    expect(await failureOf()).toEqual(['unauthorized', false])
    expect(simulator.sent().filter(({ taken }) => taken !== null)).toHaveLength(1)
    await expect(clients[gateway].send({ ...sms, text: ' ' }, never)).rejects.toMatchObject({
      reason: 'invalid-payload',
    })
    await expect(clients[gateway].send(sms, AbortSignal.abort())).rejects.toMatchObject({
      reason: 'stopped',
      retryable: true,
    })
    await simulator.close()
    expect(await failureOf()).toEqual(['unavailable', true])
  })
})

it('the Android gateway is asked again with the same id, and sends once', async () => {
  const { simulator, clients } = await house()
  simulator.fail({ kind: 'cut' })
  const sms = { from: OURS, to: '8333', text: 'a', id: 'out:1' }
  await expect(clients.android.send(sms, never)).rejects.toMatchObject({ reason: 'timeout' })
  const { platformId } = await clients.android.send(sms, never)
  expect(platformId).toMatch(/^rabta-[0-9a-f]{30}$/)
  expect(simulator.sent().filter(({ taken }) => taken !== null)).toHaveLength(1)
})

it('what is longer than a gateway takes is refused before it leaves', async () => {
  const { simulator, clients } = await house()
  const long = (length: number) => ({ from: OURS, to: '+923001234567', text: 'پ'.repeat(length), id: 'o' })
  await expect(clients.kannel.send(long(671), never)).rejects.toMatchObject({ reason: 'too-large', retryable: false })
  await expect(clients.twilio.send(long(1601), never)).rejects.toMatchObject({ reason: 'too-large', retryable: false })
  expect(simulator.sent()).toHaveLength(0)
})
