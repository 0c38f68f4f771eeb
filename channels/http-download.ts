import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIPv4, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import { CutShort, withDeadline } from './deadline.js'
import { numeric } from './fields.js'
import type { MediaSink } from './media.js'
import { checkAddress, type AddressRules, type CheckedAddress } from './media-address.js'
import { networkCode } from './network-error.js'

export interface DownloadParts extends AddressRules {
  readonly clock: Clock
  /** For all of it, redirects and the last byte included. Default 120,000. */
  readonly timeoutMs?: number
  /** Told to the first address alone, and only where this says so. */
  readonly authorization?: { readonly header: string; mayGoTo(url: URL): boolean }
  /** Hands over JSON that comes with an error's status, too: the platform's word for it is inside. */
  readonly takeErrors?: boolean
}

export interface Downloaded {
  /** 200, unless errors are taken. */
  readonly status: number
  readonly mimeType: string | null
}

const DEFAULT_TIMEOUT_MS = 120_000
const MAX_REDIRECTS = 4
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const MAX_RETRY_AFTER_MS = 3_600_000

/** Streams what is at an address into the sink; throws as `MediaFetcher.fetch` does. */
export async function download(
  address: string,
  sink: MediaSink,
  parts: DownloadParts,
  signal: AbortSignal,
): Promise<Downloaded> {
  const limitMs = parts.timeoutMs ?? DEFAULT_TIMEOUT_MS
  try {
    return await withDeadline({ clock: parts.clock, limitMs, signal }, (cut) => follow(address, sink, parts, cut))
  } catch (error) {
    throw asFailure(error, limitMs)
  }
}

function asFailure(error: unknown, limitMs: number): unknown {
  if (error instanceof Failure) return error
  if (error instanceof CutShort) {
    return error.by === 'deadline'
      ? new Failure('timeout', `the file did not come within ${Math.round(limitMs / 1000)} s`, { retryable: true })
      : new Failure('stopped', 'fetching was stopped', { retryable: true })
  }
  const code = networkCode(error)
  if (code === undefined) return error
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR'))
    return new Failure('unknown-shape', 'the file came packed, and the packing is broken', { retryable: true })
  return new Failure('unavailable', `the connection for the file broke (${code})`, { retryable: true, cause: error })
}

async function follow(
  address: string,
  sink: MediaSink,
  parts: DownloadParts,
  signal: AbortSignal,
): Promise<Downloaded> {
  let next = address
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const checked = await checkAddress(next, parts)
    signal.throwIfAborted()
    // Only the first address may hear the token: whoever is redirected to is somebody else.
    const { authorization } = parts
    const header = hop === 0 && authorization?.mayGoTo(checked.url) === true ? authorization.header : undefined
    const response = await open(checked, header, signal)
    const onAbort = () => response.destroy(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const status = response.statusCode ?? 0
      if (!REDIRECTS.has(status))
        return await take(response, sink, { withToken: header !== undefined, takeErrors: parts.takeErrors === true })
      next = target(response, checked.url)
    } finally {
      signal.removeEventListener('abort', onAbort)
      response.destroy()
    }
  }
  throw new Failure('refused', `the file's address leads on more than ${MAX_REDIRECTS} times`, { retryable: false })
}

function target(response: IncomingMessage, from: URL): string {
  const { location } = response.headers
  if (location === undefined || !URL.canParse(location, from.href))
    throw new Failure('unknown-shape', 'the file was said to be elsewhere, and not where', { retryable: true })
  return new URL(location, from.href).href
}

function open(
  { url, ips }: CheckedAddress,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: 'GET',
        agent: false,
        lookup: toChecked(ips),
        signal,
        headers: {
          accept: '*/*',
          // Pictures and sound are packed already, and what is not packed cannot swell.
          'accept-encoding': 'identity',
          'user-agent': 'Rabta/1 (media)',
          ...(authorization === undefined ? {} : { authorization }),
        },
      },
      resolve,
    )
    outgoing.once('error', reject)
    outgoing.end()
  })
}

/** Connects to what was checked, whatever the name stands for by now. */
function toChecked(ips: readonly string[]): LookupFunction {
  const all = ips.map((address) => ({ address, family: isIPv4(address) ? 4 : 6 }))
  return (_host, options, callback) => {
    if (options.all === true) return void callback(null, all)
    const [first] = all
    if (first === undefined) return void callback(new Error('no address'), '', 4)
    callback(null, first.address, first.family)
  }
}

async function take(
  response: IncomingMessage,
  sink: MediaSink,
  how: { readonly withToken: boolean; readonly takeErrors: boolean },
): Promise<Downloaded> {
  const status = response.statusCode ?? 0
  const mimeType = response.headers['content-type'] ?? null
  const isTaken = status === 200 || (how.takeErrors && status >= 400 && /\bjson\b/i.test(mimeType ?? ''))
  if (!isTaken) throw statusFailure(response, how.withToken)
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const length = numeric(response.headers['content-length'])
  if (length !== undefined) sink.announce(length)
  const stream = unpacked(response, encoding)
  try {
    for await (const chunk of stream) await sink.write(chunk as Uint8Array)
  } finally {
    stream.destroy()
  }
  // What was packed says itself that it ended.
  if (stream === response && !response.complete)
    throw new Failure('unavailable', 'the file broke off in the middle', { retryable: true })
  return { status, mimeType }
}

/** What was asked for is the file as it is; some hosts pack it all the same. The sink counts what comes out. */
function unpacked(response: IncomingMessage, encoding: string): Readable {
  if (encoding === 'identity' || encoding === '') return response
  const unpack =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'deflate'
        ? createInflate()
        : encoding === 'br'
          ? createBrotliDecompress()
          : undefined
  if (unpack === undefined)
    throw new Failure('unknown-shape', 'the file came packed in a way nobody asked for', { retryable: true })
  response.once('error', (error) => unpack.destroy(error))
  return response.pipe(unpack)
}

function statusFailure(response: IncomingMessage, withToken: boolean): Failure {
  const status = response.statusCode ?? 0
  const said = `the file's host answered HTTP ${status}`
  if (status === 429) {
    const seconds = numeric(response.headers['retry-after'])
    return new Failure('rate-limited', said, {
      retryable: true,
      ...(seconds === undefined ? {} : { retryAfterMs: Math.min(MAX_RETRY_AFTER_MS, Math.max(0, seconds) * 1000) }),
    })
  }
  if (withToken && status === 401) return new Failure('unauthorized', `${said}: the token is not taken`, { retryable: false }) // prettier-ignore
  if (withToken && status === 403) return new Failure('forbidden', `${said}: the token may not`, { retryable: false })
  // A host of public files says 403 to an address whose time is over.
  if (status >= 400 && status < 500 && status !== 408) return new Failure('not-found', said, { retryable: false })
  return new Failure('unavailable', said, { retryable: true })
}
