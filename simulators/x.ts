import type { SimulatorClock } from './clock.js'
import { FaultPlan, fitsRequest, type Fault } from './faults.js'
import { startLoopbackServer, type Answer, type HeldAnswer, type ReceivedRequest } from './loopback.js'
import { deleteEvent, directEvent, postEvent, type ActivityShape } from './x/activity.js'
import { XAuthority, type XAccountOptions, type XAsker } from './x/authority.js'
import { createPost } from './x/create.js'
import { createDirect } from './x/direct.js'
import { exhaustedHeaders, RateCounter, X_LIMITS, X_WINDOW_MS, type XEndpoint, type XLimits } from './x/limits.js'
import { answerPage } from './x/pages.js'
import { appOnlyForbidden, invalidRequest, notFound, problem, tooManyRequests, unauthorized } from './x/problems.js'
import { parseQuery, QueryError } from './x/query.js'
import { lookup, userByName } from './x/lookups.js'
import { routeOf } from './x/routes.js'
import { XRules } from './x/rules.js'
import { XStreams, type StreamFault } from './x/streams.js'
import { XTimeline, type XPost, type XReferenceType, type XUser } from './x/timeline.js'
import { XWebhooks, type WebhookFault, type XWebhookStats } from './x/webhooks.js'
import { askedFor, renderUser, type Json, type XNaming } from './x/wire.js'

export interface XSimulatorOptions {
  clock: SimulatorClock
  /** The account that reads its mentions and replies. Default `KPPoliceDemo`. */
  account?: { username: string; name?: string; id?: string }
  /** Further accounts, each with its own tokens. */
  accounts?: readonly XAccountOptions[]
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
  /** With which webhooks are signed. Default `demo-consumer-secret`. */
  consumerSecret?: string
  /** In which shape webhooks come. Default `account`. */
  webhookShape?: ActivityShape
  /** Between two signs of life on a stream. Default 20,000. */
  keepAliveMs?: number
  /** How many streams may stand at once. Default 2. */
  maxStreams?: number
  /** Whether `backfill_minutes` is part of the plan. Default no. */
  allowsBackfill?: boolean
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
  auth: XAsker['kind']
  status: number
}

interface XReply {
  /** The id X gave to the reply. */
  id: string
  inReplyTo: string | null
  /** To whom a direct message went. */
  to?: string
  text: string
  /** Whose token it was written with. */
  account: string
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
  /** All accounts, the first first. */
  readonly accounts: readonly { id: string; username: string; name: string }[]
  post(input: XPostInput): string
  /** Writes a new version and returns its id; the old one leaves the timelines. */
  edit(id: string, text: string): string
  remove(id: string): void
  /** A direct message to an account (the first where none is named), by webhook alone; returns its id. */
  direct(input: { author: { username: string }; text: string; account?: string }): string
  fail(fault: Fault): void
  heal(): void
  /** Whether the tokens are taken; while not, everything is answered 401. */
  expireTokens(isExpired: boolean): void
  /** From now on X says `post` where it said `tweet`, or the other way round. */
  rename(naming: XNaming): void
  /** Breaks every stream that stands; returns how many did. With `half-line`, in the middle of this post. */
  breakStreams(fault: StreamFault, postId?: string): number
  readonly openStreams: number
  rules(): readonly { id: string; value: string; tag: string | undefined }[]
  /** Registers a webhook by its challenge; from then on what happens to the accounts is delivered there. */
  connectWebhook(url: string): Promise<boolean>
  /** Asks a webhook its challenge without registering it. */
  challenge(url: string): Promise<boolean>
  /** The next body goes wrong. */
  failWebhook(fault: WebhookFault): void
  /** Sends a body, signed, as it is. */
  deliverRaw(body: string): void
  webhookStats(): XWebhookStats
  /** Resolves once no webhook waits; what was held back to come late is sent first. */
  webhooksIdle(): Promise<void>
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
  readonly #faults = new FaultPlan<Fault>()
  readonly #counter = new RateCounter()
  readonly #requests: XRequestRecord[] = []
  readonly #replies: XReply[] = []
  readonly #authority: XAuthority
  readonly #rules: XRules
  readonly #streams: XStreams
  readonly #webhooks: XWebhooks
  readonly #closing = new AbortController()
  #naming: XNaming

