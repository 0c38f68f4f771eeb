import { createHash, createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  startWhatsAppSimulator,
  type WhatsAppSimulator,
  type WhatsAppSimulatorOptions,
} from '../../simulators/whatsapp.js'
import type { Json, WhatsAppContent } from '../../simulators/whatsapp/wire.js'
import { ManualClock, runUntil } from './manual-clock.js'
import { startWebhook, type Webhook } from './webhook.js'

const CITIZEN = { name: 'شہری', waId: '923000000201' }
const HIDDEN = { name: 'Hidden', userId: 'PK.70000000000999', username: 'hidden_one' }
const OFFICER = '923000000900'
const SECRET = 'demo-app-secret'

let clock: ManualClock
let webhook: Webhook
let whatsapp: WhatsAppSimulator

async function start(options: Partial<WhatsAppSimulatorOptions> = {}): Promise<void> {
  await whatsapp?.close()
  whatsapp = await startWhatsAppSimulator({
    clock,
    appSecret: SECRET,
    verifyToken: 'verify-me',
    accessToken: 'demo-access',
    phoneNumberId: '100000000000002',
    webhookUrl: webhook.url,
    openWindow: [OFFICER],
    timeoutMs: 1e9,
    ...options,
  })
}

beforeEach(async () => {
  clock = new ManualClock()
  webhook = await startWebhook('verify-me')
  await start()
})
afterEach(async () => {
  await whatsapp.close()
  await webhook.close()
})

const say = (body: string, from: Parameters<WhatsAppSimulator['receive']>[0]['from'] = CITIZEN) =>
  whatsapp.receive({ type: 'text', body, from })
const arrived = (count: number) => runUntil(clock, () => webhook.messages().length >= count)

async function send(body: unknown, token = 'demo-access', path = '/v23.0/100000000000002/messages') {
  const response = await fetch(whatsapp.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const json = (await response.json()) as {
    messages?: { id: string }[]
    contacts?: Json[]
    error?: {
      code: number
      message: string
      error_subcode?: number
      error_data?: { details: string }
      fbtrace_id: string
    }
  }
  return { status: response.status, json }
}

const text = (to: string, body = 'answer') => ({ messaging_product: 'whatsapp', to, type: 'text', text: { body } })

describe('handshake', () => {
  it('passes with the right token and says so when the webhook refuses', async () => {
    expect(await whatsapp.handshake()).toMatchObject({ ok: true, status: 200 })
    await start({ verifyToken: 'another' })
    expect(await whatsapp.handshake()).toMatchObject({ ok: false, status: 403 })
    expect(await whatsapp.connect(webhook.url)).toBe(false)
  })

  it('holds messages back until the webhook has answered the challenge', async () => {
    await start({ webhookUrl: 'http://127.0.0.1:1/nobody-there' })
    say('waiting')
    await runUntil(clock, () => clock.sleeping > 0, -1)
    expect(whatsapp.stats()).toMatchObject({ attempts: 0, queued: 1 })
    expect(await whatsapp.connect(webhook.url)).toBe(true)
    await arrived(1)
    expect(webhook.messages()).toHaveLength(1)
  })

  it('delivers to this machine only', async () => {
    await expect(start({ webhookUrl: 'http://desk.example/hooks' })).rejects.toThrow(/this machine/)
    await expect(start({ webhookUrl: 'http://127.0.0.1.desk.example/hooks' })).rejects.toThrow(/this machine/)
  })
})

describe('what a delivery looks like', () => {
  it('is signed over its raw bytes, which another JSON writer would not give', async () => {
    const id = say('پشاور/صدر ’quoted‘ 🙏')
    await arrived(1)
    const [delivery] = webhook.deliveries
    const raw = delivery?.raw ?? Buffer.alloc(0)
    const hmac = (bytes: Buffer) => `sha256=${createHmac('sha256', SECRET).update(bytes).digest('hex')}`
    expect(delivery?.signature).toBe(hmac(raw))
    expect(raw.toString()).toContain('\\u067e\\u0634\\u0627\\u0648\\u0631\\/')
    expect(raw.every((byte) => byte < 0x7f)).toBe(true)
    expect(delivery?.signature).not.toBe(hmac(Buffer.from(JSON.stringify(delivery?.body))))
    expect(delivery?.body).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '100000000000001',
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '92915550100', phone_number_id: '100000000000002' },
                contacts: [{ profile: { name: 'شہری' }, wa_id: CITIZEN.waId }],
                messages: [
                  {
                    from: CITIZEN.waId,
                    id,
                    timestamp: String(Math.floor(clock.now() / 1000)),
                    type: 'text',
                    text: { body: 'پشاور/صدر ’quoted‘ 🙏' },
                  },
                ],
              },
            },
          ],
        },
      ],
    })
  })

  it('names a person without number by the user id alone', async () => {
    say('سلام', HIDDEN)
    await arrived(1)
    const value = webhook.deliveries[0]?.body.entry[0]?.changes[0]?.value
    expect(value?.['contacts']).toEqual([
      { profile: { name: 'Hidden', username: 'hidden_one' }, user_id: 'PK.70000000000999' },
    ])
    expect(webhook.messages()[0]).not.toHaveProperty('from')
    expect(webhook.messages()[0]).toMatchObject({ from_user_id: 'PK.70000000000999' })
    expect(() => say('nobody', { name: 'x' })).toThrow()
  })

  const KINDS: [WhatsAppContent, Json][] = [
    [
      { type: 'image', mimeType: 'image/png', caption: 'دیکھیں' },
      { image: { caption: 'دیکھیں', mime_type: 'image/png' } },
    ],
    [{ type: 'audio', mimeType: 'audio/ogg; codecs=opus', voice: true }, { audio: { voice: true } }],
    [{ type: 'video', mimeType: 'video/mp4' }, { video: { mime_type: 'video/mp4' } }],
    [{ type: 'document', mimeType: 'application/pdf', filename: 'a.pdf' }, { document: { filename: 'a.pdf' } }],
    [{ type: 'sticker', mimeType: 'image/webp' }, { sticker: { animated: false } }],
    [
      { type: 'location', latitude: 34.9, longitude: 72.3, name: 'Matta' },
      { location: { latitude: 34.9, name: 'Matta' } },
    ],
    [{ type: 'reaction', messageId: 'wamid.x', emoji: '❤️' }, { reaction: { message_id: 'wamid.x', emoji: '❤️' } }],
    [{ type: 'button', text: 'Yes', payload: 'YES' }, { button: { text: 'Yes', payload: 'YES' } }],
    [{ type: 'unsupported' }, { errors: [{ code: 131051 }] }],
    [{ type: 'raw', message: { type: 'order', order: { catalog_id: '1' } } }, { order: { catalog_id: '1' } }],
  ]
  it.each(KINDS)('carries %j', async (content, expected) => {
    whatsapp.receive({ ...content, from: CITIZEN, inReplyTo: 'wamid.before', forwarded: 'often' })
    await arrived(1)
    const [message] = webhook.messages()
    expect(message).toMatchObject(expected)
    expect(message?.['type']).toBe(content.type === 'raw' ? 'order' : content.type)
    expect(message?.['context']).toEqual({
      forwarded: true,
      frequently_forwarded: true,
      from: '92915550100',
      id: 'wamid.before',
    })
  })
})

