import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { SimulatorClock } from './clock.js'
import { FaultPlan } from './faults.js'
import { startLoopbackServer, type Answer, type ReceivedRequest } from './loopback.js'
import { NewsArticles, type NewsOutlet, type PublishInput } from './news/articles.js'
import { encoded, feedXml } from './news/feed-xml.js'

/**
 * What can go wrong with the next requests for a feed. `429`, `503`, `404` and `html` (a page that names the feed) answer without it; `slow` waits first;
 * `cut` breaks the connection in the middle; `truncated` ends the document early under a proper HTTP answer; `malformed` leaves a tag of one article open
 * and writes bare ampersands; `empty` shows no article; `duplicate` shows each twice, `disorder` in another order; `wrong-charset` calls UTF-8 windows-1256;
 * `found` redirects for once (302); `stale` shows the feed as it was before its last change.
 */
export type NewsFaultKind =
  | '429'
  | '503'
  | '404'
  | 'html'
  | 'slow'
  | 'cut'
  | 'truncated'
  | 'malformed'
  | 'empty'
  | 'duplicate'
  | 'disorder'
  | 'wrong-charset'
  | 'found'
  | 'stale'

export interface NewsFault {
  readonly kind: NewsFaultKind
  /** Only this outlet's feed; default any. */
  readonly outlet?: string
  /** How many requests it hits. Default 1. */
  readonly times?: number
  /** For `slow`. Default 30,000. */
  readonly waitMs?: number
  /** For `429` and `503`: what Retry-After says, in seconds. Default 600 for `429`, nothing for `503`. */
  readonly retryAfterSeconds?: number
}

interface NewsRequestRecord {
  readonly atMs: number
  readonly path: string
  /** The outlet whose feed was asked for, by whichever address. */
  readonly outlet: string | null
  readonly status: number
  readonly ifNoneMatch: string | undefined
  readonly ifModifiedSince: string | undefined
  readonly userAgent: string | undefined
}

export interface NewsSimulatorOptions {
  readonly clock: SimulatorClock
  /** Default: one of each format, in English, Urdu and Pashto. */
  readonly outlets?: readonly NewsOutlet[]
}

/** Stand-ins for news outlets on loopback: what is published here stands in their feeds. */
export interface NewsSimulator {
  readonly url: string
  readonly outlets: readonly NewsOutlet[]
  /** The addresses of all feeds, as settings would hold them. */
  readonly feeds: readonly string[]
  feedUrl(outlet: string): string
  /** The same feeds as an OPML list. */
  opml(): string
  /** Returns the article's id. */
  publish(input: PublishInput): string
  edit(id: string, change: { title?: string; summary?: string }): void
  remove(id: string): void
  /** The address of an article, as its own outlet gives it. */
  linkOf(id: string): string
  fail(fault: NewsFault): void
  heal(): void
  /** From now on the feed's address answers 301 to another. Returns the new address. */
  move(outlet: string): string
  /** From now on every address of the feed answers 410; `back` undoes it. */
  gone(outlet: string): void
  back(outlet: string): void
  /** The outlet calls itself otherwise. */
  rename(outlet: string, title: string): void
  /** The last 10,000 requests. */
  readonly requests: readonly NewsRequestRecord[]
  close(): Promise<void>
}

const OUTLETS: readonly NewsOutlet[] = [
  { id: 'frontier-times', title: 'The Frontier Times (demonstration)', format: 'rss2', language: 'en' },
  { id: 'sarhad', title: 'روزنامہ سرحد (demonstration)', format: 'atom', language: 'ur' },
  { id: 'khabarona', title: 'خبرونه (demonstration)', format: 'rdf', language: 'ps' },
]
const KEPT_REQUESTS = 10_000
const FEED_PATH = /^\/([a-z0-9-]+)\/feed(?:-(\d+))?$/
const TYPES = { rss2: 'application/rss+xml', atom: 'application/atom+xml', rdf: 'application/rdf+xml' } as const

export async function startNewsSimulator(options: NewsSimulatorOptions): Promise<NewsSimulator> {
  const simulator = new News(options)
  const server = await startLoopbackServer((request) => simulator.answer(request))
  return simulator.facade(server.url, () => server.close())
}

