import { createFeedClient } from '../../channels/news/feed-client.js'
import { createRelevance } from '../../channels/news/relevance.js'
import { createNewsSource } from '../../ingest/news-source.js'
import type { Config } from '../config.js'
import type { Core } from '../core.js'
import { feedsToRead } from '../settings/news.js'
import type { Platform } from './platform.js'

/** The story is told in three minutes: no outlet but our own is asked so often. */
const DEMONSTRATION_MS = 5_000

/** The feeds of outlets, read and never written to. */
export function newsPlatform(config: Config, { clock, log, districts }: Core): Platform {
  const { feeds = [], problems = [] } = feedsToRead(config) ?? {}
  for (const problem of problems) log.warn('a feed of the list cannot be read', { problem })
  const source = createNewsSource({
    feeds,
    client: createFeedClient({ clock, reach: config.demonstration ? 'loopback' : 'public' }),
    relevance: createRelevance({ table: districts }),
    clock,
    log,
    ...(config.demonstration ? { longestMs: DEMONSTRATION_MS } : {}),
  })
  return { polled: [source], pushed: [], hooks: new Map() }
}
