import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAlertsHandler } from '../../alerts/alerts-handler.js'
import { dangerRule } from '../../alerts/rules/danger.js'
import { createUnits } from '../../cases/units.js'
import { createEnrichHandler } from '../../enrich/stage.js'
import { loadTagger } from '../../enrich/tagger.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { Records } from '../../runtime/records/tables.js'
import { runStage } from '../../runtime/stage.js'
import { LOOK_EVERY_MS } from '../../runtime/vocabulary/vocabulary-watch.js'
import type { Alert } from '../../schemas/alert.js'
import type { EnrichedChange } from '../../schemas/enriched-mention.js'
import type { VocabularyEntry } from '../../schemas/vocabulary.js'
import { vocabularyOn } from '../enrich/vocabulary/house.js'
import { silent } from '../send/house.js'
import { FakeClock } from '../support/fake-clock.js'
import { MemoryBus } from '../support/memory-bus.js'
import { makeMention } from '../support/mentions.js'
import { openTestRecords } from '../support/test-records.js'

const parts = loadTagger()
const WORD: VocabularyEntry = { kind: 'word', words: ['کراکہ'], like: 'دھماکہ' }
const told = (where: string) => `${where} صدر بازار میں زوردار کراکہ ہوا ہے، کئی لوگ زخمی ہیں`

let records: Records
let clock: FakeClock
let processes: Awaited<ReturnType<typeof startProcess>>[]
beforeEach(async () => {
  records = (await openTestRecords()).records
  clock = new FakeClock()
  processes = [await startProcess(), await startProcess()]
})
afterEach(async () => {
  for (const one of processes) await one.stop()
  await records.destroy()
})

/** A process that enriches and one that rings, on a bus of their own, over the records that all share; it watches the vocabulary. */
async function startProcess() {
  const bus = new MemoryBus()
  const metrics = createMetrics()
  const { live, desk, warned } = await vocabularyOn(records, clock, parts)
  const common = { bus, clock, log: silent, metrics }
  const stages = [
    runStage({ ...common, name: 'enrich', topic: 'mentions.collected', handle: createEnrichHandler({ ...common, enrichers: live.enrichers }) }), // prettier-ignore
    runStage({ ...common, name: 'alerts', topic: 'mentions.enriched', handle: createAlertsHandler({ records, bus, clock, metrics, rules: [dangerRule] }) }), // prettier-ignore
  ]
  const stopping = new AbortController()
  const watching = live.run(stopping.signal)
  const tagged = async () => (await bus.read('mentions.enriched', {}, 1000)).map(({ value }) => value as EnrichedChange)
  return {
    live,
    desk,
    warned,
    units: createUnits(live.table, new Map()),
    /** Puts a message on the bus, waits until it is through, and answers how it was tagged. */
    tell: async (id: string, text: string) => {
      const before = (await tagged()).length
      const mention = makeMention({ id, text, receivedAt: clock.iso(), writtenAt: clock.iso() })
      await bus.publish('mentions.collected', [{ key: id, value: { type: 'written', mention } }])
      await until(async () => (await tagged()).length > before && (await bus.lag('mentions.enriched', 'alerts')) === 0)
      const change = (await tagged()).at(-1)
      if (change === undefined || change.type === 'deleted') throw new Error('it was not tagged')
      return change.mention.tags
    },
    rung: async () => [...new Set((await bus.read('alerts.raised', {}, 1000)).map(({ value }) => (value as Alert).id))],
    stop: async () => {
      stopping.abort(new Failure('stopped', 'the test is over', { retryable: false }))
      for (const stage of stages) await stage.stop()
      await watching
    },
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 5000; turn++) {
    if (await holds()) return
    await clock.yield()
  }
  throw new Error('it never came to that')
}

/** Time for one look of each watch, and for what it finds to be taken into use. */
async function looked(revision: number): Promise<void> {
  await clock.advance(LOOK_EVERY_MS)
  await until(async () => processes.every(({ live }) => live.inUse === revision))
}

