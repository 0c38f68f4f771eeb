import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { inject } from 'vitest'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openElasticMentionIndex } from '../../../index/elastic/elastic-mention-index.js'
import type { ElasticDocument } from '../../../index/elastic/document.js'
import { Generations } from '../../../index/elastic/generations.js'
import { MentionReader } from '../../../index/sqlite/mention-reader.js'
import { MentionWriter } from '../../../index/sqlite/mention-writer.js'
import { Sqlite } from '../../../runtime/sqlite.js'
import type { EnrichedChange } from '../../../schemas/enriched-mention.js'
import { ALL, deleted, edited, mention, written } from '../../contracts/mention-index-kit.js'
import { madeMention, seeded } from '../../index/made-mentions.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { openFresh, type OpenIndex } from './write-kit.js'

async function stored({ client, options }: OpenIndex): Promise<Map<string, ElasticDocument & { index: string }>> {
  const { hits } = await client.search<ElasticDocument>({ index: options.name, size: 10_000 })
  const found = new Map<string, ElasticDocument & { index: string }>()
  for (const { _index, _source } of hits.hits) {
    if (_source === undefined) continue
    expect(found.has(_source.id), `${_source.id} stands once`).toBe(false)
    found.set(_source.id, { ..._source, index: _index })
  }
  return found
}

