import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createElasticClient } from '../../../index/elastic/client.js'
import { openElasticMentionIndex, type ElasticMentionIndex } from '../../../index/elastic/elastic-mention-index.js'
import { MentionReader } from '../../../index/sqlite/mention-reader.js'
import { MentionWriter } from '../../../index/sqlite/mention-writer.js'
import { systemClock } from '../../../runtime/clock.js'
import { Sqlite } from '../../../runtime/sqlite.js'
import type { MentionPage, MentionQuery } from '../../../schemas/search.js'
import type { Scope } from '../../../schemas/user.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { corpus, LONG_WORD } from './parity-corpus.js'
import { BEST, NEWEST } from './parity-queries.js'

const long = process.env['RABTA_TEST_LONG'] === '1'

const SCOPES: readonly (readonly [string, Scope])[] = [
  ['everything', { districts: 'all' }],
  ['one district', { districts: ['swat'] }],
  ...(long ? [['two districts', { districts: ['peshawar', 'tank', 'unknown'] }] as const] : []),
  ['nothing', { districts: [] }],
]
const ALL: Scope = { districts: 'all' }

const name = `elasticread-parity-${randomBytes(4).toString('hex')}`
const nodes = [inject('engines').elastic]
const client = createElasticClient({ nodes, auth: undefined, ca: undefined })
const folder = temporaryFolder()
const file = `${folder.path}/mentions.sqlite`
const writer = new MentionWriter(new Sqlite(file))
const sqlite = new MentionReader(new Sqlite(file, { readOnly: true }))
const batches = corpus()
const ids = [...new Set(batches.flat().map((change) => (change.type === 'deleted' ? change.id : change.mention.id)))]
let elastic: ElasticMentionIndex

beforeAll(async () => {
  elastic = await openElasticMentionIndex({
    nodes,
    auth: undefined,
    ca: undefined,
    name,
    // Answers come from more than one shard, so that none of them is merely the order of one.
    shards: 2,
    replicas: 0,
    clock: systemClock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  })
  for (const batch of batches) {
    expect(writer.write(batch)).toEqual([])
    expect(await elastic.write(batch)).toEqual([])
  }
})

afterAll(async () => {
  await elastic.close()
  const indices = Object.keys(await client.indices.get({ index: `${name}-*` }))
  if (indices.length > 0) await client.indices.delete({ index: indices })
  await client.indices.deleteIndexTemplate({ name: `${name}-*` })
  await client.close()
  sqlite.close()
  writer.close()
  folder.remove()
})

/** What must be the same on both: everything but how the place of the next page is written. */
const shown = ({ next, ...page }: MentionPage) => ({ ...page, more: next !== null })

const withCursor = (query: MentionQuery, cursor: string | null): MentionQuery =>
  cursor === null ? query : { ...query, cursor }

interface Pages {
  readonly here: MentionPage
  readonly there: MentionPage
}

const TOGETHER = 8

/** Several at a time: most of a search is waiting for the server. */
async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values()
  await Promise.all(
    Array.from({ length: TOGETHER }, async () => {
      for (const item of waiting) await work(item)
    }),
  )
}

/** Reads all pages of both, side by side; so long that there are three at most. */
async function* pagesOf(query: MentionQuery, scope: Scope): AsyncGenerator<Pages> {
  const { total } = sqlite.search(query, scope)
  const limit = query.limit ?? Math.min(200, Math.max(4, Math.ceil(total / 3)))
  let [here, there]: [string | null, string | null] = [null, null]
  for (let page = 0; page === 0 || here !== null; page++) {
    const pages: Pages = {
      here: sqlite.search({ ...withCursor(query, here), limit }, scope),
      there: await elastic.search({ ...withCursor(query, there), limit }, scope),
    }
    yield pages
    expect({ query, page, more: pages.there.next !== null }).toEqual({ query, page, more: pages.here.next !== null })
    here = pages.here.next
    there = pages.there.next
  }
}

