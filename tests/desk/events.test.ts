import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EmbeddedBus } from '../../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../../runtime/embedded-bus/log-file.js'
import type { Alert } from '../../schemas/alert.js'
import type { IndexedNotice } from '../../schemas/topics.js'
import { makeEnriched } from '../support/mentions.js'
import { ADMIN, listen, openHouse, ring, type House } from './house.js'
import { cookieFor, scopedSessions } from './scoped.js'
import { SseClient } from './sse-client.js'

const PING_MS = 15_000

let house: House
let url: string
let cookie: string
const clients: SseClient[] = []
beforeEach(async () => {
  house = await openHouse()
  url = await listen(house.app)
  cookie = await house.cookieOf()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await house.stop()
})

async function open(headers: Record<string, string> = {}, path = '/api/events'): Promise<SseClient> {
  const client = new SseClient(url + path, { cookie, ...headers })
  clients.push(client)
  await client.until(({ status, events, closed }) => closed || (status === 200 && events.length > 0) || status > 200)
  return client
}
const notice = (n: number, districts = ['peshawar']): IndexedNotice => ({
  schema: 'rabta.indexed/1',
  id: `x:${n}`,
  channel: 'x',
  type: 'written',
  alert: false,
  districts,
})
const publish = (...numbers: number[]) =>
  house.bus.publish('mentions.indexed', numbers.map((n) => ({ key: `x:${n}`, value: notice(n) }))) // prettier-ignore
