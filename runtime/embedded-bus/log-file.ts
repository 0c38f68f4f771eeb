import type { Topic } from '../../schemas/topics.js'
import type { BusRecord } from '../bus.js'
import { Sqlite, type SqliteOptions } from '../sqlite.js'

export interface StoredMessage {
  readonly topic: Topic
  readonly key: string
  readonly json: string
}

export interface GroupPosition {
  readonly topic: Topic
  readonly group: string
  readonly next: number
}

interface Row {
  readonly offset: number
  readonly key: string
  readonly value: string
  readonly stored_at: number
}

/** A batch read at once holds no more than this, unless a single record is larger. */
const MAX_READ_BYTES = 2 * 1024 * 1024

/** The file behind the embedded bus: an append-only table a topic and the groups' positions. Synchronous; knows nothing of handlers. */
export class LogFile {
  readonly sqlite: Sqlite
  readonly #ends = new Map<Topic, number>()

  constructor(file: string, options: SqliteOptions = {}) {
    this.sqlite = new Sqlite(file, options)
    this.sqlite.exec(`
      CREATE TABLE IF NOT EXISTS ends (topic TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS records (
        topic TEXT NOT NULL, offset INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
        bytes INTEGER NOT NULL, stored_at INTEGER NOT NULL, PRIMARY KEY (topic, offset)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS positions (topic TEXT NOT NULL, grp TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, grp)) WITHOUT ROWID;
    `)
    for (const row of this.sqlite.all<{ topic: Topic; next: number }>('SELECT topic, next FROM ends'))
      this.#ends.set(row.topic, row.next)
  }

  /** The offset that the next record of the topic will get. */
  end(topic: Topic): number {
    return this.#ends.get(topic) ?? 0
  }

  /** Stores messages and positions in one transaction: all or nothing. */
  write(messages: readonly StoredMessage[], positions: readonly GroupPosition[], storedAt: number): void {
    const ends = new Map(this.#ends)
    this.sqlite.transaction(() => {
      for (const message of messages) {
        const offset = ends.get(message.topic) ?? 0
        ends.set(message.topic, offset + 1)
        this.sqlite.run(
          'INSERT INTO records (topic, offset, key, value, bytes, stored_at) VALUES (?, ?, ?, ?, ?, ?)',
          message.topic,
          offset,
          message.key,
          message.json,
          message.json.length,
          storedAt,
        )
      }
      for (const topic of new Set(messages.map((message) => message.topic))) {
        this.sqlite.run(
          'INSERT INTO ends (topic, next) VALUES (?, ?) ON CONFLICT (topic) DO UPDATE SET next = excluded.next',
          topic,
          ends.get(topic) ?? 0,
        )
      }
      for (const { topic, group, next } of positions) {
        this.sqlite.run(
          'INSERT INTO positions (topic, grp, next) VALUES (?, ?, ?) ON CONFLICT (topic, grp) DO UPDATE SET next = excluded.next',
          topic,
          group,
          next,
        )
      }
    })
    for (const [topic, next] of ends) this.#ends.set(topic, next)
  }

  read(topic: Topic, from: number, limit: number): BusRecord[] {
    const sizes = this.sqlite.all<{ offset: number; bytes: number }>(
      'SELECT offset, bytes FROM records WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT ?',
      topic,
      from,
      limit,
    )
    let bytes = 0
    let last = -1
    for (const size of sizes) {
      bytes += size.bytes
      if (last >= 0 && bytes > MAX_READ_BYTES) break
      last = size.offset
    }
    if (last < 0) return []
    return this.sqlite
      .all<Row>(
        'SELECT offset, key, value, stored_at FROM records WHERE topic = ? AND offset >= ? AND offset <= ? ORDER BY offset',
        topic,
        from,
        last,
      )
      .map((row) => ({
        topic,
        partition: 0,
        offset: row.offset,
        key: row.key,
        value: JSON.parse(row.value) as unknown,
        storedAt: row.stored_at,
      }))
  }

  position(topic: Topic, group: string): number {
    return (
      this.sqlite.first<{ next: number }>('SELECT next FROM positions WHERE topic = ? AND grp = ?', topic, group)
        ?.next ?? 0
    )
  }

  /**
   * Deletes at most `limit` records that are older than `olderThan` or beyond `maxBytes`, and that every known group has passed; the number deleted.
   * A topic without a known group keeps all, unless it is one `withoutGroups`.
   */
  expire(
    topic: Topic,
    olderThan: number,
    { maxBytes, withoutGroups, limit }: { maxBytes: number; withoutGroups: boolean; limit: number },
  ): number {
    const passed =
      this.sqlite.first<{ next: number | null }>('SELECT min(next) AS next FROM positions WHERE topic = ?', topic)
        ?.next ?? undefined
    const slowest = passed ?? (withoutGroups ? Number.MAX_SAFE_INTEGER : 0)
    const total =
      this.sqlite.first<{ bytes: number | null }>('SELECT sum(bytes) AS bytes FROM records WHERE topic = ?', topic)
        ?.bytes ?? 0
    let excess = total - maxBytes
    const doomed: number[] = []
    for (const row of this.sqlite.all<{ offset: number; bytes: number; stored_at: number }>(
      'SELECT offset, bytes, stored_at FROM records WHERE topic = ? AND offset < ? ORDER BY offset LIMIT ?',
      topic,
      slowest,
      limit,
    )) {
      if (row.stored_at >= olderThan && excess <= 0) break
      excess -= row.bytes
      doomed.push(row.offset)
    }
    const last = doomed.at(-1)
    if (last === undefined) return 0
    return this.sqlite.transaction(() =>
      this.sqlite.run('DELETE FROM records WHERE topic = ? AND offset <= ?', topic, last),
    )
  }
}
