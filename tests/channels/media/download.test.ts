import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpMedia } from '../../../channels/http-media.js'
import type { MediaSink } from '../../../channels/media.js'
import { createWhatsAppMedia } from '../../../channels/whatsapp/media.js'
import { Failure } from '../../../runtime/failure.js'
import { systemClock } from '../../../runtime/clock.js'
import { startMediaHost, type MediaHost } from '../../../simulators/media-host.js'
import { JPEG, OGG_OPUS } from '../../../simulators/media-samples.js'
import { startServer } from '../http-server.js'
import { FakeClock } from '../../support/fake-clock.js'

const LIMIT = 1024 * 1024
const never = new AbortController().signal
const TOKEN = 'a-very-secret-access-token'

class Taken implements MediaSink {
  bytes = Buffer.alloc(0)
  announced: number | undefined
  announce(bytes: number): void {
    this.announced = bytes
    if (bytes > LIMIT) throw new Failure('too-large', 'too much', { retryable: false })
  }
  async write(chunk: Uint8Array): Promise<void> {
    this.bytes = Buffer.concat([this.bytes, chunk])
    if (this.bytes.length > LIMIT) throw new Failure('too-large', 'too much', { retryable: false })
  }
}

let host: MediaHost
let clock: FakeClock
let sink: Taken
beforeEach(async () => {
  host = await startMediaHost({ clock: systemClock })
  clock = new FakeClock()
  sink = new Taken()
})
afterEach(() => host.close())

const fetcher = (more: object = {}) =>
  createHttpMedia({ channel: 'x', hosts: ['twimg.com'], clock, loopbackOnly: true, ...more })
const fetch = (url: string | null, signal = never, more: object = {}) =>
  fetcher(more).fetch({ kind: 'image', platformId: '3_1', url }, sink, signal)

