/** What the next page of a list is asked with (`after`, or `until` and what else its `next` address held); nothing of it is secret. */
export type PageToken = Readonly<Record<string, string>>

export interface PageQuery {
  /** How many items at most; the client's own choice where absent. */
  readonly limit?: number
  /** Epoch milliseconds: nothing written before it. Only `feed` knows it. */
  readonly sinceMs?: number
  readonly token?: PageToken | undefined
}

/** One page as the platform answered it: `items` are unparsed (read them with `channels/facebook/read-objects.ts`). */
export interface GraphPage {
  readonly items: readonly unknown[]
  /** Undefined on the last page. */
  readonly next: PageToken | undefined
}

export interface TokenState {
  readonly isValid: boolean
  /** Epoch milliseconds at which the token, or its right to data, ends; undefined where it does not end. */
  readonly endsAtMs: number | undefined
  readonly scopes: readonly string[]
}

/**
 * One Facebook page through the Graph API. Every method throws a Failure and nothing else.
 * Reads: `rate-limited`, `unavailable`, `timeout`, `stopped` and what is no list (`invalid-payload`) are retryable; `too-large` is retryable with a smaller
 * `limit`; `unauthorized` (the sign-in ended), `forbidden`, `not-found` and a refused question (`invalid-payload`) are not.
 * Writes hand over one message, once: `refused`, `forbidden`, `invalid-payload`, `not-found`, `unauthorized`, `too-large` were not sent and say why in the
 * platform's words; `rate-limited` and `unavailable` with `retryable: true` were certainly not sent; `timeout` with `retryable: false` may have been sent.
 */
export interface FacebookClient {
  readonly pageId: string
  /** Everything on the page's wall, its own posts too, newest first. */
  feed(query: PageQuery, signal: AbortSignal): Promise<GraphPage>
  /** Posts elsewhere that name the page. */
  tagged(query: PageQuery, signal: AbortSignal): Promise<GraphPage>
  /** All comments and replies of a post, newest first where the platform obeys. */
  comments(postId: string, query: PageQuery, signal: AbortSignal): Promise<GraphPage>
  /** Messenger conversations, the last active first. */
  conversations(query: PageQuery, signal: AbortSignal): Promise<GraphPage>
  /** The messages of a conversation, newest first. */
  messages(conversationId: string, query: PageQuery, signal: AbortSignal): Promise<GraphPage>
  /** Whether the token still holds, and until when. */
  tokenState(signal: AbortSignal): Promise<TokenState>
  /** Answers a comment or a post publicly. `id` is the platform's own, without prefix. */
  reply(id: string, text: string, signal: AbortSignal): Promise<{ readonly platformId: string }>
  /** Answers a person on Messenger, within 24 hours of what they wrote last. `to` is the page-scoped id. */
  sendMessage(
    message: { readonly to: string; readonly text: string },
    signal: AbortSignal,
  ): Promise<{ readonly platformId: string }>
}
