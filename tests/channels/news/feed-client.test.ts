import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { isReachable } from '../../../channels/news/address-guard.js'
import { createFeedClient, type FeedClientOptions } from '../../../channels/news/feed-client.js'
import { FakeClock } from '../../support/fake-clock.js'
import { startServer, type SeenRequest, type TestServer } from '../http-server.js'

const never = new AbortController().signal
const none = { etag: undefined, lastModified: undefined }
const FEED = '<rss version="2.0"><channel><title>پولیس</title></channel></rss>'
let servers: { close(): Promise<void> }[] = []

async function serve(answer: (request: SeenRequest, response: ServerResponse) => unknown): Promise<TestServer> {
  const server = await startServer((request, response) => void answer(request, response))
  servers.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()))
  servers = []
})

const client = (options: Partial<FeedClientOptions> = {}) =>
  createFeedClient({ clock: new FakeClock(), reach: 'public-and-loopback', ...options })

describe('a conditional request', () => {
  it('says back letter for letter what the feed said, and understands 304', async () => {
    const etag = 'W/"a b;c,d-gzip"'
    const modified = 'Sun, 22 Nov 2026 10:00:00 PKT'
    const server = await serve((request, response) => {
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
      else
        response.writeHead(200, { etag, 'last-modified': modified, 'cache-control': 'public, max-age=600' }).end(FEED)
    })
    const first = await client().fetch(server.url, none, never)
    expect(first).toMatchObject({
      kind: 'document',
      text: FEED,
      validators: { etag, lastModified: modified },
      maxAgeMs: 600_000,
    })
    const second = await client().fetch(server.url, { etag, lastModified: modified }, never)
    expect(second.kind).toBe('unchanged')
    expect(server.seen[0]?.headers['if-none-match']).toBeUndefined()
    expect(server.seen[1]?.headers).toMatchObject({ 'if-none-match': etag, 'if-modified-since': modified })
    expect(server.seen[1]?.headers['user-agent']).toMatch(/^Rabta/)
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('unpacks %s', async (encoding, pack) => {
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack(FEED)),
    )
    expect(await client().fetch(server.url, none, never)).toMatchObject({ text: FEED })
  })
})

describe('redirects', () => {
  const through = async (statuses: readonly number[]) => {
    const server = await serve((request, response) => {
      const hop = Number(request.url.pathname.slice(1) || 0)
      const status = statuses[hop]
      if (status === undefined) response.writeHead(200).end(FEED)
      else response.writeHead(status, { location: `/${hop + 1}` }).end()
    })
    const answer = await client().fetch(`${server.url}/`, none, never)
    return { moved: answer.movedTo?.replace(server.url, ''), at: answer.url.replace(server.url, '') }
  }

  it('are followed, and remembered only as far as they are permanent', async () => {
    expect(await through([])).toEqual({ moved: undefined, at: '/' })
    expect(await through([301])).toEqual({ moved: '/1', at: '/1' })
    expect(await through([308, 301])).toEqual({ moved: '/2', at: '/2' })
    expect(await through([302])).toEqual({ moved: undefined, at: '/1' })
    expect(await through([307, 301])).toEqual({ moved: undefined, at: '/2' })
    expect(await through([301, 302, 301])).toEqual({ moved: '/1', at: '/3' })
  })

  it('end somewhere', async () => {
    await expect(through(Array<number>(50).fill(302))).rejects.toMatchObject({ reason: 'refused' })
  })

  it('do not lead into this network', async () => {
    const resolve = async () => [{ address: '192.168.0.1', family: 4 }]
    for (const location of [
      'http://169.254.169.254/latest',
      'http://10.0.0.1/',
      'http://[fd00::1]/',
      'http://rebound.example/',
      'file:///etc/passwd',
    ]) {
      const server = await serve((_, response) => response.writeHead(301, { location }).end())
      await expect(client({ resolve }).fetch(server.url, none, never)).rejects.toMatchObject({ reason: 'forbidden' })
      expect(server.seen).toHaveLength(1)
    }
  })
})

describe('addresses of this network', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '64:ff9b:1::1',
    '2606:4700::1111%eth0',
    'nonsense',
  ])('%s is out of reach', (address) => expect(isReachable(address, 'public')).toBe(false))

  it.each(['8.8.8.8', '103.1.2.3', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is not', (address) =>
    expect(isReachable(address, 'public')).toBe(true),
  )

  it('are refused as names, numbers and after resolution, and nothing is asked', async () => {
    const server = await serve((_, response) => response.end(FEED))
    const port = new URL(server.url).port
    const resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '017700000001',
      'localhost',
      '[::1]',
      '[::ffff:7f00:1]',
      'news.internal',
      'rebound.example',
    ])
      await expect(
        client({ reach: 'public', resolve }).fetch(`http://${host}:${port}/`, none, never),
      ).rejects.toMatchObject({
        reason: 'forbidden',
        retryable: false,
      })
    for (const address of ['ftp://example.org/', 'file:///etc/passwd', 'javascript:1'])
      await expect(client().fetch(address, none, never)).rejects.toMatchObject({ reason: 'forbidden' })
    expect(server.seen).toEqual([])
  })

  it('are all that the demonstration reaches', async () => {
    const server = await serve((_, response) => response.end(FEED))
    expect(await client({ reach: 'loopback' }).fetch(server.url, none, never)).toMatchObject({ kind: 'document' })
    await expect(client({ reach: 'loopback' }).fetch('http://8.8.8.8/', none, never)).rejects.toMatchObject({
      reason: 'forbidden',
    })
    const resolve = async () => [{ address: '8.8.8.8', family: 4 }]
    await expect(
      client({ reach: 'loopback', resolve }).fetch('http://news.example/', none, never),
    ).rejects.toMatchObject({
      reason: 'forbidden',
    })
  })
})