  constructor(options: XSimulatorOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#naming = options.naming ?? 'tweet'
    const account = options.account ?? { username: 'KPPoliceDemo', name: 'KP Police (demonstration)' }
    this.#authority = new XAuthority({ ...options, account })
    for (const one of this.#authority.accounts) this.#timeline.user(one, this.#clock.now())
    this.#rules = new XRules(this.#timeline)
    const parts = { clock: this.#clock, closing: this.#closing.signal }
    this.#webhooks = new XWebhooks({ ...parts, secret: options.consumerSecret ?? 'demo-consumer-secret' })
    this.#streams = new XStreams({
      ...parts,
      timeline: this.#timeline,
      rules: this.#rules,
      naming: () => this.#naming,
      keepAliveMs: options.keepAliveMs ?? 20_000,
      maxConnections: options.maxStreams ?? 2,
      allowsBackfill: options.allowsBackfill ?? false,
    })
  }

  facade(url: string, close: () => Promise<void>): XSimulator {
    const plain = ({ id, username, name }: ReturnType<X['accountNamed']>) => ({ id, username, name })
    const streams = this.#streams
    return {
      url,
      account: plain(this.#account),
      accounts: this.#authority.accounts.map(({ username }) => plain(this.accountNamed(username))),
      post: (input) => this.#post(input),
      edit: (postId, text) => this.#spread(this.#timeline.edit(postId, text, this.#clock.now())),
      remove: (postId) => this.#remove(postId),
      direct: (input) => this.#direct(input),
      fail: (fault) => this.#faults.add(fault),
      heal: () => this.#faults.clear(),
      expireTokens: (isExpired) => void (this.#authority.isExpired = isExpired),
      rename: (naming) => void (this.#naming = naming),
      breakStreams: (fault, postId) => streams.break(fault, this.#timeline.find(postId ?? '')),
      get openStreams() {
        return streams.open
      },
      rules: () => this.#rules.all,
      connectWebhook: (address) => this.#webhooks.connect(address),
      challenge: (address) => this.#webhooks.challenge(address),
      failWebhook: (fault) => this.#webhooks.fail(fault),
      deliverRaw: (body) => this.#webhooks.push(body),
      webhookStats: () => this.#webhooks.stats(),
      webhooksIdle: () => {
        this.#webhooks.flush()
        return this.#webhooks.idle()
      },
      replies: () => [...this.#replies],
      requests: this.#requests,
      close: () => {
        this.#closing.abort()
        this.#streams.close()
        return close()
      },
    }
  }

  get #account() {
    return this.accountNamed(this.#authority.accounts[0]?.username ?? '')
  }

  accountNamed(username: string) {
    return this.#timeline.user({ username }, 0)
  }

  /** Tells a new post, or a new state of one, to the streams and to the webhook. */
  #spread(post: XPost): string {
    this.#streams.publish(post)
    for (const { username } of this.#authority.accounts) {
      const account = this.accountNamed(username)
      if (!post.mentions.has(username.toLowerCase()) && post.authorId !== account.id) continue
      const parts = { timeline: this.#timeline, naming: this.#naming, shape: this.#options.webhookShape ?? 'account' }
      if (this.#webhooks.isConnected) this.#webhooks.push(postEvent(post, account, parts))
    }
    return post.id
  }

  #remove(postId: string): void {
    this.#timeline.remove(postId)
    const post = this.#timeline.find(postId)
    const first = this.#timeline.find(post?.editHistory[0] ?? '')
    if (first === undefined || !this.#webhooks.isConnected) return
    const shape = this.#options.webhookShape ?? 'account'
    this.#webhooks.push(deleteEvent(first, this.#account, shape, this.#clock.now()))
  }

  #direct({ author, text, account }: { author: { username: string }; text: string; account?: string }): string {
    const nowMs = this.#clock.now()
    const id = this.#timeline.idFor(nowMs)
    const from = this.#timeline.user(author, nowMs)
    const to = account === undefined ? this.#account : this.accountNamed(account)
    if (this.#webhooks.isConnected)
      this.#webhooks.push(directEvent({ id, from, text, nowMs }, to, this.#options.webhookShape ?? 'account'))
    return id
  }

  #post(input: XPostInput): string {
    const nowMs = this.#clock.now()
    const references: { type: XReferenceType; id: string }[] = []
    if (input.inReplyTo !== undefined) references.push({ type: 'replied_to', id: input.inReplyTo })
    if (input.quotes !== undefined) references.push({ type: 'quoted', id: input.quotes })
    if (input.retweets !== undefined) references.push({ type: 'retweeted', id: input.retweets })
    const post = this.#timeline.add({
      author: this.#timeline.user(input.author, nowMs),
      text: input.text,
      nowMs,
      references,
      ...(input.lang === undefined ? {} : { lang: input.lang }),
      ...(input.createdAtMs === undefined ? {} : { createdAtMs: input.createdAtMs }),
      ...(input.photos === undefined ? {} : { photos: input.photos }),
    })
    return this.#spread(post)
  }

  async answer(request: ReceivedRequest): Promise<Answer | HeldAnswer> {
    const asker = this.#authority.who(request.headers.authorization)
    const answer = await this.#answerAs(asker, request)
    this.#requests.push({
      atMs: this.#clock.now(),
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      body: request.body.toString('utf8'),
      auth: asker.kind,
      status: answer.status,
    })
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift()
    return answer
  }

  async #answerAs(asker: XAsker, request: ReceivedRequest): Promise<Answer | HeldAnswer> {
    if (asker.username === undefined && asker.kind !== 'app') return unauthorized
    const endpoint = routeOf(request)
    if (endpoint === undefined) return problem(404, 'Not Found', `no endpoint ${request.method} ${request.path}`)
    const who = asker.kind === 'app' ? 'app' : 'user'
    const isUserOnly = endpoint === 'create' || endpoint === 'me' || endpoint === 'direct'
    if (who === 'app' && isUserOnly) return appOnlyForbidden
    const limits = { ...X_LIMITS, ...this.#options.limits }[endpoint]
    const nowMs = this.#clock.now()
    const limit = this.#counter.take(
      `${endpoint} ${asker.username ?? who}`,
      limits[who],
      X_WINDOW_MS,
      'x-rate-limit',
      nowMs,
    )
    if (!limit.allowed) return { ...tooManyRequests, headers: limit.headers }
    const fault = this.#faults.take((waiting) => fitsRequest(waiting, request))
    if (fault?.kind === '429') {
      return { ...tooManyRequests, headers: exhaustedHeaders(limits[who], nowMs + (fault.resetMs ?? 60_000)) }
    }
    if (fault?.kind === '503') return { ...problem(503, 'Service Unavailable'), headers: limit.headers }
    if (fault?.kind === 'html') {
      return { status: 200, headers: { ...limit.headers, 'content-type': 'text/html; charset=utf-8' }, body: HTML }
    }
    if (fault?.kind === 'slow') await this.#clock.sleep(fault.waitMs ?? 15_000, this.#closing.signal)
    const answer = this.#dispatch(endpoint, request, asker, fault?.kind)
    if ('hold' in answer) {
      if (fault?.kind === 'cut') return { ...answer, hold: (outgoing) => void outgoing.destroy() }
      return { ...answer, headers: limit.headers }
    }
    return { ...answer, headers: { ...limit.headers, ...answer.headers }, cut: fault?.kind === 'cut' }
  }

