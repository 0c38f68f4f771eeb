import { feedName } from '../channels/news/feed-client.js'
import type { FeedState } from './news-cursor.js'

/** Feeds named in one sentence; more are counted. */
const NAMED = 3
/** One failure is weather. */
const FAILURES_TO_TELL = 2

/** What the Sources page says of the feeds beside their being read: which are gone, moved, failing or damaged, and what to do. Null where all is well. */
export function newsRemark(feeds: ReadonlyMap<string, FeedState>): string | null {
  const total = feeds.size
  if (total === 0) return 'no feed is named: set RABTA_NEWS_FEEDS or RABTA_NEWS_OPML'
  const of = (test: (state: FeedState) => boolean) => [...feeds].filter(([, state]) => test(state))
  const gone = of(({ goneMs }) => goneMs !== undefined)
  const failing = of(({ failures, goneMs }) => failures >= FAILURES_TO_TELL && goneMs === undefined)
  const moved = of(({ movedTo }) => movedTo !== undefined)
  const damaged = of(({ damage, failures }) => damage !== undefined && failures < FAILURES_TO_TELL)
  const parts = [
    sentence(gone, total, 'gone', ([url]) => feedName(url), 'take them out of the settings'),
    sentence(
      moved,
      total,
      'moved',
      ([url, state]) => `${feedName(url)} to ${state.movedTo ?? ''}`,
      'write the new addresses in the settings',
    ),
    sentence(failing, total, 'failing', ([, state]) => state.problem ?? '', undefined),
    sentence(
      damaged,
      total,
      'damaged',
      ([url, state]) => `${feedName(url)} (${state.damage ?? ''})`,
      'tell the outlets',
    ),
  ]
  const said = parts.filter((part) => part !== undefined)
  return said.length === 0 ? null : said.join('. ')
}

function sentence(
  feeds: readonly [string, FeedState][],
  total: number,
  what: string,
  nameOf: (feed: [string, FeedState]) => string,
  advice: string | undefined,
): string | undefined {
  if (feeds.length === 0) return undefined
  const named = feeds.slice(0, NAMED).map(nameOf).join('; ')
  const more = feeds.length > NAMED ? ` and ${feeds.length - NAMED} more` : ''
  return `${feeds.length} of ${total} ${total === 1 ? 'feed' : 'feeds'} ${what}: ${named}${more}${advice === undefined ? '' : `; ${advice}`}`
}
