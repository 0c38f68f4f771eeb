import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createReopens } from '../../ingest/reopen.js'
import { createWhatsAppHook } from '../../channels/whatsapp/hook.js'
import { createWebhook, MAX_WEBHOOK_BYTES } from '../../ingest/webhook.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { DeadLetter } from '../../schemas/dead-letter.js'
import type { SourceHealth } from '../../schemas/source-health.js'
import { valueWith, webhook, withMessage, WRITTEN_S } from '../channels/whatsapp/payloads.js'
import { FakeClock } from '../support/fake-clock.js'
import { MemoryBus } from '../support/memory-bus.js'
import { NOBODY, counted, hookRequest, keptLog } from './parts.js'

const SECRET = 'app-secret'

function setUp() {
  const parts = { bus: new MemoryBus(), clock: new FakeClock(), log: keptLog(), metrics: createMetrics() }
  const format = createWhatsAppHook({ appSecret: SECRET, verifyToken: 'verify' })
  const hook = createWebhook({ ...parts, format })
  const bytes = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const sign = (raw: Buffer) => `sha256=${createHmac('sha256', SECRET).update(raw).digest('hex')}`
  const post = (body: unknown, signature?: string) => {
    const rawBody = bytes(body)
    return hook.handle(hookRequest({ rawBody, headers: { 'x-hub-signature-256': signature ?? sign(rawBody) } }))
  }
  return { ...parts, hook, post }
}

const good = withMessage({ type: 'text', text: { body: 'آگ لگی ہے' } })

describe('the handshake', () => {
  it('repeats the challenge, or answers 403', async () => {
    const { hook } = setUp()
    const greet = (query: Record<string, string>) => hook.handle(hookRequest({ method: 'GET', query }))
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'verify', 'hub.challenge': '123' }
    expect(await greet(query)).toEqual({ status: 200, body: '123' })
    expect((await greet({ ...query, 'hub.verify_token': 'wrong' })).status).toBe(403)
    expect((await greet({})).status).toBe(403)
  })
})