const numbersOf = (client: SseClient) =>
  client.of('mention').map(({ data }) => Number((JSON.parse(data) as IndexedNotice).id.slice(2)))
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('the live feed', () => {
  it('greets with a place to go on from, and says what came since, each with its id', async () => {
    await publish(0)
    const client = await open()
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    expect(client.events).toEqual([{ id: 'a0.0_o0.0_s0.0_m0.1', event: 'hello', data: '{}' }])
    await publish(1, 2)
    await client.until((one) => one.of('mention').length === 2)
    expect(numbersOf(client)).toEqual([1, 2])
    expect(new Set(client.events.map(({ id }) => id)).size).toBe(3)
  })

  it('says alerts whole and before what came at the same time', async () => {
    const client = await open()
    await Promise.all([publish(...upTo(50)), ring(house, makeEnriched())])
    await client.until((one) => one.of('mention').length === 50 && one.of('alert').length === 1)
    const alert = JSON.parse(client.of('alert')[0]?.data ?? '') as Alert
    expect(alert).toMatchObject({ status: 'ringing', category: 'extortion' })
    await house.alerts.acknowledge(alert.id, 'officer', { districts: 'all' })
    await client.until((one) => one.of('alert').length === 2)
    expect(JSON.parse(client.of('alert')[1]?.data ?? '')).toMatchObject({ status: 'acknowledged', version: 2 })
  })

  it.each(['all', 'peshawar'])('goes on for somebody of %s after what a stranger put on the bus', async (district) => {
    const scoped = await openHouse({ sessions: scopedSessions })
    const at = await listen(scoped.app)
    const client = new SseClient(`${at}/api/events`, cookieFor(district))
    clients.push(client)
    await client.until(({ events, closed }) => closed || events.length > 0)
    for (const value of [null, 'no JSON', [], 7, { schema: 'rabta.alert/1' }])
      for (const topic of ['alerts.raised', 'mentions.indexed', 'outbound.status', 'sources.health'] as const)
        await scoped.bus.publish(topic, [{ key: 'stranger', value }])
    await scoped.bus.publish('mentions.indexed', [{ key: 'x:1', value: notice(1) }])
    await client.until(({ events, closed }) => closed || events.length > 1)
    expect(client.events.map(({ event }) => event)).toEqual(['hello', 'mention'])
    expect(client.closed).toBe(false)
    await scoped.stop()
  })

  it('keeps words with line ends and separators in one event', async () => {
    const client = await open()
    await ring(house, makeEnriched({ text: 'a\n\ndata: forged\r\nevent: alert\u2028\u0085\n\n: x' }))
    await publish(1)
    await client.until((one) => one.of('mention').length === 1)
    expect(client.of('alert')).toHaveLength(1)
    expect((JSON.parse(client.of('alert')[0]?.data ?? '') as Alert).lead.text).toContain('\n\ndata: forged\r\n')
  })

  it('says how answers fare under our own id, also where the platform knows only its own, and not of what is not ours', async () => {
    const client = await open()
    const mention = makeEnriched()
    const { id } = await house.cases.reply({ mention, text: 'answer', by: 'officer' })
    await house.records.updateTable('outbound').set({ platform_id: 'wamid.out' }).execute()
    const update = { schema: 'rabta.outbound-update/1', channel: 'whatsapp', status: 'delivered', reason: null, at: mention.receivedAt } // prettier-ignore
    await house.bus.publish('outbound.status', [
      { key: '1', value: { ...update, id: null, platformId: 'wamid.of-another-desk' } },
      { key: '2', value: { ...update, id: null, platformId: 'wamid.out' } },
      { key: '3', value: { ...update, id: null, platformId: null } },
      { key: '4', value: { ...update, id: 'out:other', platformId: 'wamid.x', status: 'failed' } },
    ])
    await client.until((one) => one.of('outbound').length === 2)
    expect(client.of('outbound').map(({ data }) => (JSON.parse(data) as { id: string }).id)).toEqual([id, 'out:other'])
  })

  it('pings each fifteen seconds', async () => {
    const client = await open()
    await advance(PING_MS)
    await client.until((one) => one.pings === 1)
    await advance(PING_MS)
    await client.until((one) => one.pings === 2)
  })

  it('answers 400 to an id that it never gave out, and 401 without a session', async () => {
    const bad = ['x', 'a0', 'a0.1.2', '-1', 'a0.1_z0.1', 'm0.99999', 'a-1.2', 'm0.1e3', 'm0.1\u00e9', 'x'.repeat(2001)]
    for (const id of bad) {
      const client = await open({ 'last-event-id': id })
      expect([id, client.status]).toEqual([id, 400])
      expect(client.headers['content-type']).toContain('application/problem+json')
    }
    expect((await open({ cookie: 'rabta_session=none' })).status).toBe(401)
    expect((await open({}, '/api/events?since=yesterday')).status).toBe(400)
    const head = await fetch(`${url}/api/events`, { method: 'HEAD', headers: { cookie } })
    expect(head.status).toBe(404)
  })

  it('shows an officer the events of his districts alone', async () => {
    const scoped = await openHouse({ sessions: scopedSessions })
    const mention = makeEnriched()
    scoped.memory.mentions.push(mention)
    const at = await listen(scoped.app)
    const [swat, peshawar] = ['swat', 'peshawar'].map(
      (district) => new SseClient(`${at}/api/events`, cookieFor(district)),
    )
    if (swat === undefined || peshawar === undefined) throw new Error('two clients')
    clients.push(swat, peshawar)
    for (const client of [swat, peshawar]) await client.until(({ events }) => events.length > 0)
    const { id } = await scoped.cases.reply({ mention, text: 'answer', by: 'officer' })
    const update = { schema: 'rabta.outbound-update/1', id, channel: 'whatsapp', status: 'sent', reason: null, platformId: 'w', at: mention.receivedAt } // prettier-ignore
    await scoped.bus.publish('outbound.status', [{ key: id, value: update }])
    await ring(scoped, mention)
    await scoped.bus.publish('mentions.indexed', [
      { key: '1', value: notice(1, ['peshawar']) },
      { key: '2', value: notice(2, []) },
      { key: '3', value: notice(3, ['swat', 'peshawar']) },
    ])
    for (const client of [swat, peshawar]) await client.until((one) => numbersOf(one).includes(3))
    expect([numbersOf(swat), swat.of('alert').length, swat.of('outbound').length]).toEqual([[3], 0, 0])
    expect([numbersOf(peshawar), peshawar.of('alert').length, peshawar.of('outbound').length]).toEqual([[1, 3], 1, 1])
    await scoped.stop()
  })
})

