import type { Client, estypes } from '@elastic/elasticsearch'
import type { Clock } from '../../runtime/clock.js'
import type { Clause } from './query.js'
import { incomplete, isPassing, readFailure, tookTooLong } from './read-errors.js'

/** What every reading needs. */
export interface Asking {
  readonly client: Client
  /** The alias of all monthly indices. */
  readonly alias: string
  readonly clock: Clock
}

export type Aggregations = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The parts of Elasticsearch's search request that Rabta uses. */
export interface Request {
  readonly query: Clause
  readonly post_filter?: Clause
  readonly aggs?: Aggregations
  readonly sort?: readonly Readonly<Record<string, 'asc' | 'desc'>>[]
  readonly search_after?: readonly unknown[]
  readonly size: number
  readonly track_total_hits?: boolean
  readonly _source?: readonly string[] | false
  readonly stored_fields?: '_none_'
}

export interface Hit {
  readonly sort?: readonly unknown[]
  readonly _source?: Readonly<Record<string, unknown>>
}

export interface Answer {
  readonly total: number
  readonly hits: readonly Hit[]
  readonly aggregations: Readonly<Record<string, unknown>>
}

const SEARCH_TIMEOUT_MS = 10_000
/** The server gives up first, so that it does not work on for nobody. */
const REQUEST_TIMEOUT_MS = SEARCH_TIMEOUT_MS + 2_000
/** As long as an alias or a shard takes to move. */
const PAUSE_MS = 200

const READ = ['timed_out', '_shards', 'hits.total', 'hits.hits.sort', 'hits.hits._source', 'aggregations']

/**
 * Asks the index once, and once more if it was away for a moment; throws Failures (`unavailable`, `timeout`, `too-large`, `unexpected`) that
 * say nothing of what was asked. An answer is of every shard or none.
 */
export async function ask(asking: Asking, request: Request): Promise<Answer> {
  try {
    return await askOnce(asking, request)
  } catch (failure) {
    if (!isPassing(failure)) throw failure
  }
  await asking.clock.sleep(PAUSE_MS)
  return askOnce(asking, request)
}

async function askOnce({ client, alias }: Asking, request: Request): Promise<Answer> {
  let response: estypes.SearchResponse<Readonly<Record<string, unknown>>>
  try {
    response = await client.search(
      {
        index: alias,
        allow_partial_search_results: false,
        timeout: `${SEARCH_TIMEOUT_MS}ms`,
        track_total_hits: true,
        filter_path: READ,
        ...(request as unknown as estypes.SearchRequest),
      },
      { requestTimeout: REQUEST_TIMEOUT_MS },
    )
  } catch (error) {
    throw readFailure(error)
  }
  if (response.timed_out) throw tookTooLong()
  const { failed, successful, total } = response._shards
  if (failed > 0 || successful < total) throw incomplete()
  const found = response.hits?.total
  return {
    total: typeof found === 'number' ? found : (found?.value ?? 0),
    hits: response.hits?.hits ?? [],
    aggregations: response.aggregations ?? {},
  }
}
