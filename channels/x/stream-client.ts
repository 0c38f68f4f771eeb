import type { IncomingHttpHeaders } from 'node:http'
import { TwitterApi } from 'twitter-api-v2'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { CutShort, withDeadline } from '../deadline.js'
import { fields, label, list, type Fields } from '../fields.js'
import { baseUrl, requireLoopback } from '../loopback.js'
import { readFailure, refusedRead, unreachable, wordsOf } from './failures.js'
import { createRequester, librarySettings, parseJson, type XAnswerText } from './library.js'
import type { XKnownRule, XRefusedRule, XStream, XStreamConnection, XStreamRule } from './stream.js'
import { createStreamBackOff, type StreamTrouble } from './stream-back-off.js'
import { createLineSplitter } from './stream-lines.js'
import { pageFields, refusesNaming, type XNaming } from './wire-naming.js'

export interface XStreamOptions {
  readonly baseUrl: string
  readonly bearerToken: string
  readonly clock: Clock
  /** Refuses every address that is not this machine. */
  readonly loopbackOnly?: boolean
  /** For the rules, and until the stream answers at all. */
  readonly timeoutMs?: number
  /** X says that it lives every 20 s; after this long in silence the connection is given up. */
  readonly silenceMs?: number
  readonly maxLineBytes?: number
  /** What was missed up to 5 minutes ago is sent again after a reconnect, where the plan allows it. */
  readonly backfillMinutes?: number
  readonly naming?: XNaming
}

const RULES = 'tweets/search/stream/rules'
const WHAT = 'the stream'
const MAX_RULE_PAGES = 20
const MAX_ERROR_BYTES = 64 * 1024

/**
 * The rules go by the library. The stream itself goes by `fetch`: the library's stream turns each piece of bytes into text by itself, which breaks an Urdu
 * letter that lies across two pieces, cannot be held back, knows no limit of a line, and keeps timers of its own.
 */
