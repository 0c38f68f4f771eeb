import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createXStream, type XStreamOptions } from '../../../channels/x/stream-client.js'
import type { StreamLine } from '../../../channels/x/stream-lines.js'
import { rulesToChange, wantedRules } from '../../../channels/x/stream-rules.js'
import { Failure } from '../../../runtime/failure.js'
import { FakeClock } from '../../support/fake-clock.js'
import { json, startServer, type SeenRequest, type TestServer } from '../http-server.js'

const never = new AbortController().signal
const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function streamFor(
  answer: (request: SeenRequest, response: ServerResponse) => void,
  options: Partial<XStreamOptions> = {},
) {
  const server = await startServer(answer)
  servers.push(server)
  const clock = new FakeClock()
  const stream = createXStream({ baseUrl: server.url, bearerToken: 'app-token', clock, loopbackOnly: true, ...options })
  return { server, clock, stream }
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Failure)) throw new Error(`expected a Failure, got ${String(error)}`)
  expect(JSON.stringify([error.message, error.cause])).not.toContain('app-token')
  return error
}

const open = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
}

async function readAll(connection: { read(): Promise<readonly StreamLine[] | undefined> }): Promise<StreamLine[]> {
  const lines: StreamLine[] = []
  for (let part = await connection.read(); part !== undefined; part = await connection.read()) lines.push(...part)
  return lines
}

describe('the rules', () => {
  const wanted = wantedRules(
    [
      { userId: '42', handle: 'KPPolice' },
      { userId: '43', handle: null },
    ],
    'police peshawar',
  )

  it('are asked for on every page, added and deleted in the wire format', async () => {
    const { server, stream } = await streamFor(({ method, url }, response) => {
      if (method === 'POST') return json(response, 201, { meta: { summary: {} } })
      const isSecond = url.searchParams.get('pagination_token') === 'n'
      const data = [{ id: isSecond ? '2' : '1', value: 'a', tag: 't' }]
      return json(response, 200, { data, meta: { result_count: 1, ...(isSecond ? {} : { next_token: 'n' }) } })
    })
    expect((await stream.rules(never)).map(({ id }) => id)).toEqual(['1', '2'])
    await stream.addRules(wanted.slice(0, 1), never)
    await stream.deleteRules(['7'], never)
    await stream.deleteRules([], never)
    expect(server.seen.slice(2).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { add: [{ value: '@KPPolice -from:KPPolice -is:retweet', tag: 'rabta:mentions:KPPolice' }] },
      { delete: { ids: ['7'] } },
    ])
    expect(server.seen.every(({ url }) => url.pathname === '/2/tweets/search/stream/rules')).toBe(true)
  })

  it('tell which X refused and why; one that exists is no refusal', async () => {
    const errors = [
      { value: 'bad:', title: 'UnprocessableEntity', details: ['no'] },
      { value: 'a', title: 'DuplicateRule' },
    ]
    const { stream } = await streamFor((_, response) => json(response, 201, { meta: {}, errors }))
    expect(await stream.addRules(wanted, never)).toEqual([{ value: 'bad:', words: 'UnprocessableEntity' }])
  })

  it('of others are never touched, stale ones of ours go, wanted ones stay', () => {
    const known = [
      { id: '1', value: 'cats', tag: 'cats' },
      { id: '2', value: 'dogs', tag: undefined },
      { id: '3', value: '@Old', tag: 'rabta:mentions:Old' },
      { id: '4', value: wanted[0]?.value ?? '', tag: wanted[0]?.tag },
      { id: '5', value: wanted[2]?.value ?? '', tag: 'theirs' },
      { id: '6', value: wanted[1]?.value ?? '', tag: 'rabta:mentions:other-name' },
    ]
    expect(rulesToChange(known, wanted)).toEqual({ add: [wanted[1]], deleteIds: ['3', '6'] })
  })

  it('that come as a page of HTML are a failure', async () => {
    const { stream } = await streamFor(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    )
    expect(await failureOf(stream.rules(never))).toMatchObject({
      reason: 'invalid-payload',
      retryable: true,
      retryAfterMs: 5_000,
    })
  })
})

