/** What one page of a timeline or search is asked for. Ids are the platform's own, without prefix. */
export interface XPageQuery {
  readonly sinceId?: string
  readonly paginationToken?: string
  /** ISO 8601; only for a first run, together with no `sinceId`. */
  readonly startTime?: string
  /** 5 to 100 for mentions, 10 to 100 for search. */
  readonly maxResults?: number
}

export interface XRateLimit {
  readonly limit: number
  readonly remaining: number
  /** Epoch milliseconds. */
  readonly resetAt: number
}

/** One page as the platform answered it: `body` is unparsed (read it with `channels/x/read.ts`), the rest is lifted from its `meta` and headers. */
export interface XPage {
  readonly body: unknown
  readonly newestId: string | undefined
  readonly nextToken: string | undefined
  readonly resultCount: number
  readonly rateLimit: XRateLimit | undefined
}

/**
 * X API v2. Every method throws a Failure and nothing else. Reads: `rate-limited` (with `retryAfterMs` from x-rate-limit-reset), `unavailable`, `timeout`,
 * `unexpected` answers without `meta` are `invalid-payload` and retryable; `unauthorized`, `forbidden` are not retryable by the client's own judgement
 * (the poll loop still asks again, slowly, for a person may mend the token).
 * `reply` sends once: `forbidden`, `refused`, `invalid-payload`, `unauthorized` carry X's own words and were not sent; `rate-limited` and `unavailable`
 * with `retryable: true` were certainly not sent; `timeout` with `retryable: false` may have been sent.
 */
export interface XClient {
  mentions(userId: string, query: XPageQuery, signal: AbortSignal): Promise<XPage>
  searchRecent(search: string, query: XPageQuery, signal: AbortSignal): Promise<XPage>
  /** From `account` (as mentions carry it) where it has keys of its own, else from the first account. */
  reply(
    postId: string,
    text: string,
    signal: AbortSignal,
    account?: string | null,
  ): Promise<{ readonly platformId: string }>
  /** A direct message to the user of that id; sends once and fails as `reply` does. */
  sendDirect(
    userId: string,
    text: string,
    signal: AbortSignal,
    account?: string | null,
  ): Promise<{ readonly platformId: string }>
}
