import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createXClient, type XClientOptions } from '../../../channels/x/api-client.js'
import { Failure } from '../../../runtime/failure.js'
import { FakeClock } from '../../support/fake-clock.js'
import { json, startServer, type TestServer } from '../http-server.js'
import { pageOf, POST_ID } from './payloads.js'

const never = new AbortController().signal
const servers: TestServer[] = []
const oauth2 = { kind: 'oauth2', userToken: 'user-token' } as const

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function clientFor(answer: Parameters<typeof startServer>[0], options: Partial<XClientOptions> = {}) {
  const server = await startServer(answer)
  servers.push(server)
  const clock = new FakeClock()
  const client = createXClient({
    baseUrl: server.url,
    bearerToken: 'app-token',
    clock,
    loopbackOnly: true,
    replyToken: oauth2,
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
  expect(JSON.stringify([error.message, error.cause])).not.toMatch(/app-token|user-token|-secret/)
  return error
}

const problem = (status: number, title: string, detail: string) => ({ title, detail, type: 'about:blank', status })

describe('reads', () => {
  it('ask for mentions at the configured address, with the app token', async () => {
    const { server, client } = await clientFor((_, response) => json(response, 200, pageOf('tweet')))
    const page = await client.mentions('42', { sinceId: '7', paginationToken: 't', maxResults: 3 }, never)
    expect(page).toMatchObject({ newestId: POST_ID, nextToken: undefined, resultCount: 1, rateLimit: undefined })
    const { url, headers } = server.seen[0] ?? { url: new URL('http://x'), headers: {} }
    expect(url.pathname).toBe('/2/users/42/mentions')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      since_id: '7',
      pagination_token: 't',
      max_results: '5',
    })
    expect(url.searchParams.get('tweet.fields')).toContain('note_tweet')
    expect(headers.authorization).toBe('Bearer app-token')
  })

  it('ask for recent search, under a base address with a path', async () => {
    const { server, client } = await clientFor((_, response) => json(response, 200, { meta: { result_count: 0 } }))
    const other = createXClient({ baseUrl: `${server.url}/proxy/`, bearerToken: 'b', clock: new FakeClock() })
    await client.searchRecent('پولیس (پشاور OR مردان)', { startTime: '2026-11-21T00:00:00.000Z', maxResults: 1 }, never)
    await other.searchRecent('a', { paginationToken: 'n' }, never)
    expect(Object.fromEntries(server.seen[0]?.url.searchParams ?? [])).toMatchObject({
      query: 'پولیس (پشاور OR مردان)',
      start_time: '2026-11-21T00:00:00.000Z',
      max_results: '10',
    })
    expect(server.seen[1]?.url.pathname).toBe('/proxy/2/tweets/search/recent')
    expect(server.seen[1]?.url.searchParams.get('next_token')).toBe('n')
  })

  it('read the limits that X tells, on our clock', async () => {
    const { client, clock } = await clientFor((_, response) =>
      json(response, 200, pageOf('tweet'), {
        date: new Date(clock.now() - 60_000).toUTCString(),
        'x-rate-limit-limit': '450',
        'x-rate-limit-remaining': '3',
        'x-rate-limit-reset': String(clock.now() / 1000 + 240),
      }),
    )
    const { rateLimit } = await client.mentions('42', {}, never)
    expect(rateLimit).toEqual({ limit: 450, remaining: 3, resetAt: clock.now() + 300_000 })
  })

  it('try the other naming where X refuses one, and stay with it', async () => {
    const { server, client } = await clientFor(({ url }, response) =>
      url.searchParams.has('tweet.fields')
        ? json(response, 400, {
            errors: [{ message: 'The query parameter [tweet.fields] is not one of [post.fields]' }],
            title: 'Invalid Request',
            detail: 'One or more parameters to your request was invalid.',
          })
        : json(response, 200, pageOf('post')),
    )
    await client.mentions('42', {}, never)
    await client.mentions('42', {}, never)
    expect(server.seen.map(({ url }) => (url.searchParams.has('post.fields') ? 'post' : 'tweet'))).toEqual([
      'tweet',
      'post',
      'post',
    ])
  })

  it.each([
    ['a page in place of JSON', '<!doctype html><html></html>', 'text/html'],
    ['a page that says it is JSON', '<!doctype html><html></html>', 'application/json'],
    ['JSON without meta', '{"data":[]}', 'application/json'],
    ['nothing', '', 'application/json'],
    ['errors alone', '{"errors":[{"title":"x"}]}', 'application/json'],
    ['a count without posts', '{"meta":{"result_count":3}}', 'application/json'],
    ['an array', '[]', 'application/json'],
  ])('%s is a failure that may pass', async (_name, body, type) => {
    const { client } = await clientFor(
      (_, response) => void response.writeHead(200, { 'content-type': type }).end(body),
    )
    expect(await failureOf(client.mentions('42', {}, never))).toMatchObject({
      reason: 'invalid-payload',
      retryable: true,
    })
  })

  it.each([
    [401, 'unauthorized', false],
    [402, 'forbidden', false],
    [403, 'forbidden', false],
    [404, 'not-found', false],
    [400, 'invalid-payload', false],
    [500, 'unavailable', true],
    [503, 'unavailable', true],
  ] as const)('HTTP %i is %s (retryable: %s), in the words of X', async (status, reason, retryable) => {
    for (const body of [JSON.stringify(problem(status, 'Some Title', 'some detail')), '<html>']) {
      const { client } = await clientFor((_, response) => json(response, status, body))
      const failure = await failureOf(client.mentions('42', {}, never))
      expect([failure.reason, failure.retryable]).toEqual([reason, retryable])
      expect(failure.message).toContain(body.startsWith('<') ? `HTTP ${status}` : 'Some Title: some detail')
    }
  })

  it('wait as long as X says after a 429', async () => {
    const wait = async (headers: (nowMs: number) => Record<string, string>) => {
      const { client, clock } = await clientFor((_, response) =>
        json(response, 429, problem(429, 'Too Many Requests', 'x'), headers(clock.now())),
      )
      response429(await failureOf(client.mentions('42', {}, never)))
      return (await failureOf(client.mentions('42', {}, never))).retryAfterMs
    }
    const response429 = (failure: Failure) => expect(failure).toMatchObject({ reason: 'rate-limited', retryable: true })
    const window = (name: string, remaining: number, resetS: number) => ({
      [`${name}limit`]: '300',
      [`${name}remaining`]: String(remaining),
      [`${name}reset`]: String(resetS),
    })
    const noDate = { date: 'unknown' }
    expect(await wait((now) => ({ ...noDate, ...window('x-rate-limit-', 0, now / 1000 + 90) }))).toBe(90_000)
    expect(await wait((now) => ({ ...noDate, 'x-rate-limit-reset': String(now / 1000 + 30) }))).toBe(30_000)
    expect(
      await wait((now) => ({
        ...noDate,
        ...window('x-rate-limit-', 200, now / 1000 + 90),
        ...window('x-app-limit-24hour-', 0, now / 1000 + 7200),
      })),
    ).toBe(7_200_000)
    expect(await wait((now) => ({ ...noDate, ...window('x-rate-limit-', 0, now / 1000 - 90) }))).toBe(1_000)
    expect(await wait(() => ({ ...noDate, 'retry-after': '12' }))).toBe(12_000)
    expect(await wait(() => ({ ...noDate, 'x-rate-limit-reset': 'soon' }))).toBe(60_000)
    expect(await wait(() => ({ ...noDate, 'x-rate-limit-reset': '99999999999999' }))).toBe(86_400_000)
  })

  it('survive a cut, a closed door, a stopped caller, silence, and a stream without end', async () => {
    const cut = await clientFor((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '900' })
      response.write('{"data":[', () => response.destroy())
    })
    expect(await failureOf(cut.client.mentions('42', {}, never))).toMatchObject({
      retryable: true,
    })
    await cut.server.close()
    expect(await failureOf(cut.client.mentions('42', {}, never))).toMatchObject({
      reason: 'unavailable',
      retryable: true,
    })

    const stop = new AbortController()
    const stopped = await clientFor(() => stop.abort())
    expect(await failureOf(stopped.client.mentions('42', {}, stop.signal))).toMatchObject({ reason: 'stopped' })

    let arrived: () => void = () => undefined
    const arrival = new Promise<void>((resolve) => (arrived = resolve))
    const silent = await clientFor(() => arrived())
    const failing = failureOf(silent.client.mentions('42', {}, never))
    await arrival
    await silent.clock.advance(20_000)
    expect(await failing).toMatchObject({ reason: 'timeout', retryable: true })

    const endless = await clientFor((_, response) => {
      response.on('error', () => undefined)
      const chunk = Buffer.alloc(1024 * 1024, 32)
      const more = () => void (response.destroyed || response.write(chunk, () => more()))
      response.writeHead(200, { 'content-type': 'application/json' })
      more()
    })
    expect(await failureOf(endless.client.mentions('42', {}, never))).toMatchObject({ retryable: true })
  })

  it('survive an answer that is compressed without being asked', async () => {
    const { client } = await clientFor((_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync('{}').subarray(3))
    })
    expect(await failureOf(client.mentions('42', {}, never))).toMatchObject({
      reason: 'invalid-payload',
      retryable: true,
    })
  })
})

