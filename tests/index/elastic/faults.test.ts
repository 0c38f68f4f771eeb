import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ElasticMentionIndex } from '../../../index/elastic/elastic-mention-index.js'
import { openElasticMentionIndex } from '../../../index/elastic/elastic-mention-index.js'
import { systemClock, type Clock } from '../../../runtime/clock.js'
import type { Failure } from '../../../runtime/failure.js'
import type { Log } from '../../../runtime/log.js'
import { ALL, deleted, mention, written } from '../../contracts/mention-index-kit.js'
import { FakeClock } from '../../support/fake-clock.js'
import {
  bulkAnswer,
  failed,
  isBulk,
  item,
  operationsOf,
  ScriptedEngine,
  type Answer,
  type Call,
} from './scripted-engine.js'

const SECRET = 'hunter2-geheim'
const WORDS = 'خفیہ-lafz'

describe('writing to Elasticsearch that is not well', () => {
  let engine: ScriptedEngine
  let index: ElasticMentionIndex
  let waits: number[]
  let logged: string[]
  const keep = (event: string, fields?: object) => logged.push(`${event} ${JSON.stringify(fields)}`)
  const log: Log = { info: keep, warn: keep, error: keep }
  const hasty: Clock = {
    ...systemClock,
    sleep: async (waitMs, signal) => {
      waits.push(waitMs)
      await systemClock.sleep(1, signal)
    },
  }
  const optionsOf = (clock: Clock = hasty) => ({
    nodes: [`http://desk:${SECRET}@${engine.address}`],
    auth: undefined,
    ca: undefined,
    name: 'rabta-test',
    shards: 1,
    replicas: 0,
    clock,
    log,
  })

  beforeEach(async () => {
    waits = []
    logged = []
    engine = new ScriptedEngine()
    await engine.start()
    index = await openElasticMentionIndex(optionsOf())
  })
  afterEach(async () => {
    await index.close()
    await engine.stop()
  })

  const many = (count: number, text = WORDS) => Array.from({ length: count }, (_, n) => mention({ id: `x:${n}`, text }))
  const write = (count: number) => index.write(many(count).map(written))
  const failure = async (work: Promise<unknown>): Promise<Failure> => {
    const outcome = await work.then(
      () => undefined,
      (error: unknown) => error as Failure,
    )
    expect(outcome).toBeDefined()
    const said = [outcome?.message, outcome?.stack, JSON.stringify(outcome), index.problem(), ...logged].join('\n')
    for (const hidden of [SECRET, WORDS, 'desk:']) expect(said).not.toContain(hidden)
    expect(outcome?.cause).toBeUndefined()
    return outcome as Failure
  }
  const onBulk = (answer: (call: Call, at: number) => Answer | 'cut' | undefined) => {
    let at = 0
    engine.script = (call) => (isBulk(call) ? answer(call, at++) : undefined)
  }
  const each = (call: Call, judge: (id: string) => object) => bulkAnswer(operationsOf(call).map(({ id }) => judge(id)))

  it('sends at most 500 at once, and no more than 5 MB', async () => {
    expect(await write(1200)).toEqual([])
    expect(engine.bulks.map((bulk) => bulk.length)).toEqual([500, 500, 200])
    engine.calls.length = 0
    expect(await index.write(many(40, 'لفظ '.repeat(22_500)).map(written))).toEqual([])
    expect(engine.bulks.length).toBeGreaterThan(2)
    for (const { body } of engine.calls.filter(isBulk))
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(5 * 1024 * 1024)
    expect(engine.bulks.flat().length).toBe(40)
  })

  it('tries what it had no room for again, alone, after a while', async () => {
    const pressed = ['x:3', 'x:7']
    onBulk((call, at) =>
      each(call, (id) =>
        at < 2 && pressed.includes(id) ? item(429, 'es_rejected_execution_exception', WORDS) : item(201),
      ),
    )
    expect(await write(10)).toEqual([])
    expect(engine.bulks.map((bulk) => bulk.map(({ id }) => id))).toEqual([
      many(10).map(({ id }) => id),
      pressed,
      pressed,
    ])
    expect(waits.length).toBe(2)
    expect(waits.every((wait) => wait >= 50)).toBe(true)
  })

  it('gives the batch back when it never has room', async () => {
    onBulk((call) =>
      each(call, (id) => (id === 'x:1' ? item(429, 'es_rejected_execution_exception', WORDS) : item(201))),
    )
    expect(await failure(write(3))).toMatchObject({ reason: 'unavailable', retryable: true })
    expect(engine.bulks.map((bulk) => bulk.length)).toEqual([3, 1, 1, 1, 1])
    onBulk(() => failed(429, 'circuit_breaking_exception', WORDS))
    expect(await failure(write(3))).toMatchObject({ reason: 'unavailable', retryable: true })
    onBulk((_, at) => (at === 0 ? failed(429, 'circuit_breaking_exception', WORDS) : undefined))
    expect(await write(3)).toEqual([])
    expect(index.problem()).toBeUndefined()
  })

  it('halves a request that is too large, and refuses one mention that is', async () => {
    onBulk((call) =>
      operationsOf(call).length > 2 || operationsOf(call).some(({ id }) => id === 'x:5')
        ? { status: 413, body: '<html>too large</html>' }
        : undefined,
    )
    expect(await write(9)).toEqual([
      { at: 5, id: 'x:5', reason: 'too-large', detail: expect.stringContaining('bytes') as string },
    ])
    const stored = engine.bulks.filter((bulk) => bulk.length <= 2).flat()
    expect(new Set(stored.map(({ id }) => id)).size).toBe(9)
  })

  it('refuses alone what cannot be parsed, without a word of it', async () => {
    const parsing = `failed to parse field [conversation] of type [keyword] in document with id 'x:1'. Preview of field's value: '${WORDS}'`
    onBulk((call) => each(call, (id) => (id === 'x:1' ? item(400, 'document_parsing_exception', parsing) : item(201))))
    const rejections = await write(3)
    expect(rejections).toEqual([
      {
        at: 1,
        id: 'x:1',
        reason: 'invalid-payload',
        detail: 'the mention index refused it (document_parsing_exception in conversation)',
      },
    ])
  })

  it('makes no dead letters of what the index is to blame for', async () => {
    engine.script = (call) => {
      if (isBulk(call)) return each(call, () => item(400, 'mapper_parsing_exception', WORDS))
      if (call.path.includes('/_mapping'))
        return { status: 200, body: { 'rabta-test-1-2026-11': { mappings: { properties: { id: { type: 'text' } } } } } }
      return undefined
    }
    expect(await failure(write(3))).toMatchObject({ reason: 'unexpected', retryable: true })
  })

  const FLOOD =
    'index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];'
  it.each<[string, Answer | object, string]>([
    ['a full disk, said of an item', item(429, 'cluster_block_exception', FLOOD), 'storage-full'],
    [
      'a full disk, as older ones say',
      item(403, 'cluster_block_exception', 'blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];'),
      'storage-full',
    ],
    ['a full disk, said of everything', failed(429, 'cluster_block_exception', FLOOD), 'storage-full'],
    ['a disk with no byte left', item(500, 'translog_exception', 'No space left on device'), 'storage-full'],
    [
      'as many shards as there may be',
      item(
        400,
        'validation_exception',
        'this action would add [1] shards, but this cluster currently has [1000]/[1000] maximum normal shards open;',
      ),
      'storage-full',
    ],
    [
      'an index that somebody blocked',
      item(403, 'cluster_block_exception', 'blocked by: [FORBIDDEN/8/index write (api)];'),
      'unavailable',
    ],
    [
      'a key that is not known',
      failed(401, 'security_exception', `unable to authenticate user [${SECRET}]`),
      'unauthorized',
    ],
    [
      'a key without the right',
      failed(403, 'security_exception', `action is unauthorized for user [${SECRET}]`),
      'forbidden',
    ],
    ['an item it has no right to', item(403, 'security_exception', WORDS), 'forbidden'],
    ['a shard that is away', item(503, 'unavailable_shards_exception', WORDS), 'unavailable'],
    ['no master', failed(503, 'master_not_discovered_exception', WORDS), 'unavailable'],
    ['a gateway', { status: 502, body: `<html>${WORDS}</html>` }, 'unavailable'],
    ['a page of a proxy', { status: 200, body: `<html>${WORDS}</html>` }, 'unavailable'],
    [
      'something else at its address',
      { status: 200, body: {}, headers: { 'x-elastic-product': 'Other' } },
      'unavailable',
    ],
    ['an answer that is too short', bulkAnswer([item(201)]), 'unavailable'],
    ['an answer without items', { status: 200, body: { took: 1 } }, 'unavailable'],
    ['an error nobody knows', item(400, 'brand_new_exception', WORDS), 'unexpected'],
    ['an error of the request nobody knows', failed(400, 'illegal_argument_exception', WORDS), 'unexpected'],
    ['an index that went away', item(404, 'index_not_found_exception', WORDS), 'unavailable'],
  ])('waits, and makes no dead letter, for %s', async (_, answer, reason) => {
    onBulk((call) => ('status' in answer ? answer : each(call, (id) => (id === 'x:2' ? answer : item(201)))))
    expect(await failure(write(4))).toMatchObject({ reason, retryable: true })
    expect(index.problem()).toBeDefined()
    engine.script = () => undefined
    expect(await write(4)).toEqual([])
    expect(index.problem()).toBeUndefined()
  })

  it('waits for an answer that was cut, and for a lookup of which a part is missing', async () => {
    onBulk(() => 'cut')
    expect(await failure(write(2))).toMatchObject({ reason: 'unavailable', retryable: true })
    engine.script = (call) =>
      call.path.includes('/_search') ? failed(503, 'search_phase_execution_exception', WORDS) : undefined
    engine.calls.length = 0
    expect(await failure(write(2))).toMatchObject({ reason: 'unavailable', retryable: true })
    expect(engine.bulks).toEqual([])
    expect(engine.calls.find((call) => call.path.includes('/_search'))?.path).toContain(
      'allow_partial_search_results=false',
    )
  })

  it('takes a conflict for what it is: as late a state stands', async () => {
    onBulk((call) => each(call, () => item(409, 'version_conflict_engine_exception', WORDS)))
    expect(await index.write([written(mention()), deleted(mention(), 7)])).toEqual([])
  })

  it('looks at what a write may have left unseen, before the next', async () => {
    const refreshes = () => engine.calls.filter((call) => call.path.includes('/_refresh')).length
    await write(1)
    await write(1)
    expect(refreshes()).toBe(1)
    onBulk(() => 'cut')
    await failure(write(1))
    engine.script = () => undefined
    await write(1)
    expect(refreshes()).toBe(2)
  })

  it('opens while the engine is away, says so, and is ready when it comes', async () => {
    await engine.stop()
    const clock = new FakeClock()
    const waiting = await openElasticMentionIndex(optionsOf(clock))
    expect(waiting.problem()).toContain('ECONNREFUSED')
    expect(waiting.problem()).not.toContain(SECRET)
    await expect(waiting.search({}, ALL)).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
    await expect(waiting.write([written(mention())])).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
    await expect(waiting.districtsOf(['x:1'])).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
    await engine.start()
    await expect
      .poll(async () => {
        await clock.advance(2000)
        return waiting.problem()
      })
      .toBeUndefined()
    expect(await waiting.write([written(mention())])).toEqual([])
    await waiting.close()
    await waiting.close()
    await expect(waiting.write([written(mention())])).rejects.toMatchObject({ reason: 'stopped' })
  })

  it('takes name and password out of the address, and a key as it is', async () => {
    const [first] = engine.calls
    expect(first?.headers.authorization).toBe(`Basic ${Buffer.from(`desk:${SECRET}`).toString('base64')}`)
    const keyed = await openElasticMentionIndex({
      ...optionsOf(),
      nodes: [`http://${engine.address}`],
      auth: { apiKey: 'a2V5' },
    })
    expect(engine.calls.at(-1)?.headers.authorization).toBe('ApiKey a2V5')
    await keyed.close()
  })

  it('asks another node where one is away', async () => {
    const other = new ScriptedEngine()
    await other.start()
    const nodes = [`http://${engine.address}`, `http://${other.address}`]
    const both = await openElasticMentionIndex({ ...optionsOf(), nodes })
    await other.stop()
    for (let n = 0; n < 6; n++) expect(await both.write([written(mention())])).toEqual([])
    await both.close()
  })
})
