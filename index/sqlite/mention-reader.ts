import { Failure } from '../../runtime/failure.js'
import type { Sqlite } from '../../runtime/sqlite.js'
import type { IndexedMention, MentionPage, MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import { highlightsOf } from '../highlights.js'
import type { PeriodCounts, ThreadMark, ThreadQuery } from '../mention-search.js'
import { anyOf, frameConditions, joinConditions, type Sql } from './conditions.js'
import { searchKey } from '../cursor.js'
import { readPlace, writePlace, type BestCursor, type NewCursor } from './cursor.js'
import { answering, countByTags, facetsOf } from './facets.js'
import { histogramOf } from './histogram.js'
import { hitsOf, select, type Hits } from './hits.js'
import { periodCounts } from './period-counts.js'
import { guardIndex } from './sqlite-errors.js'
import { threadOf } from './thread.js'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200
/** As deep as pages of the best hits go; who reads on wants the newest first. */
const MAX_RANKED = 10_000
const KEPT_RANKINGS = 32
/** A word of the text counts for more than one of its second reading or of the author's name. */
const RANK = 'bm25(words, 1.0, 0.5, 0.5)'

interface Found {
  readonly seqs: readonly number[]
  readonly next: NewCursor | BestCursor | undefined
}

/** Searches one index file on a connection of its own. Synchronous: it lives in a worker. */
export class MentionReader {
  readonly #db: Sqlite
  /** Rankings that pages are being read of: a score changes with every mention that arrives, so it can't be where a page begins. */
  readonly #rankings = new Map<string, readonly number[]>()

  constructor(db: Sqlite) {
    this.#db = db
    db.exec('PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY')
  }

  search(query: MentionQuery, scope: Scope): MentionPage {
    const key = searchKey(query, scope)
    const cursor = query.cursor === undefined ? undefined : readPlace(query.cursor, key)
    const limit = Math.min(MAX_LIMIT, Math.max(1, query.limit ?? DEFAULT_LIMIT))
    return this.#snapshot(() => {
      const hits = hitsOf(this.#db, query, scope)
      const counts = countByTags(this.#db, hits)
      const answer = answering(counts, query)
      const found = this.#find(hits, query, key, cursor, limit)
      return {
        items: this.#mentions(found.seqs).map((mention) => ({
          mention,
          highlights: highlightsOf(mention.text, hits.words),
        })),
        total: answer.reduce((sum, row) => sum + row.n, 0),
        facets: facetsOf(this.#db, hits, counts, query, scope),
        histogram: histogramOf(this.#db, hits, answer, query),
        next: found.next === undefined ? null : writePlace(key, found.next),
      }
    })
  }

  get(id: string, scope: Scope): IndexedMention | undefined {
    const { text, values } = joinConditions([{ text: 'm.id = ?', values: [id] }, ...frameConditions({}, scope)])
    return this.#snapshot(() => this.#mentions(this.#seqs(`SELECT m.seq FROM mentions m WHERE ${text}`, values))[0])
  }

  getMany(ids: readonly string[], scope: Scope): readonly IndexedMention[] {
    if (ids.length === 0) return []
    const { text, values } = joinConditions([
      { text: `m.id IN (${anyOf(ids)})`, values: ids },
      ...frameConditions({}, scope),
    ])
    return this.#snapshot(() => this.#mentions(this.#seqs(`SELECT m.seq FROM mentions m WHERE ${text}`, values)))
  }

  thread(query: ThreadQuery, scope: Scope): readonly ThreadMark[] {
    return this.#snapshot(() => threadOf(this.#db, query, scope))
  }

  conversation(conversation: string, scope: Scope, limit: number): readonly IndexedMention[] {
    const { text, values } = joinConditions([
      { text: 'm.conversation = ?', values: [conversation] },
      ...frameConditions({}, scope),
    ])
    return this.#snapshot(() => {
      const latest = `SELECT m.seq FROM mentions m WHERE ${text} ORDER BY m.written_at DESC, m.seq DESC LIMIT ?`
      return this.#mentions(this.#seqs(latest, [...values, Math.max(0, Math.trunc(limit))])).reverse()
    })
  }

  count(from: string, to: string, scope: Scope): PeriodCounts {
    return this.#snapshot(() => periodCounts(this.#db, from, to, scope))
  }

  close(): void {
    this.#db.close()
  }

  /** All queries of `work` see the index as it was at one moment. */
  #snapshot<Result>(work: () => Result): Result {
    return guardIndex(() => {
      this.#db.exec('BEGIN')
      try {
        return work()
      } finally {
        this.#db.rollBack()
      }
    })
  }

  #find(
    hits: Hits,
    query: MentionQuery,
    key: string,
    cursor: NewCursor | BestCursor | undefined,
    limit: number,
  ): Found {
    const conditions = [...hits.frame, ...hits.districts, ...hits.tags]
    const sort = query.sort === 'best' && hits.ranked ? 'best' : 'new'
    if (cursor !== undefined && cursor.sort !== sort) {
      throw new Failure('invalid-payload', 'the cursor belongs to another order: begin again without it', {
        retryable: false,
      })
    }
    if (sort === 'best')
      return this.#findBest(hits.source, conditions, key, cursor?.sort === 'best' ? cursor : undefined, limit)
    return this.#findNew(hits.source, conditions, cursor?.sort === 'new' ? cursor : undefined, limit)
  }

  #findNew(source: string, conditions: Sql[], cursor: NewCursor | undefined, limit: number): Found {
    const after: Sql[] =
      cursor === undefined ? [] : [{ text: '(m.received_at, m.seq) < (?, ?)', values: [cursor.receivedAt, cursor.seq] }]
    const { text, values } = joinConditions([...conditions, ...after])
    const rows = select<{ seq: number; received_at: number }>(
      this.#db,
      `SELECT m.seq, m.received_at FROM ${source} WHERE ${text} ORDER BY m.received_at DESC, m.seq DESC LIMIT ?`,
      [...values, limit + 1],
    )
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      seqs: page.map((row) => row.seq),
      next:
        rows.length > limit && last !== undefined
          ? { sort: 'new', receivedAt: last.received_at, seq: last.seq }
          : undefined,
    }
  }

  #findBest(source: string, conditions: Sql[], key: string, cursor: BestCursor | undefined, limit: number): Found {
    const lastSeq = cursor?.lastSeq ?? this.#seqs('SELECT max(seq) AS seq FROM mentions', [])[0] ?? 0
    const kept = cursor === undefined ? undefined : this.#rankings.get(`${key} ${lastSeq}`)
    const ranking = kept ?? this.#rank(source, conditions, key, lastSeq)
    const seqs: number[] = []
    let offset = cursor?.offset ?? 0
    while (seqs.length < limit && offset < ranking.length) {
      const slice = ranking.slice(offset, offset + limit - seqs.length)
      offset += slice.length
      // What was ranked may have been edited or withdrawn since, or left the scope.
      const still = joinConditions([...conditions, { text: `m.seq IN (${slice.join(', ')})`, values: [] }])
      const there = new Set(this.#seqs(`SELECT m.seq FROM ${source} WHERE ${still.text}`, still.values))
      seqs.push(...slice.filter((seq) => there.has(seq)))
    }
    return { seqs, next: offset < ranking.length ? { sort: 'best', offset, lastSeq } : undefined }
  }

  #rank(source: string, conditions: Sql[], key: string, lastSeq: number): readonly number[] {
    const { text, values } = joinConditions([...conditions, { text: 'm.seq <= ?', values: [lastSeq] }])
    const ranking = this.#seqs(
      `SELECT m.seq FROM ${source} WHERE ${text} ORDER BY ${RANK}, m.received_at DESC, m.seq DESC LIMIT ${MAX_RANKED}`,
      values,
    )
    const oldest = this.#rankings.keys().next()
    if (this.#rankings.size >= KEPT_RANKINGS && oldest.done !== true) this.#rankings.delete(oldest.value)
    this.#rankings.set(`${key} ${lastSeq}`, ranking)
    return ranking
  }

  #seqs(text: string, values: Sql['values']): number[] {
    return select<{ seq: number }>(this.#db, text, values).map((row) => row.seq)
  }

  #mentions(seqs: readonly number[]): IndexedMention[] {
    if (seqs.length === 0) return []
    const rows = select<{ seq: number; body: string }>(
      this.#db,
      `SELECT seq, body FROM bodies WHERE seq IN (${seqs.join(', ')})`,
      [],
    )
    const bodies = new Map(rows.map((row) => [row.seq, row.body]))
    return seqs.flatMap((seq) => {
      const body = bodies.get(seq)
      return body === undefined ? [] : [JSON.parse(body) as IndexedMention]
    })
  }
}