describe('a mention in Elasticsearch', () => {
  let open: OpenIndex
  beforeEach(async () => {
    open = await openFresh()
  })
  afterEach(() => open.destroy())

  it('stays in the month of its first state, whatever comes later and in whatever batch', async () => {
    const { index, options } = open
    const first = mention({ version: 10, receivedAt: '2026-08-31T23:59:59.999Z' })
    const later = { ...first, version: 11, receivedAt: '2026-09-01T00:00:00.000Z', text: 'دوسرا' }
    const together = mention({ version: 10, receivedAt: '2026-07-01T00:00:00.000Z' })
    await index.write([
      written(first),
      edited(together),
      edited({ ...together, version: 12, receivedAt: '2026-10-01T00:00:00.000Z' }),
    ])
    await index.write([edited(later)])
    await index.write([deleted({ ...together, receivedAt: '2026-11-01T00:00:00.000Z' }, 13)])
    const found = await stored(open)
    expect(found.get(first.id)).toMatchObject({ index: `${options.name}-1-2026-08`, version: 11 })
    expect(found.get(together.id)).toMatchObject({ index: `${options.name}-1-2026-07`, version: 13, deleted: true })
  })

  it('keeps not a word of what was withdrawn', async () => {
    const { index, client, options } = open
    const one = mention({
      text: 'رازدارانہ lafz',
      author: { id: '7', name: 'Somebody', handle: null, address: '0300', place: null },
    })
    await index.write([written(one)])
    await index.write([deleted(one, one.version)])
    const answer = await client.search({ index: options.name, query: { match_all: {} } })
    const raw = JSON.stringify(answer)
    expect(answer.hits.hits).toHaveLength(1)
    for (const word of ['رازدارانہ', 'lafz', 'Somebody', '0300', 'textHash']) expect(raw).not.toContain(word)
  })

  it('takes versions as large as numbers go, and ids longer than an `_id` may be', async () => {
    const { index } = open
    const long = mention({ id: `whatsapp:${'ی'.repeat(500)}`, version: Number.MAX_SAFE_INTEGER - 1 })
    await index.write([written(long), edited({ ...long, version: Number.MAX_SAFE_INTEGER, text: 'آخری' })])
    await index.write([written({ ...long, text: 'پرانا' })])
    expect((await index.get(long.id, ALL))?.text).toBe('آخری')
    await index.write([deleted(long, Number.MAX_SAFE_INTEGER - 1)])
    expect((await index.get(long.id, ALL))?.text).toBe('آخری')
    await index.write([deleted(long, Number.MAX_SAFE_INTEGER)])
    expect(await index.get(long.id, ALL)).toBeUndefined()
    expect((await stored(open)).size).toBe(1)
  })

  it('refuses alone what the engine refuses, and keeps the state before it', async () => {
    const { index } = open
    const secret = 'خفیہ'
    const good = mention()
    const before = mention({ version: 1, text: 'پہلا' })
    const wrong = { ...before, version: 2, conversation: `whatsapp:${secret}${'x'.repeat(40_000)}` }
    const rejections = await index.write([written(good), written(before), written(wrong), written(mention())])
    expect(rejections).toEqual([
      { at: 2, id: wrong.id, reason: 'invalid-payload', detail: expect.stringContaining('conversation') as string },
    ])
    expect(JSON.stringify(rejections)).not.toContain(secret)
    expect((await index.get(before.id, ALL))?.text).toBe('پہلا')
    expect(await index.get(good.id, ALL)).toEqual(good)
    expect((await index.search({}, ALL)).total).toBe(3)
  })

  it('refuses no mention because its index is not as it should be', async () => {
    const { index, client, options } = open
    await client.indices.create({
      index: `${options.name}-1-2026-05`,
      mappings: { properties: { text: { type: 'long' } } },
      aliases: { [options.name]: {} },
    })
    await expect(index.write([written(mention({ receivedAt: '2026-05-05T05:00:00.000Z' }))])).rejects.toMatchObject({
      reason: 'unexpected',
      retryable: true,
    })
    expect(index.problem()).toContain('mapping')
    expect(await index.write([written(mention())])).toEqual([])
    expect(index.problem()).toBeUndefined()
  })

  it('lets whole months go, keeps answering though none is left, and takes what comes again', async () => {
    const { index, client, options } = open
    const old = mention({ receivedAt: '2025-01-31T23:59:59.999Z' })
    const gone = mention({ receivedAt: '2025-01-02T00:00:00.000Z' })
    const kept = mention({ receivedAt: '2025-02-01T00:00:00.000Z' })
    await index.write([written(old), written(gone), deleted(gone, gone.version), written(kept)])
    expect(await index.expire(new Date('2025-01-31T12:00:00.000Z'))).toBe(0)
    expect(await index.expire(new Date('2025-02-01T00:00:00.000Z'))).toBe(1)
    expect((await index.search({}, ALL)).items.map((item) => item.mention.id)).toEqual([kept.id])
    expect(await client.indices.exists({ index: `${options.name}-1-2025-01` })).toBe(false)
    expect(await index.expire(new Date('2031-01-01T00:00:00.000Z'))).toBe(1)
    expect((await index.search({}, ALL)).total).toBe(0)
    expect(await index.write([written(old)])).toEqual([])
    expect((await index.search({}, ALL)).total).toBe(1)
  })

  it('says that the disk is full, and goes on when it has room', async () => {
    const { index, client, options } = open
    await index.write([written(mention())])
    await client.indices.putSettings({
      index: options.name,
      settings: { 'index.blocks.read_only_allow_delete': true },
    })
    await expect(index.write([written(mention())])).rejects.toMatchObject({ reason: 'storage-full', retryable: true })
    expect(index.problem()).toContain('disk')
    expect((await index.search({}, ALL)).total).toBe(1)
    expect(index.problem()).toContain('disk')
    await client.indices.putSettings({
      index: options.name,
      settings: { 'index.blocks.read_only_allow_delete': null },
    })
    expect(await index.write([written(mention())])).toEqual([])
    expect(index.problem()).toBeUndefined()
  })

  it('opens in many processes at once', async () => {
    const { options, client } = open
    const name = `${options.name}-many`
    const all = await Promise.all(Array.from({ length: 8 }, () => openElasticMentionIndex({ ...options, name })))
    const one = mention()
    const answers = await Promise.all(
      all.map((each, n) =>
        each.write([
          written({ ...one, version: n + 1 }),
          ...[2, 3, 4].map((month) => written(mention({ receivedAt: `2026-0${month}-03T00:00:00.000Z` }))),
        ]),
      ),
    )
    expect(answers.flat()).toEqual([])
    expect((await all[0]?.search({}, ALL))?.total).toBe(25)
    expect((await all[0]?.get(one.id, ALL))?.version).toBe(8)
    for (const each of all) expect(each.problem()).toBeUndefined()
    await Promise.all(all.map((each) => each.close()))
    expect(await client.indices.existsAlias({ name })).toBe(true)
  })
})

