import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAlertsHandler } from '../../alerts/alerts-handler.js'
import { createAlertsStore } from '../../alerts/alert-records.js'
import { dangerRule } from '../../alerts/rules/danger.js'
import { createUnjudgedRule } from '../../alerts/rules/unjudged.js'
import { createAlertTicks } from '../../alerts/ticks.js'
import { createCases } from '../../cases/case-desk.js'
import { createOutboxDoor } from '../../cases/outbox-door.js'
import { createUnits } from '../../cases/units.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import { EmbeddedBus } from '../../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../../runtime/embedded-bus/log-file.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import { openRecords } from '../../runtime/records/open.js'
import { runStage } from '../../runtime/stage.js'
import { createOutbox } from '../../send/outbox.js'
import { createOutboundStates } from '../../send/outbound-records.js'
import { createStatusHandler } from '../../send/status-handler.js'
import type { Alert } from '../../schemas/alert.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { OutboundUpdate } from '../../schemas/outbound.js'
import { at, tell } from '../alerts/house.js'
import { Platform, silent } from '../send/house.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeEnriched } from '../support/mentions.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const ALL = { districts: 'all' } as const
const MINUTE = 60_000

let folder: ReturnType<typeof temporaryFolder>
let clock: FakeClock
let platform: Platform
let house: Awaited<ReturnType<typeof startHouse>>

beforeEach(async () => {
  folder = temporaryFolder()
  clock = new FakeClock()
  platform = new Platform()
  house = await startHouse()
})
afterEach(async () => {
  await house.stop()
  folder.remove()
})

/** One process from the enriched mention to the platform, over real stores in `folder`. */
async function startHouse() {
  const bus = new EmbeddedBus({ file: new LogFile(join(folder.path, 'bus.db')), clock })
  const { records } = await openRecords(join(folder.path, 'records.db'))
  const metrics = createMetrics()
  const rules = [dangerRule, createUnjudgedRule(10 * MINUTE)]
  const door = createOutboxDoor({ records, bus, clock, log: silent })
  const outbox = createOutbox({ records, bus, clock, log: silent, senders: [platform], random: () => 0.5 })
  const table = loadDistrictTable()
  const cases = createCases({
    records,
    door,
    clock,
    table,
    units: createUnits(table, new Map([['ctd', '920000009']])),
    search: { conversation: async () => [] },
    channels: new Set(['whatsapp'] as const),
  })
  const common = { bus, clock, log: silent, metrics }
  const stages = [
    runStage({
      ...common,
      name: 'alerts',
      topic: 'mentions.enriched',
      handle: createAlertsHandler({ records, bus, clock, metrics, rules }),
    }),
    runStage({ ...common, name: 'send', topic: 'messages.outbound', handle: outbox.handle }),
    runStage({
      ...common,
      name: 'send-status',
      topic: 'outbound.status',
      handle: createStatusHandler({ records, bus }),
    }),
  ]
  const stopping = new AbortController()
  const ticks = createAlertTicks({ records, bus, clock, log: silent, rules })
  const loops = [outbox.run(stopping.signal), door.run(stopping.signal), ticks.run(stopping.signal)]
  return {
    bus,
    records,
    cases,
    metrics,
    states: createOutboundStates(records),
    store: createAlertsStore({ records, bus, clock }),
    publish: (...mentions: EnrichedMention[]) =>
      bus.publish(
        'mentions.enriched',
        mentions.map((mention) => ({ key: mention.id, value: { type: 'written', mention } })),
      ),
    rung: async () => (await bus.read('alerts.raised', {})).map((record) => record.value as Alert),
    said: async () => (await bus.read('outbound.status', {})).map((record) => record.value as OutboundUpdate),
    stop: async () => {
      stopping.abort(new Failure('stopped', 'the test is over', { retryable: false }))
      for (const stage of stages) await stage.stop()
      await Promise.all(loops)
      await bus.close()
      await records.destroy()
    },
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
    if (await holds()) return
    await clock.yield()
    if (turn % 50 === 49) await clock.advance(100)
  }
  throw new Error('it never came to that')
}