describe('search on both engines', () => {
  it('is compared by enough of a corpus and enough queries', () => {
    expect(ids.length).toBeGreaterThan(600)
    const different = new Set([...NEWEST, ...BEST].map((query) => JSON.stringify(query)))
    expect(different.size).toBeGreaterThanOrEqual(250)
    const found = NEWEST.filter((query) => sqlite.search(query, ALL).total > 0)
    expect(found.length).toBeGreaterThan(150)
  })

  for (const [who, scope] of SCOPES) {
    it(`gives the same pages, counts and marks, newest first, to somebody who may see ${who}`, async () => {
      await forEach(NEWEST, async (query) => {
        for await (const { here, there } of pagesOf(query, scope))
          expect({ query, ...shown(there) }).toEqual({ query, ...shown(here) })
      })
    })

    it(`finds the same, best first, for somebody who may see ${who}`, async () => {
      const sorted = (items: MentionPage['items']) => [...items].sort((a, b) => (a.mention.id < b.mention.id ? -1 : 1))
      await forEach(BEST, async (query) => {
        const [here, there]: [MentionPage['items'][number][], MentionPage['items'][number][]] = [[], []]
        for await (const pages of pagesOf(query, scope)) {
          expect({ query, ...shown(pages.there), items: null }).toEqual({ query, ...shown(pages.here), items: null })
          here.push(...pages.here.items)
          there.push(...pages.there.items)
        }
        expect({ query, items: sorted(there) }).toEqual({ query, items: sorted(here) })
      })
    })

    it(`counts times the same for somebody who may see ${who}`, async () => {
      for (const [from, to] of [
        ['2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
        ['2026-09-08T19:00:00.000Z', '2026-09-09T19:00:00.000Z'],
        ['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
        ['2027-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
      ] as const) {
        const { confidence, ...counts } = sqlite.count(from, to, scope)
        const { confidence: other, ...counted } = await elastic.count(from, to, scope)
        expect(counted).toEqual(counts)
        for (const tag of ['language', 'category'] as const) {
          if (confidence[tag] === null) expect(other[tag]).toBeNull()
          else expect(other[tag]).toBeCloseTo(confidence[tag], 9)
        }
      }
    })

    it(`gives the same mentions, conversations and threads to somebody who may see ${who}`, async () => {
      const byId = (mentions: readonly { id: string }[]) => [...mentions].sort((a, b) => (a.id < b.id ? -1 : 1))
      expect(byId(await elastic.getMany([...ids, ...ids, 'x:none'], scope))).toEqual(byId(sqlite.getMany(ids, scope)))
      for (const id of ids.filter((_, n) => n % 40 === 0))
        expect(await elastic.get(id, scope)).toEqual(sqlite.get(id, scope))
      const conversations = [
        '',
        'x:none',
        ...Array.from({ length: 9 }, (_, n) => `whatsapp:talk-${n}`),
        'x:talk-3',
        'sms:talk-17',
      ]
      await forEach(conversations, async (conversation) => {
        for (const limit of [0, 2, 50]) {
          expect(await elastic.conversation(conversation, scope, limit)).toEqual(
            sqlite.conversation(conversation, scope, limit),
          )
          for (const persons of [undefined, [], [''], ['7', '920000000001', '3', '43', '\ud83d', 'x'.repeat(40_000)]]) {
            for (const before of [undefined, '2026-11-20T04:10:00.000Z']) {
              const query = { conversation, persons, limit, ...(before === undefined ? {} : { before }) }
              expect(await elastic.thread(query, scope)).toEqual(sqlite.thread(query, scope))
            }
          }
        }
      })
    })
  }

  it('puts the same first where it is clear which is best', async () => {
    for (const q of ['bhatta', '"دو تین"', 'دھماکہ cafe', 'gul khan', 'two three']) {
      const first = ({ items }: MentionPage) => items[0]?.mention.id
      expect({ q, first: first(await elastic.search({ q, sort: 'best' }, ALL)) }).toEqual({
        q,
        first: first(sqlite.search({ q, sort: 'best' }, ALL)),
      })
    }
  })

  it('finds a word of ten thousand letters by itself and by its beginning, and not by its middle', async () => {
    for (const q of [
      LONG_WORD,
      `"before ${LONG_WORD} after"`,
      `${LONG_WORD.slice(0, 60)}*`,
      `${LONG_WORD.slice(0, 400)}*`,
    ]) {
      const found = [(await elastic.search({ q }, ALL)).total, sqlite.search({ q }, ALL).total]
      expect({ q, found }).toEqual({ q, found: [found[1], found[1]] })
      expect(found[1]).toBeGreaterThan(0)
    }
    for (const q of [
      LONG_WORD.slice(255, 510),
      `${LONG_WORD.slice(255, 280)}*`,
      LONG_WORD.slice(-205),
      LONG_WORD.slice(0, 60),
    ])
      expect((await elastic.search({ q }, ALL)).total).toBe(0)
  })

  it('refuses the same, in the same words', async () => {
    const own = (await elastic.search({ q: 'help', limit: 2 }, ALL)).next ?? ''
    const best = (await elastic.search({ q: 'help', limit: 2, sort: 'best' }, ALL)).next ?? ''
    expect(own).not.toBe('')
    expect(best).not.toBe('')
    const wrong: [MentionQuery, Scope?][] = [
      ...[{ from: 'yesterday' }, { to: '' }, { from: '2026-13-45' }].map((query): [MentionQuery] => [query]),
      ...['', 'x', 'e30', 'bnVsbA', '\0', own.slice(0, -4), best].map((cursor): [MentionQuery] => [
        { q: 'help', limit: 2, cursor },
      ]),
      [{ q: 'help', cursor: own, sort: 'best' }],
      [{ q: 'help', sort: 'best', cursor: best }, { districts: ['swat'] }],
      [{ q: 'help', cursor: own }, { districts: ['swat'] }],
    ]
    for (const [query, scope = ALL] of wrong) {
      const failure: unknown = await elastic.search(query, scope).catch((error: unknown) => error)
      let here: unknown
      try {
        here = sqlite.search(query, scope)
      } catch (error) {
        here = error
      }
      expect({ query, failure }).toMatchObject({
        query,
        failure: { name: 'Failure', reason: 'invalid-payload', retryable: false },
      })
      expect((failure as Error).message).toBe((here as Error).message)
    }
    await expect(elastic.count('yesterday', '2026-01-01', ALL)).rejects.toMatchObject({ reason: 'invalid-payload' })
  })
})
