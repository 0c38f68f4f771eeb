import fc from 'fast-check'
import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpMedia } from '../../channels/http-media.js'
import type { MediaFetcher, MediaSink } from '../../channels/media.js'
import { createWhatsAppMedia } from '../../channels/whatsapp/media.js'
import { readWebhook } from '../../channels/whatsapp/read-webhook.js'
import { createMediaHandler } from '../../ingest/media.js'
import { MEDIA_LIMITS } from '../../ingest/media-limits.js'
import { createMediaWorker, type MediaWorker, type MediaWorkerParts } from '../../ingest/media-worker.js'
import { Failure } from '../../runtime/failure.js'
import { createLog } from '../../runtime/log.js'
import { openMediaFiles } from '../../runtime/media/media-files.js'
import { createMediaStore, type MediaStore } from '../../runtime/media-store.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { Records } from '../../runtime/records/tables.js'
import type { StageHandler } from '../../runtime/stage.js'
import type { Change, Media } from '../../schemas/mention.js'
import type { SourceHealth } from '../../schemas/source-health.js'
import { startMediaHost, type MediaHost } from '../../simulators/media-host.js'
import {
  HTML_PAGE,
  JPEG,
  MP4,
  OGG_OPUS,
  PDF,
  PNG,
  SVG_WITH_SCRIPT,
  WEBM,
  WEBP,
} from '../../simulators/media-samples.js'
import { startWhatsAppSimulator, type WhatsAppSimulator } from '../../simulators/whatsapp.js'
import type { WhatsAppContent } from '../../simulators/whatsapp/wire.js'
import { FakeClock } from '../support/fake-clock.js'
import { MemoryBus } from '../support/memory-bus.js'
import { makeMention } from '../support/mentions.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { openTestRecords } from '../support/test-records.js'

const FETCHED = new Set(['whatsapp', 'x'] as const)
const HOUR_MS = 3_600_000

let folder: ReturnType<typeof temporaryFolder>
let records: Records
let clock: FakeClock
let bus: MemoryBus
let store: MediaStore
let whatsapp: WhatsAppSimulator
let host: MediaHost
let handle: StageHandler<'mentions.collected'>
let logged: string[]
let running: { worker: MediaWorker; stop: () => Promise<void> } | undefined

beforeEach(async () => {
  folder = temporaryFolder()
  clock = new FakeClock()
  bus = new MemoryBus()
  records = (await openTestRecords()).records
  store = createMediaStore({ records, files: await openMediaFiles({ folder: folder.path }), clock })
  handle = createMediaHandler({ store, fetched: FETCHED })
  host = await startMediaHost({ clock })
  logged = []
  whatsapp = await startWhatsAppSimulator({ clock, appSecret: 's', verifyToken: 'v', accessToken: 'the-token', phoneNumberId: '1' }) // prettier-ignore
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  await Promise.all([whatsapp.close(), host.close()])
  await records.destroy()
  folder.remove()
})

const fetchers = (): MediaFetcher[] => [
  createWhatsAppMedia({ baseUrl: whatsapp.url, version: 'v23.0', accessToken: 'the-token', clock, loopbackOnly: true }),
  createHttpMedia({ channel: 'x', hosts: ['twimg.com'], clock, loopbackOnly: true }),
]

async function start(more: Partial<MediaWorkerParts> = {}): Promise<void> {
  await store.recover()
  const stop = new AbortController()
  const log = createLog('info', { write: (line: string) => void logged.push(line) })
  const worker = createMediaWorker({ store, fetchers: fetchers(), bus, clock, log, metrics: createMetrics(), random: () => 0.5, minFreeBytes: 0, ...more }) // prettier-ignore
  const done = worker.run(stop.signal)
  running = {
    worker,
    stop: async () => {
      stop.abort(new Error('the test stops'))
      await done
    },
  }
}

/** Lets the fake clock run in small steps, so that real sockets get their turns. */
async function until(what: () => Promise<boolean>, limitMs = 5 * HOUR_MS): Promise<void> {
  for (let passedMs = 0; passedMs < limitMs; passedMs += 500) {
    if (await what()) return
    await clock.advance(500)
    for (let turn = 0; turn < 5; turn++) await clock.yield()
  }
  throw new Error(`not within ${limitMs} ms: ${JSON.stringify(await stateOf('whatsapp:m'))}`)
}