class News {
  readonly #clock: SimulatorClock
  readonly #outlets: ReadonlyMap<string, NewsOutlet>
  readonly #articles = new NewsArticles()
  readonly #titles = new Map<string, string>()
  /** How often each feed moved; the address carries the number. */
  readonly #moves = new Map<string, number>()
  readonly #gone = new Set<string>()
  readonly #shown = new Map<string, { readonly current: string; readonly before: string }>()
  readonly #changedMs = new Map<string, number>()
  readonly #requests: NewsRequestRecord[] = []
  readonly #faults = new FaultPlan<NewsFault>()
  readonly #closing = new AbortController()
  #url = ''

  constructor(options: NewsSimulatorOptions) {
    this.#clock = options.clock
    this.#outlets = new Map((options.outlets ?? OUTLETS).map((outlet) => [outlet.id, outlet]))
  }

  facade(url: string, close: () => Promise<void>): NewsSimulator {
    this.#url = url
    const feedUrl = (outlet: string): string => `${url}/${this.#outlet(outlet).id}/feed`
    const outlets = [...this.#outlets.values()]
    return {
      url,
      outlets,
      feeds: outlets.map(({ id }) => feedUrl(id)),
      feedUrl,
      opml: () => opmlOf(outlets.map(({ id, title }) => ({ title, url: feedUrl(id) }))),
      publish: (input) => {
        for (const outlet of [input.outlet, ...(input.alsoIn ?? [])]) this.#outlet(outlet)
        return this.#articles.add(input, url, this.#clock.now()).id
      },
      edit: (id, change) => this.#articles.edit(id, change, this.#clock.now()),
      remove: (id) => this.#articles.remove(id),
      linkOf: (id) => this.#articles.all().find((article) => article.id === id)?.link ?? '',
      fail: (fault) => this.#faults.add(fault),
      heal: () => this.#faults.clear(),
      move: (outlet) => {
        const moves = (this.#moves.get(this.#outlet(outlet).id) ?? 0) + 1
        this.#moves.set(outlet, moves)
        return `${url}/${outlet}/feed-${moves}`
      },
      gone: (outlet) => void this.#gone.add(this.#outlet(outlet).id),
      back: (outlet) => void this.#gone.delete(outlet),
      rename: (outlet, title) => void this.#titles.set(this.#outlet(outlet).id, title),
      requests: this.#requests,
      close: () => {
        this.#closing.abort()
        return close()
      },
    }
  }

  #outlet(id: string): NewsOutlet {
    const outlet = this.#outlets.get(id)
    if (outlet === undefined) throw new Error(`no outlet ${id}`)
    return outlet
  }

  async answer(request: ReceivedRequest): Promise<Answer> {
    const [, id = '', moved] = FEED_PATH.exec(request.path) ?? []
    const outlet = this.#outlets.get(id)
    const answer =
      outlet === undefined ? page(404, 'not here') : await this.#answerFeed(outlet, Number(moved ?? 0), request)
    const header = (name: string): string | undefined => [request.headers[name]].flat()[0]
    this.#requests.push({
      atMs: this.#clock.now(),
      path: request.path,
      outlet: outlet?.id ?? null,
      status: answer.status,
      ifNoneMatch: header('if-none-match'),
      ifModifiedSince: header('if-modified-since'),
      userAgent: header('user-agent'),
    })
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift()
    return answer
  }

  async #answerFeed(outlet: NewsOutlet, address: number, request: ReceivedRequest): Promise<Answer> {
    if (this.#gone.has(outlet.id)) return page(410, 'gone')
    const moves = this.#moves.get(outlet.id) ?? 0
    if (address < moves) return redirect(301, `/${outlet.id}/feed-${moves}`)
    if (address > moves) return page(404, 'not here')
    const fault = this.#faults.take((waiting) => waiting.outlet === undefined || waiting.outlet === outlet.id)
    const refusal = this.#refused(outlet, fault)
    if (refusal !== undefined) return refusal
    if (fault?.kind === 'slow') await this.#clock.sleep(fault.waitMs ?? 30_000, this.#closing.signal)
    return this.#feed(outlet, request, fault?.kind)
  }

  #refused(outlet: NewsOutlet, fault: NewsFault | undefined): Answer | undefined {
    const retryAfter = (seconds: number | undefined) =>
      seconds === undefined ? {} : { 'retry-after': String(seconds) }
    switch (fault?.kind) {
      case '429':
        return page(429, 'too many', retryAfter(fault.retryAfterSeconds ?? 600))
      case '503':
        return page(503, 'later', retryAfter(fault.retryAfterSeconds))
      case '404':
        return page(404, 'not here')
      case 'html':
        return page(200, `<link rel="alternate" type="${TYPES[outlet.format]}" href="/${outlet.id}/feed">`)
      case 'found':
        return redirect(302, `/${outlet.id}/feed${this.#moves.has(outlet.id) ? `-${this.#moves.get(outlet.id)}` : ''}`)
      default:
        return undefined
    }
  }

  #feed(outlet: NewsOutlet, request: ReceivedRequest, fault: NewsFaultKind | undefined): Answer {
    const whole = this.#document(outlet, fault)
    const isTrue = fault === undefined || fault === 'slow' || fault === 'cut' || fault === 'wrong-charset'
    if (isTrue && fault !== 'wrong-charset') this.#remember(outlet.id, whole)
    const shown = fault === 'stale' ? (this.#shown.get(outlet.id)?.before ?? whole) : whole
    const etag = `W/"${createHash('sha256').update(shown).digest('hex').slice(0, 16)}-gzip"`
    const changed = new Date(this.#changedMs.get(outlet.id) ?? this.#clock.now()).toUTCString()
    const { validators = 'both' } = outlet
    const says = (which: 'etag' | 'last-modified') => isTrue && (validators === 'both' || validators === which)
    const headers: Record<string, string> = {
      'content-type': `${TYPES[outlet.format]}${fault === 'wrong-charset' ? '; charset=windows-1256' : ''}`,
      ...(says('etag') ? { etag } : {}),
      ...(says('last-modified') ? { 'last-modified': changed } : {}),
      ...(outlet.maxAgeSeconds === undefined ? {} : { 'cache-control': `public, max-age=${outlet.maxAgeSeconds}` }),
    }
    const asked = request.headers['if-none-match']
    const isSame =
      (says('etag') && asked === etag) ||
      (asked === undefined && says('last-modified') && request.headers['if-modified-since'] === changed)
    if (isSame) return { status: 304, headers, body: '' }
    const bytes = encoded(shown, fault === 'wrong-charset' ? 'utf-8' : outlet.charset)
    const isPacked = /\bgzip\b/.test([request.headers['accept-encoding']].flat().join(','))
    return {
      status: 200,
      headers: { ...headers, ...(isPacked ? { 'content-encoding': 'gzip' } : {}) },
      body: isPacked ? gzipSync(bytes) : bytes,
      cut: fault === 'cut',
    }
  }

  #remember(outlet: string, xml: string): void {
    const shown = this.#shown.get(outlet)
    if (shown?.current === xml) return
    this.#shown.set(outlet, { current: xml, before: shown?.current ?? xml })
    // Last-Modified knows seconds: two states of one second must not share it.
    const last = this.#changedMs.get(outlet) ?? 0
    this.#changedMs.set(outlet, Math.max(this.#clock.now(), last + 1_000))
  }

  #document(outlet: NewsOutlet, fault: NewsFaultKind | undefined): string {
    const listed = this.#articles.listed(outlet.id, outlet.keeps ?? 30)
    const items =
      fault === 'empty'
        ? []
        : fault === 'duplicate'
          ? listed.flatMap((item) => [item, item])
          : fault === 'disorder'
            ? [...listed].reverse()
            : listed
    const xml = feedXml({
      outlet,
      title: this.#titles.get(outlet.id) ?? outlet.title,
      siteUrl: `${this.#url}/${outlet.id}`,
      feedUrl: `${this.#url}/${outlet.id}/feed`,
      items,
    })
    if (fault === 'truncated') return xml.slice(0, Math.floor(xml.length * 0.7))
    if (fault === 'malformed') {
      const first = Math.max(0, xml.search(/<(item|entry)[ >]/))
      return xml.slice(0, first) + xml.slice(first).replace('</title>', '').replace(/&amp;/g, '&')
    }
    return xml
  }
}

const page = (status: number, words: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body: `<!DOCTYPE html><html><head><title>News</title>${words}</head><body>${words}</body></html>`,
})

const redirect = (status: 301 | 302, location: string): Answer => ({ status, headers: { location }, body: '' })

function opmlOf(feeds: readonly { title: string; url: string }[]): string {
  const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')
  const outlines = feeds.map(
    ({ title, url }) => `<outline type="rss" text="${escaped(title)}" xmlUrl="${escaped(url)}"/>`,
  )
  return `<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0"><head><title>Feeds</title></head><body>\n${outlines.join('\n')}\n</body></opml>\n`
}