describe('what goes wrong', () => {
  it.each([
    [404, 'not-found'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [429, 'rate-limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [400, 'refused'],
  ])('HTTP %i is %s, with the wish of the server', async (status, reason) => {
    const server = await serve((_, response) => response.writeHead(status, { 'retry-after': '120' }).end())
    await expect(client().fetch(`${server.url}/feed?key=secret`, none, never)).rejects.toMatchObject({
      reason,
      retryable: true,
      retryAfterMs: 120_000,
      message: expect.not.stringContaining('secret') as string,
    })
  })

  it('HTTP 410 is gone', async () => {
    const server = await serve((_, response) => response.writeHead(410).end())
    expect(await client().fetch(server.url, none, never)).toMatchObject({ kind: 'gone' })
  })

  it('Retry-After may be a date', async () => {
    const clock = new FakeClock()
    const at = new Date(clock.now() + 300_000).toUTCString()
    const server = await serve((_, response) => response.writeHead(503, { 'retry-after': at }).end())
    await expect(client({ clock }).fetch(server.url, none, never)).rejects.toMatchObject({ retryAfterMs: 300_000 })
  })

  it('a feed that is too long is cut off, packed or not, before it is held', async () => {
    const huge = Buffer.alloc(3_000_000, 'x')
    for (const packed of [true, false]) {
      const server = await serve((_, response) =>
        response.writeHead(200, packed ? { 'content-encoding': 'gzip' } : {}).end(packed ? gzipSync(huge) : huge),
      )
      await expect(client({ maxBytes: 1_000_000 }).fetch(server.url, none, never)).rejects.toMatchObject({
        reason: 'too-large',
      })
    }
  })

  it('half an answer is no answer', async () => {
    for (const headers of [
      { 'content-length': '1000' },
      { 'content-encoding': 'gzip', 'content-length': '1000' },
      {},
    ]) {
      const server = await serve((_, response) => {
        response.writeHead(200, headers)
        const body = 'content-encoding' in headers ? gzipSync(FEED).subarray(0, 40) : FEED
        response.write(body, () => response.destroy())
      })
      await expect(client().fetch(server.url, none, never)).rejects.toMatchObject({
        reason: 'unavailable',
        retryable: true,
      })
    }
  })

  it('what cannot be unpacked, and what is no HTTP', async () => {
    const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'))
    await expect(client().fetch(server.url, none, never)).rejects.toMatchObject({ reason: 'unavailable' })
    const raw = createServer()
    raw.on('connection', (socket) => socket.end('hello\r\n'))
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve))
    const { port } = raw.address() as AddressInfo
    await expect(client().fetch(`http://127.0.0.1:${port}/`, none, never)).rejects.toMatchObject({
      reason: 'unavailable',
    })
    await new Promise((resolve) => raw.close(resolve))
    await expect(client().fetch(`http://127.0.0.1:${port}/`, none, never)).rejects.toMatchObject({
      reason: 'unavailable',
    })
  })

  it('a silent server has its time', async () => {
    const clock = new FakeClock()
    let asked: () => void = () => undefined
    const reached = new Promise<void>((resolve) => (asked = resolve))
    const server = await serve((_, response) => {
      response.writeHead(200).write('<rss')
      asked()
    })
    const pending = client({ clock, timeoutMs: 5_000 }).fetch(server.url, none, never)
    const outcome = expect(pending).rejects.toMatchObject({ reason: 'timeout', retryable: true })
    await reached
    await clock.advance(5_000)
    await outcome
  })

  it('stopping the desk stops the request', async () => {
    const stop = new AbortController()
    const server = await serve(() => stop.abort())
    await expect(client().fetch(server.url, none, stop.signal)).rejects.toMatchObject({ reason: 'stopped' })
  })
})

describe('the charset', () => {
  const urdu = '<?xml version="1.0"?><rss version="2.0"><channel><title>پشاور پولیس</title></channel></rss>'
  const utf16 = Buffer.from(`\ufeff${urdu}`, 'utf16le')
  const arabic = Buffer.from(
    '<?xml version="1.0" encoding="windows-1256"?><rss><t>\xc8\xd4\xc7\xe6\xd1</t></rss>',
    'latin1',
  )

  it.each([
    ['UTF-8 that the header calls otherwise', Buffer.from(urdu), 'text/xml; charset=iso-8859-1', 'پشاور'],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${urdu}`), 'text/xml', 'پشاور'],
    ['UTF-16 with its mark', utf16, 'text/xml; charset=utf-8', 'پشاور'],
    ['UTF-16 without', utf16.subarray(2), 'text/xml', 'پشاور'],
    ['windows-1256 by its declaration', arabic, 'text/xml', 'بشاور'],
    ['windows-1256 by the header', arabic, 'text/xml; charset=windows-1256', 'بشاور'],
    ['windows-1256 that the header calls UTF-8', arabic, 'text/xml; charset=utf-8', 'بشاور'],
    ['a charset nobody knows', Buffer.from(urdu), 'text/xml; charset=x-none', 'پشاور'],
  ])('%s', async (_, bytes, type, word) => {
    const server = await serve((__, response) => response.writeHead(200, { 'content-type': type }).end(bytes))
    const answer = await client().fetch(server.url, none, never)
    expect(answer.kind === 'document' ? answer.text : '').toContain(word)
  })

  it('UTF-8 with a broken byte stays UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(`${urdu} ${'پولیس '.repeat(20)}`), Buffer.of(0xd9)])
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(bytes),
    )
    const answer = await client().fetch(server.url, none, never)
    expect(answer.kind === 'document' ? answer.text : '').toContain('پشاور پولیس')
  })
})
