import type { Channel, Media } from '../schemas/mention.js'

/** A file as the mention names it. */
export interface MediaRequest {
  readonly kind: Media['kind']
  readonly platformId: string | null
  readonly url: string | null
}

/** Where the bytes of one try go. */
export interface MediaSink {
  /** Told as soon as the platform says how long it is; throws a Failure `too-large` where that is too much. */
  announce(bytes: number): void
  /** Throws a Failure (`too-large`, `storage-full`), which ends the try. */
  write(chunk: Uint8Array): Promise<void>
}

/** What the platform says of a file that was fetched; each where it does. */
export interface FetchedMedia {
  readonly mimeType: string | null
  /** In hex. */
  readonly sha256: string | null
  readonly fileName: string | null
}

/**
 * Fetches files of one platform, each whole or not at all: `fetch` hands every byte to the sink, in order, and resolves after the last. It never
 * holds a file in memory, follows no address to a host that is not the platform's, and tells a token to the platform's own API alone. It throws
 * what the sink threw, or a Failure: `refused` (this address is not fetched), `not-found` (no more, or not yet), `too-large`, `unauthorized` and
 * `forbidden` (the token), `rate-limited`, `timeout`, `unavailable` (retryable), `unknown-shape` (an answer nobody expected), `stopped`.
 */
export interface MediaFetcher {
  readonly channel: Channel
  /** How long after it was first wanted a file may still be had. */
  readonly lifeMs: number
  fetch(wanted: MediaRequest, sink: MediaSink, signal: AbortSignal): Promise<FetchedMedia>
}