describe('reply', () => {
  const created = { data: { id: '9001', text: 'شکریہ' } }

  it('writes the wire format with the user token and answers the id', async () => {
    const { server, client } = await clientFor((_, response) => json(response, 201, created))
    expect(await client.reply('77', 'شکریہ', never)).toEqual({ platformId: '9001' })
    const [request] = server.seen
    expect([request?.method, request?.url.pathname, request?.headers.authorization]).toEqual([
      'POST',
      '/2/tweets',
      'Bearer user-token',
    ])
    expect(JSON.parse(request?.body ?? '')).toEqual({ text: 'شکریہ', reply: { in_reply_to_tweet_id: '77' } })
  })

  it('signs with OAuth 1.0a where that is configured', async () => {
    const replyToken = {
      kind: 'oauth1',
      appKey: 'k',
      appSecret: 'a-secret',
      accessToken: 't',
      accessSecret: 'b-secret',
    } as const
    const { server, client } = await clientFor((_, response) => json(response, 201, created), { replyToken })
    await client.reply('77', 'a', never)
    expect(server.seen[0]?.headers.authorization).toMatch(/^OAuth .*oauth_consumer_key="k".*oauth_signature=/)
  })

  it('carries the words of X when it is refused', async () => {
    const detail = 'You are not permitted to perform this action: the author has not mentioned you.'
    const { client } = await clientFor((_, response) => json(response, 403, problem(403, 'Forbidden', detail)))
    const failure = await failureOf(client.reply('77', 'a', never))
    expect(failure).toMatchObject({ reason: 'refused', retryable: false })
    expect(failure.message).toContain(detail)
  })

  it.each([
    [400, 'invalid-payload', false],
    [401, 'unauthorized', false],
    [404, 'not-found', false],
    [429, 'rate-limited', true],
    [503, 'unavailable', true],
    [500, 'timeout', false],
    [502, 'timeout', false],
  ] as const)('HTTP %i is %s (retryable: %s)', async (status, reason, retryable) => {
    const { client } = await clientFor((_, response) => json(response, status, problem(status, 'T', 'd')))
    const failure = await failureOf(client.reply('77', 'a', never))
    expect([failure.reason, failure.retryable]).toEqual([reason, retryable])
  })

  it('that may have been sent is never called retryable', async () => {
    for (const body of ['<html>', '{}', '{"data":{}}']) {
      const { client } = await clientFor((_, response) => json(response, 200, body))
      expect(await failureOf(client.reply('77', 'a', never))).toMatchObject({ reason: 'timeout', retryable: false })
    }
    const cut = await clientFor((_, response) => void response.destroy())
    expect(await failureOf(cut.client.reply('77', 'a', never))).toMatchObject({ reason: 'timeout', retryable: false })
    await cut.server.close()
    expect(await failureOf(cut.client.reply('77', 'a', never))).toMatchObject({
      reason: 'unavailable',
      retryable: true,
    })
    expect(await failureOf(cut.client.reply('77', 'a', AbortSignal.abort()))).toMatchObject({ reason: 'stopped' })
  })

  it('needs a token that may write', async () => {
    const { client, server } = await clientFor((_, response) => json(response, 201, created), { replyToken: undefined })
    expect(await failureOf(client.reply('77', 'a', never))).toMatchObject({ reason: 'forbidden', retryable: false })
    expect(server.seen).toHaveLength(0)
  })
})

it('leaves this machine only where it may', () => {
  expect(() =>
    createXClient({ baseUrl: 'https://api.x.com', bearerToken: 'b', clock: new FakeClock(), loopbackOnly: true }),
  ).toThrow(Failure)
})
