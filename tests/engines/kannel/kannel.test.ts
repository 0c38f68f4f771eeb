import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { segments } from '../../../runtime/sms-segments.js'
import { createKannelHook } from '../../../channels/sms/kannel/hook.js'
import { createKannelClient } from '../../../channels/sms/kannel/sendsms.js'
import { createWebhook } from '../../../ingest/webhook.js'
import { systemClock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import { createMetrics } from '../../../runtime/metrics.js'
import type { Change, Mention } from '../../../schemas/mention.js'
import type { OutboundUpdate } from '../../../schemas/outbound.js'
import { startServer, type TestServer } from '../../channels/http-server.js'
import { keptLog, seeded } from '../../ingest/parts.js'
import { MemoryBus } from '../../support/memory-bus.js'
import { missingKannel, startKannel, type Kannel } from './engine.js'
import { startTestSmsc, type TestSmsc } from './smsc.js'
import { makeText } from './texts.js'

const missing = missingKannel()
if (missing !== undefined) console.warn(`Kannel is not tested: ${missing}`)
const COUNT = process.env['RABTA_TEST_LONG'] === '1' ? 10_000 : 400
const PATIENCE_MS = COUNT * 60 + 60_000
const SECRET = 'se-cret.+&%D8'
const OUR_NUMBER = '+923330000001'

/** A desk that says every so often that it cannot store. */
async function startDesk(bus: MemoryBus): Promise<TestServer> {
  const hook = createWebhook({
    format: createKannelHook({ secret: SECRET }),
    bus,
    clock: systemClock,
    log: keptLog(),
    metrics: createMetrics(),
  })
  return startServer(async (request, response) => {
    const { status, body } = await hook.handle({
      method: 'GET',
      url: request.url.href,
      query: {},
      headers: {},
      rawBody: Buffer.alloc(0),
    })
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body)
  })
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn * 20 < PATIENCE_MS && !condition(); turn++) await systemClock.sleep(20)
}

describe.skipIf(missing !== undefined).each([true, false])('the real Kannel, recoding: %s', (recodes) => {
  const bus = new MemoryBus()
  const random = seeded(recodes ? 41 : 42)
  const count = recodes ? COUNT : Math.ceil(COUNT / 10)
  let folder: string
  let desk: TestServer
  let smsc: TestSmsc
  let kannel: Kannel

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rabta-kannel-'))
    desk = await startDesk(bus)
    smsc = await startTestSmsc({ isDeliverable: (to) => !to.endsWith('7') })
    const query = `secret=${encodeURIComponent(SECRET)}&from=%p&to=%P&text=%b&coding=%c&charset=%C&smsc=%i&id=%I&time=%T`
    const getUrl = `${desk.url}/hooks/sms/kannel?${query}`
    kannel = await startKannel({
      folder,
      smscPort: smsc.port,
      getUrl,
      username: 'desk',
      password: 'pass-word',
      recodes,
    })
    await smsc.bound
  }, 60_000)

  afterAll(async () => {
    await kannel.stop()
    await smsc.close()
    await desk.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it(
    'brings every message of 1 to 4 parts once, its words intact',
    async () => {
      let refusals = 0
      bus.beforePublish = () => {
        if (random() < 0.02 && refusals++ < 50) throw new Failure('storage-full', 'full', { retryable: true })
      }
      const wanted = new Map<string, string>()
      let parts = 0
      for (let number = 0; number < count; number += 20) {
        const batch = Array.from({ length: Math.min(20, count - number) }, (_, index) => {
          const text = makeText(random, number + index, 1 + ((number + index) % 4))
          const from = `+92300${String(1_000_000 + number + index)}`
          wanted.set(text, from)
          const isReversed = random() < 0.3
          const order = (total: number) => {
            const straight = Array.from({ length: total }, (_, part) => part)
            return isReversed ? straight.reverse() : straight
          }
          return smsc.bring({ from, to: OUR_NUMBER, text, order })
        })
        parts += (await Promise.all(batch)).reduce((sum, each) => sum + each, 0)
      }
      const arrived = () => bus.values('mentions.collected') as Change[]
      await until(() => new Set(arrived().map(idOf)).size >= count)
      const mentions = [...new Map(arrived().map((change) => [idOf(change), mentionOf(change)])).values()]
      console.info(`MO: ${mentions.length} of ${count} messages in ${parts} parts, ${refusals} times refused by us`)
      expect(mentions).toHaveLength(count)
      expect(new Set(mentions.map(({ text }) => text))).toEqual(new Set(wanted.keys()))
      for (const { text, author, account } of mentions)
        expect([author.address, account]).toEqual([wanted.get(text), OUR_NUMBER])
      expect(mentions.every(({ mended }) => mended.length === 0)).toBe(true)
      expect(bus.values('mentions.dead')).toEqual([])
      bus.beforePublish = () => undefined
    },
    PATIENCE_MS,
  )

  it(
    'takes every message once, and tells of each what became of it',
    async () => {
      const client = createKannelClient({
        baseUrl: kannel.sendsmsUrl,
        username: 'desk',
        password: 'pass-word',
        receipts: { publicUrl: desk.url, secret: SECRET },
        clock: systemClock,
        loopbackOnly: true,
        // Ten thousand at once on a busy machine keep smsbox longer than an officer's one would.
        timeoutMs: 120_000,
      })
      let slowestMs = 0
      const never = new AbortController().signal
      const wanted = new Map<string, { to: string; text: string; parts: number }>()
      const queue = Array.from({ length: count }, (_, number) => {
        const text = makeText(random, number, 1 + (number % 4))
        const id = `out:${number}:Ünïcode %d8 ${recodes ? 'a' : 'b'}`
        wanted.set(id, { to: `+92301${String(1_000_000 + number)}`, text, parts: segments(text).parts })
        return id
      })
      const worker = async () => {
        for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
          const { to, text } = wanted.get(id) ?? { to: '', text: '' }
          const startedMs = performance.now()
          expect(await client.send({ from: OUR_NUMBER, to, text, id }, never)).toEqual({ platformId: id })
          slowestMs = Math.max(slowestMs, performance.now() - startedMs)
        }
      }
      await Promise.all(Array.from({ length: 10 }, worker))
      const statuses = () => bus.values('outbound.status') as OutboundUpdate[]
      await until(() => smsc.submitted().length >= count && statuses().length >= count)
      const taken = smsc.submitted()
      const parts = taken.reduce((sum, each) => sum + each.parts, 0)
      console.info(
        `MT: ${taken.length} of ${count} messages in ${parts} parts, ${statuses().length} receipts, the slowest answer ${Math.round(slowestMs)} ms`,
      )
      expect(taken).toHaveLength(count)
      const byTo = new Map(taken.map((each) => [each.to.replace(/^\+?/, '+'), each]))
      for (const { to, text } of wanted.values()) expect(byTo.get(to)?.text).toBe(text)
      const final = new Map(statuses().map(({ platformId, status }) => [platformId, status]))
      expect(final.size).toBe(count)
      for (const [id, { to }] of wanted) expect(final.get(id)).toBe(to.endsWith('7') ? 'failed' : 'delivered')
      expect(bus.values('mentions.dead')).toEqual([])
    },
    PATIENCE_MS,
  )
})

const idOf = (change: Change): string => (change.type === 'deleted' ? change.id : change.mention.id)

function mentionOf(change: Change): Mention {
  if (change.type === 'deleted') throw new Error('an SMS is never deleted')
  return change.mention
}
