import { readFileSync } from 'node:fs'
import { readFeedAddresses, readOpml } from '../../channels/news/opml.js'
import { missing, setting, text, type Kind, type Mistake, type ValuesOf } from '../setting.js'

const feeds: Kind<readonly string[]> = {
  secret: false,
  write: 'addresses of feeds with commas, such as https://example.org/rss, https://example.com/feed',
  parse: (value) => {
    const { feeds: listed, problems } = readFeedAddresses(value)
    return problems.length === 0 ? listed.map(({ url }) => url) : undefined
  },
}

export const NEWS_SETTINGS = {
  newsFeeds: setting('RABTA_NEWS_FEEDS', feeds, []),
  newsOpml: setting('RABTA_NEWS_OPML', { ...text, write: 'the path of an OPML file with feeds' }, ''),
}

type NewsValues = ValuesOf<typeof NEWS_SETTINGS>

export const newsIsMeant = ({ newsFeeds, newsOpml }: NewsValues) => newsFeeds.length > 0 || newsOpml !== ''

export interface FeedsToRead {
  /** Each once. */
  readonly feeds: readonly string[]
  /** What of the file could not be used, in words. */
  readonly problems: readonly string[]
}

/** The feeds of both settings; undefined where the file cannot be read. */
export function feedsToRead({ newsFeeds, newsOpml }: NewsValues): FeedsToRead | undefined {
  if (newsOpml === '') return { feeds: newsFeeds, problems: [] }
  let opml: string
  try {
    opml = readFileSync(newsOpml, 'utf8')
  } catch {
    return undefined
  }
  const { feeds: listed, problems } = readOpml(opml)
  return { feeds: [...new Set([...newsFeeds, ...listed.map(({ url }) => url)])], problems }
}

export function checkNews(values: NewsValues, isRunning: boolean): Mistake[] {
  if (!isRunning) return []
  if (!newsIsMeant(values)) return missing('news', NEWS_SETTINGS, values, ['newsOpml'])
  const { name } = NEWS_SETTINGS.newsOpml
  const found = feedsToRead(values)
  if (found === undefined) return [{ name, problem: `the file ${values.newsOpml} cannot be read` }]
  if (found.feeds.length > 0) return []
  return [{ name, problem: `there is no feed in ${values.newsOpml}: ${found.problems[0] ?? 'the list is empty'}` }]
}
