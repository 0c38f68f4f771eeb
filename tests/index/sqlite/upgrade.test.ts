import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { MentionReader } from '../../../index/sqlite/mention-reader.js'
import { MentionWriter } from '../../../index/sqlite/mention-writer.js'
import { rowOf } from '../../../index/mention-row.js'
import { personOf } from '../../../runtime/person.js'
import { Sqlite } from '../../../runtime/sqlite.js'
import type { EnrichedMention } from '../../../schemas/enriched-mention.js'
import { makeEnriched } from '../../support/mentions.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { madeMention, seeded } from '../made-mentions.js'
import { compiled } from './compiled.js'

// Real files and processes, on machines that do other things too.
vi.setConfig({ testTimeout: 120_000 })

const ALL = { districts: 'all' } as const
/** More than one step of the upgrade, so that there is a middle to be killed in. */
const COUNT = 2500

/** The tables as the program of schema 1 made them, word for word. */
const SCHEMA_1 = `
CREATE TABLE tagsets (
  id INTEGER PRIMARY KEY,
  channel TEXT NOT NULL, lang TEXT NOT NULL, category TEXT NOT NULL, severity TEXT NOT NULL, sentiment TEXT NOT NULL,
  alert INTEGER NOT NULL, unjudged INTEGER NOT NULL,
  UNIQUE (channel, lang, category, severity, sentiment, alert, unjudged)
);
CREATE TABLE mentions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  written_at INTEGER NOT NULL,
  tagset INTEGER NOT NULL REFERENCES tagsets (id),
  conversation TEXT NOT NULL,
  language_confidence REAL,
  category_confidence REAL
);
CREATE INDEX mentions_by_time ON mentions (received_at, seq, tagset);
CREATE INDEX mentions_by_tagset ON mentions (tagset, received_at);
CREATE INDEX mentions_by_conversation ON mentions (conversation, written_at);
CREATE TABLE bodies (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE mention_districts (district TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (district, seq)) WITHOUT ROWID;
CREATE INDEX districts_by_mention ON mention_districts (seq, district);
CREATE TABLE deletions (id TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (text, parted, author, tokenize = 'ascii');
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
PRAGMA user_version = 1;
`

/** Writers whose sign is not simply the id: no id, letters outside ASCII, a number alone, nobody at all. */
const SIGNS: readonly Partial<EnrichedMention['author']>[] = [
  { id: '7', handle: 'Gul', address: '92300' },
  { id: null, handle: 'Zar_Meen', address: '92301' },
  { id: null, handle: 'ÄŞAF_КИТОБ', address: null },
  { id: null, handle: null, address: '92302' },
  { id: null, handle: null, address: null },
  { id: 'nul \0 and \ud83d', handle: null, address: null },
]

const random = seeded(21)
const said: readonly EnrichedMention[] = [
  ...SIGNS.map((author, n) =>
    makeEnriched({
      id: `whatsapp:sign.${n}`,
      version: 10,
      conversation: 'whatsapp:signs',
      author: { name: null, place: null, id: null, handle: null, address: null, ...author },
    }),
  ),
  ...Array.from({ length: COUNT }, (_, n) => ({ ...madeMention(n, random), id: `made:${n}`, version: 10 })),
]

