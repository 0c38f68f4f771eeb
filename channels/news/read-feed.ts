import { createHash } from 'node:crypto'
import type { Mention, Media } from '../../schemas/mention.js'
import { fields, label, type Fields } from '../fields.js'
import { instant } from '../instants.js'
import { canonicalLink, newsId, webLink } from './canonical-link.js'
import { parseDocument } from './feed-document.js'
import { readHints, type FeedHints } from './hints.js'
import { objects } from './objects.js'
import { plainText } from './plain-text.js'
import { readEntry, type RawEntry } from './read-entry.js'

/** One article as a feed tells of it. */
export interface NewsEntry {
  /** Deterministic, the same in every feed that gives the article's address: the id of its mention. */
  readonly id: string
  /** By what this feed itself tells its entries apart; a guid where it has one. */
  readonly key: string
  readonly text: string
  /** Changes when what a reader sees does. */
  readonly hash: string
  readonly url: string | null
  readonly byline: string | undefined
  readonly publishedMs: number | undefined
  readonly updatedMs: number | undefined
  readonly categories: readonly string[]
  readonly media: readonly Media[]
  /** It was malformed, and some of it may be missing. */
  readonly isMended: boolean
}

export interface ReadFeed {
  readonly kind: 'feed'
  /** The outlet's own name for the feed; empty where it has none. */
  readonly title: string
  /** The outlet's host. */
  readonly site: string | null
  /** In the order of the document; each article once. */
  readonly entries: readonly NewsEntry[]
  readonly skipped: readonly { readonly reason: string }[]
  readonly hints: FeedHints
  /** What was broken in it, in words; null where nothing was. */
  readonly damage: string | null
}

export type FeedReading =
  | ReadFeed
  /** A page in place of a feed, and the feeds that it names. */
  | { readonly kind: 'html'; readonly feeds: readonly string[] }
  | { readonly kind: 'not-a-feed'; readonly reason: string }

const MAX_BODY_UNITS = 10_000
const MAX_TITLE_UNITS = 2_000
const HTML = /^\s*(<!--[^]{0,2000}?-->\s*)*(<!doctype\s+html|<html|<head|<body)[\s>]/i
const FEED_ROOT = /<(?:[\w.-]+:)?(?:rss|feed|rdf)[\s>]/i

/** What a document is, and its articles. `feedUrl` is where it was found (null for a file); takes any text and never throws. */
export function readFeed(text: string, feedUrl: string | null): FeedReading {
  const start = text.slice(0, 20_000)
  if (HTML.test(start.replace(/^\ufeff/, '')) && !FEED_ROOT.test(start.slice(0, 500)))
    return { kind: 'html', feeds: linkedFeeds(text, feedUrl) }
  const document = parseDocument(text)
  if (document.format === null) {
    if (/<(body|p|div|a)[\s>]/i.test(start) && !FEED_ROOT.test(start))
      return { kind: 'html', feeds: linkedFeeds(text, feedUrl) }
    return { kind: 'not-a-feed', reason: document.reason }
  }
  const { feed } = document
  const siteUrl = siteOf(feed, feedUrl)
  const base = webLink(label(fields(feed['xml'])?.['base']), siteUrl) ?? siteUrl
  const skipped = document.lost.map((reason) => ({ reason }))
  const raws = document.entries.flatMap((entry) => {
    const raw = { ...readEntry(entry.fields, base), isMended: entry.isMended }
    if (raw.title !== '' || raw.body !== '' || raw.link !== undefined || raw.media.length > 0) return raw
    skipped.push({ reason: 'an entry without title, words, link or media' })
    return []
  })
  const scope = siteUrl === undefined ? 'feed' : new URL(siteUrl).host.replace(/^www\./, '')
  const entries = identified(raws, scope, siteUrl === undefined ? undefined : canonicalLink(siteUrl), skipped)
  return {
    kind: 'feed',
    title: plainText(label(feed['title']) ?? label(fields(feed['title'])?.['value'])).slice(0, 300),
    site: siteUrl === undefined ? null : scope,
    entries,
    skipped,
    hints: readHints(feed),
    damage: document.damage,
  }
}

function siteOf(feed: Fields, feedUrl: string | null): string | undefined {
  const links = [...objects(feed['links']), ...objects(fields(feed['atom'])?.['links'])]
  const page = links.find((link) => (label(link['rel']) ?? 'alternate') === 'alternate')
  const own = links.find((link) => label(link['rel']) === 'self')
  const base = label(fields(feed['xml'])?.['base'])
  const from = webLink(base, feedUrl ?? undefined) ?? feedUrl ?? undefined
  const candidates = [
    label(feed['link']),
    label(feed['home_page_url']),
    label(page?.['href']),
    base,
    label(own?.['href']),
  ]
  for (const candidate of candidates) {
    const url = webLink(candidate, from)
    if (url !== undefined) return url
  }
  return feedUrl === null ? undefined : webLink(feedUrl, undefined)
}

/**
 * Gives each entry its id: the canonical link, unless it is the outlet's own page or several different articles of the feed share it (a live page);
 * then the guid; then the title with the date. An article that stands twice in the document is kept once, the later version of the two.
 */
