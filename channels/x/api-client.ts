import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import { ApiRequestError, TwitterApi, type ITwitterApiClientPlugin, type TwitterResponse } from 'twitter-api-v2'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { withDeadline } from '../deadline.js'
import { fields, label, numeric } from '../fields.js'
import { baseUrl, requireLoopback } from '../loopback.js'
import type { XClient, XPage, XPageQuery } from './client.js'
import { mayHaveBeenSent, readFailure, replyFailure } from './failures.js'
import { tightestLimit } from './rate-limit.js'
import { pageFields, refusesNaming, type XNaming } from './wire-naming.js'

/** The token of the account that answers: an app-only token may read but not write. */
export type XReplyToken =
  | {
      readonly kind: 'oauth1'
      readonly appKey: string
      readonly appSecret: string
      readonly accessToken: string
      readonly accessSecret: string
    }
  | { readonly kind: 'oauth2'; readonly userToken: string }

export interface XClientOptions {
  /** `https://api.x.com`, or a simulator's address. */
  readonly baseUrl: string
  readonly bearerToken: string
  /** Absent: replies are refused with the reason. */
  readonly replyToken?: XReplyToken | undefined
  readonly clock: Clock
  /** Refuses every address that is not this machine. */
  readonly loopbackOnly?: boolean
  readonly timeoutMs?: number
  /** Which of X's two namings to ask with first; the other is tried where X refuses it. */
  readonly naming?: XNaming
}

const LIBRARY_BASE = 'https://api.x.com/'
const DEFAULT_TIMEOUT_MS = 20_000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

type Answer = TwitterResponse<string>

/** What the library's request reports of itself: the socket (to cut it), the answer (to count it), and the network's error, which its own error loses. */
type RequestEvent = (event: string, data?: { socket?: Socket; res?: NodeJS.EventEmitter; requestError?: Error }) => void

export function createXClient(options: XClientOptions): XClient {
  const base = baseUrl(options.baseUrl, 'RABTA_X_BASE_URL')
  const guard = () => {
    if (options.loopbackOnly === true) requireLoopback(base)
  }
  guard()
  const settings = {
    plugins: [redirectTo(base, guard)],
    httpAgent: base.protocol === 'http:' ? new HttpAgent() : new HttpsAgent(),
    // The library leaves a broken compressed stream unhandled, which would end the process.
    compression: 'identity' as const,
  }
  const reader = new TwitterApi(options.bearerToken, settings).v2
  const { replyToken } = options
  const writer =
    replyToken === undefined
      ? undefined
      : (replyToken.kind === 'oauth2'
          ? new TwitterApi(replyToken.userToken, settings)
          : new TwitterApi(oauth1(replyToken), settings)
        ).v2
  const request = createRequester(options)
  let naming: XNaming = options.naming ?? 'tweet'

  async function read(path: string, query: Record<string, string>, what: string, signal: AbortSignal): Promise<XPage> {
    const ask = (name: XNaming) =>
      request(signal, (extra) =>
        reader.get<string>(path, { ...query, ...pageFields(name) }, { fullResponse: true, ...extra }),
      )
    try {
      return page(await ask(naming), what, options.clock.now())
    } catch (error) {
      const failure = readFailure(error, what, options.clock.now())
      if (failure.reason !== 'invalid-payload' || !refusesNaming(failure.message)) throw failure
    }
    const other: XNaming = naming === 'tweet' ? 'post' : 'tweet'
    try {
      const answer = page(await ask(other), what, options.clock.now())
      naming = other
      return answer
    } catch (error) {
      throw readFailure(error, what, options.clock.now())
    }
  }

  async function reply(postId: string, text: string, signal: AbortSignal): Promise<{ platformId: string }> {
    const what = `the reply to post ${postId.slice(0, 30)}`
    if (writer === undefined) {
      throw new Failure(
        'forbidden',
        'no token that may write on X is set: fill in RABTA_X_API_KEY, _API_SECRET, _ACCESS_TOKEN and _ACCESS_SECRET',
        {
          retryable: false,
        },
      )
    }
    if (signal.aborted) throw new Failure('stopped', `${what} was stopped before it was sent`, { retryable: true })
    try {
      const body = { text, reply: { in_reply_to_tweet_id: postId } }
      const answer = await request(signal, (extra) =>
        writer.post<string>('tweets', body, { fullResponse: true, ...extra }),
      )
      const id = label(fields(fields(parse(answer.data))?.['data'])?.['id'])
      if (id === undefined) throw mayHaveBeenSent(what, 'X answered without the id of the new post')
      return { platformId: id }
    } catch (error) {
      throw replyFailure(error, what, options.clock.now())
    }
  }

  return {
    mentions: (userId, query, signal) =>
      read(
        `users/${encodeURIComponent(userId)}/mentions`,
        pageQuery(query, 'pagination_token', 5),
        `mentions of user ${userId}`,
        signal,
      ),
    searchRecent: (search, query, signal) =>
      read(
        'tweets/search/recent',
        { query: search, ...pageQuery(query, 'next_token', 10) },
        'the recent search',
        signal,
      ),
    reply,
  }
}