describe('the stream', () => {
  it('is asked for with the app token and every field, and gives its lines whole', async () => {
    const { server, stream } = await streamFor((_, response) => {
      open(response)
      const bytes = Buffer.from('\r\n{"data":{"text":"پولیس"}}\r\n\r\n')
      response.write(bytes.subarray(0, 20), () => response.end(bytes.subarray(20)))
    })
    const connection = await stream.connect(never)
    expect((await readAll(connection)).filter(({ kind }) => kind === 'words')).toEqual([
      { kind: 'words', text: '{"data":{"text":"پولیس"}}' },
    ])
    expect(server.seen[0]?.headers.authorization).toBe('Bearer app-token')
    expect(server.seen[0]?.url.pathname).toBe('/2/tweets/search/stream')
    expect(server.seen[0]?.url.searchParams.get('tweet.fields')).toContain('note_tweet')
    expect(server.seen[0]?.url.searchParams.has('backfill_minutes')).toBe(false)
  })

  it.each([
    [401, 'unauthorized', 5_000],
    [403, 'forbidden', 5_000],
    [409, 'conflict', 5_000],
    [429, 'rate-limited', 60_000],
    [503, 'unavailable', 5_000],
  ] as const)('HTTP %i is %s, tried again after %i ms and twice that', async (status, reason, waitMs) => {
    const { stream } = await streamFor((_, response) => json(response, status, { title: 'Some Title', detail: 'why' }))
    const failure = await failureOf(stream.connect(never))
    expect(failure).toMatchObject({ reason, retryAfterMs: waitMs })
    expect(failure.message).toContain('Some Title: why')
    expect((await failureOf(stream.connect(never))).retryAfterMs).toBe(2 * waitMs)
  })

  it('waits as long as X says after a 429, where that is longer', async () => {
    const clock = new FakeClock()
    const { stream } = await streamFor(
      (_, response) =>
        json(
          response,
          429,
          {},
          {
            date: 'unknown',
            'x-rate-limit-limit': '50',
            'x-rate-limit-remaining': '0',
            'x-rate-limit-reset': String(clock.now() / 1000 + 500),
          },
        ),
      { clock },
    )
    expect((await failureOf(stream.connect(never))).retryAfterMs).toBe(500_000)
  })

  it('asks for a backfill, and does without where the plan has none', async () => {
    const { server, stream } = await streamFor(
      ({ url }, response) =>
        url.searchParams.has('backfill_minutes')
          ? json(response, 400, {
              errors: [{ message: '`backfill_minutes` is not available' }],
              title: 'Invalid Request',
            })
          : open(response),
      { backfillMinutes: 9 },
    )
    const connection = await stream.connect(never)
    connection.close()
    expect(server.seen.map(({ url }) => url.searchParams.get('backfill_minutes'))).toEqual(['5', null])
  })

  it('tries the other naming once, and does not turn in a circle', async () => {
    const { server, stream } = await streamFor((_, response) =>
      json(response, 400, { errors: [{ message: 'the query parameter [tweet.fields] or [post.fields] is odd' }] }),
    )
    expect(await failureOf(stream.connect(never))).toMatchObject({ reason: 'invalid-payload' })
    expect(server.seen.map(({ url }) => url.searchParams.has('post.fields'))).toEqual([false, true])
  })

  it('is given up after a minute of silence, and not while it lives', async () => {
    let held: ServerResponse | undefined
    const { clock, stream } = await streamFor((_, response) => {
      open(response)
      held = response
      response.write('\r\n')
    })
    const connection = await stream.connect(never)
    expect(await connection.read()).toEqual([{ kind: 'keep-alive' }])
    for (let beat = 0; beat < 6; beat++) {
      const next = connection.read()
      await clock.advance(20_000)
      held?.write('\r\n')
      expect(await next).toEqual([{ kind: 'keep-alive' }])
    }
    const silent = failureOf(connection.read())
    await clock.advance(60_000)
    expect(await silent).toMatchObject({ reason: 'timeout', retryable: true, retryAfterMs: 250 })
    connection.close()
  })

  it('that is cut, refused, stopped, or answered by a page is a failure that may pass', async () => {
    const cut = await streamFor((_, response) => {
      open(response)
      response.write('{"data":{"id":', () => response.destroy())
    })
    expect(await failureOf(cut.stream.connect(never).then(readAll))).toMatchObject({
      retryable: true,
      retryAfterMs: 250,
    })
    await cut.server.close()
    expect(await failureOf(cut.stream.connect(never))).toMatchObject({ reason: 'unavailable', retryable: true })

    const stop = new AbortController()
    const stopped = await streamFor((_, response) => open(response))
    const connection = await stopped.stream.connect(stop.signal)
    const reading = failureOf(connection.read())
    stop.abort()
    expect(await reading).toMatchObject({ reason: 'stopped' })
    connection.close()

    const page = await streamFor(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    )
    expect(await failureOf(page.stream.connect(never))).toMatchObject({ reason: 'invalid-payload', retryable: true })

    const slow = await streamFor(() => undefined)
    const connecting = failureOf(slow.stream.connect(never))
    while (slow.server.seen.length === 0) await slow.clock.yield()
    await slow.clock.advance(20_000)
    expect(await connecting).toMatchObject({ reason: 'timeout', retryable: true })
  })

  it('that ends gives a whole last line without its end, and no half one', async () => {
    const ending = async (last: string) => {
      const { stream } = await streamFor((_, response) => {
        open(response)
        response.end(last)
      })
      return readAll(await stream.connect(never))
    }
    expect(await ending('{"data":{}}')).toEqual([{ kind: 'words', text: '{"data":{}}' }])
    expect(await ending('{"data":{"text":"پو')).toEqual([])
  })

  it('may not leave this machine in a demonstration', () => {
    expect(() =>
      createXStream({ baseUrl: 'https://api.x.com', bearerToken: 'b', clock: new FakeClock(), loopbackOnly: true }),
    ).toThrow(Failure)
  })
})
