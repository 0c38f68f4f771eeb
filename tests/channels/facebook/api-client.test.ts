import { createHmac } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createFacebookClient, type FacebookClientOptions } from '../../../channels/facebook/api-client.js'
import { Failure } from '../../../runtime/failure.js'
import { FakeClock } from '../../support/fake-clock.js'
import { json, startServer, type TestServer } from '../http-server.js'

const TOKEN = 'EAAB-secret-page-token-0123456789'
const SECRET = 'app-secret-0123456789'
const PROOF = createHmac('sha256', SECRET).update(TOKEN).digest('hex')
const never = new AbortController().signal
const servers: TestServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function clientFor(answer: Parameters<typeof startServer>[0], options: Partial<FacebookClientOptions> = {}) {
  const server = await startServer(answer)
  servers.push(server)
  const clock = new FakeClock()
  const client = createFacebookClient({
    baseUrl: server.url,
    version: 'v26.0',
    pageId: '100',
    pageToken: TOKEN,
    appSecret: SECRET,
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
  for (const secret of [TOKEN, SECRET, PROOF]) expect(error.message).not.toContain(secret)
  return error
}

const graphError = (code: number, parts: object = {}) => ({
  error: { message: `(#${code}) Some words`, type: 'OAuthException', code, fbtrace_id: 'A1', ...parts },
})

describe('reading', () => {
  it('asks each list as the Graph API wants it, with token and proof', async () => {
    const { server, client } = await clientFor((_, response) => json(response, 200, { data: [] }))
    await client.feed({ sinceMs: 1_700_000_000_500, limit: 7 }, never)
    await client.tagged({}, never)
    await client.comments('100_5', { token: { after: 'CURSOR' } }, never)
    await client.conversations({}, never)
    await client.messages('t_9', {}, never)
    expect(server.seen.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      'GET /v26.0/100/feed',
      'GET /v26.0/100/tagged',
      'GET /v26.0/100_5/comments',
      'GET /v26.0/100/conversations',
      'GET /v26.0/t_9/messages',
    ])
    for (const { url } of server.seen) {
      expect(url.searchParams.get('access_token')).toBe(TOKEN)
      expect(url.searchParams.get('appsecret_proof')).toBe(PROOF)
      expect(url.searchParams.get('fields')).toContain('id')
    }
    const [feed, , comments] = server.seen.map(({ url }) => url.searchParams)
    expect([feed?.get('since'), feed?.get('limit')]).toEqual(['1700000000', '7'])
    expect([comments?.get('filter'), comments?.get('after'), comments?.get('order')]).toEqual([
      'stream',
      'CURSOR',
      'reverse_chronological',
    ])
  })

  it.each([
    [
      'a cursor',
      { cursors: { after: 'C2' }, next: 'https://graph.facebook.com/x?after=C2&access_token=SECRET' },
      { after: 'C2' },
    ],
    [
      'a moment',
      { next: 'https://x.test/?until=17&__paging_token=enc&limit=25' },
      { until: '17', __paging_token: 'enc' },
    ],
    ['a number', { next: '/v26.0/100/feed?offset=25&limit=25' }, { offset: '25' }],
    ['a next address that says nothing', { cursors: { after: 'C3' }, next: 'https://x.test/' }, { after: 'C3' }],
    ['a cursor without a next address, on a page that is full', { cursors: { after: 'C4' } }, { after: 'C4' }],
    ['the cursor that was asked for', { cursors: { after: 'C1' }, next: 'https://x.test/?after=C1' }, undefined],
    ['nothing', undefined, undefined],
  ])('pages on by %s', async (_name, paging, next) => {
    const { client } = await clientFor((_, response) => json(response, 200, { data: [{ id: '1' }], paging }))
    const page = await client.comments('1_2', { limit: 1, token: { after: 'C1' } }, never)
    expect(page).toEqual({ items: [{ id: '1' }], next })
  })

  it('asks with fewer names where one is not known any more, and remembers', async () => {
    const { server, client } = await clientFor(({ url }, response) =>
      (url.searchParams.get('fields') ?? '').includes('attachment')
        ? json(response, 400, graphError(100, { message: '(#100) Tried accessing nonexisting field (attachment)' }))
        : json(response, 200, { data: [] }),
    )
    await client.comments('1_2', {}, never)
    await client.comments('1_2', {}, never)
    expect(server.seen).toHaveLength(3)
  })

  it.each([
    [400, 4, 'rate-limited', true, 60_000],
    [400, 17, 'rate-limited', true, 60_000],
    [403, 32, 'rate-limited', true, 60_000],
    [400, 341, 'rate-limited', true, 60_000],
    [400, 613, 'rate-limited', true, 60_000],
    [400, 80001, 'rate-limited', true, 60_000],
    [500, 1, 'unavailable', true, undefined],
    [503, 2, 'unavailable', true, undefined],
    [400, 190, 'unauthorized', false, undefined],
    [401, 102, 'unauthorized', false, undefined],
    [403, 10, 'forbidden', false, undefined],
    [403, 200, 'forbidden', false, undefined],
    [403, 299, 'forbidden', false, undefined],
    [400, 368, 'forbidden', false, undefined],
    [400, 100, 'invalid-payload', false, undefined],
    [500, 99_999, 'unavailable', true, undefined],
    [418, 99_999, 'refused', false, undefined],
  ] as const)('HTTP %i with code %i is %s (retryable: %s)', async (status, code, reason, retryable, retryAfterMs) => {
    const { client } = await clientFor((_, response) => json(response, status, graphError(code)))
    const failure = await failureOf(client.feed({}, never))
    expect(failure).toMatchObject({ reason, retryable, retryAfterMs })
    expect(failure.message).toContain('Some words')
  })

  it('takes an error that comes with 200 for an error', async () => {
    const { client } = await clientFor((_, response) => json(response, 200, graphError(4)))
    expect((await failureOf(client.feed({}, never))).reason).toBe('rate-limited')
  })

  it('says of an ended sign-in what to do', async () => {
    for (const error_subcode of [458, 459, 460, 463, 467]) {
      const { client } = await clientFor((_, response) => json(response, 400, graphError(190, { error_subcode })))
      expect((await failureOf(client.feed({}, never))).message).toMatch(
        /expired: sign in again.*RABTA_FACEBOOK_PAGE_TOKEN/,
      )
    }
  })

  it('knows a post that is gone, and a question that is too large', async () => {
    const { client } = await clientFor(({ url }, response) =>
      url.pathname.includes('gone')
        ? json(response, 400, graphError(100, { error_subcode: 33 }))
        : json(response, 500, graphError(1, { message: 'Please reduce the amount of data you are asking for' })),
    )
    expect(await failureOf(client.comments('gone', {}, never))).toMatchObject({ reason: 'not-found', retryable: false })
    expect(await failureOf(client.comments('5', {}, never))).toMatchObject({ reason: 'too-large', retryable: true })
  })

  it.each([
    ['a page in place of JSON', '<html>Sorry, something went wrong.</html>'],
    ['an object without a list', '{"summary":{}}'],
    ['a list that is none', '{"data":{"0":{}}}'],
    ['nothing', ''],
    ['null', 'null'],
    ['true', 'true'],
  ])('takes %s with 200 for a failure that passes', async (_name, body) => {
    const { client } = await clientFor((_, response) => json(response, 200, body))
    expect(await failureOf(client.feed({}, never))).toMatchObject({ reason: 'invalid-payload', retryable: true })
  })

  it('tries again later where the connection is cut, refused or silent', async () => {
    const cut = await clientFor((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write('{"data":[', () => response.destroy())
    })
    expect(await failureOf(cut.client.feed({}, never))).toMatchObject({ reason: 'unavailable', retryable: true })
    let arrived: () => void = () => undefined
    const arrival = new Promise<void>((resolve) => (arrived = resolve))
    const silent = await clientFor(() => arrived())
    const reading = failureOf(silent.client.feed({}, never))
    await arrival
    await silent.clock.advance(20_000)
    expect(await reading).toMatchObject({ reason: 'timeout', retryable: true })
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const { client } = await clientFor(() => stop.abort())
    expect((await failureOf(client.feed({}, stop.signal))).reason).toBe('stopped')
  })

  it('does not read without end', async () => {
    const { client } = await clientFor((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1024 * 1024)));
        response.once('drain', more)
      }
      more()
    })
    expect(await failureOf(client.feed({}, never))).toMatchObject({ reason: 'too-large', retryable: true })
  })

  it('follows no redirect, with the token in its hand', async () => {
    const { client, server } = await clientFor((_, response) => {
      response.writeHead(302, { location: `${server.url}/elsewhere` }).end()
    })
    expect((await failureOf(client.feed({}, never))).retryable).toBe(false)
    expect(server.seen).toHaveLength(1)
  })
})