const stateOf = async (id: string) => (await store.states(id))[0]
const settled = (id: string) => async () => !['wanted', 'fetching'].includes((await stateOf(id))?.status ?? 'wanted')
const take = (...changes: Change[]) =>
  handle(
    changes.map((value, offset) => ({ key: 'k', value, partition: 0, offset })),
    new AbortController().signal,
  )

/** What a person sends, as the webhook's reader makes a mention of it. */
async function received(content: WhatsAppContent): Promise<string> {
  const bodies: unknown[] = []
  const hook = await startHook(bodies)
  await whatsapp.connect(hook.url)
  const before = bodies.length
  whatsapp.receive({ ...content, from: { waId: '923000000201', name: 'A' } })
  while (bodies.length === before) {
    await clock.advance(100)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await hook.close()
  const { changes } = readWebhook(bodies.at(-1), { receivedAt: clock.iso() })
  await take(...changes)
  const [change] = changes
  if (change === undefined || change.type === 'deleted') throw new Error('no mention')
  return change.mention.id
}

async function startHook(bodies: unknown[]): Promise<{ url: string; close(): Promise<void> }> {
  const { startServer } = await import('../channels/http-server.js')
  return startServer(({ url, body, method }, response) => {
    if (method === 'POST') bodies.push(JSON.parse(body))
    response.end(url.searchParams.get('hub.challenge') ?? 'ok')
  })
}

const onX = (url: string | null, more: Partial<Media> = {}): Change => ({
  type: 'written',
  mention: makeMention({
    id: 'x:1',
    channel: 'x',
    media: [{ kind: 'image', id: '3_1', mimeType: null, sha256: null, bytes: null, fileName: null, url, ...more }],
  }),
})
const onDisk = () =>
  readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length

describe('files of WhatsApp messages', () => {
  it.each([
    ['a picture', { type: 'image', mimeType: 'image/jpeg', bytes: JPEG }, 'picture', 'image/jpeg'],
    ['a voice note', { type: 'audio', mimeType: 'audio/ogg; codecs=opus', bytes: OGG_OPUS }, 'sound', 'audio/ogg'],
    ['a film', { type: 'video', mimeType: 'video/mp4', bytes: MP4 }, 'film', 'video/mp4'],
    ['a sticker', { type: 'sticker', mimeType: 'image/webp', bytes: WEBP }, 'picture', 'image/webp'],
    [
      'a document',
      { type: 'document', mimeType: 'application/pdf', filename: 'a.pdf', bytes: PDF },
      'download',
      'application/pdf',
    ],
    [
      'a page',
      { type: 'document', mimeType: 'text/html', filename: 'a.html', bytes: HTML_PAGE },
      'unsafe',
      'application/octet-stream',
    ],
    [
      'a page called a picture',
      { type: 'image', mimeType: 'image/jpeg', bytes: HTML_PAGE },
      'unsafe',
      'application/octet-stream',
    ],
    [
      'a picture with a script',
      { type: 'image', mimeType: 'image/svg+xml', bytes: SVG_WITH_SCRIPT },
      'unsafe',
      'application/octet-stream',
    ],
    ['a picture under another type', { type: 'image', mimeType: 'image/jpeg', bytes: PNG }, 'picture', 'image/png'],
  ] as const)('%s is stored and known by its content', async (_name, content, shownAs, mimeType) => {
    // prettier-ignore
    const id = await received(content)
    await start()
    await until(settled(id))
    const state = await stateOf(id)
    expect(state).toMatchObject({ status: 'stored', reason: null, shownAs, mimeType, bytes: content.bytes.length })
    expect(state?.typeDiffers).toBe(content.mimeType.split(';')[0] !== mimeType)
  })

  it.each([
    ['its address is over', 'expired'],
    ['its bytes are others', 'wrong-hash'],
    ['WhatsApp does not know it yet', 'gone'],
  ] as const)('is tried again where %s, and then stored', async (_what, fault) => {
    const id = await received({ type: 'image', mimeType: 'image/png', bytes: PNG })
    whatsapp.failMedia(fault, { times: 3 })
    await start()
    await until(settled(id))
    expect(await stateOf(id)).toMatchObject({ status: 'stored', reason: null })
    expect(onDisk()).toBe(1)
  })

  it.each(['429', '503', 'html', 'cut'] as const)('waits out %s, and then is stored', async (kind) => {
    const id = await received({ type: 'image', mimeType: 'image/png', bytes: PNG })
    whatsapp.fail({ kind, times: 3 })
    await start()
    await until(settled(id))
    expect(await stateOf(id)).toMatchObject({ status: 'stored' })
  })

  it.each([
    ['too large', 'too-large', { status: 'refused', reason: 'too-large' }],
    ['never what was named', 'wrong-hash', { status: 'failed', reason: 'hash-mismatch' }],
  ] as const)('that is %s is given up with the reason, and nothing of it is kept', async (_what, fault, expected) => {
    const id = await received({ type: 'image', mimeType: 'image/png', bytes: PNG })
    whatsapp.failMedia(fault, { times: 1e6 })
    await start()
    await until(settled(id))
    expect(await stateOf(id)).toMatchObject(expected)
    expect(onDisk()).toBe(0)
  })

  it('that WhatsApp does not find for a day is gone', async () => {
    const id = await received({ type: 'image', mimeType: 'image/png', bytes: PNG })
    whatsapp.failMedia('gone', { times: 1e6 })
    await start()
    await until(async () => (await stateOf(id))?.reason === 'not-found')
    expect(await stateOf(id)).toMatchObject({ status: 'wanted' })
    await running?.stop()
    const dayBefore = new Date(clock.now() - 25 * HOUR_MS).toISOString()
    await records.updateTable('media').set({ wanted_at: dayBefore, next_at: clock.iso() }).execute()
    await start()
    await until(settled(id))
    expect(await stateOf(id)).toMatchObject({ status: 'gone', reason: 'not-found' })
  })

  it.each(['another-host', 'redirect', 'house'] as const)(
    'whose address leads to %s is not followed',
    async (fault) => {
      const id = await received({ type: 'image', mimeType: 'image/png', bytes: PNG })
      whatsapp.failMedia(fault, { times: 1e6, address: fault === 'house' ? 'http://192.168.1.1/admin' : 'https://evil.example/x' }) // prettier-ignore
      await start()
      await until(settled(id))
      expect(await stateOf(id)).toMatchObject({ status: 'refused', reason: 'address-refused' })
    },
  )

  it('waits while the token is refused, says so, and comes once it is mended', async () => {
    const id = await received({ type: 'image', mimeType: 'image/png', bytes: PNG })
    const wrong = createWhatsAppMedia({ baseUrl: whatsapp.url, version: 'v23.0', accessToken: 'old', clock, loopbackOnly: true }) // prettier-ignore
    await start({ fetchers: [wrong] })
    await until(async () => (await stateOf(id))?.reason === 'token')
    expect(running?.worker.problem()).toContain('RABTA_WHATSAPP_ACCESS_TOKEN')
    await until(async () => health('media-whatsapp')?.status === 'failing')
    await running?.stop()
    await start()
    await until(settled(id))
    expect(await stateOf(id)).toMatchObject({ status: 'stored' })
    await until(async () => health('media-whatsapp')?.status === 'live')
    expect(running?.worker.problem()).toBeUndefined()
  })

  it('is given up when its thirty days are over', async () => {
    const id = await received({ type: 'image', mimeType: 'image/png', bytes: PNG })
    whatsapp.fail({ kind: '503', times: 1e6 })
    await start()
    await until(async () => (await stateOf(id))?.reason === 'unreachable')
    await running?.stop()
    running = undefined
    await records.updateTable('media').set({ wanted_at: '2026-10-20T00:00:00.000Z', next_at: clock.iso() }).execute()
    await start()
    await until(settled(id))
    expect(await stateOf(id)).toMatchObject({ status: 'failed', reason: 'unreachable' })
  })
})

const health = (source: string): SourceHealth | undefined =>
  bus.values('sources.health').map((value) => value as SourceHealth).findLast((one) => one.source === source) // prettier-ignore

describe('files by their address', () => {
  it('a page in place of a picture is not stored as one', async () => {
    await take(onX(host.serve('a.jpg', 'image/jpeg', HTML_PAGE)))
    await start()
    await until(settled('x:1'))
    expect(await stateOf('x:1')).toMatchObject({ status: 'failed', reason: 'unreadable' })
    expect(onDisk()).toBe(0)
  })

  it('a page first and the picture later is the picture', async () => {
    const url = host.serve('a.jpg', 'image/jpeg', WEBM, { kind: 'status', status: 500 }, { kind: 'cut' }, { kind: 'whole' }) // prettier-ignore
    await take(onX(url, { kind: 'video' }))
    await start()
    await until(settled('x:1'))
    expect(await stateOf('x:1')).toMatchObject({ status: 'stored', shownAs: 'film' })
  })

  it.each(['https://evil.example/a.jpg', 'http://10.0.0.1/a.jpg', 'file:///etc/passwd'])(
    '%s is refused',
    async (url) => {
      await take(onX(url))
      await start()
      await until(settled('x:1'))
      expect(await stateOf('x:1')).toMatchObject({ status: 'refused', reason: 'address-refused' })
    },
  )

  it('that swell or never end are cut at the limit', async () => {
    const bomb = host.serve('bomb.jpg', 'image/jpeg', PNG, { kind: 'bomb', bytes: 30 * 1024 ** 2 })
    const endless = host.serve('endless.jpg', 'image/jpeg', PNG, { kind: 'endless' })
    await take(onX(bomb), { ...onX(endless), mention: { ...(onX(endless) as { mention: object }).mention, id: 'x:2' } } as Change) // prettier-ignore
    await start({ limits: { ...MEDIA_LIMITS, image: 200_000 } })
    await until(settled('x:1'))
    await until(settled('x:2'))
    for (const id of ['x:1', 'x:2']) expect(await stateOf(id)).toMatchObject({ status: 'refused', reason: 'too-large' })
    expect(onDisk()).toBe(0)
  })
})

describe('room', () => {
  it('that is short keeps files waiting, not messages, and is said', async () => {
    const id = await received({ type: 'image', mimeType: 'image/png', bytes: PNG })
    await start({ minFreeBytes: Number.MAX_SAFE_INTEGER })
    await until(async () => running?.worker.problem() !== undefined)
    expect(running?.worker.problem()).toContain('free some space')
    expect(await stateOf(id)).toMatchObject({ status: 'wanted' })
    await running?.stop()
    await start({ maxTotalBytes: -1 })
    await until(async () => running?.worker.problem() !== undefined)
    expect(running?.worker.problem()).toContain('more than')
  })
})

describe('words in the log', () => {
  it('hold no address, no name and no token', async () => {
    const id = await received({ type: 'document', mimeType: 'application/pdf', filename: 'Ahmad-Khan.pdf', bytes: PDF })
    whatsapp.failMedia('wrong-hash', { times: 1 })
    await take(onX('https://evil.example/private-path?token=abc'))
    await start()
    await until(settled(id))
    expect(logged.length).toBeGreaterThan(1)
    expect(logged.join('\n')).not.toMatch(/the-token|Ahmad|private-path|token=abc|923000000201|wamid/)
  })
})

describe('whatever goes wrong, in whatever order', () => {
  it('every file is in the end stored whole, once, or given up with a reason', async () => {
    const outcome = fc.constantFrom('ok', 'unavailable', 'timeout', 'not-found', 'rate-limited', 'broken', 'bug', 'storage-full') // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(outcome, { maxLength: 5 }), { minLength: 1, maxLength: 5 }), async (plans) => {
        await store.expire(new Date('9999-01-01'))
        const left = new Map(plans.map((plan, n) => [`p${n}`, [...plan]]))
        const fetcher: MediaFetcher = {
          channel: 'x',
          lifeMs: 7 * 24 * HOUR_MS,
          fetch: async ({ platformId }, sink: MediaSink) => {
            const next = left.get(platformId ?? '')?.shift() ?? 'ok'
            await sink.write(PNG.subarray(0, 40))
            if (next === 'bug') throw new TypeError('a bug')
            if (next === 'broken') return { mimeType: 'image/png', sha256: '0'.repeat(64), fileName: null }
            if (next !== 'ok') throw new Failure(next, 'no', { retryable: next !== 'not-found' })
            await sink.write(PNG.subarray(40))
            return { mimeType: 'image/png', sha256: null, fileName: null }
          },
        }
        for (const n of plans.keys())
          await take({ type: 'written', mention: makeMention({ id: `x:p${n}`, channel: 'x', media: [{ kind: 'image', id: `p${n}`, mimeType: null, sha256: null, bytes: null, fileName: null, url: null }] }) }) // prettier-ignore
        await start({ fetchers: [fetcher] })
        for (const n of plans.keys()) {
          await until(settled(`x:p${n}`), 40 * HOUR_MS)
          expect(await stateOf(`x:p${n}`)).toMatchObject({ status: 'stored', bytes: PNG.length })
        }
        await running?.stop()
        running = undefined
        expect(onDisk()).toBe(1)
      }),
      { numRuns: 15, seed: 11 },
    )
  })
})
