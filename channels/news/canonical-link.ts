import { createHash } from 'node:crypto'

const TRACKING =
  /^(utm_.*|at_.*|ns_.*|wt_.*|mc_(cid|eid)|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|igsh|_ga|_gl|ref|ref_src|referrer|referer|cmp|cmpid|ocid|ncid|s_cid|xtor|ito|smid|mkt_tok|traffic_source|share|shared|feed|rss|partner|src|source|guccounter|mod|amp|outputtype)$/i
const AMP_CACHE = /^[\w-]+\.cdn\.ampproject\.org$/i
const MAX_UNITS = 4_000

/** An address a browser may follow, made whole with the address it was found at; nothing for any other. */
export function webLink(link: string | undefined, base: string | undefined): string | undefined {
  const trimmed = link?.trim()
  if (trimmed === undefined || trimmed === '' || trimmed.length > MAX_UNITS) return undefined
  if (!URL.canParse(trimmed, base)) return undefined
  const url = new URL(trimmed, base)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined
}

/**
 * What is the same for every address of one article: no scheme, `www`, fragment, tracking parameters, AMP form, index page or last slash; the rest of the
 * query sorted, escapes written one way. Not an address to be opened. Nothing for what is no web address or names a site rather than a page of it.
 */
export function canonicalLink(link: string): string | undefined {
  const found = webLink(link, undefined)
  if (found === undefined) return undefined
  const url = unwrapped(new URL(found))
  const host = url.hostname.replace(/\.$/, '').replace(/^(www\d?|amp|m|mobile)\.(?=[^.]+\.)/, '')
  const port = url.port === '' ? '' : `:${url.port}`
  const path = pathOf(url)
  const query = [...url.searchParams]
    .filter(([name, value]) => !TRACKING.test(name) && !(name === '' && value === ''))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')
  if (path === '' && query === '') return undefined
  return `${host}${port}${path}${query === '' ? '' : `?${query}`}`
}

function pathOf(url: URL): string {
  return plainEscapes(url.pathname)
    .replace(/\/{2,}/g, '/')
    .replace(/^\/amp(?=\/)/i, '')
    .replace(/(\/amp|[./]amp(\.html)?|\/\?amp)\/?$/i, '')
    .replace(/\/(index|default)\.(html?|php|aspx?)$/i, '')
    .replace(/\/+$/, '')
}

function plainEscapes(path: string): string {
  try {
    return decodeURIComponent(path).normalize('NFC')
  } catch {
    return path.replace(/%[0-9a-f]{2}/gi, (escape) => escape.toUpperCase())
  }
}

/** The address inside a well-known wrapping: an AMP cache, a search engine's or social network's redirect. */
function unwrapped(url: URL): URL {
  if (AMP_CACHE.test(url.hostname)) {
    const inner = /^\/[a-z]\/(s\/)?(.+)$/i.exec(url.pathname)?.[2]
    if (inner !== undefined && URL.canParse(`https://${inner}${url.search}`))
      return new URL(`https://${inner}${url.search}`)
  }
  const isRedirect =
    (/(^|\.)google\.[a-z.]+$/.test(url.hostname) && url.pathname === '/url') ||
    (/(^|\.)facebook\.com$/.test(url.hostname) && url.pathname === '/l.php')
  const inner = isRedirect ? ['url', 'q', 'u'].map((name) => url.searchParams.get(name)).find((value) => value) : null
  return inner !== null && inner !== undefined && webLink(inner, undefined) !== undefined ? new URL(inner) : url
}

/** The id of the mention that an article becomes. */
export function newsId(identity: string): string {
  return `news:${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`
}
