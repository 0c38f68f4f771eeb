import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MentionReader } from '../../../index/sqlite/mention-reader.js'
import { MentionWriter } from '../../../index/sqlite/mention-writer.js'
import { openSqliteMentionIndex } from '../../../index/sqlite/sqlite-mention-index.js'
import { systemClock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import type { Log } from '../../../runtime/log.js'
import { Sqlite } from '../../../runtime/sqlite.js'
import type { EnrichedMention } from '../../../schemas/enriched-mention.js'
import { makeEnriched } from '../../support/mentions.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { madeMention, seeded } from '../made-mentions.js'
import { compiled, workerUrls } from './compiled.js'

// Real files, threads and processes, on machines that do other things too.
vi.setConfig({ testTimeout: 120_000 })

const ALL = { districts: 'all' } as const
const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const written = (mention: EnrichedMention) => ({ type: 'written' as const, mention })

let folder: ReturnType<typeof temporaryFolder>
let file: string
beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, 'mentions.sqlite')
})
afterEach(() => folder.remove())

/** Everything the index has on the disk, as one buffer. */
const onDisk = () =>
  Buffer.concat(
    ['', '-wal', '-shm']
      .map((end) => file + end)
      .filter(existsSync)
      .map((path) => readFileSync(path)),
  )

const batch = (from: number, count: number, random: () => number) =>
  Array.from({ length: count }, (_, n) => written({ ...madeMention(from + n, random), id: `made:${from + n}` }))

describe('a deleted text', () => {
  const SECRETS = ['zzqsecretword', 'خفیہلفظقققق', 'Zzqsecretauthor']
  const secret = (n: number) =>
    makeEnriched({
      id: `whatsapp:secret.${n}`,
      version: 10,
      text: `${SECRETS[0]} ${SECRETS[1]} پشاور`,
      author: { id: '1', name: SECRETS[2] ?? '', handle: null, address: null, place: null },
    })
  const isOnDisk = (word: string) => {
    const bytes = onDisk()
    return [word, word.toLowerCase(), JSON.stringify(word).slice(1, -1)].some((form) => bytes.includes(form))
  }

  it.each(['deleted', 'edited', 'expired'])('leaves the file and its log when %s, among 3,000 others', (how) => {
    const random = seeded(3)
    const writer = new MentionWriter(new Sqlite(file))
    const reader = new MentionReader(new Sqlite(file, { readOnly: true }))
    for (let from = 0; from < 3000; from += 500) {
      writer.write(batch(from, 500, random))
      writer.write([written(secret(from))])
    }
    expect(SECRETS.filter(isOnDisk)).toEqual(SECRETS)
    expect(reader.search({ q: SECRETS[0] ?? '' }, ALL).total).toBe(6)
    for (let from = 0; from < 3000; from += 500) {
      const { id, channel, conversation, receivedAt } = secret(from)
      if (how === 'deleted') writer.write([{ type: 'deleted', id, channel, conversation, receivedAt, version: 20 }])
      if (how === 'edited') writer.write([{ type: 'edited', mention: makeEnriched({ id, version: 20, text: 'نیا' }) }])
    }
    if (how === 'expired') while (writer.expire(Date.UTC(2027, 0, 1), 200) > 0) continue
    expect(SECRETS.filter(isOnDisk)).toEqual([])
    expect(reader.search({ q: SECRETS[0] ?? '' }, ALL).total).toBe(0)
    expect(reader.search({}, ALL).total).toBe({ deleted: 3000, edited: 3006, expired: 0 }[how])
    writer.compact()
    expect(reader.search({}, ALL).total).toBe({ deleted: 3000, edited: 3006, expired: 0 }[how])
    reader.close()
    writer.close()
  })

  it('leaves the log at the next write where a reader was in the way', () => {
    const writer = new MentionWriter(new Sqlite(file))
    writer.write([written(secret(1))])
    const slow = new Sqlite(file, { readOnly: true })
    slow.exec('BEGIN')
    slow.all('SELECT * FROM mentions')
    const { id, channel, conversation, receivedAt } = secret(1)
    expect(writer.write([{ type: 'deleted', id, channel, conversation, receivedAt, version: 20 }])).toEqual([])
    slow.exec('COMMIT')
    slow.close()
    writer.write([written(makeEnriched())])
    expect(SECRETS.filter(isOnDisk)).toEqual([])
    writer.close()
  })
})

