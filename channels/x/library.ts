import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import { ApiRequestError, type ITwitterApiClientPlugin, type TwitterResponse } from 'twitter-api-v2'
import type { Clock } from '../../runtime/clock.js'
import { withDeadline } from '../deadline.js'

const LIBRARY_BASE = 'https://api.x.com/'
const DEFAULT_TIMEOUT_MS = 20_000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

export type XAnswerText = TwitterResponse<string>
export type XRequester = (signal: AbortSignal, call: (extra: object) => Promise<XAnswerText>) => Promise<XAnswerText>

/** What the library's request reports of itself: the socket (to cut it), the answer (to count it), and the network's error, which its own error loses. */
type RequestEvent = (event: string, data?: { socket?: Socket; res?: NodeJS.EventEmitter; requestError?: Error }) => void

/** The library's settings for another address than X's own; `guard` runs before every request and throws where it may not leave. */
export function librarySettings(base: URL, guard: () => void) {
  return {
    plugins: [redirectTo(base, guard)],
    httpAgent: base.protocol === 'http:' ? new HttpAgent() : new HttpsAgent(),
    // The library leaves a broken compressed stream unhandled, which would end the process.
    compression: 'identity' as const,
  }
}

function redirectTo(base: URL, guard: () => void): ITwitterApiClientPlugin {
  return {
    onBeforeRequestConfig: ({ params }) => {
      guard()
      params.url = params.url.replace(LIBRARY_BASE, `${base.href.replace(/\/$/, '')}/`)
    },
  }
}

/** Runs one call of the library within the time and size limits; on either, the socket is destroyed. */
export function createRequester(options: { readonly clock: Clock; readonly timeoutMs?: number }): XRequester {
  const { clock, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  return (signal, call) =>
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

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
