import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Readable } from 'node:stream'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { CutShort, withDeadline } from '../deadline.js'
import { networkCode } from '../network-error.js'
import { guardedLookup, requireReachable, systemResolve, type Reach, type Resolve } from './address-guard.js'
import { decodeFeed } from './charset.js'

/** What a feed said of its last state, kept letter by letter and said back to it. */
export interface Validators {
  readonly etag: string | undefined
  readonly lastModified: string | undefined
}

interface Answered {
  /** The address that answered, after every redirect. */
  readonly url: string
  /** Where permanent redirects alone lead to: the feed's new address; undefined where it stands where it stood. */
  readonly movedTo: string | undefined
  /** How long the server lets a copy be kept, in milliseconds. */
  readonly maxAgeMs: number | undefined
}

export type FeedAnswer =
  | (Answered & { readonly kind: 'document'; readonly text: string; readonly validators: Validators })
  | (Answered & { readonly kind: 'unchanged'; readonly validators: Validators })
  | (Answered & { readonly kind: 'gone' })

/**
 * Asks one feed once. Answers its document as text in its own charset, that it is unchanged since `validators`, or that it is gone for good (410). Throws a
 * Failure for all else, with what the server wishes in `retryAfterMs`; never asks an address out of reach, also not after a redirect.
 */
export interface FeedClient {
  fetch(url: string, validators: Validators, signal: AbortSignal): Promise<FeedAnswer>
}

export interface FeedClientOptions {
  readonly clock: Clock
  /** Which addresses may be asked. Default `public`. */
  readonly reach?: Reach
  /** How the product names itself to the outlets. */
  readonly userAgent?: string
  readonly timeoutMs?: number
  readonly maxBytes?: number
  readonly maxRedirects?: number
  /** Name resolution, for tests. */
  readonly resolve?: Resolve
}

const USER_AGENT = 'Rabta/1 (news reader of a police media desk; conditional requests, at most one in five minutes)'
const ACCEPT =
  'application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/feed+json;q=0.8, */*;q=0.1'
const LONGEST_WAIT_MS = 24 * 3_600_000
const MAX_VALIDATOR_UNITS = 1_000

export function createFeedClient(options: FeedClientOptions): FeedClient {
  const { clock, reach = 'public', timeoutMs = 20_000, maxBytes = 5 * 1024 * 1024, maxRedirects = 5 } = options
  const lookup = guardedLookup(reach, options.resolve ?? systemResolve)
  const userAgent = options.userAgent ?? USER_AGENT

  async function follow(start: string, validators: Validators, signal: AbortSignal): Promise<FeedAnswer> {
    let url = parsed(start)
    let movedTo: string | undefined
    let isPermanentSoFar = true
    for (let hop = 0; hop <= maxRedirects; hop++) {
      requireReachable(url, reach)
      const answer = await ask(url, validators, signal)
      const next = redirectOf(answer, url)
      if (next === undefined) return read(answer, { url: url.href, movedTo, maxAgeMs: maxAgeOf(answer) }, signal)
      answer.destroy()
      isPermanentSoFar &&= answer.statusCode === 301 || answer.statusCode === 308
      if (isPermanentSoFar) movedTo = next.href
      url = next
    }
    throw new Failure(
      'refused',
      `${feedName(start)} leads through more than ${maxRedirects} redirects: look for the feed's address on the outlet's page`,
      { retryable: true },
    )
  }

  function ask(url: URL, { etag, lastModified }: Validators, signal: AbortSignal): Promise<IncomingMessage> {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest
    return new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        {
          method: 'GET',
          agent: false,
          lookup,
          signal,
          maxHeaderSize: 64 * 1024,
          headers: {
            'user-agent': userAgent,
            accept: ACCEPT,
            'accept-encoding': 'gzip, deflate, br',
            ...(etag === undefined ? {} : { 'if-none-match': etag }),
            ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
          },
        },
        resolve,
      )
      outgoing.once('error', reject)
      outgoing.end()
    })
  }

  async function read(answer: IncomingMessage, answered: Answered, signal: AbortSignal): Promise<FeedAnswer> {
    const status = answer.statusCode ?? 0
    if (status === 200 || status === 203 || status === 226) {
      const bytes = await bodyOf(answer, maxBytes, signal)
      const text = decodeFeed(bytes, answer.headers['content-type'])
      return { ...answered, kind: 'document', text, validators: validatorsOf(answer) }
    }
    answer.destroy()
    if (status === 304) return { ...answered, kind: 'unchanged', validators: validatorsOf(answer) }
    if (status === 410) return { ...answered, kind: 'gone' }
    throw refusal(answer, answered.url, clock.now())
  }

  return {
    fetch: async (url, validators, signal) => {
      try {
        return await withDeadline({ clock, limitMs: timeoutMs, signal }, (cut) => follow(url, validators, cut))
      } catch (error) {
        throw failureOf(error, url, signal)
      }
    },
  }
}

function parsed(address: string): URL {
  if (URL.canParse(address)) return new URL(address)
  throw new Failure(
    'invalid-payload',
    'a feed in the settings is no web address: write something like https://host/feed',
    {
      retryable: false,
    },
  )
}

