import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { fields, label, list, type Fields } from '../fields.js'
import { epochOfSeconds } from '../instants.js'
import { baseUrl, requireLoopback } from '../loopback.js'
import type { FacebookClient, GraphPage, PageQuery, TokenState } from './client.js'
import { brokenWrite, errorIn, mayHaveBeenSent, readFailure, refusedRead, refusedWrite } from './failures.js'
import { createGraphCall, type GraphParams } from './graph-call.js'
import { messageId } from './ids.js'
import { nextToken } from './paging.js'

export interface FacebookClientOptions {
  /** `https://graph.facebook.com`, or a simulator's address. */
  readonly baseUrl: string
  /** `v26.0` */
  readonly version: string
  readonly pageId: string
  readonly pageToken: string
  /** With it every call carries `appsecret_proof`. */
  readonly appSecret?: string | undefined
  readonly clock: Clock
  /** Refuses every address that is not this machine. */
  readonly loopbackOnly?: boolean
  readonly timeoutMs?: number
}

const DEFAULT_TIMEOUT_MS = 20_000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
const MAX_COMMENT_UNITS = 8_000
const MAX_MESSAGE_UNITS = 2_000
const PAGE_SIZE = 50

/** What each list is asked for; the second form is for a version of the API that does not know one of the first's names any more. */
const FIELDS = {
  posts: [
    'id,message,story,from,created_time,updated_time,tagged_time,permalink_url,place,full_picture,attachments{type,media_type,media,target,title,description,url,unshimmed_url,subattachments}',
    'id,message,from,created_time,updated_time',
  ],
  tagged: [
    'id,message,from,created_time,tagged_time,permalink_url,place,full_picture,attachments{type,media_type,media,target,title,description,url,unshimmed_url,subattachments}',
    'id,message,from,tagged_time',
  ],
  comments: ['id,message,from,created_time,parent{id},permalink_url,attachment', 'id,message,from,created_time,parent'],
  conversations: ['id,updated_time,participants', 'id,updated_time'],
  messages: [
    'id,message,from,to,created_time,attachments{id,mime_type,name,size,image_data,video_data,file_url},shares{link,name,description},sticker',
    'id,message,from,created_time',
  ],
} as const
type ListName = keyof typeof FIELDS

const UNKNOWN_FIELD = /nonexisting field|unknown fields?|invalid fields?|syntax error|deprecate/i

