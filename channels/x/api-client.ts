import { TwitterApi } from 'twitter-api-v2'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { fields, label, numeric } from '../fields.js'
import { baseUrl, requireLoopback } from '../loopback.js'
import type { XClient, XPage, XPageQuery } from './client.js'
import { mayHaveBeenSent, readFailure, replyFailure } from './failures.js'
import { createRequester, librarySettings, parseJson, type XAnswerText } from './library.js'
import { tightestLimit } from './rate-limit.js'
import { accountKey, libraryToken, type XReplyToken } from './reply-tokens.js'
import { createSharedLimits } from './shared-limits.js'
import { pageFields, refusesNaming, type XNaming } from './wire-naming.js'

export type { XReplyToken } from './reply-tokens.js'

export interface XClientOptions {
  /** `https://api.x.com`, or a simulator's address. */
  readonly baseUrl: string
  readonly bearerToken: string
  /** Of the first account. Absent: its replies are refused with the reason. */
  readonly replyToken?: XReplyToken | undefined
  /** Of the other accounts, by the name under which mentions carry them. */
  readonly accountTokens?: ReadonlyMap<string, XReplyToken>
  /** The account that owns the app: its mentions are asked for with its own token, for then X counts them as owned reads, at a fifth of the price. */
  readonly ownedUserId?: string | undefined
  readonly clock: Clock
  /** Refuses every address that is not this machine. */
  readonly loopbackOnly?: boolean
  readonly timeoutMs?: number
  /** Which of X's two namings to ask with first; the other is tried where X refuses it. */
  readonly naming?: XNaming
}

export function createXClient(options: XClientOptions): XClient {
  const base = baseUrl(options.baseUrl, 'RABTA_X_BASE_URL')
  const guard = () => {
    if (options.loopbackOnly === true) requireLoopback(base)
  }
  guard()
  const settings = librarySettings(base, guard)
  const reader = new TwitterApi(options.bearerToken, settings).v2
  const writing = (token: XReplyToken) => {
    const own = libraryToken(token)
    return (typeof own === 'string' ? new TwitterApi(own, settings) : new TwitterApi(own, settings)).v2
  }
  const firstWriter = options.replyToken === undefined ? undefined : writing(options.replyToken)
  const writers = new Map(
    [...(options.accountTokens ?? [])].map(([account, token]) => [accountKey(account), writing(token)]),
  )
  const limits = createSharedLimits(options.clock)
  const request = createRequester(options)
  let naming: XNaming = options.naming ?? 'tweet'

  async function read({ path, query, what, window, isOwned = false }: Read, signal: AbortSignal): Promise<XPage> {
    limits.check(window)
    const asker = isOwned && firstWriter !== undefined ? firstWriter : reader
    const ask = async (name: XNaming): Promise<XPage> => {
      try {
        const answer = await request(signal, (extra) =>
          asker.get<string>(path, { ...query, ...pageFields(name) }, { fullResponse: true, ...extra }),
        )
        return page(answer, what, options.clock.now())
      } catch (error) {
        const failure = readFailure(error, what, options.clock.now())
        limits.note(window, failure)
        throw failure
      }
    }
    try {
      return await ask(naming)
    } catch (error) {
      const isNaming = error instanceof Failure && error.reason === 'invalid-payload' && refusesNaming(error.message)
      if (!isNaming) throw error
    }
    const other: XNaming = naming === 'tweet' ? 'post' : 'tweet'
    const answer = await ask(other)
    naming = other
    return answer
  }

  /** The account's own keys, or the first account's where it has none. */
  function writerOf(account: string | null | undefined, what: string, signal: AbortSignal) {
    const writer = (typeof account === 'string' ? writers.get(accountKey(account)) : undefined) ?? firstWriter
    if (writer === undefined) {
      throw new Failure(
        'forbidden',
        'no token that may write on X is set: fill in RABTA_X_API_KEY, _API_SECRET, _ACCESS_TOKEN and _ACCESS_SECRET',
        { retryable: false },
      )
    }
    if (signal.aborted) throw new Failure('stopped', `${what} was stopped before it was sent`, { retryable: true })
    return writer
  }

  async function write(
    { path, body, what, account, idName }: Write,
    signal: AbortSignal,
  ): Promise<{ platformId: string }> {
    const writer = writerOf(account, what, signal)
    try {
      const answer = await request(signal, (extra) => writer.post<string>(path, body, { fullResponse: true, ...extra }))
      const id = label(fields(fields(parseJson(answer.data))?.['data'])?.[idName])
      if (id === undefined) throw mayHaveBeenSent(what, 'X answered without the id of what was sent')
      return { platformId: id }
    } catch (error) {
      throw replyFailure(error, what, options.clock.now())
    }
  }

  return {
    mentions: (userId, query, signal) => {
      const isOwned = userId === options.ownedUserId && firstWriter !== undefined
      const ask = {
        path: `users/${encodeURIComponent(userId)}/mentions`,
        query: pageQuery(query, 'pagination_token', 5),
        what: `mentions of user ${userId}`,
        window: isOwned ? 'owned mentions' : 'mentions',
        isOwned,
      }
      return read(ask, signal)
    },
    searchRecent: (search, query, signal) => {
      const ask = {
        path: 'tweets/search/recent',
        query: { query: search, ...pageQuery(query, 'next_token', 10) },
        what: 'the recent search',
        window: 'search',
      }
      return read(ask, signal)
    },
    reply: (postId, text, signal, account) =>
      write(
        {
          path: 'tweets',
          body: { text, reply: { in_reply_to_tweet_id: postId } },
          what: `the reply to post ${postId.slice(0, 30)}`,
          account,
          idName: 'id',
        },
        signal,
      ),
    sendDirect: (userId, text, signal, account) =>
      write(
        {
          path: `dm_conversations/with/${encodeURIComponent(userId)}/messages`,
          body: { text },
          what: `the direct message to user ${userId.slice(0, 30)}`,
          account,
          idName: 'dm_event_id',
        },
        signal,
      ),
  }
}

interface Read {
  readonly path: string
  readonly query: Record<string, string>
  readonly what: string
  /** The rate limit it counts against, which other accounts may share. */
  readonly window: string
  readonly isOwned?: boolean
}

interface Write {
  readonly path: string
  readonly body: Record<string, unknown>
  readonly what: string
  readonly account: string | null | undefined
  readonly idName: string
}

function pageQuery(query: XPageQuery, tokenName: string, smallest: number): Record<string, string> {
  return {
    max_results: String(Math.min(100, Math.max(smallest, query.maxResults ?? 100))),
    ...(query.sinceId === undefined ? {} : { since_id: query.sinceId }),
    ...(query.startTime === undefined ? {} : { start_time: query.startTime }),
    ...(query.paginationToken === undefined ? {} : { [tokenName]: query.paginationToken }),
  }
}

/** Lifts what paging needs out of an answer. Without `meta` it is no page, whatever the status said: something else answered in X's place. */
function page(answer: XAnswerText, what: string, nowMs: number): XPage {
  const body = fields(parseJson(answer.data))
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
