import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createXHook } from '../../../channels/x/hook.js'
import type { HookRequest } from '../../../channels/hook.js'

const SECRET = 'consumer-secret'
const hook = createXHook({ consumerSecret: SECRET, accounts: [{ userId: '42', handle: 'KPPolice' }] })
const sign = (bytes: Buffer | string) => `sha256=${createHmac('sha256', SECRET).update(bytes).digest('base64')}`

const request = (parts: Partial<HookRequest>): HookRequest => ({
  method: 'POST',
  url: 'https://desk.example/hooks/x',
  query: {},
  headers: {},
  rawBody: Buffer.alloc(0),
  ...parts,
})

describe('the challenge', () => {
  it('is answered with the signed token, as JSON', () => {
    const answer = hook.handshake?.(request({ method: 'GET', query: { crc_token: 'abc+/=-_1', nonce: 'n' } }))
    expect(answer).toEqual({
      status: 200,
      body: `{"response_token":"${sign('abc+/=-_1')}"}`,
      type: 'application/json; charset=utf-8',
    })
  })

  it.each([
    [{}],
    [{ crc_token: '' }],
    [{ crc_token: ['a', 'b'] }],
    [{ crc_token: 'a'.repeat(2000) }],
    [{ crc_token: 5 }],
  ])('is refused for %j', (query) => expect(hook.handshake?.(request({ method: 'GET', query }))?.status).toBe(400))

  it('never signs what could be the body of an event', () => {
    for (const forged of ['{"for_user_id":"42","tweet_create_events":[]}', '[1]', '{}', 'a\nb'])
      expect(hook.handshake?.(request({ method: 'GET', query: { crc_token: forged } }))?.status).toBe(400)
  })

  it('is no delivery', () => {
    expect(hook.handshake?.(request({}))).toBeUndefined()
    expect(hook.delivers).toEqual(['POST'])
  })

  it('is not answered without a secret', () => {
    const bare = createXHook({ consumerSecret: '', accounts: [] })
    expect(bare.handshake?.(request({ method: 'GET', query: { crc_token: 'a' } }))?.status).toBe(400)
    const rawBody = Buffer.from('{}')
    const signature = `sha256=${createHmac('sha256', '').update(rawBody).digest('base64')}`
    expect(bare.verify(request({ rawBody, headers: { 'x-twitter-webhooks-signature': signature } }))).toBe(false)
  })
})

describe('the signature', () => {
  const rawBody = Buffer.from('{"for_user_id":"42","text":"آگ"}')
  const verify = (signature: string | undefined, body = rawBody) =>
    hook.verify(request({ rawBody: body, headers: { 'x-twitter-webhooks-signature': signature } }))

  it('fits the raw bytes alone', () => {
    expect(verify(sign(rawBody))).toBe(true)
    expect(verify(sign(rawBody), Buffer.from(`${rawBody.toString()} `))).toBe(false)
    expect(verify(sign(rawBody).replace('sha256=', ''))).toBe(false)
    expect(verify(createHmac('sha256', SECRET).update(rawBody).digest('hex'))).toBe(false)
    for (const odd of [undefined, '', 'sha256=', 'sha256=AAAA', `${sign(rawBody)}\n`, `sha256=${'A'.repeat(43)}=`])
      expect(verify(odd)).toBe(false)
  })
})

it('takes no body that a stranger had signed as a challenge', () => {
  for (const token of ['1', 'null', '"words"', 'true']) {
    const answer = hook.handshake?.(request({ method: 'GET', query: { crc_token: token } }))
    const signed = JSON.parse(answer?.body ?? '{}') as { response_token: string }
    const headers = { 'x-twitter-webhooks-signature': signed.response_token }
    expect(hook.verify(request({ rawBody: Buffer.from(token), headers }))).toBe(false)
  }
})

it('refuses a body that is no JSON in UTF-8', () => {
  for (const body of ['{', '', 'x']) expect(() => hook.parse(request({ rawBody: Buffer.from(body) }))).toThrow()
  expect(() => hook.parse(request({ rawBody: Buffer.from([0x22, 0xd9, 0x22]) }))).toThrow()
  expect(hook.parse(request({ rawBody: Buffer.from('{"a":1}') }))).toEqual({ a: 1 })
})
