import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCorrectionDesk } from '../../desk/correction-desk.js'
import { openSqliteMentionIndex } from '../../index/sqlite/sqlite-mention-index.js'
import { createCorrectedHandler, createIndexHandler } from '../../index/stage.js'
import { makeDailyReport } from '../../reports/make-daily-report.js'
import { systemClock } from '../../runtime/clock.js'
import { createCorrections, type Corrections } from '../../runtime/corrections/correction-store.js'
import { createCorrectionsDoor } from '../../runtime/corrections/say-corrections.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import { EmbeddedBus } from '../../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../../runtime/embedded-bus/log-file.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import { openRecords } from '../../runtime/records/open.js'
import { runStage } from '../../runtime/stage.js'
import type { CorrectionRequest } from '../../schemas/correction.js'
import type { EnrichedChange, EnrichedMention } from '../../schemas/enriched-mention.js'
import type { MentionQuery } from '../../schemas/search.js'
import type { IndexedNotice } from '../../schemas/topics.js'
import { workerUrls } from '../index/sqlite/compiled.js'
import { silent } from '../send/house.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeEnriched } from '../support/mentions.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const ALL = { districts: 'all' } as const
const one = makeEnriched({ id: 'whatsapp:a' })
const written = (mention: EnrichedMention): EnrichedChange => ({ type: 'written', mention })
const edited = (mention: EnrichedMention): EnrichedChange => ({ type: 'edited', mention })
const withdrawn = (version: number): EnrichedChange => ({
  type: 'deleted',
  id: one.id,
  channel: 'whatsapp',
  conversation: one.conversation,
  version,
  receivedAt: one.receivedAt,
})

let folder: ReturnType<typeof temporaryFolder>
let clock: FakeClock
let house: Awaited<ReturnType<typeof startHouse>>
beforeEach(async () => {
  folder = temporaryFolder()
  clock = new FakeClock()
  house = await startHouse()
})
afterEach(async () => {
  await house.stop()
  folder.remove()
})

/** One process from the enriched mention to the desk's search, over real stores in `folder`. `indexFile` other than before: an index made anew. */
async function startHouse({
  sweeps = true,
  indexFile = 'mentions.db',
  between = async () => undefined,
}: { sweeps?: boolean; indexFile?: string; between?: (corrections: Corrections) => Promise<void> } = {}) {
  const bus = new EmbeddedBus({ file: new LogFile(join(folder.path, 'bus.db')), clock })
  const { records } = await openRecords(join(folder.path, 'records.db'))
  // Its workers are real threads: the test's clock must not run out on them.
  const index = await openSqliteMentionIndex({ file: join(folder.path, indexFile), clock: systemClock, log: silent, workerUrls: workerUrls() }) // prettier-ignore
  const metrics = createMetrics()
  const corrections = createCorrections({ records, clock })
  const door = createCorrectionsDoor({ corrections, bus, clock, log: silent })
  const slow = {
    write: async (batch: Parameters<typeof index.write>[0]) => {
      await between(corrections)
      return index.write(batch)
    },
    districtsOf: (ids: readonly string[]) => index.districtsOf(ids),
    close: () => index.close(),
  }
  const parts = { bus, index: slow, search: index, corrections }
  const common = { bus, clock, log: silent, metrics }
  const stages = [
    runStage({ ...common, name: 'index', topic: 'mentions.enriched', handle: createIndexHandler({ ...parts, clock, metrics }) }), // prettier-ignore
    runStage({ ...common, name: 'corrected', topic: 'mentions.corrected', handle: createCorrectedHandler(parts) }),
  ]
  const stopping = new AbortController()
  const sweeping = sweeps ? door.run(stopping.signal) : Promise.resolve()
  const settled = async () => {
    for (let turn = 0; turn < 20_000; turn++) {
      const lags = [await bus.lag('mentions.enriched', 'index'), await bus.lag('mentions.corrected', 'corrected')]
      if (lags.every((lag) => lag === 0) && (await corrections.unsaid(1)).length === 0) return
      await clock.yield()
      if (turn % 50 === 49) await clock.advance(1000)
    }
    throw new Error('it never settled')
  }
  const desk = (say: boolean) =>
    createCorrectionDesk({
      corrections,
      correctionsDoor: say ? door : { say: async () => undefined },
      districts: loadDistrictTable(),
      metrics,
    })
  return {
    bus,
    records,
    index,
    corrections,
    settled,
    collect: async (...changes: EnrichedChange[]) => {
      await bus.publish('mentions.enriched', changes.map((value) => ({ key: one.conversation, value }))) // prettier-ignore
      await settled()
    },
    /** As the desk does; without `say` the process dies between keeping and saying it. */
    correct: async (tags: CorrectionRequest['tags'], { say = true } = {}) => {
      const mention = await index.get(one.id, ALL)
      if (mention === undefined) throw new Error('it is there')
      const kept = await desk(say).correct(mention, { tags, revision: mention.revision ?? 0 }, 'analyst')
      expect(kept.outcome).toBe('kept')
    },
    found: async (query: MentionQuery) => (await index.search(query, ALL)).items.map(({ mention }) => mention.id),
    get: () => index.get(one.id, ALL),
    notices: async () => (await bus.read('mentions.indexed', {})).map(({ value }) => value as IndexedNotice),
    stop: async () => {
      stopping.abort(new Failure('stopped', 'the test is over', { retryable: false }))
      for (const stage of stages) await stage.stop()
      await sweeping
      await index.close()
      await bus.close()
      await records.destroy()
    },
  }
}

