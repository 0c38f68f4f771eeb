import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Channel } from '../schemas/mention.js'
import { download } from './http-download.js'
import type { MediaFetcher } from './media.js'
import type { AddressRules } from './media-address.js'

export interface HttpMediaOptions extends AddressRules {
  readonly channel: Channel
  readonly clock: Clock
  /** For one file, redirects and the last byte included. Default 120,000. */
  readonly timeoutMs?: number
  /** How long an address of a payload is tried. Default 7 days. */
  readonly lifeMs?: number
}

const WEEK_MS = 7 * 86_400_000

/** Where X keeps pictures and films. */
export const X_MEDIA_HOSTS = ['twimg.com'] as const

/** Fetches files by the address that the payload gives, without any token. */
export function createHttpMedia(options: HttpMediaOptions): MediaFetcher {
  const { channel, lifeMs = WEEK_MS } = options
  return {
    channel,
    lifeMs,
    fetch: async ({ url }, sink, signal) => {
      if (url === null) throw new Failure('refused', 'the file has no address', { retryable: false })
      const { mimeType } = await download(url, sink, options, signal)
      return { mimeType, sha256: null, fileName: null }
    },
  }
}