describe('a body', () => {
  it('is answered 200 once the bus has its messages and statuses', async () => {
    const { bus, post, metrics } = setUp()
    const statuses = [{ id: 'wamid.O', status: 'delivered', timestamp: WRITTEN_S }]
    expect((await post(good)).status).toBe(200)
    expect((await post(webhook(valueWith({ statuses })))).status).toBe(200)
    expect(bus.values('mentions.collected')).toMatchObject([
      { type: 'written', mention: { text: 'آگ لگی ہے', receivedAt: '2026-11-22T04:00:00.000Z' } },
    ])
    expect(bus.keys('mentions.collected')).toEqual(['whatsapp:923000000001'])
    expect(bus.values('outbound.status')).toMatchObject([{ status: 'delivered', platformId: 'wamid.O' }])
    expect(await counted(metrics, 'rabta_processed_total', { stage: 'ingest' })).toBe(2)
  })

  it.each([
    ['a wrong signature', good, `sha256=${'0'.repeat(64)}`, 401],
    ['no signature', good, '', 401],
    ['what is not JSON', '{"object":', undefined, 400],
    ['nothing', '', undefined, 400],
    ['too much', 'x'.repeat(MAX_WEBHOOK_BYTES + 1), undefined, 413],
  ])('with %s is refused and nothing is stored', async (_name, body, signature, status) => {
    const { bus, post } = setUp()
    expect((await post(body, signature)).status).toBe(status)
    expect([...bus.values('mentions.collected'), ...bus.values('mentions.dead')]).toEqual([])
  })

  it.each([[null], [7], [[]], [{}], [{ object: 'page', entry: [] }], [withMessage({ type: 'text', text: 5 })]])(
    'of an unknown shape is answered 200 with a dead letter: %j',
    async (body) => {
      const { bus, post } = setUp()
      expect((await post(body)).status).toBe(200)
      expect((await post(body)).status).toBe(200)
      const letters = bus.values('mentions.dead') as DeadLetter[]
      expect(letters).toHaveLength(2)
      expect(letters[0]?.id).toBe(letters[1]?.id)
      expect(letters[0]).toMatchObject({ origin: 'hooks/whatsapp', reason: 'unknown-shape', attempts: 1 })
    },
  )

  it.each(['storage-full', 'unavailable'] as const)(
    'is answered 503 while the bus says %s, and comes in when it is brought again',
    async (reason) => {
      const { bus, post, log } = setUp()
      let isAway = true
      bus.beforePublish = (topic) => {
        if (isAway && topic === 'mentions.collected') throw new Failure(reason, 'the disk is full', { retryable: true })
      }
      expect((await post(good)).status).toBe(503)
      expect(bus.values('sources.health').at(-1)).toMatchObject({ status: 'failing', problem: 'the disk is full' })
      isAway = false
      expect((await post(good)).status).toBe(200)
      expect(bus.values('mentions.collected')).toHaveLength(1)
      expect(bus.values('sources.health').at(-1)).toMatchObject({ status: 'live', problem: null })
      expect(JSON.stringify(log.events)).not.toContain('آگ')
    },
  )

  it('is answered 503 when a status, a letter or anything else cannot be stored', async () => {
    const { bus, post } = setUp()
    const both = webhook(valueWith({ messages: [{ type: 'text' }], statuses: [{ id: 'o', status: 'read' }] }))
    for (const topic of ['outbound.status', 'mentions.dead'] as const) {
      bus.beforePublish = (name) => {
        if (name === topic) throw new Error('a bug in the bus')
      }
      expect((await post(both)).status).toBe(503)
    }
    bus.beforePublish = (name) => {
      if (name === 'sources.health') throw new Error('health is away')
    }
    expect((await post(both)).status).toBe(200)
  })

  it('with a record that the bus refuses for good does not come for ever', async () => {
    const { bus, post } = setUp()
    bus.beforePublish = (topic) => {
      if (topic === 'mentions.collected') throw new Failure('too-large', 'larger than a record', { retryable: false })
    }
    expect((await post(good)).status).toBe(200)
    expect(bus.values('mentions.dead')).toMatchObject([{ origin: 'mentions.collected', reason: 'too-large' }])
  })
})

it('a stranger who knocks all day fills no log and does not make it look broken', async () => {
  const { post, log, bus, clock, metrics } = setUp()
  await post(good)
  for (let knock = 0; knock < 100; knock++) await post(good, 'sha256=00')
  expect(log.events.filter(({ level }) => level === 'warn')).toHaveLength(1)
  await clock.advance(60_000)
  await post(good, 'sha256=00')
  expect(log.events.filter(({ level }) => level === 'warn')).toHaveLength(2)
  expect((bus.values('sources.health') as SourceHealth[]).every(({ status }) => status === 'live')).toBe(true)
  expect(await counted(metrics, 'rabta_failures_total', { stage: 'ingest', reason: 'unauthorized' })).toBe(101)
})

it('a wrong secret says so before the first good body', async () => {
  const { post, bus, hook } = setUp()
  await hook.heartbeat()
  await post(good, 'sha256=00')
  expect(bus.values('sources.health')).toMatchObject([
    { status: 'starting', problem: null },
    { status: 'starting', problem: expect.stringContaining('RABTA_WHATSAPP_APP_SECRET') as string },
  ])
})

describe('reopening a dead letter', () => {
  it('puts in what can be read by now, and refuses what still cannot', async () => {
    const { bus, clock, metrics, post } = setUp()
    const reopen = createReopens({ bus, clock, metrics, own: NOBODY })('hooks/whatsapp')
    await post(withMessage({ type: 'text', text: 5 }))
    const letter = bus.values('mentions.dead')[0] as DeadLetter
    await expect(reopen?.(letter)).rejects.toThrow(Failure)
    await reopen?.({ ...letter, value: good })
    expect(bus.values('mentions.collected')).toHaveLength(1)
    expect(bus.values('mentions.dead')).toHaveLength(1)
  })
})