const oauth1 = ({ appKey, appSecret, accessToken, accessSecret }: Extract<XReplyToken, { kind: 'oauth1' }>) => ({
  appKey,
  appSecret,
  accessToken,
  accessSecret,
})

function redirectTo(base: URL, guard: () => void): ITwitterApiClientPlugin {
  return {
    onBeforeRequestConfig: ({ params }) => {
      guard()
      params.url = params.url.replace(LIBRARY_BASE, `${base.href.replace(/\/$/, '')}/`)
    },
  }
}

/** Runs one call of the library within the time and size limits; on either, the socket is destroyed. */
function createRequester({ clock, timeoutMs = DEFAULT_TIMEOUT_MS }: XClientOptions) {
  return (signal: AbortSignal, call: (extra: object) => Promise<Answer>): Promise<Answer> =>
    withDeadline({ clock, limitMs: timeoutMs, signal }, (cut) => {
      let socket: Socket | undefined
      let networkError: Error | undefined
      cut.addEventListener('abort', () => socket?.destroy(), { once: true })
      const requestEventDebugHandler: RequestEvent = (event, data) => {
        if (event === 'socket') {
          socket = data?.socket
          if (cut.aborted) socket?.destroy()
        }
        if (event === 'request-error') networkError = data?.requestError
        if (event === 'response') stopTooLarge(data?.res, () => socket?.destroy())
      }
      return call({ forceParseMode: 'text', timeout: timeoutMs, requestEventDebugHandler }).catch((error: unknown) => {
        throw error instanceof ApiRequestError ? (networkError ?? error) : error
      })
    })
}

function stopTooLarge(response: NodeJS.EventEmitter | undefined, stop: () => void): void {
  let bytes = 0
  response?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) stop()
  })
}

function pageQuery(query: XPageQuery, tokenName: string, smallest: number): Record<string, string> {
  return {
    max_results: String(Math.min(100, Math.max(smallest, query.maxResults ?? 100))),
    ...(query.sinceId === undefined ? {} : { since_id: query.sinceId }),
    ...(query.startTime === undefined ? {} : { start_time: query.startTime }),
    ...(query.paginationToken === undefined ? {} : { [tokenName]: query.paginationToken }),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Lifts what paging needs out of an answer. Without `meta` it is no page, whatever the status said: something else answered in X's place. */
function page(answer: Answer, what: string, nowMs: number): XPage {
  const body = fields(parse(answer.data))
  const meta = fields(body?.['meta'])
  if (body === undefined || meta === undefined) {
    const shape = body === undefined ? 'something that is no JSON' : 'JSON without meta'
    throw new Failure('invalid-payload', `X answered ${what} with ${shape}: asked again later`, { retryable: true })
  }
  const resultCount = numeric(meta['result_count']) ?? 0
  if (resultCount > 0 && !Array.isArray(body['data'])) {
    throw new Failure(
      'invalid-payload',
      `X announced ${resultCount} posts for ${what} and sent none: asked again later`,
      { retryable: true },
    )
  }
  return {
    body,
    newestId: label(meta['newest_id']),
    nextToken: label(meta['next_token']),
    resultCount,
    rateLimit: tightestLimit(answer.headers, nowMs),
  }
}
