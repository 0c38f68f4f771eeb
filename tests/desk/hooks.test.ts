import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeadLetter } from '../../schemas/dead-letter.js'
import type { Change } from '../../schemas/mention.js'
import { APP_SECRET, openHouse, VERIFY_TOKEN, type House } from './house.js'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.stop())

const sign = (body: string | Buffer, secret = APP_SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
const deliver = (payload: string | Buffer, headers: Record<string, string> = {}) =>
  house.app.inject({
    method: 'POST',
    url: '/hooks/whatsapp',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(payload), ...headers },
    payload,
  })
const handshake = (query: Record<string, string>) =>
  house.app.inject({ url: `/hooks/whatsapp?${new URLSearchParams(query).toString()}` })

const message = (id: string, text = 'پشاور') => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '1',
      changes: [
        {
          field: 'messages',
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: '920000000000', phone_number_id: '100' },
            contacts: [{ profile: { name: 'A' }, wa_id: '920000000001' }],
            messages: [{ from: '920000000001', id, timestamp: '1795319900', type: 'text', text: { body: text } }],
          },
        },
      ],
    },
  ],
})
const collected = async () => (await house.bus.read('mentions.collected', {})).map(({ value }) => value as Change)
const dead = async () => (await house.bus.read('mentions.dead', {})).map(({ value }) => value as DeadLetter)
const has = async (id: string) =>
  (await collected()).some((change) => change.type !== 'deleted' && change.mention.id === `whatsapp:${id}`)

describe('the handshake', () => {
  const right = { 'hub.mode': 'subscribe', 'hub.verify_token': VERIFY_TOKEN, 'hub.challenge': '1158201444' }

  it('repeats the challenge to whoever knows the token', async () => {
    const answer = await handshake(right)
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toBe('1158201444')
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  it.each([
    ['a wrong token', { ...right, 'hub.verify_token': 'wrong' }],
    ['an empty token', { ...right, 'hub.verify_token': '' }],
    ['another mode', { ...right, 'hub.mode': 'unsubscribe' }],
    ['a challenge that would be a page', { ...right, 'hub.challenge': '<script>alert(1)</script>' }],
    ['nothing', {}],
  ])('refuses %s with 403', async (_name, query) => {
    const answer = await handshake(query)
    expect(answer.statusCode).toBe(403)
    expect(answer.body).not.toContain('<')
  })

  it('refuses a token given twice', async () => {
    const url = `/hooks/whatsapp?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${VERIFY_TOKEN}&hub.verify_token=x`
    expect((await house.app.inject({ url })).statusCode).toBe(403)
  })
})

describe('a delivery', () => {
  it('is taken: 200 once the bus has it', async () => {
    const answer = await deliver(JSON.stringify(message('wamid.taken')))
    expect(answer.statusCode).toBe(200)
    expect(await has('wamid.taken')).toBe(true)
  })

  it('is judged by its bytes as they came: escapes, spaces and the order of keys are part of them', async () => {
    const escaped = JSON.stringify(message('wamid.escaped', 'پشاور/x')).replace(
      /[^\x20-\x7e]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    const body = `  ${escaped.replaceAll('/', '\\/')}\r\n`
    expect((await deliver(body)).statusCode).toBe(200)
    const change = (await collected()).at(-1)
    expect(change).toMatchObject({ mention: { id: 'whatsapp:wamid.escaped', text: 'پشاور/x' } })
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'garbage',
    '',
  ])('is taken whatever its content type says: %j', async (type) => {
    const id = `wamid.type-${Buffer.from(type).toString('hex')}`
    const answer = await deliver(JSON.stringify(message(id)), { 'content-type': type })
    expect(answer.statusCode).toBe(200)
    expect(await has(id)).toBe(true)
  })

  it('needs neither a cookie nor a place of our own, and is not counted by address', async () => {
    const payload = JSON.stringify(message('wamid.abroad'))
    const headers = { 'x-hub-signature-256': sign(payload), 'x-forwarded-for': '203.0.113.1' }
    const answer = await house.app.inject({ method: 'POST', url: '/hooks/whatsapp', remoteAddress: '203.0.113.9', headers, payload }) // prettier-ignore
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['x-ratelimit-limit']).toBeUndefined()
  })

  it.each([
    ['no signature', { 'x-hub-signature-256': '' }],
    ['a signature of another secret', { 'x-hub-signature-256': sign(JSON.stringify(message('wamid.bad')), 'other') }],
    ['a signature of other bytes', { 'x-hub-signature-256': sign('{}') }],
    ['half a signature', { 'x-hub-signature-256': 'sha256=00' }],
    ['an old kind of signature', { 'x-hub-signature-256': 'sha1=0000' }],
  ])('with %s is refused with 401, and nothing of it is kept', async (_name, headers) => {
    const before = [(await collected()).length, (await dead()).length]
    expect((await deliver(JSON.stringify(message('wamid.bad')), headers)).statusCode).toBe(401)
    expect([(await collected()).length, (await dead()).length]).toEqual(before)
  })

  it('without a body is refused', async () => {
    expect((await house.app.inject({ method: 'POST', url: '/hooks/whatsapp' })).statusCode).toBe(401)
  })

  it('larger than any of the platform is refused with 413, as a problem', async () => {
    const answer = await deliver(Buffer.alloc(3 * 1024 * 1024 + 1, 0x20))
    expect(answer.statusCode).toBe(413)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  it('of 100 kB of words is taken', async () => {
    expect((await deliver(JSON.stringify(message('wamid.long', 'آ'.repeat(100_000))))).statusCode).toBe(200)
    expect(await has('wamid.long')).toBe(true)
  })

  it.each(['', 'hello', '{"object":', '\u0000', '<html></html>'])(
    'that is no JSON is refused with 400: %j',
    async (body) => {
      expect((await deliver(body)).statusCode).toBe(400)
    },
  )

  it.each([
    '{}',
    '[]',
    'null',
    '7',
    '"words"',
    '{"object":"page"}',
    '{"object":"whatsapp_business_account","entry":7}',
  ])('of an unknown shape is taken and kept as a dead letter, so that the platform goes on: %s', async (body) => {
    const before = (await dead()).length
    expect((await deliver(body)).statusCode).toBe(200)
    const letters = (await dead()).slice(before)
    expect(letters).toHaveLength(1)
    expect(letters[0]).toMatchObject({ origin: 'hooks/whatsapp', reason: 'unknown-shape', value: JSON.parse(body) as unknown }) // prettier-ignore
  })

  it('that cannot be stored is not taken: 503, and it comes again', async () => {
    const payload = JSON.stringify(message('wamid.full', 'x'.repeat(90_000)))
    house.file.sqlite.limitPages(1)
    const refused = await deliver(payload)
    expect(refused.statusCode).toBe(503)
    expect(await has('wamid.full')).toBe(false)
    house.file.sqlite.limitPages(0)
    expect((await deliver(payload)).statusCode).toBe(200)
    expect(await has('wamid.full')).toBe(true)
  })

  it('leaves no words in the log', () => {
    expect(house.logged.join()).not.toMatch(/پشاور|\\u067e/)
  })
})