export function createXStream(options: XStreamOptions): XStream {
  const { clock, timeoutMs = 20_000 } = options
  const base = baseUrl(options.baseUrl, 'RABTA_X_BASE_URL')
  const guard = () => {
    if (options.loopbackOnly === true) requireLoopback(base)
  }
  guard()
  const library = new TwitterApi(options.bearerToken, librarySettings(base, guard)).v2
  const request = createRequester(options)
  const backOff = createStreamBackOff()
  let naming: XNaming = options.naming ?? 'tweet'
  let mayBackfill = (options.backfillMinutes ?? 0) > 0

  const troubled = (failure: Failure, trouble: StreamTrouble): Failure => {
    const retryAfterMs = Math.max(backOff.nextMs(trouble), failure.retryAfterMs ?? 0)
    return new Failure(failure.reason, failure.message, { retryable: failure.retryable, retryAfterMs })
  }

  async function ask(what: string, signal: AbortSignal, call: (extra: object) => Promise<XAnswerText>) {
    try {
      const answer = await request(signal, call)
      const body = fields(parseJson(answer.data))
      if (body === undefined)
        throw new Failure('invalid-payload', `X answered ${what} with something that is no JSON`, { retryable: true })
      return body
    } catch (error) {
      const failure = readFailure(error, what, clock.now())
      throw failure.reason === 'stopped' ? failure : troubled(failure, troubleOf(failure))
    }
  }

  async function rules(signal: AbortSignal): Promise<XKnownRule[]> {
    const found: XKnownRule[] = []
    let token: string | undefined
    for (let page = 0; page < MAX_RULE_PAGES; page++) {
      const query = token === undefined ? {} : { pagination_token: token }
      const body = await ask('the rules of the stream', signal, (extra) =>
        library.get<string>(RULES, query, { fullResponse: true, ...extra }),
      )
      if (fields(body['meta']) === undefined)
        throw troubled(new Failure('invalid-payload', 'X sent its rules without meta', { retryable: true }), 'http')
      found.push(...list(body['data']).flatMap(readRule))
      token = label(fields(body['meta'])?.['next_token'])
      if (token === undefined) return found
    }
    return found
  }

  async function addRules(wanted: readonly XStreamRule[], signal: AbortSignal): Promise<XRefusedRule[]> {
    if (wanted.length === 0) return []
    const add = wanted.map(({ value, tag }) => ({ value, tag }))
    const body = await ask('setting the rules of the stream', signal, (extra) =>
      library.post<string>(RULES, { add }, { fullResponse: true, ...extra }),
    )
    return list(body['errors']).flatMap((entry) => {
      const error = fields(entry)
      if (label(error?.['title']) === 'DuplicateRule') return []
      return [{ value: label(error?.['value']) ?? '', words: wordsOf(error) ?? 'no reason given' }]
    })
  }

  async function deleteRules(ids: readonly string[], signal: AbortSignal): Promise<void> {
    if (ids.length === 0) return
    await ask('deleting rules of the stream', signal, (extra) =>
      library.post<string>(RULES, { delete: { ids: [...ids] } }, { fullResponse: true, ...extra }),
    )
  }

  async function open(cut: AbortController): Promise<Response> {
    guard()
    const url = new URL(`${base.href.replace(/\/$/, '')}/2/tweets/search/stream`)
    for (const [name, value] of Object.entries(pageFields(naming))) url.searchParams.set(name, value)
    if (mayBackfill) url.searchParams.set('backfill_minutes', String(Math.min(5, options.backfillMinutes ?? 0)))
    return fetch(url, {
      headers: {
        authorization: `Bearer ${options.bearerToken}`,
        accept: 'application/json',
        // A compressor would hold the signs of life back.
        'accept-encoding': 'identity',
      },
      redirect: 'manual',
      signal: cut.signal,
    })
  }

  async function connect(signal: AbortSignal): Promise<XStreamConnection> {
    const cut = new AbortController()
    try {
      const response = await withDeadline({ clock, limitMs: timeoutMs, signal }, () => open(cut))
      if (response.status !== 200 || response.body === null) {
        const text = await withDeadline({ clock, limitMs: timeoutMs, signal }, () => headOf(response))
        const headers = Object.fromEntries(response.headers) as IncomingHttpHeaders
        throw refusedRead({ status: response.status, headers, body: text }, WHAT, clock.now())
      }
      requireStream(response)
      return reading(response.body, cut, signal)
    } catch (error) {
      cut.abort()
      const failure = error instanceof Failure ? error : brokenFailure(error)
      if (failure.reason === 'stopped') throw failure
      if (failure.reason === 'invalid-payload' && adapt(failure.message)) return connect(signal)
      throw troubled(failure, error instanceof Failure ? troubleOf(failure) : 'tcp')
    }
  }

  /** Whether X refused something that we can do without: then it is asked otherwise, each way once. */
  function adapt(words: string): boolean {
    if (mayBackfill && /backfill/i.test(words)) {
      mayBackfill = false
      return true
    }
    if (naming === (options.naming ?? 'tweet') && refusesNaming(words)) {
      naming = naming === 'tweet' ? 'post' : 'tweet'
      return true
    }
    return false
  }

  function reading(body: ReadableStream<Uint8Array>, cut: AbortController, signal: AbortSignal): XStreamConnection {
    const { silenceMs = 60_000, maxLineBytes = 1024 * 1024 } = options
    const reader = body.getReader()
    const splitter = createLineSplitter(maxLineBytes)
    let isOver = false
    return {
      read: async () => {
        if (isOver) return undefined
        try {
          // The silence is counted only while we listen: a bus that is slow is not X's silence.
          const { done, value } = await withDeadline({ clock, limitMs: silenceMs, signal }, () => reader.read())
          if (!done) {
            backOff.well()
            return splitter.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength))
          }
          isOver = true
          const rest = splitter.rest()
          // Half a line is not a message: the poll that runs beside the stream brings it whole.
          return rest?.kind === 'words' && parseJson(rest.text) !== undefined ? [rest] : undefined
        } catch (error) {
          throw error instanceof Failure ? error : troubledEnd(error)
        }
      },
      close: () => cut.abort(),
    }
  }

  function troubledEnd(error: unknown): Failure {
    const failure = brokenFailure(error)
    return failure.reason === 'stopped' ? failure : troubled(failure, 'tcp')
  }

  return { rules, addRules, deleteRules, connect }
}

function brokenFailure(error: unknown): Failure {
  if (!(error instanceof CutShort)) return unreachable(error, WHAT)
  return error.by === 'caller'
    ? new Failure('stopped', `${WHAT} was stopped`, { retryable: true })
    : new Failure('timeout', 'X fell silent on the stream: it is connected again', { retryable: true })
}

function troubleOf(failure: Failure): StreamTrouble {
  return failure.reason === 'rate-limited' ? 'rate' : 'http'
}

function requireStream(response: Response): void {
  if (!/html/i.test(response.headers.get('content-type') ?? '')) return
  throw new Failure('invalid-payload', 'a page came in place of the stream: connected again later', { retryable: true })
}

function readRule(entry: unknown): XKnownRule[] {
  const rule: Fields | undefined = fields(entry)
  const id = label(rule?.['id'])
  const value = label(rule?.['value'])
  return id === undefined || value === undefined ? [] : [{ id, value, tag: label(rule?.['tag']) }]
}

/** The beginning of an answer that is no stream; one without end is left after that. */
async function headOf(response: Response): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader()
  const parts: Uint8Array[] = []
  let bytes = 0
  while (reader !== undefined && bytes < MAX_ERROR_BYTES) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    bytes += value.length
  }
  return Buffer.concat(parts).subarray(0, MAX_ERROR_BYTES).toString('utf8')
}
