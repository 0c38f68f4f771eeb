import type { Client } from '@elastic/elasticsearch'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { Log } from '../../runtime/log.js'
import type { IndexedMention, MentionPage, MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import type { IndexedChange, MentionIndex, Rejection } from '../mention-index.js'
import type { MentionSearch, PeriodCounts, ThreadMark, ThreadQuery } from '../mention-search.js'
import { createElasticClient, type ElasticAccess } from './client.js'
import { failureOf } from './errors.js'
import { Generations } from './generations.js'
import { ElasticMentionReader } from './reader.js'
import { expireMonths, expungeDeleted } from './retention.js'
import { ElasticMentionWriter } from './writer.js'

export interface ElasticMentionIndexOptions extends ElasticAccess {
  /** Name of the alias; indices are `${name}-${generation}-YYYY-MM`. `rabta-mentions`, or `rabta-demo-mentions`. */
  readonly name: string
  /** Of each monthly index made from now on. */
  readonly shards: number
  readonly replicas: number
  readonly clock: Clock
  readonly log: Log
}

const PROBE_EVERY_MS = 2000
const EXPUNGE_EVERY_MS = 86_400_000

/** Opens the mention index. Succeeds though the engine is away: then it is made ready at the first call after its return. */
export async function openElasticMentionIndex(options: ElasticMentionIndexOptions): Promise<ElasticMentionIndex> {
  const index = new ElasticMentionIndex(options)
  await index.open()
  return index
}

/** The mention index in Elasticsearch. */
export class ElasticMentionIndex implements MentionIndex, MentionSearch {
  readonly #client: Client
  readonly #clock: Clock
  readonly #log: Log
  readonly #generations: Generations
  readonly #writer: ElasticMentionWriter
  readonly #reader: ElasticMentionReader
  readonly #closing = new AbortController()
  #ready: Promise<void> | undefined
  #away: string | undefined
  #refusing: string | undefined
  #probing = false
  #expungeAfter = 0

  constructor({ nodes, auth, ca, name, shards, replicas, clock, log }: ElasticMentionIndexOptions) {
    this.#client = createElasticClient({ nodes, auth, ca })
    this.#clock = clock
    this.#log = log
    this.#generations = new Generations({ client: this.#client, name, shards, replicas, clock, log })
    this.#writer = new ElasticMentionWriter({ client: this.#client, clock, generations: this.#generations })
    this.#reader = new ElasticMentionReader({ client: this.#client, alias: name, clock })
  }

  async open(): Promise<void> {
    try {
      await this.#makeReady()
    } catch (error) {
      const { reason, message } = failureOf(error, 'opening the mention index')
      this.#log.warn('mention index is away, search waits for it', { reason, detail: message })
    }
  }

  async write(batch: readonly IndexedChange[]): Promise<readonly Rejection[]> {
    if (batch.length === 0) return []
    return this.#run('writing mentions', 'write', () => this.#writer.write(batch))
  }

  async districtsOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (ids.length === 0) return new Map()
    return this.#run('looking up districts', 'read', () => this.#writer.districtsOf(ids))
  }

  /**
   * Lets the months go that ended before `before`, whole; resolves with how many mentions were in them. Once a day it also has the words of withdrawn and
   * edited mentions overwritten, as far as the engine will.
   */
  async expire(before: Date, signal?: AbortSignal): Promise<number> {
    return this.#run('letting old mentions go', 'read', async () => {
      const parts = { client: this.#client, generations: this.#generations }
      const removed = await expireMonths(parts, before, signal)
      if (this.#clock.now() >= this.#expungeAfter) {
        await expungeDeleted({ ...parts, log: this.#log }, signal)
        this.#expungeAfter = this.#clock.now() + EXPUNGE_EVERY_MS
      }
      return removed
    })
  }

  async search(query: MentionQuery, scope: Scope): Promise<MentionPage> {
    return this.#run('searching', 'read', () => this.#reader.search(query, scope))
  }

  async get(id: string, scope: Scope): Promise<IndexedMention | undefined> {
    return this.#run('reading a mention', 'read', () => this.#reader.get(id, scope))
  }

  async getMany(ids: readonly string[], scope: Scope): Promise<readonly IndexedMention[]> {
    return this.#run('reading mentions', 'read', () => this.#reader.getMany(ids, scope))
  }

  async conversation(conversation: string, scope: Scope, limit: number): Promise<readonly IndexedMention[]> {
    return this.#run('reading a conversation', 'read', () => this.#reader.conversation(conversation, scope, limit))
  }

  async thread(query: ThreadQuery, scope: Scope): Promise<readonly ThreadMark[]> {
    return this.#run('reading a conversation', 'read', () => this.#reader.thread(query, scope))
  }

  async count(from: string, to: string, scope: Scope): Promise<PeriodCounts> {
    return this.#run('counting mentions', 'read', () => this.#reader.count(from, to, scope))
  }

  /** What keeps it from answering or from taking mentions, in words for who must mend it; undefined while it does both. */
  problem(): string | undefined {
    return this.#away ?? this.#refusing
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    await this.#client.close()
  }

  async #run<Result>(doing: string, kind: 'read' | 'write', work: () => Promise<Result>): Promise<Result> {
    if (this.#closing.signal.aborted) throw stopped()
    try {
      await this.#makeReady()
      const result = await work()
      this.#away = undefined
      if (kind === 'write') this.#refusing = undefined
      return result
    } catch (error) {
      if (this.#closing.signal.aborted) throw stopped()
      const failure = failureOf(error, doing)
      if (failure.retryable) this.#note(failure, kind)
      throw failure
    }
  }

  #note(failure: Failure, kind: 'read' | 'write'): void {
    if (kind === 'write' && failure.reason !== 'unavailable' && failure.reason !== 'timeout') {
      this.#refusing = failure.message
      return
    }
    this.#away = failure.message
    // The alias may have gone with it.
    this.#ready = undefined
    void this.#probe()
  }

  /** One attempt for all who wait. */
  #makeReady(): Promise<void> {
    this.#ready ??= this.#generations.ensure().then(
      () => {
        this.#away = undefined
      },
      (error: unknown) => {
        this.#ready = undefined
        this.#away = failureOf(error, 'opening the mention index').message
        void this.#probe()
        throw error
      },
    )
    return this.#ready
  }

  /** Asks now and then while the engine is away, so that `problem` ends, and the alias is there, though nobody writes or searches. */
  async #probe(): Promise<void> {
    if (this.#probing) return
    this.#probing = true
    try {
      while (this.#away !== undefined) {
        await this.#clock.sleep(PROBE_EVERY_MS, this.#closing.signal)
        await this.#makeReady().catch(() => undefined)
      }
    } catch {
      // Closed meanwhile.
    } finally {
      this.#probing = false
    }
  }
}

const stopped = () => new Failure('stopped', 'the mention index is closed', { retryable: true })
