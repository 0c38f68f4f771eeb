import type { SimulatorClock } from './clock.js'
import { FaultPlan, type Fault } from './faults.js'
import { startLoopbackServer, type Answer, type ReceivedRequest } from './loopback.js'
import { createPost } from './x/create.js'
import { exhaustedHeaders, RateCounter, X_LIMITS, X_WINDOW_MS, type XEndpoint, type XLimits } from './x/limits.js'
import { answerPage } from './x/pages.js'
import { appOnlyForbidden, invalidRequest, notFound, problem, tooManyRequests, unauthorized } from './x/problems.js'
import { parseQuery, QueryError } from './x/query.js'
import { XTimeline, type XReferenceType } from './x/timeline.js'
import { askedFor, expand, renderPost, renderUser, type Json, type XNaming } from './x/wire.js'

export interface XSimulatorOptions {
  clock: SimulatorClock
  /** The account that reads its mentions and replies. Default `KPPoliceDemo`. */
  account?: { username: string; name?: string; id?: string }
  /** An app-only token: reads, but may not post nor ask `/2/users/me`. Default `demo-app-token`. */
  appToken?: string
  /** An OAuth 2 user-context token of the account. Default `demo-user-token`. */
  userToken?: string
  /** The consumer key an OAuth 1.0a header must name; its signature is not checked. Default: any. */
  consumerKey?: string
  naming?: XNaming
  limits?: Partial<XLimits>
  /** Posts of the account in 24 hours. Default 10,000. */
  postsPerDay?: number
  /** Longest search query. Default 512. */
  queryMaxLength?: number
}

interface XPostInput {
  author: { username: string; name?: string; location?: string }
  text: string
  /** What X itself would guess the language to be. Default `und`. */
  lang?: string
  inReplyTo?: string
  quotes?: string
  retweets?: string
  /** Epoch milliseconds, for a post that is listed late: its id is of that moment. Default now. */
  createdAtMs?: number
  /** Addresses of pictures. */
  photos?: readonly string[]
}

interface XRequestRecord {
  atMs: number
  method: string
  path: string
  query: Readonly<Record<string, string>>
  body: string
  auth: 'none' | 'app' | 'user' | 'oauth1' | 'wrong'
  status: number
}

interface XReply {
  /** The id X gave to the reply. */
  id: string
  inReplyTo: string | null
  text: string
  /** The accepted body, as it came over the wire. */
  body: Readonly<Json>
  raw: string
  atMs: number
}

/** A stand-in for X on loopback: what is posted here is read there. */
export interface XSimulator {
  /** The base address, in place of `https://api.x.com`. */
  readonly url: string
  readonly account: { id: string; username: string; name: string }
  post(input: XPostInput): string
  /** Writes a new version and returns its id; the old one leaves the timelines. */
  edit(id: string, text: string): string
  remove(id: string): void
  fail(fault: Fault): void
  heal(): void
  /** What the account wrote and X accepted, in order. */
  replies(): readonly XReply[]
  /** The last 10,000 requests, refused ones too, without their tokens. */
  readonly requests: readonly XRequestRecord[]
  close(): Promise<void>
}

const KEPT_REQUESTS = 10_000
const MENTIONS_KEPT = 800
const SEARCH_WINDOW_MS = 7 * 86_400_000
const DAY_MS = 86_400_000
const HTML = '<!DOCTYPE html><html><head><title>X</title></head><body>Something went wrong.</body></html>'

export async function startXSimulator(options: XSimulatorOptions): Promise<XSimulator> {
  const simulator = new X(options)
  const server = await startLoopbackServer((request) => simulator.answer(request))
  return simulator.facade(server.url, () => server.close())
}

class X {
  readonly #options: XSimulatorOptions
  readonly #clock: SimulatorClock
  readonly #timeline = new XTimeline()
  readonly #faults = new FaultPlan()
  readonly #counter = new RateCounter()
  readonly #requests: XRequestRecord[] = []
  readonly #replies: XReply[] = []
  readonly #naming: XNaming
  readonly #accountName: string
  readonly #closing = new AbortController()

  constructor(options: XSimulatorOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#naming = options.naming ?? 'tweet'
    const account = options.account ?? { username: 'KPPoliceDemo', name: 'KP Police (demonstration)' }
    this.#accountName = account.username
    this.#timeline.user(account, this.#clock.now())
  }

  facade(url: string, close: () => Promise<void>): XSimulator {
    const { id, username, name } = this.#account
    return {
      url,
      account: { id, username, name },
      post: (input) => this.#post(input),
      edit: (postId, text) => this.#timeline.edit(postId, text, this.#clock.now()).id,
      remove: (postId) => this.#timeline.remove(postId),
      fail: (fault) => this.#faults.add(fault),
      heal: () => this.#faults.clear(),
      replies: () => [...this.#replies],
      requests: this.#requests,
      close: () => {
        this.#closing.abort()
        return close()
      },
    }
  }

  get #account() {
    return this.#timeline.user({ username: this.#accountName }, 0)
  }