test('a bomb is told three times, rings once, is acknowledged, answered and forwarded, and all of it stands after a restart', async () => {
  await house.publish(
    tell({ id: 'a' }),
    tell({ id: 'b', minute: 1, public: false, author: '920000000001' }),
    tell({ id: 'c', minute: 2 }),
  )
  await until(async () => (await house.rung()).at(-1)?.count === 3)
  expect(new Set((await house.rung()).map((alert) => alert.id))).toEqual(new Set(['alert:x:a']))
  expect(await house.metrics.latency.get()).toMatchObject({
    values: expect.arrayContaining([
      expect.objectContaining({ value: 3, metricName: 'rabta_latency_seconds_count' }),
    ]) as unknown,
  })

  await house.store.acknowledge('alert:x:a', 'duty', ALL)
  const mention = makeEnriched({ id: 'whatsapp:b' })
  const reply = await house.cases.reply({ mention, text: 'help is on the way', by: 'duty', key: '1' })
  const forward = await house.cases.forward({ mention, unit: 'ctd', note: '', by: 'duty', key: '2' })
  await until(
    async () =>
      (await house.states.getOutbound(forward.id))?.status === 'sent' &&
      (await house.states.getOutbound(reply.id))?.status === 'sent',
  )
  expect(platform.handed.map(({ kind, to }) => ({ kind, to }))).toEqual([
    { kind: 'reply', to: '920000000001' },
    { kind: 'forward', to: '920000009' },
  ])
  await house.bus.publish('outbound.status', [
    {
      key: 'p',
      value: {
        schema: 'rabta.outbound-update/1',
        id: null,
        channel: 'whatsapp',
        status: 'read',
        reason: null,
        platformId: `wamid.${reply.id}`,
        at: clock.iso(),
      },
    },
  ])
  await until(async () => (await house.states.getOutbound(reply.id))?.status === 'read')
  await until(async () => (await house.said()).some((update) => update.id === reply.id && update.status === 'read'))
  expect(await house.cases.forMention('whatsapp:b')).toMatchObject({ status: 'contacted', unit: 'ctd' })

  await house.stop()
  house = await startHouse()
  await clock.advance(MINUTE)
  await until(async () => (await house.rung()).at(-1)?.status === 'acknowledged')
  expect(await house.store.list(ALL, { limit: 10 })).toMatchObject([
    { id: 'alert:x:a', status: 'acknowledged', count: 3 },
  ])
  expect(platform.handed).toHaveLength(2)
})

test('what the disk held at a kill with everything in flight: a new process on it finds each group once and sends nothing twice', async () => {
  platform.plan.push('hang')
  const mention = makeEnriched({ receivedAt: at(0) })
  await house.publish(...Array.from({ length: 120 }, (_, n) => tell({ id: `${n}`, category: 'crime', minute: n % 7 })))
  const { id } = await house.cases.reply({ mention, text: 'we come', by: 'duty' })
  await until(async () => platform.waiting.length === 1)
  await house.records.updateTable('outbound').set({ published: 0 }).execute()

  const dead = { house, folder }
  folder = temporaryFolder()
  cpSync(dead.folder.path, folder.path, { recursive: true })
  platform.waiting[0]?.reject(new Failure('timeout', 'the connection died', { retryable: false }))
  await dead.house.stop()
  dead.folder.remove()
  house = await startHouse()
  await until(async () => (await house.states.getOutbound(id))?.status === 'unconfirmed')
  await until(async () => (await house.store.list(ALL, { limit: 500 })).length === 120)
  await until(async () => new Set((await house.rung()).map((alert) => alert.id)).size === 120)
  expect((await house.store.list(ALL, { limit: 500 })).every((alert) => alert.count === 1)).toBe(true)
  expect(platform.handed).toHaveLength(1)
})
