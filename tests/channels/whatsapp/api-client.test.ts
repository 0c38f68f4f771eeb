import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createWhatsAppClient, type WhatsAppClientOptions } from '../../../channels/whatsapp/api-client.js'
import { Failure } from '../../../runtime/failure.js'
import { FakeClock } from '../../support/fake-clock.js'
import { json, startServer, type TestServer } from '../http-server.js'

const TOKEN = 'EAAG-secret-token-0123456789'
const never = new AbortController().signal
const servers: TestServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function clientFor(answer: Parameters<typeof startServer>[0], options: Partial<WhatsAppClientOptions> = {}) {
  const server = await startServer(answer)
  servers.push(server)
  const clock = new FakeClock()
  const client = createWhatsAppClient({
    baseUrl: server.url,
    version: 'v23.0',
    phoneNumberId: '77',
    accessToken: TOKEN,
    clock,
    loopbackOnly: true,
    ...options,
  })
  return { server, client, clock }
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Failure)) throw new Error(`expected a Failure, got ${String(error)}`)
  expect(error.message).not.toContain(TOKEN)
  return error
}

const accepted = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '1', wa_id: '1' }],
  messages: [{ id: 'wamid.OUT' }],
}
const text = { to: '+92 300 0000001', body: 'شکریہ', contextMessageId: 'wamid.A' }
const graphError = (code: number, parts: object = {}) => ({
  error: { message: `(#${code}) Some words`, type: 'OAuthException', code, ...parts },
})

describe('sendText', () => {
  it('writes the wire format and answers the id', async () => {
    const { server, client } = await clientFor((_, response) => json(response, 200, accepted))
    expect(await client.sendText(text, never)).toEqual({ platformId: 'wamid.OUT' })
    const [request] = server.seen
    expect(request?.method).toBe('POST')
    expect(request?.url.pathname).toBe('/v23.0/77/messages')
    expect(request?.headers.authorization).toBe(`Bearer ${TOKEN}`)
    expect(JSON.parse(request?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '923000000001',
      type: 'text',
      text: { body: 'شکریہ' },
      context: { message_id: 'wamid.A' },
    })
  })

  it('names a person without a number as recipient', async () => {
    const { server, client } = await clientFor((_, response) => json(response, 200, accepted))
    await client.sendText({ to: 'PK.900100', body: 'a' }, never)
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      recipient: 'PK.900100',
      type: 'text',
      text: { body: 'a' },
    })
  })

  it('refuses what cannot be sent before anything leaves', async () => {
    const { server, client } = await clientFor((_, response) => json(response, 200, accepted))
    expect((await failureOf(client.sendText({ to: '1234567', body: ' ' }, never))).reason).toBe('invalid-payload')
    expect((await failureOf(client.sendText({ to: '1234567', body: 'x'.repeat(4097) }, never))).reason).toBe(
      'too-large',
    )
    expect((await failureOf(client.sendText({ to: ' ', body: 'x' }, never))).reason).toBe('invalid-payload')
    expect((await failureOf(client.sendText(text, AbortSignal.abort()))).reason).toBe('stopped')
    expect(server.seen).toHaveLength(0)
  })
})

it('sendTemplate writes the values in order', async () => {
  const { server, client } = await clientFor((_, response) => json(response, 200, accepted))
  await client.sendTemplate({ to: '923000000009', name: 'forward', language: 'ur', parameters: ['الف', 'ب'] }, never)
  expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({
    to: '923000000009',
    type: 'template',
    template: {
      name: 'forward',
      language: { code: 'ur' },
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'الف' },
            { type: 'text', text: 'ب' },
          ],
        },
      ],
    },
  })
})

