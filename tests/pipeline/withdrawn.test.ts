import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAlertsHandler } from '../../alerts/alerts-handler.js'
import { createAlertsStore } from '../../alerts/alert-records.js'
import { dangerRule } from '../../alerts/rules/danger.js'
import { createUnjudgedRule } from '../../alerts/rules/unjudged.js'
import { createAlertTicks } from '../../alerts/ticks.js'
import { createEnrichers } from '../../app/enrichers.js'
import { threadOf } from '../../desk/conversation.js'
import type { AnyEnricher } from '../../enrich/enrich-mention.js'
import { createEnrichHandler } from '../../enrich/stage.js'
import { openSqliteMentionIndex } from '../../index/sqlite/sqlite-mention-index.js'
import { createIndexHandler } from '../../index/stage.js'
import { systemClock } from '../../runtime/clock.js'
import { createCorrections } from '../../runtime/corrections/correction-store.js'
import { EmbeddedBus } from '../../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../../runtime/embedded-bus/log-file.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import { openRecords } from '../../runtime/records/open.js'
import { runStage } from '../../runtime/stage.js'
import type { Alert } from '../../schemas/alert.js'
import type { Change, Mention } from '../../schemas/mention.js'
import type { IndexedNotice } from '../../schemas/topics.js'
import type { Scope } from '../../schemas/user.js'
import { createOutboundStates } from '../../send/outbound-records.js'
import { workerUrls } from '../index/sqlite/compiled.js'
import { silent } from '../send/house.js'
import { makeMention } from '../support/mentions.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const ALL = { districts: 'all' } as const
const PESHAWAR: Scope = { districts: ['peshawar'] }
const START = systemClock.now() - 600_000
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString()
const BOMB = 'پشاور صدر میں بم پڑا ہے زردگلابی'
const OTHER = 'سوات منگورہ میں بم پڑا ہے نیلافیروزہ'

/** One of a man's messages, so many seconds into the test. */
const told = (id: string, seconds: number, text: string): Mention =>
  makeMention({
    id: `whatsapp:${id}`,
    text,
    writtenAt: at(seconds),
    receivedAt: at(seconds),
    version: START + seconds * 1000,
  })
const withdrawn = ({ id, channel, conversation }: Mention, seconds: number): Change => ({
  type: 'deleted',
  id,
  channel,
  conversation,
  version: START + seconds * 1000,
  receivedAt: at(seconds),
})

let folder: ReturnType<typeof temporaryFolder>
let house: Awaited<ReturnType<typeof startHouse>>
beforeEach(async () => {
  folder = temporaryFolder()
  house = await startHouse()
})
afterEach(async () => {
  await house.stop()
  folder.remove()
})

/** One process from what a source collected to what the desk reads, over real stores in `folder`. */
async function startHouse(mend: (enrichers: readonly AnyEnricher[]) => readonly AnyEnricher[] = (all) => all) {
  const clock = systemClock
  mkdirSync(join(folder.path, 'index'), { recursive: true })
  const file = join(folder.path, 'index', 'mentions.sqlite')
  const bus = new EmbeddedBus({ file: new LogFile(join(folder.path, 'bus.db')), clock })
  const { records } = await openRecords(join(folder.path, 'records.db'))
  const index = await openSqliteMentionIndex({ file, clock, log: silent, workerUrls: workerUrls() })
  const metrics = createMetrics()
  const rules = [dangerRule, createUnjudgedRule(60_000)]
  const common = { bus, clock, log: silent, metrics }
  const enrichers = mend(createEnrichers())
  const stages = [
    runStage({
      ...common,
      name: 'enrich',
      topic: 'mentions.collected',
      handle: createEnrichHandler({ ...common, enrichers: () => enrichers }),
    }),
    runStage({
      ...common,
      name: 'index',
      topic: 'mentions.enriched',
      handle: createIndexHandler({
        ...common,
        index,
        search: index,
        corrections: createCorrections({ records, clock }),
      }),
    }),
    runStage({
      ...common,
      name: 'alerts',
      topic: 'mentions.enriched',
      handle: createAlertsHandler({ records, bus, clock, metrics, rules }),
    }),
  ]
  const stopping = new AbortController()
  const ticks = createAlertTicks({ records, bus, clock, log: silent, rules }).run(stopping.signal)
  const outbound = createOutboundStates(records)
  let collected = 0
  const settled = async () => {
    for (;;) {
      const isEnriched = (await bus.read('mentions.enriched', {}, 1000)).length === collected
      const lags = [await bus.lag('mentions.enriched', 'index'), await bus.lag('mentions.enriched', 'alerts')]
      if (isEnriched && lags.every((lag) => lag === 0)) return
      await clock.sleep(5)
    }
  }
  return {
    index,
    alerts: async () => createAlertsStore({ records, bus, clock }).list(ALL, { limit: 50 }),
    /** Puts them on the bus as a source does, and waits until all of it is through. */
    collect: async (...changes: Change[]) => {
      await bus.publish(
        'mentions.collected',
        changes.map((value) => ({
          key: value.type === 'deleted' ? value.conversation : value.mention.conversation,
          value,
        })),
      )
      collected += changes.length
      await settled()
    },
    thread: async (id: string) => {
      const mention = await index.get(id, ALL)
      if (mention === undefined) throw new Error(`${id} is not there`)
      return (await threadOf({ mention, scope: ALL, search: index, outbound })).entries
    },
    found: async (q: string) => (await index.search({ q }, ALL)).items.map(({ mention }) => mention.id),
    notices: async () => (await bus.read('mentions.indexed', {}, 1000)).map(({ value }) => value as IndexedNotice),
    announced: async () => (await bus.read('alerts.raised', {}, 1000)).map(({ value }) => value as Alert),
    stop: async () => {
      stopping.abort(new Failure('stopped', 'the test is over', { retryable: false }))
      for (const stage of stages) await stage.stop()
      await ticks
      await index.close()
      await bus.close()
      await records.destroy()
    },
  }
}