describe('deliveries', () => {
  it('keep their order, in bundles now and then, and each once', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => say(`message ${index}`, index % 2 === 0 ? CITIZEN : HIDDEN))
    await arrived(30)
    expect(webhook.messages().map((message) => message['id'])).toEqual(ids)
    const sizes = webhook.deliveries.map(({ body }) => (body.entry[0]?.changes[0]?.value['messages'] as Json[]).length)
    expect(Math.max(...sizes)).toBe(4)
    expect(Math.min(...sizes)).toBe(1)
    const bundle = webhook.deliveries[1]?.body.entry[0]?.changes[0]?.value['contacts']
    expect(bundle).toHaveLength(2)
  })

  it('are repeated, byte for byte and with growing pauses, until answered 2xx, while later ones wait', async () => {
    await start({ retryDelaysMs: [1000, 5000] })
    webhook.answers.push(503, 500, 401, 302)
    const startMs = clock.now()
    say('one')
    say('two')
    await runUntil(clock, () => whatsapp.stats().queued === 0)
    expect(webhook.messages().map((message) => (message['text'] as Json)['body'])).toEqual(['one', 'two'])
    expect(new Set(webhook.attempts.slice(0, 5).map(String)).size).toBe(1)
    expect(clock.now() - startMs).toBe(16_000)
    expect(whatsapp.stats()).toEqual({ queued: 0, attempts: 6, delivered: 2, refused: 4, dropped: 0 })
  })

  it('are given up after the time for that is over', async () => {
    await start({ retryDelaysMs: [1000], giveUpMs: 3000 })
    webhook.answers.push(...Array.from({ length: 4 }, () => 400))
    say('poison')
    say('next')
    await runUntil(clock, () => whatsapp.stats().queued === 0)
    expect(webhook.messages()[0]?.['text']).toEqual({ body: 'next' })
    expect(whatsapp.stats()).toMatchObject({ dropped: 1, refused: 4 })
  })

  it('are made twice on demand', async () => {
    whatsapp.duplicateNext()
    say('twice')
    say('once')
    await arrived(3)
    expect(webhook.deliveries[0]?.raw).toEqual(webhook.deliveries[1]?.raw)
    expect(webhook.messages().map((message) => (message['text'] as Json)['body'])).toEqual(['twice', 'twice', 'once'])
  })

  it('carry any body, rightly or wrongly signed', async () => {
    whatsapp.deliverRaw('{"object":"something","entry":[]}')
    whatsapp.deliverRaw('{"object":"else","entry":[]}', 'sha256=00')
    await runUntil(clock, () => webhook.deliveries.length === 2)
    expect(webhook.deliveries[1]).toMatchObject({ signature: 'sha256=00', body: { object: 'else' } })
  })

  it('time out when the webhook does not answer', async () => {
    await start({ timeoutMs: 4000, retryDelaysMs: [1000], webhookUrl: webhook.url })
    const held = await (
      await import('../../simulators/loopback.js')
    ).startLoopbackServer(async ({ method, query }) => {
      if (method === 'GET') return { status: 200, body: query.get('hub.challenge') ?? '' }
      return new Promise(() => undefined)
    })
    await whatsapp.connect(held.url)
    say('slow')
    await runUntil(clock, () => whatsapp.stats().refused >= 1)
    await whatsapp.connect(webhook.url)
    await arrived(1)
    await held.close()
  })
})

