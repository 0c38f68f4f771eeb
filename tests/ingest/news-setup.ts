import { createFeedClient } from '../../channels/news/feed-client.js'
import { createRelevance } from '../../channels/news/relevance.js'
import { createNewsSource } from '../../ingest/news-source.js'
import type { Poll } from '../../ingest/source.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import type { Mention } from '../../schemas/mention.js'
import type { NewsOutlet } from '../../simulators/news/articles.js'
import { startNewsSimulator } from '../../simulators/news.js'
import { FakeClock } from '../support/fake-clock.js'
import { keptLog } from './parts.js'

export const relevance = createRelevance({ table: loadDistrictTable() })

export const MINUTE_MS = 60_000

/** Outlets on loopback and a source that reads them, on one clock that stands still: a slow outlet moves it by itself. */
export async function newsSetup(outlets?: readonly NewsOutlet[]) {
  const clock = new FakeClock()
  const simulator = await startNewsSimulator({
    clock: { now: () => clock.now(), sleep: (waitMs) => clock.advance(waitMs) },
    ...(outlets === undefined ? {} : { outlets }),
  })
  const log = keptLog()
  const client = createFeedClient({ clock, reach: 'loopback' })
  const make = (feeds: readonly string[] = simulator.feeds) =>
    createNewsSource({ feeds, client, relevance, clock, log })
  return { clock, simulator, log, client, make }
}

export const mentionsOf = (poll: Poll): Mention[] =>
  poll.changes.flatMap((change) => (change.type === 'deleted' ? [] : [change.mention]))

export const typesOf = (poll: Poll): string[] => poll.changes.map(({ type }) => type)