describe('beside the embedded index', () => {
  let open: OpenIndex
  const folder = temporaryFolder()
  const file = `${folder.path}/mentions.sqlite`
  const writer = new MentionWriter(new Sqlite(file))
  const reader = new MentionReader(new Sqlite(file, { readOnly: true }))
  beforeAll(async () => {
    open = await openFresh()
  })
  afterAll(async () => {
    reader.close()
    writer.close()
    folder.remove()
    await open.destroy()
  })

  const IDS = 60
  const instants = Array.from({ length: 40 }, (_, n) => Date.UTC(2026, 4 + (n % 6), 1 + n, n % 24))
  /** Written, edited, withdrawn in any order over six months, some of it broken, some of it instants and some counts for versions. */
  function madeChange(random: () => number): EnrichedChange {
    const n = Math.floor(random() * IDS)
    const at = instants[Math.floor(random() * instants.length)] as number
    const version = n % 2 === 0 ? Math.floor(random() * 12) : at - Math.floor(random() * 3)
    const receivedAt = random() < 0.02 ? 'never' : new Date(at).toISOString()
    const one = { ...madeMention(n, random), id: `made:${n}`, conversation: `talk:${n % 7}`, version, receivedAt }
    const same = random() < 0.3 ? { ...one, text: `وہی ${n}` } : one
    if (random() < 0.25) return deleted(same, version)
    return random() < 0.5 ? written(same) : edited(same)
  }

  it('the same stands after any order of changes and replays', async () => {
    const random = seeded(2026)
    const history: EnrichedChange[][] = []
    for (let round = 0; round < 30; round++) {
      const isReplay = round > 3 && random() < 0.2
      const past = history[Math.floor(random() * history.length)]
      const batch = isReplay && past !== undefined ? past : Array.from({ length: 40 }, () => madeChange(random))
      history.push(batch)
      expect(await open.index.write(batch)).toEqual(writer.write(batch))
    }
    const ids = Array.from({ length: IDS }, (_, n) => `made:${n}`)
    let standing = 0
    for (const id of ids) {
      const expected = reader.get(id, ALL)
      if (expected !== undefined) standing++
      expect(await open.index.get(id, ALL), id).toEqual(expected)
    }
    expect(standing).toBeGreaterThan(20)
    const places = await open.index.districtsOf([...ids, 'made:none'])
    const expectedPlaces = writer.districtsOf([...ids, 'made:none'])
    const sorted = (map: ReadonlyMap<string, readonly string[]>) =>
      [...map].map(([id, of]) => [id, [...of].sort()]).sort()
    expect(sorted(places)).toEqual(sorted(expectedPlaces))
    for (let talk = 0; talk < 7; talk++) {
      const query = { conversation: `talk:${talk}`, persons: undefined, limit: 100 }
      expect(await open.index.thread(query, ALL)).toEqual(reader.thread(query, ALL))
    }
    const order = (await open.index.search({ limit: 200 }, ALL)).items.map((item) => item.mention.id)
    expect(order).toEqual(reader.search({ limit: 200 }, ALL).items.map((item) => item.mention.id))
    await stored(open)
  })
})

describe('a batch during which the alias moves', () => {
  let held: Promise<void> | undefined
  let arrived: () => void = () => undefined
  let proxy: Server
  /** Passes on everything to the engine; a bulk waits for `held`. */
  beforeAll(async () => {
    const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      if (incoming.url?.startsWith('/_bulk') === true) {
        arrived()
        await held
      }
      const { url: path, method, headers } = incoming
      const target = request(
        inject('engines').elastic + (path ?? ''),
        { method: method ?? 'GET', headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(outgoing)
        },
      )
      target.on('error', () => outgoing.destroy())
      target.end(Buffer.concat(chunks))
    }
    proxy = createServer((incoming, outgoing) => void pass(incoming, outgoing))
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
  })
  afterAll(() => proxy.close())

  it('does not count as stored, and is stored at the next try', async () => {
    const { port } = proxy.address() as AddressInfo
    const open = await openFresh({ nodes: [`http://127.0.0.1:${port}`] })
    const { index, options, client } = open
    const generations = new Generations({ ...options, client })
    await generations.putTemplate(2, false)
    await generations.makeMonth(2, '2026-11')
    let release: () => void = () => undefined
    held = new Promise((resolve) => (release = resolve))
    const reached = new Promise<void>((resolve) => (arrived = resolve))
    const one = mention()
    const writing = index.write([written(one)])
    const outcome = writing.catch((error: unknown) => error)
    await reached
    await generations.switch(1, 2)
    release()
    expect(await outcome).toMatchObject({ reason: 'unavailable', retryable: true })
    expect(await index.get(one.id, ALL)).toBeUndefined()
    expect(await index.write([written(one)])).toEqual([])
    expect(await index.get(one.id, ALL)).toEqual(one)
    await open.destroy()
  })
})