/** A file as the program of schema 1 left it: `said`, and one mention that was withdrawn. */
function writeOldFile(file: string): void {
  const db = new Sqlite(file)
  db.exec(SCHEMA_1)
  db.transaction(() => {
    for (const [at, mention] of said.entries()) {
      const seq = at + 1
      const row = rowOf(mention)
      db.run(
        `INSERT INTO tagsets (channel, lang, category, severity, sentiment, alert, unjudged) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        ...row.tagset,
      )
      db.run(
        `INSERT INTO mentions (seq, id, version, received_at, written_at, tagset, conversation, language_confidence, category_confidence)
         SELECT ?, ?, ?, ?, ?, id, ?, ?, ? FROM tagsets
         WHERE channel = ? AND lang = ? AND category = ? AND severity = ? AND sentiment = ? AND alert = ? AND unjudged = ?`,
        seq,
        row.id,
        row.version,
        row.receivedAt,
        row.writtenAt,
        row.conversation,
        row.languageConfidence,
        row.categoryConfidence,
        ...row.tagset,
      )
      db.run('INSERT INTO bodies (seq, body) VALUES (?, ?)', seq, row.body)
      const { text, parted, author } = row.words
      db.run('INSERT INTO words (rowid, text, parted, author) VALUES (?, ?, ?, ?)', seq, text, parted, author)
      for (const district of row.districts)
        db.run('INSERT INTO mention_districts (district, seq) VALUES (?, ?)', district, seq)
    }
    db.run('INSERT INTO deletions (id, version) VALUES (?, ?)', 'made:gone', 20)
  })
  db.close()
}

const state = (file: string) => {
  const db = new Sqlite(file, { readOnly: true })
  const [version] = db.all<{ user_version: number }>('PRAGMA user_version')
  const sound = db.all('PRAGMA integrity_check')
  db.close()
  return { version: version?.user_version, sound }
}

/** That a program of today finds everything in the file, and that it goes on from there. */
function expectWhole(file: string): void {
  const writer = new MentionWriter(new Sqlite(file))
  const reader = new MentionReader(new Sqlite(file, { readOnly: true }))
  try {
    expect(reader.search({}, ALL).total).toBe(said.length)
    for (const mention of said.filter((_, n) => n < 50 || n % 97 === 0))
      expect(reader.get(mention.id, ALL)).toEqual(mention)
    expect(reader.search({ q: 'پشاور' }, ALL).total).toBeGreaterThan(SIGNS.length)
    for (const mention of said.slice(0, SIGNS.length)) {
      const person = personOf(mention)
      const query = { conversation: 'whatsapp:signs', persons: person === null ? [] : [person], limit: 50 }
      expect(reader.thread(query, ALL).map(({ id }) => id)).toEqual(person === null ? [] : [mention.id])
    }
    expect(reader.thread({ conversation: '', persons: undefined, limit: 50 }, ALL)).toEqual([])
    expect(writer.districtsOf(['whatsapp:sign.0', 'made:gone'])).toEqual(
      new Map([
        ['whatsapp:sign.0', ['peshawar']],
        ['made:gone', []],
      ]),
    )

    const one = said[0] as EnrichedMention
    const { id, channel, conversation, receivedAt } = one
    expect(
      writer.write([
        { type: 'written', mention: makeEnriched({ id: 'made:gone', version: 19 }) },
        { type: 'edited', mention: { ...one, version: 9 } },
        { type: 'deleted', id, channel, conversation, receivedAt, version: 20 },
        { type: 'edited', mention: { ...(said[1] as EnrichedMention), version: 20, text: 'ترمیم' } },
      ]),
    ).toEqual([])
    expect(reader.search({}, ALL).total).toBe(said.length - 1)
    expect(reader.get(id, ALL)).toBeUndefined()
    expect(reader.get('made:gone', ALL)).toBeUndefined()
    expect(reader.get('whatsapp:sign.1', ALL)).toMatchObject({ text: 'ترمیم', editedAt: one.receivedAt })
    expect(reader.thread({ conversation, persons: ['7'], limit: 5 }, ALL)).toEqual([
      { id, writtenAt: one.writtenAt, deletedAt: receivedAt },
    ])
  } finally {
    reader.close()
    writer.close()
  }
  expect(state(file)).toEqual({ version: 3, sound: [{ integrity_check: 'ok' }] })
}

describe('a file that the program of schema 1 wrote', () => {
  const made = temporaryFolder()
  let folder: ReturnType<typeof temporaryFolder>
  let file: string
  beforeAll(() => writeOldFile(join(made.path, 'old.sqlite')))
  afterAll(() => made.remove())
  beforeEach(() => {
    folder = temporaryFolder()
    file = join(folder.path, 'mentions.sqlite')
    copyFileSync(join(made.path, 'old.sqlite'), file)
  })
  afterEach(() => folder.remove())

  it('is brought up to date where it is, with nothing lost', () => {
    expect(state(file).version).toBe(1)
    expectWhole(file)
  })

  it('of schema 2 is brought up to date too', () => {
    new MentionWriter(new Sqlite(file)).close()
    const db = new Sqlite(file)
    db.exec('DROP TABLE mention_corrections; ALTER TABLE mentions DROP COLUMN revision; PRAGMA user_version = 2')
    db.close()
    expectWhole(file)
  })

  it('has the tables and indexes that a new file has', () => {
    const shape = (path: string) => {
      new MentionWriter(new Sqlite(path)).close()
      const db = new Sqlite(path, { readOnly: true })
      const names = db.all<{ name: string }>(
        `SELECT name FROM sqlite_master WHERE type IN ('table', 'index') ORDER BY name`,
      )
      const columns = ['mentions', 'deletions'].map((table) =>
        db.all(`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info('${table}') ORDER BY name`),
      )
      db.close()
      return { names, columns }
    }
    expect(shape(file)).toEqual(shape(join(folder.path, 'new.sqlite')))
  })

  it('stays of schema 1 and whole where the disk is full, and is brought up to date when there is room', () => {
    const db = new Sqlite(file, { readOnly: true })
    const [page] = db.all<{ page_count: number }>('PRAGMA page_count')
    db.close()
    expect(() => new MentionWriter(new Sqlite(file, { maxPages: page?.page_count ?? 0 }))).toThrow(/full/)
    expect(state(file)).toEqual({ version: 1, sound: [{ integrity_check: 'ok' }] })
    expectWhole(file)
  })

  it('is refused, and left as it is, where a later program wrote it', () => {
    const db = new Sqlite(file)
    db.exec('PRAGMA user_version = 4')
    db.close()
    expect(() => new MentionWriter(new Sqlite(file))).toThrow(/schema 4/)
    expect(state(file).version).toBe(4)
  })

  /** Opens the file as the writer does and waits, after so many statements of the upgrade, to be killed. */
  const CHILD = `
    const { Sqlite } = await import(process.argv[1])
    const { ensureSchema } = await import(process.argv[2])
    const db = new Sqlite(process.argv[3])
    // The smallest cache: what is changed goes to the log at once, and is there when the process is killed.
    db.exec('PRAGMA cache_size = 1')
    const halt = () => { process.stdout.write('here\\n'); for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000) }
    const commit = db.exec.bind(db)
    db.exec = (sql) => {
      if (sql === 'COMMIT') halt()
      commit(sql)
    }
    ensureSchema(db)`

  it('is whole where the process is killed when everything but the end of the upgrade is done', async () => {
    const urls = [new URL('../../runtime/sqlite.js', compiled('schema')).href, compiled('schema').href]
    const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, ...urls, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    for await (const line of createInterface({ input: child.stdout })) {
      expect(line).toBe('here')
      child.kill('SIGKILL')
    }
    expect(await exited).toEqual([null, 'SIGKILL'])
    expect(state(file)).toEqual({ version: 1, sound: [{ integrity_check: 'ok' }] })
    expectWhole(file)
  })

  it('is whole at whatever moment the process is killed', async () => {
    const start = `
      const { Sqlite } = await import(process.argv[1])
      const { ensureSchema } = await import(process.argv[2])
      const db = new Sqlite(process.argv[3])
      process.stdout.write('begins\\n')
      ensureSchema(db)
      process.stdout.write('done\\n')
      setInterval(() => {}, 1000)`
    const urls = [new URL('../../runtime/sqlite.js', compiled('schema')).href, compiled('schema').href]
    const pace = seeded(22)
    for (let round = 0; round < 5; round++) {
      const copy = join(folder.path, `round-${round}.sqlite`)
      copyFileSync(file, copy)
      const child = spawn(process.execPath, ['--input-type=module', '-e', start, ...urls, copy], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const exited = once(child, 'exit')
      for await (const line of createInterface({ input: child.stdout })) {
        if (round === 4 ? line === 'done' : line === 'begins') setTimeout(() => child.kill('SIGKILL'), pace() * 30)
      }
      await exited
      const { version, sound } = state(copy)
      if (round === 4) expect(version).toBe(3)
      expect(sound).toEqual([{ integrity_check: 'ok' }])
      expectWhole(copy)
    }
  })
})