test('a message that rang is withdrawn: its words are in no search, no thread, no alert and no file of the index', async () => {
  const hello = told('hello', 0, 'السلام علیکم، پشاور سے بات کر رہا ہوں')
  const bomb = told('bomb', 10, BOMB)
  await house.collect({ type: 'written', mention: hello }, { type: 'written', mention: bomb })
  const [rang] = await house.alerts()
  expect(rang).toMatchObject({ status: 'ringing', districts: ['peshawar'], lead: { mentionId: bomb.id, text: BOMB } })
  expect(rang?.lead.evidence.length).toBeGreaterThan(0)
  expect(await house.found('زردگلابی')).toEqual([bomb.id])

  await house.collect(withdrawn(bomb, 60))
  expect(await house.found('زردگلابی')).toEqual([])
  expect(await house.found(bomb.id)).toEqual([])
  expect(await house.index.get(bomb.id, ALL)).toBeUndefined()
  expect(await house.thread(hello.id)).toMatchObject([
    { entry: 'mention', id: hello.id, text: hello.text },
    { entry: 'deleted', id: bomb.id, at: at(10), text: '', deletedAt: at(60) },
  ])
  // It rang, and a person looks at it: the alert stays, without its words.
  const after = await house.alerts()
  expect(after).toMatchObject([{ id: rang?.id, count: 1, lead: { mentionId: bomb.id, text: '', evidence: [] } }])
  expect((await house.announced()).at(-1)).toEqual(after[0])
  expect((await house.notices()).at(-1)).toMatchObject({ id: bomb.id, type: 'deleted', districts: ['peshawar'] })

  // An older state that arrives late, or again, brings nothing back and rings nobody.
  await house.collect(
    { type: 'written', mention: bomb },
    { type: 'edited', mention: { ...bomb, version: bomb.version + 9 } },
  )
  expect(await house.found('زردگلابی')).toEqual([])
  expect((await house.alerts()).map(({ lead }) => lead.text)).toEqual([''])
  await house.stop()
  for (const name of readdirSync(join(folder.path, 'index')))
    expect(readFileSync(join(folder.path, 'index', name)).includes('زردگلابی')).toBe(false)
  house = await startHouse()
})

test('an edit shows as edited with its time; the older words are not to be found, and those of the first district hear of it', async () => {
  const bomb = told('bomb', 10, BOMB)
  await house.collect({ type: 'written', mention: bomb })
  expect((await house.thread(bomb.id))[0]).not.toHaveProperty('editedAt')
  const edit = { ...bomb, text: OTHER, version: START + 90_000, receivedAt: at(91) }
  await house.collect({ type: 'edited', mention: edit })
  expect(await house.found('زردگلابی')).toEqual([])
  expect(await house.found('نیلافیروزہ')).toEqual([bomb.id])
  expect(await house.thread(bomb.id)).toMatchObject([{ entry: 'mention', text: OTHER, editedAt: at(90), at: at(10) }])
  const [alert] = await house.alerts()
  expect(alert?.lead).toMatchObject({ mentionId: bomb.id, text: OTHER })
  expect(await house.index.get(bomb.id, PESHAWAR)).toBeUndefined()
  expect([...((await house.notices()).at(-1)?.districts ?? [])].sort()).toEqual(['peshawar', 'swat'])
  // The older state comes again: it stays as it is.
  await house.collect({ type: 'written', mention: bomb })
  expect(await house.thread(bomb.id)).toMatchObject([{ text: OTHER, editedAt: at(90) }])
  expect(await house.found('زردگلابی')).toEqual([])
})

test('words that could not be judged, and then were a danger, leave both alerts when they are withdrawn', async () => {
  await house.stop()
  let broken = true
  house = await startHouse((all) =>
    all.map((one) =>
      one.adds === 'category'
        ? {
            ...one,
            enrich: (...asked: Parameters<typeof one.enrich>) => {
              if (broken) throw new Error('the model is away')
              return one.enrich(...asked)
            },
          }
        : one,
    ),
  )
  const bomb = told('bomb', 10, BOMB)
  await house.collect({ type: 'written', mention: bomb })
  for (let turn = 0; (await house.alerts()).length === 0 && turn < 500; turn++) await systemClock.sleep(10)
  expect(await house.alerts()).toMatchObject([{ rule: 'unjudged', lead: { text: BOMB } }])
  broken = false
  const edit = { ...bomb, text: OTHER, version: START + 90_000 }
  await house.collect({ type: 'edited', mention: edit })
  const both = await house.alerts()
  expect(both.map(({ rule }) => rule).sort()).toEqual(['danger', 'unjudged'])
  expect(both.map(({ lead }) => lead.text)).toEqual([OTHER, OTHER])
  const again = { ...bomb, text: `${OTHER} ابھی`, version: START + 95_000 }
  await house.collect({ type: 'edited', mention: again })
  expect((await house.alerts()).map(({ lead }) => lead.text)).toEqual([again.text, again.text])
  await house.collect(withdrawn(bomb, 99))
  expect((await house.alerts()).map(({ lead }) => lead.text)).toEqual(['', ''])
  expect((await house.alerts()).flatMap(({ lead }) => lead.evidence)).toEqual([])
})
