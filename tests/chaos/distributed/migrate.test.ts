import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openElasticMentionIndex } from '../../../index/elastic/elastic-mention-index.js'
import { systemClock } from '../../../runtime/clock.js'
import { openKafkaBus } from '../../../runtime/kafka-bus/kafka-bus.js'
import { createLog } from '../../../runtime/log.js'
import { packagePath } from '../../../runtime/package-root.js'
import type { EnrichedChange, EnrichedMention } from '../../../schemas/enriched-mention.js'
import type { MentionPage } from '../../../schemas/search.js'
import { madeMention } from '../../index/made-mentions.js'
import { makeEnriched, makeTags } from '../../support/mentions.js'
import { seeded } from '../stream.js'
import { until } from './desk-client.js'
import { NAMESPACE } from './engines.js'
import { BEGINS_WITHIN_MS, openHouse, type House } from './house.js'

const long = process.env['RABTA_TEST_LONG'] === '1'
const MENTIONS = long ? 200_000 : 5_000
const SEED = Number(process.env['RABTA_TEST_SEED'] ?? 20261122)
/** Mentions that are edited or withdrawn while the rest is copied; no query below finds them. */
const CHANGED = long ? 6_000 : 1_500
const CHANGE_EVERY_MS = 40
const INDEX = `rabta-${NAMESPACE}-mentions`
const QUERIES = [
  'q=traffic',
  `q=${encodeURIComponent('بھتہ')}`,
  'district=swat',
  'q=help&channel=sms&sort=best',
  `q=${encodeURIComponent('"bus stand"')}`,
  'category=extortion&limit=50',
]

const log = createLog('silent', process.stderr)
let house: House

beforeAll(async () => {
  house = await openHouse()
}, BEGINS_WITHIN_MS)

afterAll(() => house?.close())

const tags = makeTags({
  districts: [],
  category: {
    category: 'other',
    categoryConfidence: 0.9,
    alert: false,
    alertConfidence: 0.01,
    severity: 'none',
    evidence: [],
  },
})

/** A mention of its own word, so that no query above finds it. */
function plain(id: string, word: string, version: number): EnrichedMention {
  const at = new Date(Date.UTC(2026, 10, 16) + version).toISOString()
  const text = `daftar ka waqt bata dein ${word}`
  return makeEnriched(
    {
      id: `news:${id}`,
      channel: 'news',
      version,
      text,
      conversation: `news:${id}`,
      writtenAt: at,
      receivedAt: at,
      private: false,
    },
    tags,
  )
}

async function fill(): Promise<string[]> {
  const random = seeded(SEED)
  const index = await openElasticMentionIndex({
    nodes: [house.engines.elastic.server.address],
    auth: undefined,
    ca: undefined,
    name: INDEX,
    shards: 1,
    replicas: 0,
    clock: systemClock,
    log,
  })
  const ids: string[] = []
  try {
    const write = async (mentions: EnrichedMention[]) => {
      expect(await index.write(mentions.map((mention) => ({ type: 'written', mention })))).toEqual([])
      ids.push(...mentions.map(({ id }) => id))
    }
    for (let n = 0; n < MENTIONS; n += 1000)
      await write(Array.from({ length: Math.min(1000, MENTIONS - n) }, (_one, at) => madeMention(n + at, random)))
    await write(Array.from({ length: CHANGED }, (_one, n) => plain(`changed-${n}`, 'pehla', 1000)))
  } finally {
    await index.close()
  }
  return ids
}

/** Asks all queries again and again until the signal aborts; a search that is not answered 200 is an error, and so is one that finds fewer than before. */
async function search(signal: AbortSignal): Promise<{ searches: number; slowestMs: number; wrong: string[] }> {
  const most = new Map<string, number>()
  const wrong: string[] = []
  let [searches, slowestMs] = [0, 0]
  while (!signal.aborted)
    for (const query of QUERIES) {
      const began = performance.now()
      const total = await house.desk.get<MentionPage>(`/api/mentions?${query}`).then(
        (page) => page.total,
        (error: unknown) => {
          wrong.push(String(error))
          return Infinity
        },
      )
      slowestMs = Math.max(slowestMs, Math.round(performance.now() - began))
      searches++
      if (total < (most.get(query) ?? 1)) wrong.push(`${query}: ${total} found, ${most.get(query) ?? 'some'} before`)
      if (total !== Infinity) most.set(query, Math.max(most.get(query) ?? 0, total))
      await sleep(80)
    }
  return { searches, slowestMs, wrong }
}

interface Expected {
  /** What must be found, by id: the word of its last version. */
  readonly words: Map<string, string>
  readonly gone: Set<string>
}

