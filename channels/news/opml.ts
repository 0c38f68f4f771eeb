import { parseOpml } from 'feedsmith'
import { fields, label, list } from '../fields.js'
import { webLink } from './canonical-link.js'

export interface ListedFeed {
  readonly url: string
  /** What the list calls it; null where it does not. */
  readonly title: string | null
}

export interface FeedList {
  /** Each address once, in the order of the list. */
  readonly feeds: readonly ListedFeed[]
  /** What of the list could not be used, each in words for the person who wrote it. */
  readonly problems: readonly string[]
}

const MAX_FEEDS = 1_000
const MAX_DEPTH = 20

/**
 * The feeds of an OPML document, however deep its outlines are nested. Never throws: what is no OPML gives no feeds and one problem. An outline with
 * `isComment="true"` is switched off together with everything beneath it, as OPML says.
 */
export function readOpml(text: string): FeedList {
  const feeds = new Map<string, ListedFeed>()
  const problems: string[] = []
  const outlines = outlinesOf(text)
  if (outlines === undefined)
    return { feeds: [], problems: ['the file is no OPML: export it again from the feed reader it comes from'] }

  const visit = (outline: unknown, depth: number): void => {
    const entry = fields(outline)
    if (entry === undefined || entry['isComment'] === true) return
    const title = label(entry['title']) ?? label(entry['text']) ?? null
    const address = label(entry['xmlUrl'])
    const url = webLink(address, undefined)
    if (url !== undefined) {
      if (feeds.has(url)) problems.push(`${named(title, url)} stands in the list twice`)
      else if (feeds.size >= MAX_FEEDS) problems.push(`${named(title, url)} is left out: over ${MAX_FEEDS} feeds`)
      else feeds.set(url, { url, title })
    } else if (address !== undefined) {
      problems.push(`${named(title, address)} has no web address: write something like https://host/feed`)
    } else if (label(entry['type']) === 'rss') {
      problems.push(`${named(title, '')} has no address (xmlUrl)`)
    }
    const inner = list(entry['outlines'])
    if (depth < MAX_DEPTH) for (const child of inner) visit(child, depth + 1)
    else if (inner.length > 0)
      problems.push(`${named(title, '')} is nested over ${MAX_DEPTH} deep: what is in it is left out`)
  }
  for (const outline of outlines) visit(outline, 0)
  if (feeds.size === 0 && problems.length === 0) problems.push('the list names no feed')
  return { feeds: [...feeds.values()], problems }
}

function outlinesOf(text: string): readonly unknown[] | undefined {
  try {
    const plain = text.replace(/^[\s\ufeff]+/, '').replace(/<!DOCTYPE[^>[]*(\[[^\]]*\]\s*)?>/i, '')
    return list(fields(parseOpml(plain).body)?.['outlines'])
  } catch {
    return /<opml[\s>]/i.test(text) && /<body\s*(\/>|>\s*<\/body)/i.test(text) ? [] : undefined
  }
}

const named = (title: string | null, address: string): string => `"${(title ?? address).slice(0, 120)}"`

/** The feeds of a comma-separated list of addresses, as a setting holds it. */
export function readFeedAddresses(setting: string): FeedList {
  const feeds = new Map<string, ListedFeed>()
  const problems: string[] = []
  // A comma may be part of an address: only one before a new scheme, or before white space, parts two.
  for (const part of setting.split(/[\s,;]+(?=https?:\/\/)|,\s+|\s+/i)) {
    const address = part.replace(/[\s,;]+$/, '')
    if (address === '') continue
    const url = webLink(address, undefined)
    if (url === undefined)
      problems.push(`"${address.slice(0, 120)}" is no web address: write something like https://host/feed`)
    else feeds.set(url, { url, title: null })
  }
  return { feeds: [...feeds.values()], problems }
}
