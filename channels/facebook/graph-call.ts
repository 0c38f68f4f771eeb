import fb, { type Facebook, type FacebookOptions } from 'fb'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { withDeadline } from '../deadline.js'
import { fields, label } from '../fields.js'
import { requireLoopback } from '../loopback.js'

export interface GraphCallOptions {
  readonly base: URL
  /** `v26.0` */
  readonly version: string
  readonly accessToken: string
  readonly appSecret: string | undefined
  readonly clock: Clock
  readonly loopbackOnly: boolean
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
}

/** What the Graph API answered, whatever it was: `body` is undefined where it was no JSON. */
export interface GraphAnswer {
  readonly status: number
  readonly body: unknown
  readonly retryAfter: string | null
  readonly isTooLarge: boolean
}

export type GraphParams = Readonly<Record<string, string | number | object>>

/** One call: `path` without the version, each of its parts already encoded. Rejects with CutShort or the network's own error. */
export type GraphCall = (
  method: 'get' | 'post',
  path: string,
  params: GraphParams,
  signal: AbortSignal,
) => Promise<GraphAnswer>

type SeamParams = Record<string, unknown>
type Done = (result: object) => void

/** Keeps an error away from the library, which would print it as JSON. */
class Carried {
  readonly #error: unknown

  constructor(error: unknown) {
    this.#error = error
  }

  get error(): unknown {
    return this.#error
  }
}

/**
 * The library's private door to the network. Its own way through it knows one host and https alone, cannot be stopped, reads without a limit, hides
 * status and headers, and prints the address with the token when DEBUG is set: the library decides what is asked, this file how it is carried.
 */
function seamOf(library: object): symbol {
  const found = Object.getOwnPropertySymbols(library).find((symbol) => symbol.description === 'oauthRequest')
  if (found !== undefined) return found
  throw new Failure('unexpected', 'the package fb has changed: its request door is gone, install version 2.0.0', {
    retryable: false,
  })
}

/** Node hands over the CommonJS module as it is; a loader that knows its old `__esModule` mark hands over its `default`, an instance. */
function libraryOf(module: typeof fb): new (options: FacebookOptions) => Facebook {
  return module.Facebook ?? (module.constructor as new (options: FacebookOptions) => Facebook)
}

export function createGraphCall(options: GraphCallOptions): GraphCall {
  const Library = libraryOf(fb)
  const seam = seamOf(Library.prototype as object)
  const { version, accessToken, appSecret } = options
  return async (method, path, params, signal) => {
    const library = new Library({
      version,
      accessToken,
      ...(appSecret === undefined ? {} : { appSecret }),
      Promise,
    })
    const carry = (asked: string, by: string, values: SeamParams, done: Done) => {
      const request = requestOf(options, library, asked, by, values)
      exchange(request, options, signal).then(
        (answer) => done({ answer }),
        (error: unknown) => done({ error: new Carried(error) }),
      )
    }
    Object.defineProperty(library, seam, { value: carry })
    try {
      const { answer } = (await library.api(path, method, { ...params })) as { answer: GraphAnswer }
      return answer
    } catch (error) {
      const carried = fields(fields(error)?.['response'])?.['error']
      throw carried instanceof Carried ? carried.error : error
    }
  }
}

interface WireRequest {
  readonly url: URL
  readonly body: URLSearchParams | undefined
}

/** As the library writes it: token and proof in the address, what is posted as a form whose objects are JSON. */
function requestOf(
  { base, version }: GraphCallOptions,
  library: { options(name: string): unknown },
  path: string,
  method: string,
  params: SeamParams,
): WireRequest {
  const url = new URL(`${base.href.replace(/\/$/, '')}/${encodeURIComponent(version)}/${path}`)
  const values = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && name !== 'access_token')
      values.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  const own = label(params['access_token'])
  const proof = label(library.options('appSecretProof'))
  const target = method === 'post' ? url.searchParams : values
  target.set('access_token', own ?? label(library.options('accessToken')) ?? '')
  if (own === undefined && proof !== undefined) target.set('appsecret_proof', proof)
  if (method === 'post') return { url, body: values }
  url.search = values.toString()
  return { url, body: undefined }
}

function exchange({ url, body }: WireRequest, options: GraphCallOptions, signal: AbortSignal): Promise<GraphAnswer> {
  const { clock, timeoutMs, maxAnswerBytes, loopbackOnly } = options
  return withDeadline({ clock, limitMs: timeoutMs, signal }, async (cut) => {
    if (loopbackOnly) requireLoopback(url)
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      // A redirect would carry the token and the citizen's words to another host.
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
      signal: cut,
    })
    const { text, isTooLarge } = await readLimited(response, maxAnswerBytes).catch((error: unknown) => {
      // A refusal is a refusal, even where its words were cut off.
      if (response.ok) throw error
      return { text: '', isTooLarge: false }
    })
    const retryAfter = response.headers.get('retry-after')
    return { status: response.status, body: parse(text), retryAfter, isTooLarge }
  })
}

async function readLimited(response: Response, maxBytes: number): Promise<{ text: string; isTooLarge: boolean }> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length
    if (bytes > maxBytes) return { text: '', isTooLarge: true }
    chunks.push(chunk as Uint8Array)
  }
  return { text: Buffer.concat(chunks).toString('utf8'), isTooLarge: false }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