  #post(input: XPostInput): string {
    const nowMs = this.#clock.now()
    const references: { type: XReferenceType; id: string }[] = []
    if (input.inReplyTo !== undefined) references.push({ type: 'replied_to', id: input.inReplyTo })
    if (input.quotes !== undefined) references.push({ type: 'quoted', id: input.quotes })
    if (input.retweets !== undefined) references.push({ type: 'retweeted', id: input.retweets })
    return this.#timeline.add({
      author: this.#timeline.user(input.author, nowMs),
      text: input.text,
      nowMs,
      references,
      ...(input.lang === undefined ? {} : { lang: input.lang }),
      ...(input.createdAtMs === undefined ? {} : { createdAtMs: input.createdAtMs }),
      ...(input.photos === undefined ? {} : { photos: input.photos }),
    }).id
  }

  async answer(request: ReceivedRequest): Promise<Answer> {
    const auth = this.#auth(request.headers.authorization)
    const answer = await this.#answerAs(auth, request)
    this.#requests.push({
      atMs: this.#clock.now(),
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      body: request.body.toString('utf8'),
      auth,
      status: answer.status,
    })
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift()
    return answer
  }

  #auth(header: string | undefined): XRequestRecord['auth'] {
    if (header === undefined) return 'none'
    if (header === `Bearer ${this.#options.userToken ?? 'demo-user-token'}`) return 'user'
    if (header === `Bearer ${this.#options.appToken ?? 'demo-app-token'}`) return 'app'
    const key = /^OAuth .*oauth_consumer_key="([^"]+)"/.exec(header)?.[1]
    const signed = /oauth_signature="[^"]+"/.test(header) && /oauth_token="[^"]+"/.test(header)
    if (key === undefined || !signed) return 'wrong'
    const wanted = this.#options.consumerKey
    return wanted === undefined || decodeURIComponent(key) === wanted ? 'oauth1' : 'wrong'
  }

  async #answerAs(auth: XRequestRecord['auth'], request: ReceivedRequest): Promise<Answer> {
    if (auth === 'none' || auth === 'wrong') return unauthorized
    const endpoint = route(request)
    if (endpoint === undefined) return problem(404, 'Not Found', `no endpoint ${request.method} ${request.path}`)
    const who = auth === 'app' ? 'app' : 'user'
    if (who === 'app' && (endpoint === 'create' || endpoint === 'me')) return appOnlyForbidden
    const limits = { ...X_LIMITS, ...this.#options.limits }[endpoint]
    const nowMs = this.#clock.now()
    const limit = this.#counter.take(`${endpoint} ${who}`, limits[who], X_WINDOW_MS, 'x-rate-limit', nowMs)
    if (!limit.allowed) return { ...tooManyRequests, headers: limit.headers }
    const fault = this.#faults.take(request.method, request.path)
    if (fault?.kind === '429') {
      return { ...tooManyRequests, headers: exhaustedHeaders(limits[who], nowMs + (fault.resetMs ?? 60_000)) }
    }
    if (fault?.kind === '503') return { ...problem(503, 'Service Unavailable'), headers: limit.headers }
    if (fault?.kind === 'html') {
      return { status: 200, headers: { ...limit.headers, 'content-type': 'text/html; charset=utf-8' }, body: HTML }
    }
    if (fault?.kind === 'slow') await this.#clock.sleep(fault.waitMs ?? 15_000, this.#closing.signal)
    const answer = this.#dispatch(endpoint, request, fault?.kind)
    return { ...answer, headers: { ...limit.headers, ...answer.headers }, cut: fault?.kind === 'cut' }
  }

  #dispatch(endpoint: XEndpoint, request: ReceivedRequest, fault: Fault['kind'] | undefined): Answer {
    switch (endpoint) {
      case 'mentions':
        return this.#mentions(request, fault)
      case 'search':
        return this.#search(request, fault)
      case 'me':
        return { status: 200, body: JSON.stringify({ data: renderUser(this.#account, askedFor(request.query)) }) }
      case 'user-by-name':
        return this.#userByName(request)
      case 'lookup':
        return this.#lookup(request)
      case 'create':
        return this.#create(request)
    }
  }

  #mentions(request: ReceivedRequest, fault: Fault['kind'] | undefined): Answer {
    const id = decodeURIComponent(request.path.split('/')[3] ?? '')
    if (!/^\d{1,19}$/.test(id)) {
      return invalidRequest(`The \`id\` query parameter value [${id}] is not valid`, { id: [id] })
    }
    const user = this.#timeline.userWithId(id)
    if (user === undefined) return { status: 200, body: JSON.stringify({ errors: [notFound('user', 'id', id)] }) }
    const handle = user.username.toLowerCase()
    const posts = this.#timeline.newestFirst().filter((post) => post.mentions.has(handle) && post.authorId !== user.id)
    return this.#page(request, posts.slice(0, MENTIONS_KEPT), fault, [], {
      minResults: 5,
      tokenParameters: ['pagination_token'],
    })
  }

  #search(request: ReceivedRequest, fault: Fault['kind'] | undefined): Answer {
    const query = request.query.get('query')
    if (query === null || query.trim() === '') {
      return invalidRequest('The `query` query parameter can not be empty', { query: [query ?? ''] })
    }
    const longest = this.#options.queryMaxLength ?? 512
    if ([...query].length > longest) {
      return invalidRequest(`There were errors processing your request: query exceeds ${longest} characters`, {
        query: [query],
      })
    }
    try {
      const test = parseQuery(query, this.#timeline)
      const oldestMs = this.#clock.now() - SEARCH_WINDOW_MS
      const posts = this.#timeline.newestFirst().filter((post) => post.createdAtMs >= oldestMs && test(post))
      return this.#page(request, posts, fault, ['query', 'sort_order'], {
        minResults: 10,
        tokenParameters: ['next_token', 'pagination_token'],
        windowMs: SEARCH_WINDOW_MS,
      })
    } catch (error) {
      if (!(error instanceof QueryError)) throw error
      return invalidRequest(`There were errors processing your request: ${error.message}`, { query: [query] })
    }
  }

  #page(
    request: ReceivedRequest,
    posts: Parameters<typeof answerPage>[0]['posts'],
    fault: Fault['kind'] | undefined,
    extraParameters: readonly string[],
    rules: Parameters<typeof answerPage>[0]['rules'],
  ): Answer {
    return answerPage({
      posts,
      query: request.query,
      rules,
      extraParameters,
      nowMs: this.#clock.now(),
      naming: this.#naming,
      timeline: this.#timeline,
      fault,
    })
  }

  #userByName(request: ReceivedRequest): Answer {
    const name = decodeURIComponent(request.path.split('/').at(-1) ?? '')
    const user = this.#timeline.userNamed(name)
    if (user === undefined)
      return { status: 200, body: JSON.stringify({ errors: [notFound('user', 'username', name)] }) }
    return { status: 200, body: JSON.stringify({ data: renderUser(user, askedFor(request.query)) }) }
  }

  #lookup(request: ReceivedRequest): Answer {
    const ids = (request.query.get('ids') ?? '').split(',').filter((id) => /^\d{1,19}$/.test(id))
    if (ids.length === 0 || ids.length > 100) return invalidRequest('The `ids` query parameter takes 1 to 100 ids')
    const asked = askedFor(request.query)
    const found = ids.flatMap((id) => this.#timeline.find(id) ?? []).filter((post) => !post.deleted)
    const missing = ids.filter((id) => !found.some((post) => post.id === id))
    const { includes, errors } = expand(found, asked, this.#naming, this.#timeline)
    const body: Json = {}
    if (found.length > 0) body['data'] = found.map((post) => renderPost(post, asked, this.#naming, this.#timeline))
    if (Object.keys(includes).length > 0) body['includes'] = includes
    const all = [...missing.map((id) => notFound(this.#naming, 'ids', id)), ...errors]
    if (all.length > 0) body['errors'] = all
    return { status: 200, body: JSON.stringify(body) }
  }

  #create(request: ReceivedRequest): Answer {
    const nowMs = this.#clock.now()
    const perDay = this.#options.postsPerDay ?? 10_000
    const day = this.#counter.take('create day', perDay, DAY_MS, 'x-user-limit-24hour', nowMs)
    if (!day.allowed) return { ...tooManyRequests, headers: day.headers }
    const raw = request.body.toString('utf8')
    const { answer, body, post } = createPost(raw, this.#account, this.#timeline, this.#naming, nowMs)
    if (body !== undefined && post !== undefined) {
      const inReplyTo = post.references[0]?.id ?? null
      this.#replies.push({ id: post.id, inReplyTo, text: post.text, body, raw, atMs: nowMs })
    }
    return { ...answer, headers: day.headers }
  }
}

function route({ method, path }: ReceivedRequest): XEndpoint | undefined {
  if (method === 'POST') return path === '/2/tweets' || path === '/2/posts' ? 'create' : undefined
  if (method !== 'GET') return undefined
  if (/^\/2\/users\/[^/]+\/mentions$/.test(path)) return 'mentions'
  if (/^\/2\/(tweets|posts)\/search\/recent$/.test(path)) return 'search'
  if (path === '/2/users/me') return 'me'
  if (/^\/2\/users\/by\/username\/[^/]+$/.test(path)) return 'user-by-name'
  return path === '/2/tweets' || path === '/2/posts' ? 'lookup' : undefined
}
