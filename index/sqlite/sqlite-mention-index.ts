import type { Clock } from '../../runtime/clock.js'
import { DiskRoom } from '../../runtime/disk-room.js'
import { Failure } from '../../runtime/failure.js'
import type { Log } from '../../runtime/log.js'
import type { IndexedMention, MentionPage, MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import type { IndexedChange, MentionIndex, Rejection } from '../mention-index.js'
import type { MentionSearch, PeriodCounts, ThreadMark, ThreadQuery } from '../mention-search.js'
import { ReaderPool } from './reader-pool.js'
import { WorkerClient } from './worker-client.js'

export interface SqliteMentionIndexOptions {
  /** The file of the index; its folder exists and belongs to this process. */
  readonly file: string
  readonly clock: Clock
  readonly log: Log
  /** The compiled entries of the workers; by default those beside this file. */
  readonly workerUrls?: { readonly search: URL; readonly write: URL }
  readonly readers?: number
  /** After this long a search fails with `timeout`. */
  readonly searchTimeoutMs?: number
  /** Grows the file no further than this; for tests of a full disk. */
  readonly maxPages?: number
}

const EXPIRED_AT_ONCE = 500
/** Pages of one ranking are read from the reader that made it. */
const RANKING_LANE = 0

/** Opens the index file, making it if it is not there; throws a Failure if it can't be used. */
export async function openSqliteMentionIndex(options: SqliteMentionIndexOptions): Promise<SqliteMentionIndex> {
  const index = new SqliteMentionIndex(options)
  try {
    await index.open()
  } catch (error) {
    await index.close()
    throw error
  }
  return index
}

/** The embedded mention index: one file, written by one worker and read by others, so that the main thread never runs a query. */
export class SqliteMentionIndex implements MentionIndex, MentionSearch {
  readonly #writer: WorkerClient
  readonly #readers: ReaderPool
  readonly #room = new DiskRoom()
  #closed = false

  constructor({
    file,
    clock,
    log,
    workerUrls,
    readers = 2,
    searchTimeoutMs = 10_000,
    maxPages,
  }: SqliteMentionIndexOptions) {
    const urls = workerUrls ?? {
      search: new URL('./search-worker.js', import.meta.url),
      write: new URL('./write-worker.js', import.meta.url),
    }
    this.#writer = new WorkerClient({ name: 'write', url: urls.write, data: { file, maxPages }, clock, log })
    this.#readers = new ReaderPool({
      file,
      workerUrl: urls.search,
      size: readers,
      timeoutMs: searchTimeoutMs,
      clock,
      log,
    })
  }

  async open(): Promise<void> {
    await this.#write('open')
  }

  async write(batch: readonly IndexedChange[]): Promise<readonly Rejection[]> {
    if (batch.length === 0) return []
    try {
      const rejections = (await this.#write('write', batch)) as readonly Rejection[]
      this.#room.wrote()
      return rejections
    } catch (error) {
      this.#room.failed(error)
      throw error
    }
  }

  /** What keeps it from taking mentions, in words for who must mend it; undefined while it takes them. */
  problem(): string | undefined {
    return this.#room.problem()
  }

  async districtsOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (ids.length === 0) return new Map()
    return (await this.#write('districtsOf', ids)) as ReadonlyMap<string, readonly string[]>
  }

  /** Removes the mentions received before `before`, some hundreds at a time so that writes go on in between; resolves with how many it removed. */
  async expire(before: Date, signal?: AbortSignal): Promise<number> {
    let removed = 0
    for (;;) {
      signal?.throwIfAborted()
      const now = (await this.#write('expire', before.getTime(), EXPIRED_AT_ONCE)) as number
      removed += now
      if (now < EXPIRED_AT_ONCE) return removed
    }
  }

  /** Rewrites the file without the room that deleted mentions left; writes wait until it is done. For the quiet hours, after `expire`. */
  async compact(): Promise<void> {
    await this.#write('compact')
  }

  async search(query: MentionQuery, scope: Scope): Promise<MentionPage> {
    return (await this.#readers.run(
      query.sort === 'best' ? RANKING_LANE : undefined,
      'search',
      query,
      scope,
    )) as MentionPage
  }

  async get(id: string, scope: Scope): Promise<IndexedMention | undefined> {
    return (await this.#readers.run(undefined, 'get', id, scope)) as IndexedMention | undefined
  }

  async conversation(conversation: string, scope: Scope, limit: number): Promise<readonly IndexedMention[]> {
    return (await this.#readers.run(undefined, 'conversation', conversation, scope, limit)) as readonly IndexedMention[]
  }

  async getMany(ids: readonly string[], scope: Scope): Promise<readonly IndexedMention[]> {
    if (ids.length === 0) return []
    return (await this.#readers.run(undefined, 'getMany', ids, scope)) as readonly IndexedMention[]
  }

  async thread(query: ThreadQuery, scope: Scope): Promise<readonly ThreadMark[]> {
    return (await this.#readers.run(undefined, 'thread', query, scope)) as readonly ThreadMark[]
  }

  async count(from: string, to: string, scope: Scope): Promise<PeriodCounts> {
    return (await this.#readers.run(undefined, 'count', from, to, scope)) as PeriodCounts
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#readers.close()
    await this.#writer.close()
  }

  async #write(method: string, ...args: readonly unknown[]): Promise<unknown> {
    if (this.#closed) throw new Failure('stopped', 'the mention index is closed', { retryable: true })
    return this.#writer.call(method, ...args)
  }
}