  #dispatch(
    endpoint: XEndpoint,
    request: ReceivedRequest,
    asker: XAsker,
    fault: Fault['kind'] | undefined,
  ): Answer | HeldAnswer {
    const account = this.accountNamed(asker.username ?? this.#account.username)
    switch (endpoint) {
      case 'mentions':
        return this.#mentions(request, fault)
      case 'search':
        return this.#search(request, fault)
      case 'me':
        return { status: 200, body: JSON.stringify({ data: renderUser(account, askedFor(request.query)) }) }
      case 'user-by-name':
        return userByName(request, this.#timeline)
      case 'lookup':
        return lookup(request, this.#timeline, this.#naming)
      case 'create':
        return this.#create(request, account)
      case 'direct':
        return this.#sendDirect(request, account)
      case 'stream':
        return this.#streams.connect(request.query)
      case 'rules':
        return this.#rules.list(this.#clock.now())
      case 'rules-change':
        return this.#rules.change(request.body.toString('utf8'), this.#clock.now())
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

  #create(request: ReceivedRequest, account: XUser): Answer {
    const nowMs = this.#clock.now()
    const perDay = this.#options.postsPerDay ?? 10_000
    const day = this.#counter.take(`create day ${account.id}`, perDay, DAY_MS, 'x-user-limit-24hour', nowMs)
    if (!day.allowed) return { ...tooManyRequests, headers: day.headers }
    const raw = request.body.toString('utf8')
    const { answer, body, post } = createPost(raw, account, this.#timeline, this.#naming, nowMs)
    if (body !== undefined && post !== undefined) {
      const inReplyTo = post.references[0]?.id ?? null
      const { id, text } = post
      this.#replies.push({ id, inReplyTo, text, account: account.username, body, raw, atMs: nowMs })
      this.#spread(post)
    }
    return { ...answer, headers: day.headers }
  }

  #sendDirect(request: ReceivedRequest, account: XUser): Answer {
    const nowMs = this.#clock.now()
    const userId = request.path.split('/')[4] ?? ''
    const raw = request.body.toString('utf8')
    const { answer, body, id, text } = createDirect(raw, account, userId, this.#timeline, nowMs)
    if (body !== undefined)
      this.#replies.push({ id, inReplyTo: null, to: userId, text, account: account.username, body, raw, atMs: nowMs })
    return answer
  }
}