test('a word that was added rings with the next message, in every process on the records, and no more when it was retired', async () => {
  const [one, two] = processes as [(typeof processes)[0], (typeof processes)[0]]
  expect((await one.tell('x:1', told('پشاور'))).threat?.keywords.map(({ text }) => text)).not.toContain('کراکہ')
  const before = await one.rung()

  const { item } = await one.desk.add(WORD, 'admin')
  const withWord = await one.tell('x:2', told('مردان'))
  expect(withWord).toMatchObject({ category: { alert: true, category: 'terrorism' }, districts: [{ id: 'mardan' }] })
  expect(await one.rung()).toEqual([...before, 'alert:x:2'])
  expect((await two.tell('x:3', told('بنوں'))).threat?.keywords.map(({ text }) => text)).not.toContain('کراکہ')
  await looked(1)
  expect(await two.tell('x:4', told('کوہاٹ'))).toMatchObject({ category: { alert: true, category: 'terrorism' } })
  expect(await two.rung()).toContain('alert:x:4')

  await two.desk.retire(item.id, 'admin')
  await looked(2)
  for (const [at, house] of processes.entries())
    expect((await house.tell(`x:9${at}`, told('ٹانک'))).threat?.keywords.map(({ text }) => text)).not.toContain('کراکہ')
})

test('a district that was added tags, routes and is suggested in every process; retired, it does so no more', async () => {
  const [one, two] = processes as [(typeof processes)[0], (typeof processes)[0]]
  const names = { en: 'Upper Swat', ur: 'اپر سوات', ps: 'پورته سوات' }
  const { item } = await one.desk.add({ kind: 'district', id: 'swat-upper', names, was: 'swat', whatsapp: '923000000001' }, 'admin') // prettier-ignore
  await looked(1)
  expect((await two.tell('x:1', 'اپر سوات میں فائرنگ ہوئی ہے')).districts).toMatchObject([{ id: 'swat-upper' }])
  expect(two.units.get('dpo-swat-upper')).toMatchObject({ name: 'DPO Upper Swat', whatsapp: '923000000001' })
  expect(two.units.get('rpo-malakand')?.districts).toContain('swat-upper')
  await two.desk.retire(item.id, 'admin')
  await looked(2)
  expect((await one.tell('x:2', 'اپر سوات میں فائرنگ ہوئی ہے')).districts).toMatchObject([{ id: 'swat' }])
  expect(one.units.get('dpo-swat-upper')).toBeUndefined()
})

test('an entry that is broken is left out and shown in every process, and the stage goes on with the others', async () => {
  const [one, two] = processes as [(typeof processes)[0], (typeof processes)[0]]
  const row = { kind: 'word', added_by: 'x', added_at: '', retired_at: null, retired_by: null }
  await records.insertInto('vocabulary').values({ ...row, id: 'broken', body: '{"kind":"word","words":[' }).execute() // prettier-ignore
  await records.insertInto('vocabulary').values({ ...row, id: 'unknown', body: '{"kind":"word","words":["abc"],"like":"qwrtzp"}' }).execute() // prettier-ignore
  await one.desk.add(WORD, 'admin')
  await looked(1)
  for (const { tell, warned, desk } of processes) {
    expect(await tell('x:1', told('پشاور'))).toMatchObject({ category: { alert: true } })
    expect(warned).toMatchObject([{ id: 'broken' }, { id: 'unknown' }])
    const problems = (await desk.list({ retired: false })).items.flatMap(({ id, problem }) => problem === null ? [] : [id]) // prettier-ignore
    expect(problems.sort()).toEqual(['broken', 'unknown'])
  }
  await two.desk.retire('broken', 'admin')
  await looked(2)
  expect([...one.live.problems.keys()]).toEqual(['unknown'])
})