describe('the token', () => {
  it.each([
    [
      { is_valid: true, expires_at: 0, data_access_expires_at: 0 },
      { isValid: true, endsAtMs: undefined },
    ],
    [
      { is_valid: true, expires_at: 0, data_access_expires_at: 1_800_000_000 },
      { isValid: true, endsAtMs: 1_800_000_000_000 },
    ],
    [
      { is_valid: true, expires_at: 1_790_000_000, data_access_expires_at: 1_800_000_000 },
      { isValid: true, endsAtMs: 1_790_000_000_000 },
    ],
    [
      { is_valid: false, error: { code: 190 } },
      { isValid: false, endsAtMs: undefined },
    ],
  ])('ends with the first of its two ends', async (data, expected) => {
    const { client, server } = await clientFor((_, response) => json(response, 200, { data }))
    expect(await client.tokenState(never)).toMatchObject(expected)
    expect(server.seen[0]?.url.pathname).toBe('/v26.0/debug_token')
    expect(server.seen[0]?.url.searchParams.get('input_token')).toBe(TOKEN)
  })
})

describe('writing', () => {
  it('answers a comment', async () => {
    const { server, client } = await clientFor((_, response) => json(response, 200, { id: '5_77' }))
    expect(await client.reply('5_6', 'شکریہ & خدا حافظ', never)).toEqual({ platformId: '5_77' })
    const [request] = server.seen
    expect([request?.method, request?.url.pathname]).toEqual(['POST', '/v26.0/5_6/comments'])
    expect(request?.url.searchParams.get('access_token')).toBe(TOKEN)
    expect(request?.url.searchParams.get('appsecret_proof')).toBe(PROOF)
    expect(request?.headers['content-type']).toContain('application/x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({ message: 'شکریہ & خدا حافظ' })
  })

  it('answers on Messenger', async () => {
    const { server, client } = await clientFor((_, response) =>
      json(response, 200, { recipient_id: '42', message_id: 'm_mid.$x' }),
    )
    expect(await client.sendMessage({ to: '42', text: 'ہم آ رہے ہیں' }, never)).toEqual({ platformId: 'mid.$x' })
    const form = new URLSearchParams(server.seen[0]?.body)
    expect(server.seen[0]?.url.pathname).toBe('/v26.0/100/messages')
    expect(form.get('messaging_type')).toBe('RESPONSE')
    expect(JSON.parse(form.get('recipient') ?? '')).toEqual({ id: '42' })
    expect(JSON.parse(form.get('message') ?? '')).toEqual({ text: 'ہم آ رہے ہیں' })
  })

  it('refuses what cannot be sent before anything leaves', async () => {
    const { server, client } = await clientFor((_, response) => json(response, 200, { id: '1' }))
    expect((await failureOf(client.reply('1', ' ', never))).reason).toBe('invalid-payload')
    expect((await failureOf(client.reply('1', 'x'.repeat(8001), never))).reason).toBe('too-large')
    expect((await failureOf(client.sendMessage({ to: '1', text: 'x'.repeat(2001) }, never))).reason).toBe('too-large')
    expect((await failureOf(client.sendMessage({ to: ' ', text: 'x' }, never))).reason).toBe('invalid-payload')
    expect((await failureOf(client.reply('1', 'x', AbortSignal.abort()))).reason).toBe('stopped')
    expect(server.seen).toHaveLength(0)
  })

  it.each([
    [400, graphError(10, { error_subcode: 2018278 }), 'refused', false, /24 hours/],
    [400, graphError(100, { error_subcode: 2018001 }), 'refused', false, /cannot be reached/],
    [400, graphError(551), 'refused', false, /cannot be reached/],
    [400, graphError(506), 'refused', false, /same words/],
    [400, graphError(190), 'unauthorized', false, /sign in again/],
    [403, graphError(200), 'forbidden', false, /permission/],
    [400, graphError(100, { error_subcode: 33 }), 'not-found', false, /Some words/],
    [400, graphError(32), 'rate-limited', true, /Some words/],
    [503, graphError(2), 'unavailable', true, /Some words/],
    [500, '<html>', 'timeout', false, /may have been sent/],
    [502, '<html>', 'timeout', false, /may have been sent/],
    [503, '<html>', 'unavailable', true, /nothing was sent/],
    [429, '', 'rate-limited', true, /nothing was sent/],
    [401, '', 'unauthorized', false, /nothing was sent/],
    [200, '<html>ok</html>', 'timeout', false, /may have been sent/],
    [200, '{}', 'timeout', false, /may have been sent/],
    [200, 'true', 'timeout', false, /may have been sent/],
    [200, '', 'timeout', false, /may have been sent/],
  ] as const)('HTTP %i: %j is %s (retryable: %s)', async (status, body, reason, retryable, words) => {
    const { client, server } = await clientFor((_, response) => json(response, status, body))
    const failure = await failureOf(client.reply('5_6', 'x', never))
    expect(failure).toMatchObject({ reason, retryable })
    expect(failure.message).toMatch(words)
    expect(server.seen).toHaveLength(1)
  })

  it('may have sent what was cut, broken off, not answered, or stopped on the way', async () => {
    const cut = await clientFor((_, response) => {
      response.writeHead(200, { 'content-length': '500' })
      response.write('{"id":', () => response.destroy())
    })
    const broken = await clientFor((_, response) => void response.destroy())
    const stop = new AbortController()
    const stopped = await clientFor(() => stop.abort())
    for (const failure of [
      await failureOf(cut.client.reply('1', 'x', never)),
      await failureOf(broken.client.reply('1', 'x', never)),
      await failureOf(stopped.client.reply('1', 'x', stop.signal)),
    ]) {
      expect(failure).toMatchObject({ reason: 'timeout', retryable: false })
    }
  })

  it('certainly did not send to a server that is not there', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => probe.once('listening', resolve))
    const { port } = probe.address() as AddressInfo
    await new Promise((resolve) => probe.close(resolve))
    const options = { version: 'v26.0', pageId: '1', pageToken: TOKEN, clock: new FakeClock() }
    const client = createFacebookClient({ ...options, baseUrl: `http://127.0.0.1:${port}` })
    expect(await failureOf(client.reply('1', 'x', never))).toMatchObject({ reason: 'unavailable', retryable: true })
    expect(await failureOf(client.feed({}, never))).toMatchObject({ reason: 'unavailable', retryable: true })
  })

  it('withholds what Facebook repeats of the token', async () => {
    const { client } = await clientFor((_, response) =>
      json(response, 400, { error: { code: 190, message: `Malformed access token ${TOKEN}` } }),
    )
    expect((await failureOf(client.reply('1', 'x', never))).message).toContain('[withheld]')
  })
})

it('leaves this machine only where it may', () => {
  const options = { version: 'v26.0', pageId: '1', pageToken: TOKEN, clock: new FakeClock() }
  for (const baseUrl of ['https://graph.facebook.com', 'http://127.0.0.1.example.com', 'http://localhost@example.com'])
    expect(() => createFacebookClient({ ...options, baseUrl, loopbackOnly: true })).toThrow(Failure)
  for (const baseUrl of ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1'])
    expect(() => createFacebookClient({ ...options, baseUrl, loopbackOnly: true })).not.toThrow()
  expect(() => createFacebookClient({ ...options, baseUrl: 'graph.facebook.com' })).toThrow(/RABTA_FACEBOOK_BASE_URL/)
})