describe('old mentions', () => {
  it('expire, oldest first, and nothing newer does', async () => {
    const index = await openSqliteMentionIndex({ file, clock: systemClock, log: silent, workerUrls: workerUrls() })
    const old = Array.from({ length: 1200 }, (_, n) =>
      written(makeEnriched({ id: `made:${n}`, receivedAt: new Date(Date.UTC(2026, 0, 1) + n).toISOString() })),
    )
    await index.write([...old, written(makeEnriched({ id: 'made:new' }))])
    expect(await index.expire(new Date(Date.UTC(2026, 0, 1) + 1100))).toBe(1100)
    expect((await index.search({}, ALL)).total).toBe(101)
    expect((await index.search({ q: 'پشاور' }, ALL)).total).toBe(101)
    expect(await index.expire(new Date(Date.UTC(2026, 0, 1) + 1100))).toBe(0)
    await index.compact()
    expect((await index.search({ q: 'پشاور' }, ALL)).total).toBe(101)
    await expect(index.expire(new Date(Date.UTC(2027, 0, 1)), AbortSignal.abort())).rejects.toThrow()
    await index.close()
  })
})

describe('a full disk', () => {
  it('fails the batch as a whole, retryably, and keeps what was acknowledged', async () => {
    const random = seeded(4)
    let index = await openSqliteMentionIndex({
      file,
      clock: systemClock,
      log: silent,
      workerUrls: workerUrls(),
      maxPages: 400,
    })
    let acknowledged = 0
    let failure: unknown
    while (failure === undefined) {
      const next = batch(acknowledged, 50, random)
      try {
        expect(await index.write(next)).toEqual([])
        acknowledged += next.length
      } catch (error) {
        failure = error
      }
    }
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({ reason: 'storage-full', retryable: true })
    expect(acknowledged).toBeGreaterThan(100)
    await expect(index.write(batch(acknowledged, 50, random))).rejects.toMatchObject({ reason: 'storage-full' })
    expect((await index.search({}, ALL)).total).toBe(acknowledged)
    expect(index.problem()).toContain('full')
    await index.close()
    index = await openSqliteMentionIndex({ file, clock: systemClock, log: silent, workerUrls: workerUrls() })
    expect(await index.write(batch(acknowledged, 50, random))).toEqual([])
    expect(index.problem()).toBeUndefined()
    expect((await index.search({}, ALL)).total).toBe(acknowledged + 50)
    await index.close()
  })
})

describe('a file that is no index', () => {
  it('fails retryably, so that no mention becomes a dead letter of it', async () => {
    const { writeFileSync } = await import('node:fs')
    writeFileSync(file, 'not a database, but long enough to be looked at. '.repeat(200))
    await expect(
      openSqliteMentionIndex({ file, clock: systemClock, log: silent, workerUrls: workerUrls() }),
    ).rejects.toMatchObject({
      reason: 'unavailable',
      retryable: true,
    })
  })
})

describe('a process that is killed while it writes', () => {
  /** Writes batches of 20 for ever and prints the number of mentions after each acknowledgement. */
  const CHILD = `
    const { openSqliteMentionIndex } = await import(process.argv[1])
    const [file, from, template] = [process.argv[2], Number(process.argv[3]), JSON.parse(process.argv[4])]
    const sleep = (ms, signal) => new Promise((done, fail) => { const t = setTimeout(done, ms); signal?.addEventListener('abort', () => { clearTimeout(t); fail(signal.reason) }) })
    const index = await openSqliteMentionIndex({ file, clock: { now: Date.now, sleep }, log: { warn() {}, info() {}, error() {} } })
    for (let n = from; ; n += 20) {
      await index.write(Array.from({ length: 20 }, (_, at) => ({ type: 'written', mention: { ...template, id: 'made:' + (n + at), text: 'پشاور لفظ' + (n + at) } })))
      console.log(n + 20)
    }`

  async function writeAndKill(from: number, killAfterMs: number): Promise<number> {
    const args = [
      '--input-type=module',
      '-e',
      CHILD,
      compiled('sqlite-mention-index').href,
      file,
      String(from),
      JSON.stringify(makeEnriched()),
    ]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    let acknowledged = from
    let timer: NodeJS.Timeout | undefined
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line)
      timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    }
    await exited
    return acknowledged
  }

  it('leaves everything it acknowledged, once each, six times over', async () => {
    const random = seeded(5)
    let acknowledged = 0
    for (let round = 0; round < 6; round++) {
      acknowledged = await writeAndKill(acknowledged, 10 + random() * 200)
      const index = await openSqliteMentionIndex({ file, clock: systemClock, log: silent, workerUrls: workerUrls() })
      const { total } = await index.search({ q: 'پشاور' }, ALL)
      expect(total).toBeGreaterThanOrEqual(acknowledged)
      expect(total % 20).toBe(0)
      expect((await index.search({}, ALL)).total).toBe(total)
      for (const n of [0, Math.floor(random() * acknowledged), acknowledged - 1]) {
        expect((await index.search({ q: `لفظ${n}` }, ALL)).items.map((item) => item.mention.id)).toEqual([`made:${n}`])
      }
      await index.close()
      const db = new Sqlite(file)
      expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
      db.exec("INSERT INTO words (words) VALUES ('integrity-check')")
      db.close()
    }
    expect(acknowledged).toBeGreaterThan(100)
  })
})
