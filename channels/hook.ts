import type { Change, Channel } from '../schemas/mention.js'
import type { OutboundUpdate } from '../schemas/outbound.js'
import type { Unread } from './unread.js'

/** One HTTP request that a platform made to us, as the bytes it sent. */
export interface HookRequest {
  readonly method: 'GET' | 'POST'
  /** The address as the platform called it, in full, with its query: some signatures are over it. */
  readonly url: string
  readonly query: Readonly<Record<string, unknown>>
  /** Names in lower case; a header that came twice is undefined. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly rawBody: Buffer
}

export interface HookAnswer {
  readonly status: 200 | 202 | 400 | 401 | 403 | 405 | 413 | 503
  readonly body: string
  /** `text/plain; charset=utf-8` where absent. */
  readonly type?: string
}

/** What one body, page or file became: nothing of it is lost, each part is in one of the four lists. */
export interface Reading {
  readonly changes: readonly Change[]
  readonly statuses: readonly OutboundUpdate[]
  /** Parts that are no message, each with the reason in words (`a like`, `a read receipt`). */
  readonly skipped: readonly { readonly reason: string }[]
  /** Parts nobody understood: they become dead letters. */
  readonly unread: readonly Unread[]
}

/** How one platform's webhook is spoken. Nothing here keeps state or touches the bus; no method throws but `parse`. */
export interface HookFormat {
  /** The name of the source (`facebook`, `sms-kannel`): in logs and on the Sources page. */
  readonly name: string
  readonly channel: Channel
  /** Which methods bring messages; a handshake by GET is not among them. */
  readonly delivers: readonly ('GET' | 'POST')[]
  /** The answer to the handshake of a new subscription (also a refusal), or undefined where this request is none. */
  handshake?(request: HookRequest): HookAnswer | undefined
  /** Whether it certainly comes from the platform: signature over the raw bytes, or secret, compared in constant time. */
  verify(request: HookRequest): boolean
  /** Said on the Sources page while nothing that arrived ever fitted: which setting to compare with what. */
  readonly verifyAdvice: string
  /** The request's payload as plain JSON values, so that it can be kept as a dead letter and read again; throws where it is malformed (400). */
  parse(request: HookRequest): unknown
  read(payload: unknown, context: { readonly receivedAt: string }): Reading
  /** What the platform wants to hear once all of it is stored; `200 ok` where absent. */
  readonly stored?: HookAnswer
}