describe('resuming', () => {
  it('misses nothing and says nothing twice, wherever the line broke', async () => {
    const first = await open()
    await publish(...upTo(250))
    await ring(house, makeEnriched())
    await first.until((one) => one.of('mention').length === 250 && one.of('alert').length === 1)
    first.close()
    await publish(...upTo(260).slice(250))
    for (const broken of [0, 1, 99, 100, 101, 249, 251]) {
      const heard = first.events.slice(0, broken + 1)
      const resumed = await open({ 'last-event-id': heard.at(-1)?.id ?? '' })
      const expected = 261 - (heard.length - 1)
      await resumed.until((one) => one.events.length > expected)
      await house.clock.yield()
      const all = [...heard, ...resumed.events].filter(({ event }) => event !== 'hello')
      expect(all.filter(({ event }) => event === 'alert')).toHaveLength(1)
      expect(all.filter(({ event }) => event === 'mention').map(({ data }) => (JSON.parse(data) as IndexedNotice).id)).toEqual(upTo(260).map((n) => `x:${n}`)) // prettier-ignore
      resumed.close()
    }
  })

  it('works by the query as well, for readers that cannot set the header', async () => {
    const first = await open()
    await publish(1, 2)
    await first.until((one) => one.of('mention').length === 2)
    const resumed = await open({}, `/api/events?lastEventId=${first.of('mention')[0]?.id ?? ''}`)
    await resumed.until((one) => one.of('mention').length === 1)
    expect(numbersOf(resumed)).toEqual([2])
  })

  it('works across a restart of the desk and its bus on the same folder', async () => {
    const first = await open()
    await publish(1, 2, 3)
    await first.until((one) => one.of('mention').length === 3)
    const heard = first.of('mention')[1]?.id ?? ''
    await house.app.close()
    await house.bus.close()
    const bus = new EmbeddedBus({ file: new LogFile(join(house.folder.path, 'bus.db')), clock: house.clock })
    await bus.publish('mentions.indexed', [{ key: 'x:4', value: notice(4) }])
    const again = await openHouse({ bus, sessions: scopedSessions })
    const at = await listen(again.app)
    const resumed = new SseClient(`${at}/api/events`, { ...cookieFor('all'), 'last-event-id': heard })
    clients.push(resumed)
    await resumed.until((one) => one.of('mention').length === 2)
    expect(numbersOf(resumed)).toEqual([3, 4])
    await again.stop()
    await bus.close()
  })
})

/** Moves the clock once every stream sleeps. */
async function advance(byMs: number, sleepers = 1): Promise<void> {
  while (house.clock.sleeping < sleepers) await house.clock.yield()
  await house.clock.advance(byMs)
}

describe('a stream ends', () => {
  it('when its user is disabled: nothing that comes a second later is heard', async () => {
    const client = await open()
    await house.users.disable(ADMIN.username)
    await advance(1000)
    await publish(1)
    await client.until(({ closed }) => closed)
    expect(client.of('mention')).toEqual([])
  })

  it('when its session ends, with the next ping where nothing comes', async () => {
    const client = await open()
    await house.sessions.close(cookie.split('=')[1] ?? '')
    await advance(PING_MS)
    await client.until(({ closed }) => closed)
    expect(client.pings).toBe(0)
  })

  it('at once when the desk stops, and leaves nothing that waits', async () => {
    const several = await Promise.all(upTo(5).map(() => open()))
    house.stopDesk.abort(new Error('stop'))
    await Promise.all(several.map((client) => client.until(({ closed }) => closed)))
    while (house.clock.sleeping > 0) await house.clock.yield()
  })

  it('when the server closes, though nobody said that the desk stops', async () => {
    const client = await open()
    await house.app.close()
    await client.until(({ closed }) => closed)
    while (house.clock.sleeping > 0) await house.clock.yield()
  })

  it('when the desk stops, though the bus was closed before it', async () => {
    const client = await open()
    await house.bus.close()
    house.stopDesk.abort(new Error('stop'))
    await client.until(({ closed }) => closed)
  })

  it('when the client goes away', async () => {
    const client = await open()
    client.close()
    await advance(0)
    while (house.clock.sleeping > 0) await house.clock.yield()
  })
})

describe('many clients', () => {
  it('a hundred each hear everything once and in order', async () => {
    const all = await Promise.all(upTo(100).map(() => open()))
    for (let from = 0; from < 300; from += 30) await publish(...upTo(from + 30).slice(from))
    await ring(house, makeEnriched())
    await Promise.all(all.map((client) => client.until((one) => one.of('mention').length >= 300 && one.of('alert').length > 0))) // prettier-ignore
    for (const client of all) expect(numbersOf(client)).toEqual(upTo(300))
  })

  it('one that takes nothing holds up no other, is not written to without end, and is let go', async () => {
    const slow = await open()
    const quick = await open()
    slow.pause()
    const districts = ['x'.repeat(100_000)]
    for (let from = 0; from < 400; from += 20) {
      await house.bus.publish('mentions.indexed', upTo(20).map((n) => ({ key: `x:${from + n}`, value: notice(from + n, districts) }))) // prettier-ignore
      await quick.until((one) => one.events.length > from + 20)
    }
    expect(numbersOf(quick)).toEqual(upTo(400))
    const held = await new Promise<number>((resolve, reject) => {
      house.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
    })
    expect(held).toBe(2)
    await advance(PING_MS, 2)
    await advance(PING_MS, 2)
    while (house.clock.sleeping > 1) await house.clock.yield()
    slow.resume()
    await slow.until(({ closed }) => closed)
    const heard = numbersOf(slow)
    expect(heard.length).toBeLessThan(400)
    expect(heard).toEqual(upTo(heard.length))
  })
})
