import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { fields, label, numeric } from '../fields.js'
import { download, type DownloadParts } from '../http-download.js'
import { baseUrl, requireLoopback } from '../loopback.js'
import type { MediaFetcher, MediaSink } from '../media.js'
import { sha256Of } from '../media-hash.js'

export interface WhatsAppMediaOptions {
  /** `https://graph.facebook.com`, or a simulator's address. */
  readonly baseUrl: string
  /** `v23.0` */
  readonly version: string
  readonly accessToken: string
  readonly clock: Clock
  /** Refuses every address that is not this machine. */
  readonly loopbackOnly?: boolean
  /** For one file, from asking for its address to its last byte. Default 120,000. */
  readonly timeoutMs?: number
}

/** What was sent to the police can be had for 30 days. */
const LIFE_MS = 30 * 86_400_000
/** Where the Cloud API keeps files; it wants the token there, too. */
const FILE_HOSTS = ['lookaside.fbsbx.com', 'lookaside.facebook.com']
const MAX_ANSWER_BYTES = 64 * 1024
const MEDIA_ID = /^[\w.:-]{1,200}$/
/** Graph's words for "no such object, or you may not see it"; the second by its subcode. */
const NO_SUCH_OBJECT = new Set([33, 803, 131052])
const TOKEN = new Set([0, 10, 190, 200])
const LATER = new Set([4, 17, 32, 341, 613, 80007, 130429])

interface Described {
  readonly url: string
  readonly mimeType: string | null
  readonly sha256: string | null
  readonly bytes: number | undefined
}

/** Fetches what came with a WhatsApp message: its address by its id, then the file, each with the token. */
export function createWhatsAppMedia(options: WhatsAppMediaOptions): MediaFetcher {
  const base = baseUrl(options.baseUrl, 'RABTA_WHATSAPP_BASE_URL')
  if (options.loopbackOnly === true) requireLoopback(base)
  const root = `${base.href.replace(/\/$/, '')}/${encodeURIComponent(options.version)}`
  const header = `Bearer ${options.accessToken}`
  const isApi = (url: URL) => url.origin === base.origin
  const isFiles = (url: URL) =>
    options.loopbackOnly !== true && url.protocol === 'https:' && url.port === '' && FILE_HOSTS.includes(url.hostname)
  const parts: DownloadParts = {
    ...options,
    hosts: FILE_HOSTS,
    // Where settings put the API, its files may be.
    trustedOrigins: [base.origin],
    authorization: { header, mayGoTo: (url) => isApi(url) || isFiles(url) },
  }

  async function describe(id: string, signal: AbortSignal): Promise<Described> {
    const answer = new SmallAnswer()
    const address = `${root}/${encodeURIComponent(id)}`
    const { status } = await download(address, answer, { ...parts, takeErrors: true }, signal)
    const body = fields(answer.json())
    const error = fields(body?.['error'])
    if (status !== 200 || error !== undefined) throw graphFailure(status, error)
    const url = label(body?.['url'])
    if (url === undefined)
      throw new Failure('unknown-shape', 'WhatsApp answered without the address of the file', { retryable: true })
    return {
      url,
      mimeType: label(body?.['mime_type']) ?? null,
      sha256: sha256Of(label(body?.['sha256']) ?? null),
      bytes: numeric(body?.['file_size']),
    }
  }

  return {
    channel: 'whatsapp',
    lifeMs: LIFE_MS,
    fetch: async ({ platformId, url }, sink, signal) => {
      if (platformId === null) {
        if (url === null) throw new Failure('refused', 'the file has neither id nor address', { retryable: false })
        const { mimeType } = await download(url, sink, parts, signal)
        return { mimeType, sha256: null, fileName: null }
      }
      if (!MEDIA_ID.test(platformId))
        throw new Failure('refused', 'what should be the id of a file is none', { retryable: false })
      const described = await describe(platformId, signal)
      if (described.bytes !== undefined) sink.announce(described.bytes)
      const { mimeType } = await download(described.url, sink, parts, signal).catch((error: unknown) => {
        // The address lives five minutes and the file thirty days: a fresh one is asked for at the next try.
        if (error instanceof Failure && error.reason === 'not-found')
          throw new Failure('unavailable', 'the address of the file did not hold', { retryable: true, cause: error })
        throw error
      })
      return { mimeType: described.mimeType ?? mimeType, sha256: described.sha256, fileName: null }
    },
  }
}

/** An answer that is words, not a file. */
class SmallAnswer implements MediaSink {
  readonly #chunks: Uint8Array[] = []
  #bytes = 0

  announce(bytes: number): void {
    if (bytes > MAX_ANSWER_BYTES)
      throw new Failure('unknown-shape', 'WhatsApp answered at length, and not with an address', { retryable: true })
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#bytes += chunk.length
    this.announce(this.#bytes)
    this.#chunks.push(chunk)
  }

  json(): unknown {
    try {
      return JSON.parse(Buffer.concat(this.#chunks).toString('utf8'))
    } catch {
      return undefined
    }
  }
}

/** Graph's own words stay out: they may repeat the token. */
function graphFailure(status: number, error: ReturnType<typeof fields>): Failure {
  const code = numeric(error?.['code'])
  const subcode = numeric(error?.['error_subcode'])
  const said = `WhatsApp did not give the address of the file (HTTP ${status}${code === undefined ? '' : `, code ${code}`})`
  if (code !== undefined && LATER.has(code)) return new Failure('rate-limited', said, { retryable: true })
  if (status === 429) return new Failure('rate-limited', said, { retryable: true })
  if (status === 401 || (code !== undefined && TOKEN.has(code)))
    return new Failure('unauthorized', `${said}: set a new token in RABTA_WHATSAPP_ACCESS_TOKEN`, { retryable: false })
  if (status === 403) return new Failure('forbidden', `${said}: the app may not`, { retryable: false })
  if (
    status === 404 ||
    subcode === 33 ||
    (code !== undefined && NO_SUCH_OBJECT.has(code)) ||
    (status === 400 && code === 100)
  )
    return new Failure('not-found', said, { retryable: false })
  return new Failure('unavailable', said, { retryable: true })
}
