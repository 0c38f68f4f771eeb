import { statSync } from 'node:fs'
import { join } from 'node:path'
import { createElasticClient } from '../../index/elastic/client.js'
import { MAPPING } from '../../index/elastic/document.js'
import { openElasticMentionIndex } from '../../index/elastic/elastic-mention-index.js'
import { reckon } from '../../index/elastic/states.js'
import type { MentionIndex } from '../../index/mention-index.js'
import type { MentionSearch } from '../../index/mention-search.js'
import { openSqliteMentionIndex } from '../../index/sqlite/sqlite-mention-index.js'
import { systemClock } from '../../runtime/clock.js'
import type { EnrichedChange } from '../../schemas/enriched-mention.js'
import type { MentionQuery } from '../../schemas/search.js'
import { madeMention, seeded } from '../../tests/index/made-mentions.js'
import { quiet, written, type Place } from './corpus.js'
import { partOf, pausesFor, rateOf, timesOf, until, type Figures } from './figures.js'

const TOTAL = 200_000
const MEASURED = 10_000
const ROUNDS = 3
const SEARCHES = 20
const QUERIES: Readonly<Record<string, MentionQuery>> = {
  'nothing asked': {},
  'frequent word': { q: 'پولیس' },
  phrase: { q: '"بھتہ کی کال"' },
  'district and day': { district: ['peshawar'], from: '2026-11-17T00:00:00.000Z', to: '2026-11-18T00:00:00.000Z' },
}

const compiled = (name: string) => new URL(`../../dist/index/sqlite/${name}`, import.meta.url)

/** Endless made mentions, in batches. */
function mentionSource() {
  const random = seeded(1)
  let n = 0
  return (size: number): EnrichedChange[] => Array.from({ length: size }, () => written(madeMention(n++, random)))
}

type Opened = MentionIndex & MentionSearch & { close(): Promise<void> }

/** Elasticsearch beside SQLite, and beside bulk requests of the same documents without anything around them. */
export async function measureIndex(place: Place, figures: Figures): Promise<void> {
  const name = `rabta-${place.namespace}-mentions`
  const client = createElasticClient({ nodes: [place.elastic], auth: undefined, ca: undefined })
  const options = { name, shards: 1, replicas: 0, clock: systemClock, log: quiet }
  const elastic = await openElasticMentionIndex({ nodes: [place.elastic], auth: undefined, ca: undefined, ...options })
  const file = join(place.folder, 'mentions.sqlite')
  const workerUrls = { search: compiled('search-worker.js'), write: compiled('write-worker.js') }
  const sqlite = await openSqliteMentionIndex({
    file,
    clock: systemClock,
    log: quiet,
    workerUrls,
    searchTimeoutMs: 60_000,
  })
  const next = mentionSource()
  let stored = 0
  let bytes = 0

  /** Both take the same mentions, one after the other. */
  async function fill(count: number, size: number, note: (engine: string, rate: number) => void): Promise<void> {
    const batches = Array.from({ length: count / size }, () => next(size))
    const into = (index: Opened) => async () => {
      for (const batch of batches) await index.write(batch)
    }
    note('Elasticsearch', await rateOf(count, into(elastic)))
    note('SQLite', await rateOf(count, into(sqlite)))
    stored += count
    bytes += batches.flat().reduce((sum, change) => sum + Buffer.byteLength(JSON.stringify(change)), 0)
  }

  /** What the engine takes from this machine at best: prepared documents, with and without making them searchable. */
  async function bare(size: number, refresh: boolean): Promise<number> {
    const index = `${name}-bare-${size}-${refresh}`
    await client.indices.create({ index, mappings: MAPPING, settings: { number_of_replicas: 0 } })
    const batches = Array.from({ length: MEASURED / size }, () =>
      [...reckon(next(size), new Map(), () => 1).states.values()].flatMap(({ document }) => [
        { index: { _index: index, _id: document.id } },
        document,
      ]),
    )
    const rate = await rateOf(MEASURED, async () => {
      for (const operations of batches) await client.bulk({ operations, refresh })
    })
    await client.indices.delete({ index })
    return rate
  }

  try {
    await fill(2000, 500, () => undefined)
    for (let round = 0; round < ROUNDS; round++) {
      for (const size of [200, 500]) {
        const note = (engine: string, rate: number) =>
          figures.add(`write, ${engine}, batches of ${size}`, rate, 'mentions/s')
        await fill(MEASURED, size, note)
        figures.add(`bare bulk, batches of ${size}, refresh`, await bare(size, true), 'mentions/s')
        figures.add(`bare bulk, batches of ${size}, no refresh`, await bare(size, false), 'mentions/s')
      }
    }
    await fill(TOTAL - stored, 500, (engine, rate) =>
      figures.add(`write, ${engine}, batches of 500, up to 200,000`, rate, 'mentions/s'),
    )
    await single('Elasticsearch', elastic)
    await single('SQLite', sqlite)
    await settled()
    figures.add('bytes of a mention as JSON', bytes / stored, 'bytes')
    const { _all: all } = await client.indices.stats({ index: name, metric: ['store', 'segments'] })
    figures.add(
      "Elasticsearch's disk a mention, not force-merged",
      (all.primaries?.store?.size_in_bytes ?? 0) / stored,
      'bytes',
    )
    figures.add('Elasticsearch segments', all.primaries?.segments?.count ?? 0, '')
    figures.add("SQLite's disk a mention", statSync(file).size / stored, 'bytes')
    for (let round = 0; round < ROUNDS; round++)
      for (const [query, asked] of Object.entries(QUERIES)) {
        await measureSearch('Elasticsearch', elastic, query, asked)
        await measureSearch('SQLite', sqlite, query, asked)
      }
  } finally {
    await elastic.close()
    await sqlite.close()
    const names = Object.keys(await client.indices.get({ index: `${name}-*`, allow_no_indices: true }))
    if (names.length > 0) await client.indices.delete({ index: names })
    await client.indices.deleteIndexTemplate({ name: `${name}-1` })
    await client.close()
  }

  /** A batch of one, as a partition gives it while little comes in. */
  async function single(engine: string, index: Opened): Promise<void> {
    const times = await timesOf(60, () => index.write(next(1)))
    figures.add(`write of one mention alone, ${engine}, p50`, partOf(times, 0.5), 'ms')
    figures.add(`write of one mention alone, ${engine}, p95`, partOf(times, 0.95), 'ms')
  }

  async function measureSearch(engine: string, index: Opened, query: string, asked: MentionQuery): Promise<void> {
    const times = await timesOf(SEARCHES, () => index.search(asked, { districts: 'all' }))
    figures.add(`search, ${engine}, ${query}, p50`, partOf(times, 0.5), 'ms')
    figures.add(`search, ${engine}, ${query}, p95`, partOf(times, 0.95), 'ms')
  }

  /** Until no merge runs for three seconds. */
  async function settled(): Promise<void> {
    let calm = 0
    await until('merges end', async () => {
      const { _all: all } = await client.indices.stats({ index: name, metric: 'merge' })
      calm = all.primaries?.merges?.current === 0 ? calm + 1 : 0
      await pausesFor(1000)
      return calm >= 3
    })
  }
}
