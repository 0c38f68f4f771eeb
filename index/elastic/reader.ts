import type { Client } from '@elastic/elasticsearch'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { IndexedMention, MentionPage, MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import { searchKey } from '../cursor.js'
import { highlightsOf } from '../highlights.js'
import { stepsAskedFor, stepsFound } from '../histogram-steps.js'
import type { MentionSearch, PeriodCounts, ThreadMark, ThreadQuery } from '../mention-search.js'
import { readQuery, type QueryWords } from '../query-words.js'
import { countOf } from './aggregations.js'
import { ask, type Answer, type Asking } from './ask.js'
import { periodCounts } from './counts.js'
import { readPlace, writePlace } from './cursor.js'
import { facetAggregations, facetsOf } from './facets.js'
import { endsAggregations, endsOf, histogramAggregations, histogramOf } from './histogram.js'
import { BestPages, newestPage, newestRequest } from './pages.js'
import { allOf, filterClauses, frameClauses, oneOf, wordsClause, type Asked, type Clause } from './query.js'
import { conversationOf, manyOf, threadOf } from './threads.js'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200
const NO_WORDS: QueryWords = { all: [], none: [] }
const MENTION_ID = /^[a-z]+:\S+$/

/** What is asked for, and the words of it that hits are ranked by, if any. */
interface Search extends Asked {
  readonly words: QueryWords
  readonly ranked: Clause | undefined
}

/**
 * Searches the mentions in Elasticsearch, with the answers of the embedded index. A search of the newest is one request, or two where the time is
 * open: the steps of the histogram need the first and the last hit. Failures beside those of `MentionSearch`: `timeout` (retryable).
 */
export class ElasticMentionReader implements MentionSearch {
  readonly #asking: Asking
  readonly #best: BestPages

  constructor(parts: { readonly client: Client; readonly alias: string; readonly clock: Clock }) {
    this.#asking = parts
    this.#best = new BestPages(parts)
  }

  async search(query: MentionQuery, scope: Scope): Promise<MentionPage> {
    const key = searchKey(query, scope)
    const cursor = query.cursor === undefined ? undefined : readPlace(query.cursor, key)
    const limit = Math.min(MAX_LIMIT, Math.max(1, Math.trunc(query.limit ?? DEFAULT_LIMIT)))
    const search = await this.#searchFor(query, scope)
    const ranked = query.sort === 'best' ? search.ranked : undefined
    const steps = stepsAskedFor(query)
    const aggs = {
      ...facetAggregations(search.filters),
      ...(steps === undefined ? endsAggregations(search.filters) : histogramAggregations(search.filters, steps)),
    }
    if (ranked === undefined) {
      if (cursor?.sort === 'best') throw otherOrder()
      const answer = await ask(this.#asking, { ...newestRequest(search, cursor, limit), aggs })
      const [counted, found] = [await this.#counted(search, query, scope, answer), newestPage(answer, limit)]
      return pageOf(key, search, found, counted)
    }
    if (cursor?.sort === 'new') throw otherOrder()
    const [found, counted] = await Promise.all([
      this.#best.page(search, ranked, key, cursor, limit),
      ask(this.#asking, { query: allOf(search.frame), size: 0, aggs }).then((answer) =>
        this.#counted(search, query, scope, answer),
      ),
    ])
    return pageOf(key, search, found, counted)
  }

  async get(id: string, scope: Scope): Promise<IndexedMention | undefined> {
    return (await manyOf(this.#asking, [id], scope))[0]
  }

  getMany(ids: readonly string[], scope: Scope): Promise<readonly IndexedMention[]> {
    return manyOf(this.#asking, ids, scope)
  }

  conversation(conversation: string, scope: Scope, limit: number): Promise<readonly IndexedMention[]> {
    return conversationOf(this.#asking, conversation, scope, limit)
  }

  thread(query: ThreadQuery, scope: Scope): Promise<readonly ThreadMark[]> {
    return threadOf(this.#asking, query, scope)
  }

  count(from: string, to: string, scope: Scope): Promise<PeriodCounts> {
    return periodCounts(this.#asking, from, to, scope)
  }

  async #searchFor(query: MentionQuery, scope: Scope): Promise<Search> {
    const frame = frameClauses(query, scope)
    const filters = filterClauses(query)
    const q = query.q?.trim() ?? ''
    if (q === '') return { frame, filters, words: NO_WORDS, ranked: undefined }
    if (MENTION_ID.test(q) && (await this.#isVisible(q, scope)))
      return { frame: [...frame, oneOf('id', [q])], filters, words: NO_WORDS, ranked: undefined }
    const words = readQuery(q)
    const clause = wordsClause(words)
    return {
      frame: [...frame, clause ?? { match_none: {} }],
      filters,
      words,
      ranked: words.all.length === 0 ? undefined : clause,
    }
  }

  async #isVisible(id: string, scope: Scope): Promise<boolean> {
    const { total } = await ask(this.#asking, {
      size: 0,
      query: allOf([oneOf('id', [id]), ...frameClauses({}, scope)]),
    })
    return total > 0
  }

  /** Total, facets and histogram out of the first answer, asking once more where the steps of the histogram depend on it. */
  async #counted(search: Search, query: MentionQuery, scope: Scope, { aggregations }: Answer): Promise<Counted> {
    const facets = facetsOf(aggregations, scope)
    const asked = stepsAskedFor(query)
    if (asked !== undefined)
      return { total: countOf(aggregations, 'steps'), facets, histogram: histogramOf(aggregations, asked) }
    const total = countOf(aggregations, 'ends')
    const steps = stepsFound(query, endsOf(aggregations))
    if (total === 0) return { total, facets, histogram: histogramOf({}, steps) }
    const aggs = histogramAggregations(search.filters, steps)
    const more = await ask(this.#asking, { query: allOf(search.frame), size: 0, aggs })
    return { total, facets, histogram: histogramOf(more.aggregations, steps) }
  }
}

type Counted = Pick<MentionPage, 'total' | 'facets' | 'histogram'>

function pageOf(key: string, { words }: Search, found: ReturnType<typeof newestPage>, counted: Counted): MentionPage {
  return {
    items: found.mentions.map((mention) => ({ mention, highlights: highlightsOf(mention.text, words) })),
    ...counted,
    next: found.next === undefined ? null : writePlace(key, found.next),
  }
}

const otherOrder = () =>
  new Failure('invalid-payload', 'the cursor belongs to another order: begin again without it', { retryable: false })