test('what was corrected is found by the new tag and not by the old; both districts hear of it; the report counts it', async () => {
  await house.collect(written(one))
  await house.correct({ category: 'crime', districts: ['swat'] })
  await house.settled()
  expect(await house.found({ category: ['crime'] })).toEqual([one.id])
  expect(await house.found({ category: ['extortion'] })).toEqual([])
  expect(await house.found({ district: ['peshawar'] })).toEqual([])
  expect((await house.index.search({}, ALL)).facets.district).toEqual([{ value: 'swat', count: 1 }])
  const notice = (await house.notices()).at(-1)
  expect(notice).toMatchObject({ id: one.id, type: 'corrected', alert: true })
  expect([...(notice?.districts ?? [])].sort()).toEqual(['peshawar', 'swat'])
  const day = await makeDailyReport('2026-11-22', { search: house.index, clock })
  expect(day).toMatchObject({
    corrected: 1,
    correctedTags: [
      { tag: 'category', count: 1 },
      { tag: 'districts', count: 1 },
    ],
    byDistrict: [{ value: 'swat', total: 1 }],
    confidence: { language: 0.99, category: null },
  })
  await house.correct({ category: null, districts: null })
  await house.settled()
  expect(await house.get()).toEqual({ ...one, revision: 2 })
  expect((await makeDailyReport('2026-11-22', { search: house.index, clock })).corrected).toBe(0)
})

test('an edit with the same words keeps it, one with others drops it, and the first words again have it again', async () => {
  await house.collect(written(one))
  await house.correct({ category: 'crime' })
  await house.collect(edited({ ...one, version: one.version + 1 }))
  expect(await house.get()).toMatchObject({ version: one.version + 1, revision: 1, tags: { category: { category: 'crime' } } }) // prettier-ignore
  await house.collect(edited({ ...one, version: one.version + 2, text: 'other words' }))
  const anew = await house.get()
  expect(anew).toMatchObject({ text: 'other words', revision: 1, tags: one.tags })
  expect(anew).not.toHaveProperty('corrections')
  expect(await house.found({ corrected: true })).toEqual([])
  await house.collect(edited({ ...one, version: one.version + 3 }))
  expect(await house.found({ corrected: true, category: ['crime'] })).toEqual([one.id])
})