describe('sending', () => {
  it('answers a person who wrote, and reports sent, delivered and read', async () => {
    const asked = say('question')
    await arrived(1)
    const body = { ...text('+92 300 0000201', 'جواب'), context: { message_id: asked } }
    const { status, json } = await send(body)
    expect(status).toBe(200)
    const id = json.messages?.[0]?.id
    expect(json).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: '+92 300 0000201', wa_id: CITIZEN.waId }],
      messages: [{ id }],
    })
    expect(whatsapp.sent()).toMatchObject([{ raw: JSON.stringify(body), body, status: 200, messageId: id }])
    await runUntil(clock, () => webhook.statuses().length === 3)
    expect(webhook.statuses().map((entry) => entry['status'])).toEqual(['sent', 'delivered', 'read'])
    expect(webhook.statuses()[0]).toMatchObject({ id, recipient_id: CITIZEN.waId, pricing: { category: 'service' } })
    await whatsapp.idle()
  })

  it('answers a person without number by user id', async () => {
    say('سلام', HIDDEN)
    await arrived(1)
    const { recipient_type, ...rest } = { ...text(''), recipient_type: 'individual', to: undefined }
    const { json } = await send({ ...rest, recipient_type, recipient: HIDDEN.userId })
    expect(json.contacts).toEqual([{ input: HIDDEN.userId, user_id: HIDDEN.userId }])
    await runUntil(clock, () => webhook.statuses().length === 3)
    expect(webhook.statuses()[0]).toMatchObject({ recipient_user_id: HIDDEN.userId })
    expect(webhook.statuses()[0]).not.toHaveProperty('recipient_id')
  })

  it('refuses a wrong token, another number, and a body that is no message', async () => {
    say('hello')
    expect((await send(text(CITIZEN.waId), 'wrong')).json.error).toMatchObject({
      code: 190,
      fbtrace_id: expect.any(String) as string,
    })
    expect((await send(text(CITIZEN.waId), 'wrong')).status).toBe(401)
    expect((await send(text(CITIZEN.waId), 'demo-access', '/v23.0/5/messages')).json.error).toMatchObject({
      error_subcode: 33,
    })
    const wrong = [
      'not json',
      [],
      { to: CITIZEN.waId, type: 'text', text: { body: 'x' } },
      { ...text(CITIZEN.waId), to: 'PK.70000000000999' },
      { ...text(CITIZEN.waId), to: undefined },
      { ...text(CITIZEN.waId), to: undefined, recipient: '923000000201' },
      text(CITIZEN.waId, ''),
      text(CITIZEN.waId, 'x'.repeat(4097)),
      { ...text(CITIZEN.waId), type: 'song' },
      { ...text(CITIZEN.waId), context: { id: 'wamid' } },
      { ...text(CITIZEN.waId), texts: {} },
      { messaging_product: 'whatsapp', to: CITIZEN.waId, type: 'template', template: { name: 'x' } },
      { messaging_product: 'whatsapp', to: CITIZEN.waId, type: 'image', image: {} },
    ]
    for (const body of wrong) {
      const { status, json } = await send(body)
      expect([status, json.error?.code], JSON.stringify(body)).toEqual([400, 100])
    }
    expect((await send(text(CITIZEN.waId, 'x'.repeat(4096)))).status).toBe(200)
    expect(whatsapp.sent().filter(({ messageId }) => messageId !== null)).toHaveLength(1)
  })

  it('keeps to the 24-hour window, but not for templates and open numbers', async () => {
    say('hello')
    await arrived(1)
    clock.advance(86_400_000)
    expect((await send(text(CITIZEN.waId))).status).toBe(200)
    clock.advance(1000)
    expect((await send(text(CITIZEN.waId))).json.error).toMatchObject({ code: 131047 })
    const template = { name: 'contact', language: { code: 'ur' } }
    expect((await send({ messaging_product: 'whatsapp', to: CITIZEN.waId, type: 'template', template })).status).toBe(
      200,
    )
    expect((await send(text(OFFICER, 'forwarded'))).status).toBe(200)
    say('again')
    expect((await send(text(CITIZEN.waId))).status).toBe(200)
  })

  it('cannot reach strangers, unless they are registered and a template is used', async () => {
    await start({ registered: ['92 300 0000500'], undeliverable: [CITIZEN.waId] })
    say('hello')
    expect((await send(text('923000000777'))).json.error).toMatchObject({ code: 131026 })
    expect((await send(text('923000000500'))).json.error).toMatchObject({ code: 131047 })
    expect((await send(text(CITIZEN.waId))).json.error).toMatchObject({ code: 131026 })
  })

  it('counts messages to one person and to all', async () => {
    await start({
      pairRate: { burst: 2, refillMs: 6000 },
      throughputPerSecond: 3,
      openWindow: [OFFICER, '923000000901'],
    })
    const codes = async (to: string, times: number) => {
      const found: (number | undefined)[] = []
      for (let count = 0; count < times; count++) found.push((await send(text(to))).json.error?.code)
      return found
    }
    expect(await codes(OFFICER, 3)).toEqual([undefined, undefined, 131056])
    expect(await codes('923000000901', 2)).toEqual([undefined, 130429])
    clock.advance(6000)
    expect(await codes(OFFICER, 2)).toEqual([undefined, 131056])
  })

  it('tells refusals by a failed status where asked to, as the real one mostly does', async () => {
    await start({ refusals: 'status' })
    const { status, json } = await send(text('923000000777'))
    expect(status).toBe(200)
    await runUntil(clock, () => webhook.statuses().length === 1)
    expect(webhook.statuses()[0]).toMatchObject({
      id: json.messages?.[0]?.id,
      status: 'failed',
      errors: [{ code: 131026, title: 'Message undeliverable', error_data: { details: 'Message Undeliverable.' } }],
    })
  })

  it('fails a delivery on demand', async () => {
    whatsapp.failDelivery('undeliverable')
    await send(text(OFFICER))
    await send(text(OFFICER))
    await runUntil(clock, () => webhook.statuses().length === 4)
    expect(
      webhook
        .statuses()
        .map((entry) => entry['status'])
        .sort(),
    ).toEqual(['delivered', 'failed', 'read', 'sent'])
  })

  it('marks as read', async () => {
    const { status, json } = await send({ messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.x' })
    expect([status, json]).toEqual([200, { success: true }])
  })

  it('has faults: 429, 503, html, slow, cut', async () => {
    whatsapp.fail({ kind: '429' })
    whatsapp.fail({ kind: '503' })
    expect((await send(text(OFFICER))).json.error).toMatchObject({ code: 4 })
    expect((await send(text(OFFICER))).status).toBe(503)
    whatsapp.fail({ kind: 'html' })
    await expect(send(text(OFFICER))).rejects.toThrow()
    expect(whatsapp.sent().filter(({ messageId }) => messageId !== null)).toHaveLength(0)
    whatsapp.fail({ kind: 'cut' })
    await expect(send(text(OFFICER))).rejects.toThrow()
    expect(whatsapp.sent().filter(({ messageId }) => messageId !== null)).toHaveLength(1)
    whatsapp.fail({ kind: 'slow', waitMs: 20_000 })
    whatsapp.heal()
    expect((await send(text(OFFICER))).status).toBe(200)
  })
})

describe('media', () => {
  const get = (path: string) => fetch(path, { headers: { authorization: 'Bearer demo-access' } })

  it('is described, then downloaded with the token, for five minutes', async () => {
    const bytes = Buffer.from('a voice')
    whatsapp.receive({ type: 'audio', mimeType: 'audio/ogg; codecs=opus', voice: true, bytes, from: CITIZEN })
    await arrived(1)
    const audio = webhook.messages()[0]?.['audio'] as { id: string; sha256: string }
    expect(audio.sha256).toBe(createHash('sha256').update(bytes).digest('base64'))
    const described = (await (await get(`${whatsapp.url}/v23.0/${audio.id}`)).json()) as { url: string }
    expect(described).toMatchObject({
      id: audio.id,
      mime_type: 'audio/ogg; codecs=opus',
      file_size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(Buffer.from(await (await get(described.url)).arrayBuffer())).toEqual(bytes)
    expect((await fetch(described.url)).status).toBe(401)
    clock.advance(5 * 60_000)
    expect((await get(described.url)).status).toBe(404)
    expect((await get(`${whatsapp.url}/v23.0/5`)).status).toBe(400)
  })
})