/** How a feed is called in messages: without the query and the password, which may be secrets. */
export function feedName(address: string): string {
  if (!URL.canParse(address)) return 'a feed without a proper address'
  const { host, pathname } = new URL(address)
  return `${host}${pathname === '/' ? '' : pathname}`.slice(0, 200)
}

function redirectOf(answer: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0)) return undefined
  const { location } = answer.headers
  // A header is bytes: an outlet that writes Urdu into it means UTF-8.
  const target = location === undefined ? undefined : Buffer.from(location, 'latin1').toString('utf8')
  if (target !== undefined && URL.canParse(target, from.href)) return new URL(target, from.href)
  throw new Failure('unavailable', `${feedName(from.href)} redirects to nowhere: look at the feed in a browser`, {
    retryable: true,
  })
}

function validatorsOf({ headers }: IncomingMessage): Validators {
  const kept = (value: string | undefined): string | undefined =>
    value === undefined || value === '' || value.length > MAX_VALIDATOR_UNITS ? undefined : value
  return { etag: kept(headers.etag), lastModified: kept(headers['last-modified']) }
}

function maxAgeOf({ headers }: IncomingMessage): number | undefined {
  const said = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})/i.exec(headers['cache-control'] ?? '')?.[1]
  if (said === undefined || /no-(store|cache)/i.test(headers['cache-control'] ?? '')) return undefined
  const age = /^\d{1,9}$/.exec(headers.age ?? '')?.[0] ?? '0'
  return Math.max(0, Number(said) - Number(age)) * 1000
}

/** The whole body, unpacked, of at most `maxBytes`: more is cut off with a Failure before it is held. */
async function bodyOf(answer: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const stream = unpacked(answer)
  const abort = () => stream.destroy(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of stream) {
      const part = chunk as Buffer
      bytes += part.length
      if (bytes > maxBytes) {
        throw new Failure('too-large', `the feed is over ${maxBytes} bytes: look for a shorter feed of this outlet`, {
          retryable: true,
        })
      }
      chunks.push(part)
    }
    if (!answer.complete) throw Object.assign(new Error('cut off'), { code: 'ECONNRESET' })
    return Buffer.concat(chunks)
  } finally {
    signal.removeEventListener('abort', abort)
    stream.destroy()
    answer.destroy()
  }
}

function unpacked(answer: IncomingMessage): Readable {
  const packing = (answer.headers['content-encoding'] ?? '').trim().toLowerCase()
  const unpacker =
    packing === 'gzip' || packing === 'x-gzip'
      ? createGunzip()
      : packing === 'deflate'
        ? createInflate()
        : packing === 'br'
          ? createBrotliDecompress()
          : undefined
  if (unpacker === undefined) return answer
  answer.once('error', (error) => unpacker.destroy(error))
  answer.once('aborted', () => unpacker.destroy(Object.assign(new Error('cut off'), { code: 'ECONNRESET' })))
  return answer.pipe(unpacker)
}

function refusal(answer: IncomingMessage, url: string, nowMs: number): Failure {
  const status = answer.statusCode ?? 0
  const name = feedName(url)
  const waitMs = retryAfterOf(answer.headers['retry-after'], nowMs)
  const details = { retryable: true, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) }
  if (status === 429) return new Failure('rate-limited', `${name} limits how often it may be asked (HTTP 429)`, details)
  if (status === 404)
    return new Failure(
      'not-found',
      `${name} is not there (HTTP 404): look for its new address on the outlet's page`,
      details,
    )
  if (status === 401 || status === 402)
    return new Failure('unauthorized', `${name} wants a sign-in (HTTP ${status}): take it out of the settings`, details)
  if (status === 403 || status === 451)
    return new Failure('forbidden', `${name} does not let us read it (HTTP ${status}): ask the outlet`, details)
  if (status >= 500 || status === 408) return new Failure('unavailable', `${name} fails (HTTP ${status})`, details)
  return new Failure('refused', `${name} answers HTTP ${status} in place of a feed: look at it in a browser`, details)
}

/** Milliseconds until the server wants to be asked again, of seconds or an HTTP date. */
function retryAfterOf(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  const waitMs = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs
  return Number.isNaN(waitMs) ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, waitMs))
}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|TLS|SSL|EPROTO/

function failureOf(error: unknown, url: string, signal: AbortSignal): Failure {
  if (error instanceof Failure) return error
  const name = feedName(url)
  if (signal.aborted) return new Failure('stopped', `reading ${name} was stopped`, { retryable: true })
  if (error instanceof CutShort) return new Failure('timeout', `${name} did not answer in time`, { retryable: true })
  const code = networkCode(error) ?? 'no code'
  if (code === 'ERR_OUT_OF_REACH')
    return new Failure('forbidden', `${name} is an address within this network: take it out of the settings`, {
      retryable: false,
    })
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code === 'ERR__ERROR_FORMAT_PADDING_1')
    return new Failure('unavailable', `${name} sent something that cannot be unpacked`, { retryable: true })
  if (code === 'ENOTFOUND')
    return new Failure('unavailable', `${name}: there is no such host (${code}): look for its new address`, {
      retryable: true,
    })
  if (UNTRUSTED.test(code))
    return new Failure('unavailable', `${name} has no valid certificate (${code})`, { retryable: true })
  return new Failure('unavailable', `${name} could not be reached (${code})`, { retryable: true })
}