function identified(
  raws: readonly FoundEntry[],
  scope: string,
  home: string | undefined,
  skipped: { reason: string }[],
): NewsEntry[] {
  const links = raws.map((raw) => linkIdentity(raw, home))
  const sharers = new Map<string, Set<string>>()
  raws.forEach((raw, index) => {
    const link = links[index]
    if (link === undefined) return
    const articles = sharers.get(link) ?? new Set<string>()
    sharers.set(link, articles.add(raw.guid === undefined ? raw.title : `${raw.guid}\n${raw.title}`))
  })
  const byId = new Map<string, NewsEntry>()
  raws.forEach((raw, index) => {
    const link = links[index]
    const isShared = link !== undefined && isSeveral(sharers.get(link))
    const own = ownIdentity(raw, scope)
    const entry = entryOf(raw, newsId(link === undefined || isShared ? own : link), own)
    const other = byId.get(entry.id)
    if (other !== undefined) skipped.push({ reason: 'the same article twice in one feed' })
    if (other === undefined || versionOf(entry) > versionOf(other)) byId.set(entry.id, entry)
  })
  return [...byId.values()]
}

function linkIdentity(raw: RawEntry, home: string | undefined): string | undefined {
  const link = raw.link === undefined ? undefined : canonicalLink(raw.link)
  return link === undefined || link === home ? undefined : link
}

/** Several articles only where both the guids and the titles differ: one alone may change within an article. */
function isSeveral(articles: Set<string> | undefined): boolean {
  if (articles === undefined || articles.size < 2) return false
  const split = [...articles].map((article) => article.split('\n'))
  const hasGuids = split.every((parts) => parts.length > 1)
  const titles = new Set(split.map((parts) => parts.at(-1)))
  const guids = new Set(split.map((parts) => parts[0]))
  return titles.size > 1 && (!hasGuids || guids.size > 1)
}

function ownIdentity(raw: RawEntry, scope: string): string {
  const { guid } = raw
  if (guid !== undefined && guid !== '') {
    if (/^(tag|urn):/i.test(guid)) return guid
    // Fragment and all: what shares a link is told apart by it.
    return /^https?:\/\//i.test(guid) ? guid : `${scope} ${guid}`
  }
  return `${scope} ${raw.link ?? ''} ${raw.title} ${raw.title === '' ? raw.body : ''} ${raw.publishedMs ?? ''}`
}

type FoundEntry = RawEntry & { readonly isMended: boolean }

function entryOf(raw: FoundEntry, id: string, own: string): NewsEntry {
  const text = wordsOf(raw)
  return {
    id,
    key: digest(own),
    text,
    hash: digest(text),
    url: raw.link ?? null,
    byline: raw.byline,
    publishedMs: raw.publishedMs,
    updatedMs: raw.updatedMs,
    categories: raw.categories,
    media: raw.media,
    isMended: raw.isMended,
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 14)

function wordsOf({ title, body, link }: RawEntry): string {
  const head = cut(title, MAX_TITLE_UNITS)
  const rest = body.startsWith(title) && title !== '' ? body.slice(title.length).replace(/^[\s.:–—-]+/, '') : body
  const text = [head, cut(rest, MAX_BODY_UNITS)].filter((part) => part !== '').join('\n')
  return text === '' ? (link ?? '') : text
}

/** Cut at a word's end where there is one near. */
function cut(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text
  const short = text.slice(0, maxUnits).replace(/[\ud800-\udbff]$/, '')
  return `${short.replace(/\s+\S{0,40}$/, '')}…`
}

/** Epoch milliseconds of this state of the article as the feed dates it; 0 where it does not. */
export function versionOf(entry: Pick<NewsEntry, 'publishedMs' | 'updatedMs'>): number {
  return Math.max(entry.publishedMs ?? 0, entry.updatedMs ?? 0)
}

/** The mention that an article becomes. */
export function articleMention(
  entry: NewsEntry,
  context: {
    readonly source: string
    readonly receivedAt: string
    readonly outlet: Pick<ReadFeed, 'title' | 'site'>
    /** Where what is known from before says otherwise than the entry. */
    readonly id?: string
    readonly version?: number
  },
): Mention {
  const { outlet, id = entry.id, version = versionOf(entry) } = context
  const writtenMs = entry.publishedMs ?? entry.updatedMs
  return {
    schema: 'rabta.mention/1',
    id,
    channel: 'news',
    source: context.source,
    version,
    kind: 'article',
    text: entry.text,
    author: {
      id: outlet.site,
      name: entry.byline ?? (outlet.title === '' ? outlet.site : outlet.title),
      handle: outlet.site,
      address: null,
      place: null,
    },
    account: null,
    conversation: id,
    private: false,
    inReplyTo: null,
    url: entry.url,
    writtenAt: writtenMs === undefined ? context.receivedAt : instant(writtenMs),
    receivedAt: context.receivedAt,
    media: [...entry.media],
    location: null,
    mended: writtenMs === undefined ? ['written-unknown'] : [],
  }
}

const LINK_TAG = /<link\b[^<>]{0,2000}>/gi
const FEED_TYPE = /type\s*=\s*["']?application\/(rss|atom|rdf)\+xml/i

/** The feeds that a page names for browsers to find, at most five. */
function linkedFeeds(html: string, pageUrl: string | null): string[] {
  const found: string[] = []
  for (const [tag] of html.slice(0, 500_000).matchAll(LINK_TAG)) {
    if (!FEED_TYPE.test(tag) || !/rel\s*=\s*["']?[^"'>]*alternate/i.test(tag)) continue
    const quoted = /href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(tag)
    const href = plainText(quoted?.[1] ?? quoted?.[2] ?? quoted?.[3])
    const url = pageUrl === null ? href : webLink(href, pageUrl)
    if (url !== undefined && url !== '' && !found.includes(url)) found.push(url)
    if (found.length === 5) break
  }
  return found
}
