import type { Sqlite } from '../../runtime/sqlite.js'
import { personOf } from '../../runtime/person.js'
import type { Deletion } from '../../schemas/mention.js'
import type { IndexedMention } from '../../schemas/search.js'
import type { IndexedChange, Rejection } from '../mention-index.js'
import { checkIdentity, isAsLate, rowOf, stateAt, UNKNOWN, type MentionRow } from '../mention-row.js'
import { ensureSchema } from './schema.js'
import { guardIndex, rejectionReason } from './sqlite-errors.js'

interface Stored {
  readonly seq: number | null
  readonly version: number
  readonly revision: number
}

/** How long emptying the log waits for readers, before it is left to the next write. */
const SCRUB_WAIT_MS = 100
const WRITE_WAIT_MS = 5000

/** The one writer of an index file. Synchronous: it lives in a worker. */
export class MentionWriter {
  readonly #db: Sqlite
  readonly #tagsets = new Map<string, number>()
  #textToScrub: boolean

  constructor(db: Sqlite) {
    this.#db = db
    guardIndex(() => ensureSchema(db))
    db.exec('PRAGMA cache_size = -32768')
    // Whoever was here before may have died between deleting and scrubbing.
    this.#textToScrub = true
    this.scrub()
  }

  /** As `MentionIndex.write`: one transaction, synced to the disk when it returns. */
  write(batch: readonly IndexedChange[]): readonly Rejection[] {
    const rejections: Rejection[] = []
    this.#transaction(() => {
      for (const [at, change] of batch.entries()) {
        const rejection = this.#apply(change, at)
        if (rejection !== undefined) rejections.push(rejection)
      }
    })
    this.scrub()
    return rejections
  }

  /** Removes at most `limit` of the mentions received before `beforeMs`, oldest first, and says how many it removed. */
  expire(beforeMs: number, limit: number): number {
    const removed = this.#transaction(() => {
      const old = this.#db.all<{ seq: number }>(
        'SELECT seq FROM mentions WHERE received_at < ? ORDER BY received_at LIMIT ?',
        beforeMs,
        limit,
      )
      for (const { seq } of old) this.#remove(seq)
      // Of what was withdrawn before that, no more than the version stays: nothing that says whose it was.
      this.#db.run(
        `UPDATE deletions SET conversation = '', person = '', districts = '[]', written_at = 0, deleted_at = 0
         WHERE conversation <> '' AND deleted_at < ?`,
        beforeMs,
      )
      return old.length
    })
    this.scrub()
    return removed
  }

  /** Rewrites the whole file: gives space back, and leaves nothing of what was deleted. Takes seconds for each 100,000 mentions. */
  compact(): void {
    guardIndex(() => {
      this.#db.exec("INSERT INTO words (words) VALUES ('optimize')")
      this.#db.exec('VACUUM')
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    })
  }

  close(): void {
    this.#db.close()
  }

  /**
   * After a deletion: moves the log of the database into the file (where deleted content was overwritten) and empties it, for it still holds the old pages.
   * A reader may be in the way; then the next write tries again.
   */
  scrub(): void {
    if (!this.#textToScrub) return
    try {
      this.#db.exec(`PRAGMA busy_timeout = ${SCRUB_WAIT_MS}`)
      this.#textToScrub = this.#db.first<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')?.busy !== 0
    } catch {
      // What was written is safe without it: a full disk here must not undo an acknowledged write.
    } finally {
      this.#db.exec(`PRAGMA busy_timeout = ${WRITE_WAIT_MS}`)
    }
  }

  #transaction<Result>(work: () => Result): Result {
    try {
      return guardIndex(() => this.#db.transaction(work))
    } catch (error) {
      // Combinations made in what was rolled back do not exist.
      this.#tagsets.clear()
      throw error
    }
  }

  /** One item, all or nothing of it. */
  #apply(change: IndexedChange, at: number): Rejection | undefined {
    this.#db.run('SAVEPOINT item')
    try {
      if (change.type === 'deleted') this.#delete(change)
      else this.#take(change.type, change.mention)
      this.#db.run('RELEASE item')
      return undefined
    } catch (error) {
      const reason = rejectionReason(error)
      if (reason === undefined) throw error
      this.#db.run('ROLLBACK TO item')
      this.#tagsets.clear()
      this.#db.run('RELEASE item')
      const id: unknown = change.type === 'deleted' ? change.id : (change.mention as { id?: unknown } | undefined)?.id
      return { at, id: String(id), ...reason }
    }
  }

  #stored(id: string): Stored | undefined {
    return this.#db.first<Stored>(
      'SELECT seq, version, revision FROM mentions WHERE id = ? UNION ALL SELECT NULL, version, 0 FROM deletions WHERE id = ?',
      id,
      id,
    )
  }

  #take(type: 'written' | 'edited', mention: IndexedMention): void {
    checkIdentity(mention)
    const stored = this.#stored(mention.id)
    // What was withdrawn comes back by a later version alone.
    if (stored !== undefined && (stored.seq === null ? stored.version >= mention.version : isAsLate(stored, mention)))
      return
    const editedAt = this.#editedAt(type, mention, stored?.seq ?? null)
    this.#store(rowOf(editedAt === null ? mention : { ...mention, editedAt }), stored)
  }

  /** An edit says so itself; so does a later state in other words. */
  #editedAt(type: 'written' | 'edited', mention: IndexedMention, seq: number | null): string | null {
    const at = () => new Date(stateAt(mention)).toISOString()
    if (type === 'edited') return at()
    const before = seq === null ? undefined : this.#body(seq)
    if (before === undefined) return null
    return before.text === mention.text ? (before.editedAt ?? null) : at()
  }

  #body(seq: number): IndexedMention | undefined {
    const row = this.#db.first<{ body: string }>('SELECT body FROM bodies WHERE seq = ?', seq)
    return row === undefined ? undefined : (JSON.parse(row.body) as IndexedMention)
  }

  #store(row: MentionRow, stored: Stored | undefined): void {
    if (stored?.seq != null) this.#clear(stored.seq)
    else if (stored !== undefined) this.#db.run('DELETE FROM deletions WHERE id = ?', row.id)
    const [{ seq }] = this.#db.all<{ seq: number }>(
      `INSERT INTO mentions
         (seq, id, version, revision, received_at, written_at, tagset, conversation, person, language_confidence, category_confidence)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, revision = excluded.revision, received_at = excluded.received_at, written_at = excluded.written_at,
         tagset = excluded.tagset, conversation = excluded.conversation, person = excluded.person, language_confidence = excluded.language_confidence,
         category_confidence = excluded.category_confidence
       RETURNING seq`,
      stored?.seq ?? null,
      row.id,
      row.version,
      row.revision,
      row.receivedAt,
      row.writtenAt,
      this.#tagset(row.tagset),
      row.conversation,
      row.person,
      row.languageConfidence,
      row.categoryConfidence,
    ) as [{ seq: number }]
    this.#db.run('INSERT INTO bodies (seq, body) VALUES (?, ?)', seq, row.body)
    const { text, parted, author } = row.words
    this.#db.run('INSERT INTO words (rowid, text, parted, author) VALUES (?, ?, ?, ?)', seq, text, parted, author)
    for (const district of row.districts)
      this.#db.run('INSERT INTO mention_districts (district, seq) VALUES (?, ?)', district, seq)
    for (const tag of row.corrected) this.#db.run('INSERT INTO mention_corrections (tag, seq) VALUES (?, ?)', tag, seq)
  }

  #delete(deletion: Deletion): void {
    checkIdentity(deletion)
    const stored = this.#stored(deletion.id)
    // Of equal versions the deletion wins, in whichever order they come: what was withdrawn must not stay.
    if (
      stored !== undefined &&
      (stored.seq === null ? stored.version >= deletion.version : stored.version > deletion.version)
    )
      return
    const at = stateAt(deletion)
    const said = stored?.seq == null ? undefined : this.#body(stored.seq)
    if (stored?.seq != null) this.#remove(stored.seq)
    this.#db.run(
      `INSERT INTO deletions (id, version, conversation, person, districts, written_at, deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version`,
      deletion.id,
      deletion.version,
      said?.conversation ?? deletion.conversation,
      said === undefined ? '' : (personOf(said) ?? ''),
      JSON.stringify(said?.tags.districts?.map(({ id }) => id) ?? []),
      said === undefined ? at : Date.parse(said.writtenAt),
      at,
    )
  }

  /** As `MentionIndex.districtsOf`. */
  districtsOf(ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
    const known = new Map<string, readonly string[]>()
    for (const id of new Set(ids)) {
      const stored = this.#stored(id)
      if (stored === undefined) continue
      if (stored.seq === null) {
        const row = this.#db.first<{ districts: string }>('SELECT districts FROM deletions WHERE id = ?', id)
        known.set(id, JSON.parse(row?.districts ?? '[]') as string[])
      } else {
        const rows = this.#db.all<{ district: string }>(
          'SELECT district FROM mention_districts WHERE seq = ?',
          stored.seq,
        )
        known.set(
          id,
          rows.map(({ district }) => district).filter((district) => district !== UNKNOWN),
        )
      }
    }
    return known
  }

  #remove(seq: number): void {
    this.#clear(seq)
    this.#db.run('DELETE FROM mentions WHERE seq = ?', seq)
  }

  /** Takes away what was said, from every table that holds words or places. */
  #clear(seq: number): void {
    this.#textToScrub = true
    this.#db.run('DELETE FROM words WHERE rowid = ?', seq)
    this.#db.run('DELETE FROM bodies WHERE seq = ?', seq)
    this.#db.run('DELETE FROM mention_districts WHERE seq = ?', seq)
    this.#db.run('DELETE FROM mention_corrections WHERE seq = ?', seq)
  }

  #tagset(tagset: MentionRow['tagset']): number {
    const name = tagset.join(' ')
    const known = this.#tagsets.get(name)
    if (known !== undefined) return known
    const id = this.#findTagset(tagset) ?? this.#makeTagset(tagset)
    this.#tagsets.set(name, id)
    return id
  }

  #findTagset(tagset: MentionRow['tagset']): number | undefined {
    const found = this.#db.first<{ id: number }>(
      `SELECT id FROM tagsets
       WHERE channel = ? AND lang = ? AND category = ? AND severity = ? AND sentiment = ? AND alert = ? AND unjudged = ?`,
      ...tagset,
    )
    return found?.id
  }

  #makeTagset(tagset: MentionRow['tagset']): number {
    const [made] = this.#db.all<{ id: number }>(
      `INSERT INTO tagsets (channel, lang, category, severity, sentiment, alert, unjudged) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      ...tagset,
    ) as [{ id: number }]
    return made.id
  }
}
