import { createHash } from 'node:crypto'
import type { IndexedMention } from '../../schemas/search.js'
import { valueOf } from './aggregations.js'
import { ask, type Answer, type Asking, type Hit, type Request } from './ask.js'
import type { BestCursor, NewCursor } from './cursor.js'
import { allOf, answerClause, filtersBut, oneOf, type Asked, type Clause } from './query.js'

/** What a page is made of, in its order, and where the next one begins. */
export interface Found {
  readonly mentions: readonly IndexedMention[]
  readonly next: NewCursor | BestCursor | undefined
}

/** As deep as pages of the best hits go, and as many as Elasticsearch gives at once; who reads on wants the newest first. */
const MAX_RANKED = 10_000
const KEPT_RANKINGS = 32

const NEWEST_FIRST: NonNullable<Request['sort']> = [{ receivedAt: 'desc' }, { seq: 'desc' }, { id: 'desc' }]

export const mentionOf = ({ _source: source }: Hit): IndexedMention =>
  JSON.parse(source?.['body'] as string) as IndexedMention

/** A page of the newest, with one more than its length: that tells whether there is another. */
export function newestRequest({ frame, filters }: Asked, cursor: NewCursor | undefined, limit: number): Request {
  return {
    query: allOf(frame),
    // Aggregations are over the frame: each of them leaves one filter out.
    ...(filters.size === 0 ? {} : { post_filter: allOf(filtersBut(filters)) }),
    ...(cursor === undefined ? {} : { search_after: [cursor.receivedAt, cursor.seq, cursor.id] }),
    sort: NEWEST_FIRST,
    size: limit + 1,
    _source: ['body'],
  }
}

export function newestPage({ hits }: Answer, limit: number): Found {
  const page = hits.slice(0, limit)
  const [receivedAt, seq, id] = (page.at(-1)?.sort ?? []) as [number, number, string]
  return {
    mentions: page.map(mentionOf),
    next: hits.length > limit ? { sort: 'new', receivedAt, seq, id } : undefined,
  }
}

/**
 * The pages of the best hits. A score changes with every mention that arrives and differs between copies of a shard, so it can't be where a page
 * begins: the order is made once, kept, and read on in.
 */
export class BestPages {
  readonly #asking: Asking
  readonly #rankings = new Map<string, readonly string[]>()

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** `words` gives the scores; `key` is the search's own. */
  async page(asked: Asked, words: Clause, key: string, cursor: BestCursor | undefined, limit: number): Promise<Found> {
    const { ids, lastSeq, name } = await this.#ranking(asked, words, key, cursor)
    const mentions: IndexedMention[] = []
    let offset = cursor?.offset ?? 0
    while (mentions.length < limit && offset < ids.length) {
      const slice = ids.slice(offset, offset + limit - mentions.length)
      offset += slice.length
      mentions.push(...(await this.#stillThere(asked, slice)))
    }
    return {
      mentions,
      next: offset < ids.length ? { sort: 'best', offset, lastSeq, ranking: name } : undefined,
    }
  }

  async #ranking(asked: Asked, words: Clause, key: string, cursor: BestCursor | undefined) {
    if (cursor !== undefined) {
      const { lastSeq, ranking: name } = cursor
      const kept = this.#rankings.get(`${key} ${lastSeq} ${name}`)
      if (kept !== undefined) return { ids: kept, lastSeq, name }
    }
    const { ids, lastSeq } = await this.#rank(asked, words, cursor?.lastSeq)
    // Pages already begun go on under the name they know, though the order was made again.
    const name = cursor?.ranking ?? nameOf(ids)
    this.#keep(`${key} ${lastSeq} ${name}`, ids)
    return { ids, lastSeq, name }
  }

  async #rank(asked: Asked, words: Clause, until: number | undefined) {
    const bound: Clause[] = until === undefined ? [] : [{ range: { seq: { lte: until } } }]
    const { hits, aggregations } = await ask(this.#asking, {
      query: { bool: { must: [words], filter: [answerClause(asked), ...bound] } },
      sort: [{ _score: 'desc' }, ...NEWEST_FIRST],
      size: MAX_RANKED,
      _source: false,
      stored_fields: '_none_',
      ...(until === undefined ? { aggs: { all: { global: {}, aggs: { lastSeq: { max: { field: 'seq' } } } } } } : {}),
    })
    return {
      ids: hits.map(({ sort }) => sort?.at(-1) as string),
      lastSeq: until ?? valueOf(aggregations, 'all', 'lastSeq') ?? 0,
    }
  }

  /** Those of the ids, in their order, that were not edited into something else or withdrawn since, and are still in the scope. */
  async #stillThere(asked: Asked, ids: readonly string[]): Promise<IndexedMention[]> {
    const { hits } = await ask(this.#asking, {
      query: allOf([oneOf('id', ids), answerClause(asked)]),
      sort: [{ id: 'asc' }],
      size: ids.length,
      _source: ['body'],
    })
    const mentions = new Map(hits.map((hit) => [hit.sort?.[0] as string, mentionOf(hit)]))
    return ids.flatMap((id) => mentions.get(id) ?? [])
  }

  #keep(name: string, ids: readonly string[]): void {
    const oldest = this.#rankings.keys().next()
    if (this.#rankings.size >= KEPT_RANKINGS && oldest.done !== true) this.#rankings.delete(oldest.value)
    this.#rankings.set(name, ids)
  }
}

/** What the same order is always called, so that asking again keeps one and not two. */
const nameOf = (ids: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(ids)).digest('base64url').slice(0, 8)