describe('errors', () => {
  it.each([
    [400, 130429, 'rate-limited', true],
    [400, 131056, 'rate-limited', true],
    [400, 80007, 'rate-limited', true],
    [400, 4, 'rate-limited', true],
    [400, 131026, 'refused', false],
    [400, 131047, 'refused', false],
    [400, 131030, 'refused', false],
    [401, 190, 'unauthorized', false],
    [403, 10, 'forbidden', false],
    [403, 200, 'forbidden', false],
    [400, 368, 'forbidden', false],
    [400, 100, 'invalid-payload', false],
    [404, 132001, 'invalid-payload', false],
    [500, 131000, 'unavailable', true],
    [503, 2, 'unavailable', true],
    [400, 139999, 'refused', false],
    [400, 999, 'invalid-payload', false],
  ] as const)('HTTP %i with code %i is %s (retryable: %s)', async (status, code, reason, retryable) => {
    const { client } = await clientFor((_, response) => json(response, status, graphError(code)))
    const failure = await failureOf(client.sendText(text, never))
    expect([failure.reason, failure.retryable]).toEqual([reason, retryable])
    expect(failure.message).toContain('Some words')
  })

  it('says in the words of WhatsApp why, and what to do', async () => {
    const { client } = await clientFor((_, response) =>
      json(response, 400, graphError(131047, { error_data: { details: 'More than 24 hours have passed' } })),
    )
    const { message } = await failureOf(client.sendText(text, never))
    expect(message).toContain('(#131047) Some words: More than 24 hours have passed')
    expect(message).toContain('template')
  })

  it('waits as long as the pair rate wants', async () => {
    const { client } = await clientFor((_, response) => json(response, 400, graphError(131056)))
    expect((await failureOf(client.sendText(text, never))).retryAfterMs).toBe(6000)
  })

  it('withholds the token that WhatsApp repeats', async () => {
    const { client } = await clientFor((_, response) =>
      json(response, 401, { error: { code: 190, message: `Malformed access token ${TOKEN}` } }),
    )
    expect((await failureOf(client.sendText(text, never))).message).toContain('[withheld]')
  })

  it.each([
    [500, 'timeout', false],
    [502, 'timeout', false],
    [504, 'timeout', false],
    [503, 'unavailable', true],
    [429, 'rate-limited', true],
    [401, 'unauthorized', false],
    [404, 'not-found', false],
    [413, 'too-large', false],
    [302, 'refused', false],
  ] as const)('HTTP %i without words is %s (retryable: %s)', async (status, reason, retryable) => {
    const { client, server } = await clientFor((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html', location: 'http://198.51.100.1/' }).end('<html>')
    })
    const failure = await failureOf(client.sendText(text, never))
    expect([failure.reason, failure.retryable]).toEqual([reason, retryable])
    expect(server.seen).toHaveLength(1)
  })

  it('a success that cannot be read may have been sent', async () => {
    for (const body of ['<html>ok</html>', '{}', '{"messages":[]}', '{"messages":[{}]}', '']) {
      const { client } = await clientFor((_, response) => json(response, 200, body))
      expect(await failureOf(client.sendText(text, never))).toMatchObject({ reason: 'timeout', retryable: false })
    }
  })

  it('a success that is cut may have been sent; a refusal that is cut was not', async () => {
    for (const [status, reason] of [
      [200, 'timeout'],
      [400, 'invalid-payload'],
    ] as const) {
      const { client } = await clientFor((_, response) => {
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': '500' })
        response.write('{"messages":[', () => response.destroy())
      })
      expect(await failureOf(client.sendText(text, never))).toMatchObject({ reason, retryable: false })
    }
  })

  it('a connection that breaks after the request was written may have been sent', async () => {
    const { client } = await clientFor((_, response) => void response.destroy())
    expect(await failureOf(client.sendText(text, never))).toMatchObject({ reason: 'timeout', retryable: false })
  })

  it('a server that is not there got nothing', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => probe.once('listening', resolve))
    const { port } = probe.address() as AddressInfo
    await new Promise((resolve) => probe.close(resolve))
    const client = createWhatsAppClient({
      baseUrl: `http://127.0.0.1:${port}`,
      version: 'v23.0',
      phoneNumberId: '77',
      accessToken: TOKEN,
      clock: new FakeClock(),
    })
    expect(await failureOf(client.sendText(text, never))).toMatchObject({ reason: 'unavailable', retryable: true })
  })

  it('a server that does not answer in time may have it', async () => {
    let arrived: () => void = () => undefined
    const arrival = new Promise<void>((resolve) => (arrived = resolve))
    const { client, clock } = await clientFor(() => arrived())
    const sending = failureOf(client.sendText(text, never))
    await arrival
    await clock.advance(20_000)
    expect(await sending).toMatchObject({ reason: 'timeout', retryable: false })
  })

  it('a stop while it went out may have been sent', async () => {
    const stop = new AbortController()
    const { client } = await clientFor(() => stop.abort())
    expect(await failureOf(client.sendText(text, stop.signal))).toMatchObject({ reason: 'timeout', retryable: false })
  })
})

it('leaves this machine only where it may', () => {
  const options = { version: 'v23.0', phoneNumberId: '1', accessToken: TOKEN, clock: new FakeClock() }
  for (const baseUrl of [
    'https://graph.facebook.com',
    'http://127.0.0.1.example.com',
    'http://192.168.1.1',
    'http://localhost@example.com',
    'http://[::2]',
  ]) {
    expect(() => createWhatsAppClient({ ...options, baseUrl, loopbackOnly: true })).toThrow(Failure)
  }
  for (const baseUrl of ['http://127.0.0.1:1', 'http://127.9.9.9', 'http://localhost:1', 'http://[::1]:1']) {
    expect(() => createWhatsAppClient({ ...options, baseUrl, loopbackOnly: true })).not.toThrow()
  }
  expect(() => createWhatsAppClient({ ...options, baseUrl: 'graph.facebook.com' })).toThrow(/RABTA_WHATSAPP_BASE_URL/)
})
