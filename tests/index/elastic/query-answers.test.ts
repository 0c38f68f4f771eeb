import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client } from '@elastic/elasticsearch'
import { afterEach, describe, expect, it } from 'vitest'
import { readPlace, writePlace } from '../../../index/elastic/cursor.js'
import { ElasticMentionReader } from '../../../index/elastic/reader.js'
import { systemClock, type Clock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import type { Scope } from '../../../schemas/user.js'

const ALL: Scope = { districts: 'all' }
/** What nobody but who searched may read. */
const TYPED = 'خفیہ-secretword'
/** The steps of the histogram are known before: one request. */
const QUERY = { q: TYPED, from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' }

interface Reply {
  readonly status: number
  readonly body: unknown
}

const WHOLE = { total: 2, successful: 2, skipped: 0, failed: 0 }
const answered = (more: object = {}): Reply => ({
  status: 200,
  body: { timed_out: false, _shards: WHOLE, hits: { total: { value: 0, relation: 'eq' } }, ...more },
})
const failed = (status: number, type: string): Reply => ({
  status,
  body: { error: { type, reason: `near [${TYPED}]`, root_cause: [{ type, reason: TYPED }] }, status },
})

let server: Server | undefined
let client: Client | undefined
afterEach(async () => {
  await client?.close()
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined))
})

/** Something that speaks as Elasticsearch would, the last of these replies for good. */
async function reader(...replies: readonly Reply[]) {
  const asked: string[] = []
  const slept: number[] = []
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const { status, body } = replies[Math.min(asked.length, replies.length) - 1] ?? answered()
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
      response.end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  client = new Client({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, maxRetries: 0 })
  const clock: Clock = { ...systemClock, sleep: async (waitMs) => void slept.push(waitMs) }
  return {
    asked,
    slept,
    search: () => new ElasticMentionReader({ client: client as Client, alias: 'mentions', clock }).search(QUERY, ALL),
  }
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Failure)
  return error as Failure
}

describe('a search of Elasticsearch', () => {
  it('is one request where the time is stated', async () => {
    const { asked, search } = await reader(answered())
    expect((await search()).total).toBe(0)
    expect(asked.length).toBe(1)
    expect(asked[0]).toMatch(/^\/mentions\/_search\?/)
    expect(asked[0]).toContain('allow_partial_search_results=false')
  })

  const PASSING: readonly (readonly [string, Reply])[] = [
    ['an alias that is not there', failed(404, 'index_not_found_exception')],
    ['shards that are not there', failed(503, 'search_phase_execution_exception')],
    ['an answer of some of the shards', answered({ _shards: { ...WHOLE, successful: 1, failed: 1 } })],
  ]
  for (const [what, reply] of PASSING) {
    it(`is asked once more after ${what}`, async () => {
      const { asked, slept, search } = await reader(reply, answered())
      expect((await search()).items).toEqual([])
      expect(asked.length).toBe(2)
      expect(slept.length).toBe(1)
    })

    it(`gives up after ${what} twice`, async () => {
      const { asked, search } = await reader(reply)
      expect(await failureOf(search())).toMatchObject({ reason: 'unavailable', retryable: true })
      expect(asked.length).toBe(2)
    })
  }

  const FINAL: readonly (readonly [string, Reply, Partial<Failure>])[] = [
    ['time ran out', answered({ timed_out: true }), { reason: 'timeout', retryable: true }],
    ['time ran out in a shard', failed(429, 'search_timeout_exception'), { reason: 'timeout', retryable: true }],
    ['a proxy gave up', { status: 504, body: 'gateway' }, { reason: 'timeout', retryable: true }],
    ['the query is not understood', failed(400, 'parsing_exception'), { reason: 'unexpected', retryable: false }],
    // Whoever searches is signed in: a 401 of the index must not become one of theirs.
    ['the key is refused', failed(401, 'security_exception'), { reason: 'unavailable', retryable: true }],
    ['the node is pressed', failed(429, 'circuit_breaking_exception'), { reason: 'unavailable', retryable: true }],
  ]
  it.each(FINAL)('says what went wrong when %s', async (_what, reply, expected) => {
    const { search } = await reader(reply)
    expect(await failureOf(search())).toMatchObject(expected)
  })

  const BAD = [...PASSING, ...FINAL].map(([what, reply]) => [what, reply] as const)
  it.each(BAD)('says nothing of what was searched for when it fails by %s', async (_what, reply) => {
    const { search } = await reader(reply)
    const failure = await failureOf(search())
    const said = `${failure.message} ${failure.stack ?? ''} ${JSON.stringify(failure)} ${String(failure.cause)}`
    for (const word of ['خفیہ', 'secretword']) expect(said).not.toContain(word)
    expect(failure.cause).toBeUndefined()
  })

  it('is away when nobody listens', async () => {
    const { search } = await reader(answered())
    await new Promise((resolve) => server?.close(resolve))
    expect(await failureOf(search())).toMatchObject({ reason: 'unavailable', retryable: true })
  })
})

describe('a cursor', () => {
  it('comes back as it was, and stays short though an id is long', () => {
    const place = { sort: 'new', receivedAt: Date.UTC(9999, 0, 1), seq: Number.MAX_SAFE_INTEGER, id: 'x:17' } as const
    expect(readPlace(writePlace('k'.repeat(16), place), 'k'.repeat(16))).toEqual(place)
    const best = { sort: 'best', offset: 9999, lastSeq: Number.MAX_SAFE_INTEGER, ranking: 'abcdefgh' } as const
    expect(readPlace(writePlace('k'.repeat(16), best), 'k'.repeat(16))).toEqual(best)
    for (const letter of ['x', 'گ', '😀', '\0', '\ud83d', '"']) {
      const text = writePlace('k'.repeat(16), { ...place, id: letter.repeat(512) })
      expect(text.length).toBeLessThanOrEqual(500)
      const read = readPlace(text, 'k'.repeat(16))
      expect(read.sort === 'new' && letter.repeat(512).startsWith(read.id)).toBe(true)
    }
  })

  it('is refused when it is none of ours', () => {
    const write = (place: unknown[]) => Buffer.from(JSON.stringify(place)).toString('base64url')
    for (const place of [
      [1, 'k', 'new', 1, 1],
      [1, 'k', 'new', 1, 1, 1],
      [1, 'k', 'new', 1.5, 1, 'a'],
      [1, 'k', 'new', 1, 1, 'a', 'b'],
      [1, 'k', 'best', -1, 1, 'a'],
      [1, 'other', 'new', 1, 1, 'a'],
      [2, 'k', 'new', 1, 1, 'a'],
    ])
      expect(() => readPlace(write(place), 'k')).toThrow(expect.objectContaining({ reason: 'invalid-payload' }))
  })
})