describe('a file by its address', () => {
  it.each([
    ['with its length', { kind: 'whole' }],
    ['in chunks', { kind: 'whole', chunked: true }],
    ['packed', { kind: 'whole', gzip: true }],
  ] as const)('comes whole %s', async (_how, how) => {
    const said = await fetch(host.serve('a.jpg', 'image/jpeg', JPEG, how))
    expect(said).toEqual({ mimeType: 'image/jpeg', sha256: null, fileName: null })
    expect(sink.bytes.equals(JPEG)).toBe(true)
    expect(host.requests[0]?.authorization).toBeUndefined()
  })

  it.each([
    ['cut off', { kind: 'cut' }, 'unavailable'],
    ['cut off in chunks', { kind: 'cut', chunked: true }, 'unavailable'],
    ['without end', { kind: 'endless' }, 'too-large'],
    ['that swells', { kind: 'bomb', bytes: 50 * LIMIT }, 'too-large'],
    ['that is gone', { kind: 'status', status: 410 }, 'not-found'],
    ['whose signature is over', { kind: 'status', status: 403 }, 'not-found'],
    ['of a host in trouble', { kind: 'status', status: 503 }, 'unavailable'],
    ['that is empty', { kind: 'status', status: 204 }, 'unavailable'],
    ['asked for too often', { kind: 'status', status: 429, retryAfter: '7' }, 'rate-limited'],
  ] as const)('%s is no file', async (_what, how, reason) => {
    const failing = fetch(host.serve('a.jpg', 'image/jpeg', Buffer.alloc(400_000, 'x'), how))
    await expect(failing).rejects.toMatchObject({ name: 'Failure', reason })
    if (reason === 'rate-limited') await expect(failing).rejects.toMatchObject({ retryAfterMs: 7000, retryable: true })
  })

  it('that is too long by its own word is not even begun', async () => {
    await expect(fetch(host.serve('a', 'image/jpeg', Buffer.alloc(LIMIT + 1)))).rejects.toMatchObject({ reason: 'too-large' }) // prettier-ignore
    expect(sink.bytes.length).toBe(0)
  })

  it('that is slow is given up after the time for all of it', async () => {
    const failing = fetch(host.serve('a', 'image/jpeg', Buffer.alloc(2000, 'x'), { kind: 'slow', waitMs: 1e8 }))
    const ended = expect(failing).rejects.toMatchObject({ reason: 'timeout', retryable: true })
    await expect.poll(() => sink.bytes.length).toBe(1000)
    await clock.advance(120_000)
    await ended
  })

  it('is let go when the desk stops', async () => {
    const stop = new AbortController()
    const failing = fetch(host.serve('a', 'image/jpeg', Buffer.alloc(2000, 'x'), { kind: 'slow', waitMs: 1e8 }), stop.signal) // prettier-ignore
    const ended = expect(failing).rejects.toMatchObject({ reason: 'stopped' })
    await expect.poll(() => sink.bytes.length).toBe(1000)
    stop.abort(new Error('the desk stops'))
    await ended
  })

  it('that is elsewhere is followed there, checked again, and not for ever', async () => {
    const there = host.serve('there.jpg', 'image/jpeg', JPEG)
    await fetch(host.serve('a', 'text/html', JPEG, { kind: 'redirect', location: there }))
    expect(sink.bytes.equals(JPEG)).toBe(true)
    const here = `${host.url}/loop`
    host.serve('loop', 'text/html', JPEG, { kind: 'redirect', location: '/loop' })
    await expect(fetch(here)).rejects.toMatchObject({ reason: 'refused' })
    for (const location of [
      'https://evil.example/a',
      'http://10.0.0.1/a',
      'file:///etc/passwd',
      'http://169.254.169.254/',
    ]) {
      await expect(fetch(host.serve('r', 'text/html', JPEG, { kind: 'redirect', location }))).rejects.toMatchObject({ reason: 'refused' }) // prettier-ignore
    }
  })

  it('connects to the addresses that were checked, not to what the name says later', async () => {
    const port = new URL(host.url).port
    host.serve('a.jpg', 'image/jpeg', JPEG)
    let asked = 0
    const resolve = async () => (asked++, ['127.0.0.1'])
    // Nobody knows this name: only the checked address can have been connected to.
    const trusted = { loopbackOnly: false, trustedOrigins: [`http://pbs.twimg.com:${port}`], resolve }
    await fetch(`http://pbs.twimg.com:${port}/a.jpg`, never, trusted)
    expect(sink.bytes.equals(JPEG)).toBe(true)
    expect(asked).toBe(1)
  })

  it('without an address is refused, of a host that is not there is tried again', async () => {
    await expect(fetch(null)).rejects.toMatchObject({ reason: 'refused' })
    await expect(fetch('http://127.0.0.1:1/a')).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
  })
})