/** New mentions, edits and withdrawals by the bus until the signal aborts; with each an older version that comes late and must change nothing. */
async function change(signal: AbortSignal): Promise<Expected> {
  const expected: Expected = { words: new Map(), gone: new Set() }
  const bus = await openKafkaBus({
    brokers: [house.engines.kafka.server.address],
    namespace: NAMESPACE,
    partitions: 12,
    replicationFactor: -1,
    tls: undefined,
    sasl: undefined,
    clientId: 'rabta-test',
    clock: systemClock,
    log,
  })
  const say = (id: string, ...changes: EnrichedChange[]) =>
    bus.publish(
      'mentions.enriched',
      changes.map((value) => ({ key: `news:${id}`, value })),
    )
  const receivedAt = '2026-11-20T00:00:00.000Z'
  try {
    for (let n = 0; !signal.aborted; n++) {
      const added = `added-${n}`
      await say(added, { type: 'written', mention: plain(added, 'naya', 1000) })
      expected.words.set(`news:${added}`, 'naya')
      const id = `changed-${n}`
      if (n < CHANGED && n % 2 === 0) {
        await say(
          id,
          { type: 'edited', mention: plain(id, 'doosra', 3000) },
          { type: 'edited', mention: plain(id, 'purana', 2000) },
        )
        expected.words.set(`news:${id}`, 'doosra')
      } else if (n < CHANGED) {
        const conversation = `news:${id}`
        await say(
          id,
          { type: 'deleted', id: `news:${id}`, channel: 'news', conversation, version: 3000, receivedAt },
          { type: 'edited', mention: plain(id, 'purana', 2000) },
        )
        expected.gone.add(`news:${id}`)
      }
      await sleep(CHANGE_EVERY_MS)
    }
  } finally {
    await bus.close()
  }
  return expected
}

async function runMigrate(): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, [packagePath('bin/rabta.js'), 'migrate'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...house.settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (printed += piece.toString()))
  const [code] = (await once(child, 'exit')) as [number | null]
  return { code, printed }
}

const ask = async (path: string) => (await fetch(`${house.engines.elastic.server.address}${path}`)).json()

/** Those that hold mentions. */
const indices = async () => {
  const names = Object.keys((await ask(`/${INDEX}-*?expand_wildcards=all`)) as Record<string, unknown>)
  return names.filter((name) => /-\d+-\d{4}-\d\d$/.test(name))
}

it(`migrates ${MENTIONS} mentions while people search and write`, async () => {
  const filled = await fill()
  const before = await indices()
  expect(
    before.every((name) => name.startsWith(`${INDEX}-1-`)),
    before.join(),
  ).toBe(true)
  const total = async () => (await house.desk.getWithin<MentionPage>('/api/mentions?limit=1')).total
  expect(await total()).toBe(filled.length)

  const over = new AbortController()
  const searching = search(over.signal)
  const changing = change(over.signal)
  const began = performance.now()
  const migrated = await runMigrate()
  const tookMs = Math.round(performance.now() - began)
  // What is written right after the switch must be found as well.
  await sleep(2_000)
  over.abort()
  const [{ searches, slowestMs, wrong }, { words, gone }] = await Promise.all([searching, changing])
  process.stdout.write(
    `${migrated.printed}migrated in ${tookMs} ms; ${searches} searches, the slowest ${slowestMs} ms; ${words.size} written or edited and ${gone.size} withdrawn meanwhile\n`,
  )
  expect(migrated.code, migrated.printed).toBe(0)
  expect(wrong).toEqual([])
  expect(searches).toBeGreaterThan(20)

  const expected = new Set([...filled, ...words.keys()])
  for (const id of gone) expected.delete(id)
  const limits = { limitMs: 120_000, log: () => house.fleet.log() }
  await until('all that was written is found', limits, async () => {
    const count = await total()
    return count === expected.size ? true : `${count} of ${expected.size}`
  })
  const found = await house.desk.found()
  expect(found.map(({ id }) => id).sort()).toEqual([...expected].sort())
  for (const { id, text } of found) expect(text).toContain(words.get(id) ?? '')
  for (const id of [...gone].slice(-5))
    await expect(house.desk.get(`/api/mentions/${encodeURIComponent(id)}`)).rejects.toThrow('answered 404')

  const after = await indices()
  expect(after.length).toBeGreaterThan(0)
  expect(
    after.every((name) => name.startsWith(`${INDEX}-2-`)),
    after.join(),
  ).toBe(true)
  expect(house.fleet.ownEnds).toEqual([])
})