test('a replay changes nothing, and an index made anew has it', async () => {
  await house.collect(written(one))
  await house.correct({ category: 'crime', sentiment: 'positive' })
  await house.settled()
  const before = await house.get()
  await house.collect(written(one), edited(one))
  expect(await house.get()).toEqual(before)

  await house.stop()
  house = await startHouse({ indexFile: 'anew.db' })
  expect(await house.get()).toBeUndefined()
  await house.collect(written(one))
  expect(await house.get()).toEqual(before)
})

test('a notice before its mention is there, twice, or of nothing is harmless', async () => {
  await house.collect(written(one))
  await house.correct({ category: 'crime' })
  await house.settled()
  const before = await house.get()
  const value = { schema: 'rabta.corrected/1', id: one.id, revision: 1 }
  await house.bus.publish('mentions.corrected', [
    { key: one.id, value },
    { key: one.id, value },
    { key: 'x:none', value: { ...value, id: 'x:none' } },
  ])
  await house.settled()
  expect(await house.get()).toEqual(before)
  expect(await house.corrections.ofMany([one.id])).toHaveProperty('size', 1)

  await house.stop()
  house = await startHouse({ indexFile: 'anew.db' })
  await house.bus.publish('mentions.corrected', [{ key: one.id, value }])
  await house.settled()
  await house.collect(written(one))
  expect(await house.get()).toEqual(before)
})

test('a process that dies between keeping and saying it: the next one says it at its start', async () => {
  await house.stop()
  house = await startHouse({ sweeps: false })
  await house.collect(written(one))
  await house.correct({ category: 'crime' }, { say: false })
  expect(await house.found({ category: ['crime'] })).toEqual([])
  expect(await house.bus.read('mentions.corrected', {})).toEqual([])
  await house.stop()
  house = await startHouse()
  await house.settled()
  expect(await house.found({ category: ['crime'] })).toEqual([one.id])
})

test('one that is kept while an edit of the same words is being written is not lost, though its notice came before', async () => {
  let writes = 0
  await house.stop()
  house = await startHouse({
    sweeps: false,
    between: async (corrections) => {
      if (++writes !== 2) return
      // Between reading the corrections and writing the edit.
      const kept = await createCorrectionDesk({
        corrections,
        correctionsDoor: { say: async (id, revision) => corrections.markSaid([{ id, revision }]) },
        districts: loadDistrictTable(),
        metrics: createMetrics(),
      }).correct(one, { tags: { category: 'crime' }, revision: 0 }, 'analyst')
      expect(kept.outcome).toBe('kept')
    },
  })
  await house.bus.publish('mentions.enriched', [{ key: 'k', value: written(one) }])
  await house.settled()
  writes = 1
  await house.collect(edited({ ...one, version: one.version + 1 }))
  expect(await house.get()).toMatchObject({ version: one.version + 1, revision: 1, tags: { category: { category: 'crime' } } }) // prettier-ignore
})

test('what is withdrawn takes its corrections with it, also one made while it went; said again, it begins anew', async () => {
  await house.collect(written(one))
  await house.correct({ category: 'crime' })
  await house.settled()
  const stale = await house.get()
  await house.collect(withdrawn(one.version - 1))
  expect(await house.corrections.ofMany([one.id])).toHaveProperty('size', 1)
  await house.collect(withdrawn(one.version))
  expect(await house.corrections.ofMany([one.id])).toHaveProperty('size', 0)
  if (stale === undefined) throw new Error('it stood')
  await house.corrections.add({ mentionId: one.id, receivedAt: one.receivedAt, textHash: 'h', upon: 0, by: 'late', note: 'his words', tags: [{ tag: 'lang', was: null, value: 'ps' }] }) // prettier-ignore
  await house.settled()
  expect(await house.records.selectFrom('corrections').selectAll().execute()).toEqual([])
  expect(await house.records.selectFrom('corrected_mentions').selectAll().execute()).toEqual([])
  await house.collect(written({ ...one, version: one.version + 5 }))
  expect(await house.get()).toEqual({ ...one, version: one.version + 5 })
})