export function createFacebookClient(options: FacebookClientOptions): FacebookClient {
  const { version, pageId, pageToken, appSecret, clock, loopbackOnly = false } = options
  const base = baseUrl(options.baseUrl, 'RABTA_FACEBOOK_BASE_URL')
  if (loopbackOnly) requireLoopback(base)
  const call = createGraphCall({
    base,
    version,
    accessToken: pageToken,
    appSecret: appSecret === '' ? undefined : appSecret,
    clock,
    loopbackOnly,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  })
  const redact = redactor([pageToken, appSecret])
  const narrowed = new Set<ListName>()

  async function get(path: string, params: GraphParams, what: string, signal: AbortSignal): Promise<Fields> {
    const answer = await call('get', path, params, signal).catch((error: unknown) => {
      throw readFailure(error, what)
    })
    if (answer.isTooLarge) {
      throw new Failure('too-large', `Facebook's answer to ${what} is too large: asked again with less`, {
        retryable: true,
      })
    }
    if (answer.status < 200 || answer.status >= 300 || errorIn(answer.body) !== undefined)
      throw refusedRead(answer, what, redact)
    const body = fields(answer.body)
    if (body !== undefined) return body
    throw new Failure(
      'invalid-payload',
      `Facebook answered ${what} with something that is no JSON: asked again later`,
      {
        retryable: true,
      },
    )
  }

  async function readList(
    path: string,
    name: ListName,
    query: PageQuery,
    extra: GraphParams,
    what: string,
    signal: AbortSignal,
  ): Promise<GraphPage> {
    const limit = query.limit ?? PAGE_SIZE
    const ask = async () => {
      const wanted = FIELDS[name][narrowed.has(name) ? 1 : 0]
      const since = query.sinceMs === undefined ? {} : { since: String(Math.floor(query.sinceMs / 1000)) }
      const params = { fields: wanted, ...extra, ...since, ...query.token, limit: String(limit) }
      return get(path, params, what, signal)
    }
    const body = await ask().catch((error: unknown) => {
      const isName = error instanceof Failure && error.reason === 'invalid-payload' && UNKNOWN_FIELD.test(error.message)
      if (!isName || error.retryable || narrowed.has(name)) throw error
      narrowed.add(name)
      return ask()
    })
    const { data } = body
    if (!Array.isArray(data)) {
      throw new Failure('invalid-payload', `Facebook answered ${what} without a list: asked again later`, {
        retryable: true,
      })
    }
    return { items: data as unknown[], next: nextToken(body, limit, query.token) }
  }

  async function write(path: string, params: GraphParams, signal: AbortSignal): Promise<Fields | undefined> {
    if (signal.aborted) throw new Failure('stopped', 'sending was stopped before the message left', { retryable: true })
    const answer = await call('post', path, params, signal).catch((error: unknown) => {
      throw brokenWrite(error)
    })
    const isSuccess = answer.status >= 200 && answer.status < 300
    if (!isSuccess || errorIn(answer.body) !== undefined) throw refusedWrite(answer, redact)
    return fields(answer.body)
  }

  const page = pathPart(pageId)
  return {
    pageId,
    feed: (query, signal) => readList(`${page}/feed`, 'posts', query, {}, `the feed of page ${pageId}`, signal),
    tagged: (query, signal) =>
      readList(`${page}/tagged`, 'tagged', query, {}, `the posts that name page ${pageId}`, signal),
    comments: (postId, query, signal) =>
      readList(
        `${pathPart(postId)}/comments`,
        'comments',
        query,
        { filter: 'stream', order: 'reverse_chronological' },
        `the comments of post ${postId.slice(0, 80)}`,
        signal,
      ),
    conversations: (query, signal) =>
      readList(
        `${page}/conversations`,
        'conversations',
        query,
        { platform: 'messenger' },
        `the conversations of page ${pageId}`,
        signal,
      ),
    messages: (conversationId, query, signal) =>
      readList(`${pathPart(conversationId)}/messages`, 'messages', query, {}, 'a conversation', signal),
    tokenState: async (signal) =>
      tokenStateOf(await get('debug_token', { input_token: pageToken }, 'the token', signal)),
    reply: async (id, text, signal) => {
      checkText(text, MAX_COMMENT_UNITS)
      const body = await write(`${pathPart(id)}/comments`, { message: text }, signal)
      const platformId = label(body?.['id'])
      if (platformId === undefined) throw mayHaveBeenSent('Facebook answered without the id of the comment')
      return { platformId }
    },
    sendMessage: async ({ to, text }, signal) => {
      checkText(text, MAX_MESSAGE_UNITS)
      if (to.trim() === '') throw new Failure('invalid-payload', 'the message has no recipient', { retryable: false })
      const message = { recipient: { id: to.trim() }, messaging_type: 'RESPONSE', message: { text } }
      const body = await write(`${page}/messages`, message, signal)
      const platformId = label(body?.['message_id'])
      if (platformId === undefined) throw mayHaveBeenSent('Facebook answered without the id of the message')
      return { platformId: messageId(platformId) }
    },
  }
}

/** An id from outside in an address: whatever it holds, it stays one part of the path. */
const pathPart = (id: string): string => encodeURIComponent(id.toWellFormed()).replace(/^\.+$/, '_')

function checkText(text: string, maxUnits: number): void {
  if (text.trim() === '')
    throw new Failure('invalid-payload', 'an empty message cannot be sent: write something', { retryable: false })
  if (text.length > maxUnits) {
    throw new Failure(
      'too-large',
      `Facebook takes ${maxUnits} characters here, and this has ${text.length}: shorten it`,
      {
        retryable: false,
      },
    )
  }
}

/** Takes secrets out of what Facebook repeats in its errors. */
function redactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  return (text) =>
    secrets
      .filter((secret) => secret !== undefined && secret !== '')
      .reduce<string>((left, secret) => left.split(secret ?? '').join('[withheld]'), text)
      .replace(/(access[ _]token[=:\s]+)\S{16,}/gi, '$1[withheld]')
      .replace(/\bEAA\w{16,}/g, '[withheld]')
}

/** Both ends count: the token's own, and that of its right to data. Zero means never. */
function tokenStateOf(body: Fields): TokenState {
  const data = fields(body['data'])
  if (data === undefined)
    throw new Failure('invalid-payload', 'Facebook said nothing about the token: asked again later', {
      retryable: true,
    })
  const ends = [epochOfSeconds(data['expires_at']), epochOfSeconds(data['data_access_expires_at'])]
  const known = ends.filter((end) => end !== undefined)
  return {
    isValid: data['is_valid'] !== false,
    endsAtMs: known.length === 0 ? undefined : Math.min(...known),
    scopes: list(data['scopes']).flatMap((scope) => label(scope) ?? []),
  }
}