describe('a file of WhatsApp', () => {
  type Route = (path: string, authorization: string | undefined) => { status: number; body: string | Buffer; headers?: Record<string, string> } // prettier-ignore
  async function against(route: Route, id: string | null = '123', loopbackOnly = true) {
    const seen: { path: string; authorization: string | undefined }[] = []
    const server = await startServer(({ url, headers: { authorization } }, response) => {
      const path = url.pathname
      seen.push({ path, authorization })
      const { status, body, headers } = route(path, authorization)
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
    })
    const media = createWhatsAppMedia({
      baseUrl: server.url,
      version: 'v23.0',
      accessToken: TOKEN,
      clock,
      loopbackOnly,
    })
    const said = await media
      .fetch({ kind: 'audio', platformId: id, url: null }, sink, never)
      .catch((error: unknown) => error as Failure)
      .finally(() => server.close())
    return { said, seen }
  }
  const described = (url: string, more: object = {}) => JSON.stringify({ url, mime_type: 'audio/ogg', id: '123', ...more }) // prettier-ignore

  it('is asked for by its id, then by its address, both with the token', async () => {
    const file = host.serve('voice.ogg', 'audio/ogg', OGG_OPUS)
    const sha256 = 'ab'.repeat(32)
    const { said, seen } = await against((path) => {
      if (path === '/v23.0/123') return { status: 200, body: described(`/dl`, { sha256, file_size: OGG_OPUS.length }) }
      return { status: 200, body: OGG_OPUS }
    })
    // An address without a host is none.
    expect(said).toMatchObject({ reason: 'refused' })
    expect(seen).toEqual([{ path: '/v23.0/123', authorization: `Bearer ${TOKEN}` }])
    const elsewhere = await against(() => ({ status: 200, body: described(file, { sha256 }) }))
    expect(elsewhere.said).toEqual({ mimeType: 'audio/ogg', sha256, fileName: null })
    expect(sink.bytes.equals(OGG_OPUS)).toBe(true)
    // Another origin, even on this machine, does not hear the token.
    expect(host.requests.at(-1)?.authorization).toBeUndefined()
  })

  it('never tells the token to whoever it is redirected to', async () => {
    const file = host.serve('voice.ogg', 'audio/ogg', OGG_OPUS)
    const { said, seen } = await against(
      (path) =>
      path === '/v23.0/123' ? { status: 302, body: '', headers: { location: '/v24.0/123' } } : { status: 200, body: described(file) }, // prettier-ignore
    )
    expect(said).toMatchObject({ mimeType: 'audio/ogg' })
    expect(seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${TOKEN}`, undefined])
  })

  it.each([
    [200, '<!doctype html><title>Sorry</title>', 'unknown-shape'],
    [200, '{}', 'unknown-shape'],
    [200, '[]', 'unknown-shape'],
    [400, '{"error":{"message":"Unsupported get request","code":100,"error_subcode":33}}', 'not-found'],
    [404, '{"error":{"code":131052}}', 'not-found'],
    [401, `{"error":{"message":"bad ${TOKEN}","code":190}}`, 'unauthorized'],
    [400, '{"error":{"code":190,"error_subcode":463}}', 'unauthorized'],
    [403, '{"error":{"code":10}}', 'unauthorized'],
    [400, '{"error":{"code":80007}}', 'rate-limited'],
    [500, '{"error":{"code":131000}}', 'unavailable'],
    [429, 'slow down', 'rate-limited'],
    [503, '{"error":', 'unavailable'],
  ])('answered with %i %s fails as %s', async (status, body, reason) => {
    const { said } = await against(() => ({ status, body }))
    expect(said).toMatchObject({ name: 'Failure', reason })
    expect((said as Failure).message).not.toContain(TOKEN)
  })

  it('whose address comes with a flood is not read to its end', async () => {
    const { said } = await against(() => ({ status: 200, body: JSON.stringify('x'.repeat(200_000)) }))
    expect(said).toMatchObject({ reason: 'unknown-shape' })
  })

  it('whose address does not hold is asked for again, not given up', async () => {
    const { said } = await against(() => ({ status: 200, body: described(`${host.url}/expired`) }))
    expect(said).toMatchObject({ reason: 'unavailable', retryable: true })
  })

  it.each(['../me', 'a/b', 'x?y=1', 'a b', ''])('with the id %s is not asked for', async (id) => {
    const { said, seen } = await against(() => ({ status: 200, body: '{}' }), id)
    expect(said).toMatchObject({ reason: 'refused' })
    expect(seen).toEqual([])
  })

  it('outside the demonstration is fetched from WhatsApp and from where settings say, nowhere else', async () => {
    const answer = (url: string) => against(() => ({ status: 200, body: described(url) }), '123', false)
    for (const url of [
      `${host.url}/x`,
      'https://evil.example/x',
      'http://169.254.169.254/',
      'https://lookaside.fbsbx.com.evil.example/',
    ])
      // prettier-ignore
      expect((await answer(url)).said).toMatchObject({ reason: 'refused' })
  })
})
