import { fingerprint } from '../channels/unread.js'
import { feedName, type FeedAnswer, type FeedClient } from '../channels/news/feed-client.js'
import { readFeed, type FeedReading, type ReadFeed } from '../channels/news/read-feed.js'
import type { Relevance } from '../channels/news/relevance.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Change } from '../schemas/mention.js'
import { sharedArticles, takeArticles, type SharedArticles } from './news-articles.js'
import { NEW_FEED, parseNewsCursor, printNewsCursor, type FeedState } from './news-cursor.js'
import {
  failureWait,
  GONE_MS,
  LONGEST_MS,
  nextInterval,
  outsideSkipped,
  SHORTEST_MS,
  spreadOf,
} from './news-intervals.js'
import { newsRemark } from './news-remark.js'
import type { Poll, Source } from './source.js'

export interface NewsSourceOptions {
  /** The addresses of the feeds, each once. */
  readonly feeds: readonly string[]
  readonly client: FeedClient
  readonly relevance: Relevance
  readonly clock: Clock
  readonly log: Log
  /** How old an article may be that stands in a feed when it is read for the first time. Default 3 days. */
  readonly backfillMs?: number
  /** How many outlets are asked at once. Default 4. */
  readonly concurrency?: number
  /** The longest time between two questions to one feed that answers well, whatever it says of itself: for outlets of our own alone. */
  readonly longestMs?: number
}

const DAY_MS = 86_400_000
/** Between two turns that both have something to ask. */
const BREATH_MS = 1_000
/** The first readings of many feeds are spread over this. */
const START_SPREAD_MS = 60_000
/** How often in a row a permanent redirect must hold before its goal is asked directly: a hotel's sign-in page redirects too. */
const MOVES_TO_BELIEVE = 3
/** After so many failures at its new address a feed is asked where it used to be. */
const FAILURES_TO_MOVE_BACK = 3

/**
 * Reads many feeds as one source. A turn asks the feeds that are due, one at an outlet and a few at once, and answers what they brought; what each feed said
 * of itself, and which articles are known, moves with the cursor alone. A feed that fails waits by itself; only where every feed fails does the poll throw.
 */
export function createNewsSource(options: NewsSourceOptions): Source {
  const { clock, log, client, backfillMs = 3 * DAY_MS, concurrency = 4, longestMs = Infinity } = options
  const name = 'news'
  /** How the feeds stand after a turn in which all failed, which the cursor cannot hold: nothing of such a turn counts. */
  let failing: { readonly saved: string | undefined; readonly feeds: Map<string, FeedState> } | undefined

  async function poll(saved: string | undefined, signal: AbortSignal): Promise<Poll> {
    const feeds = failing !== undefined && failing.saved === saved ? failing.feeds : statesOf(saved)
    failing = undefined
    const due = dueNow(feeds)
    const answers = await Promise.all(due.map((url) => ask(url, feeds.get(url) ?? NEW_FEED, signal)))
    signal.throwIfAborted()
    const receivedAt = clock.iso()
    const shared = sharedArticles(feeds.values())
    const changes: Change[] = []
    for (const [index, url] of due.entries()) {
      const answer = answers[index]
      if (answer === undefined) continue
      const next = afterAnswer({ url, state: feeds.get(url) ?? NEW_FEED, answer, shared, receivedAt, changes })
      feeds.set(url, next)
      if (answer instanceof Failure && answer.retryAfterMs !== undefined) spareHost(feeds, url, next.nextMs)
    }
    const waitMs = waitUntilDue(feeds)
    const problem = allFailing(feeds, answers)
    if (problem !== undefined) {
      failing = { saved, feeds }
      throw new Failure('unavailable', problem, { retryable: true, retryAfterMs: waitMs })
    }
    const remark = newsRemark(feeds)
    return { changes, unread: [], next: printNewsCursor({ feeds }), waitMs, details: { remark } }
  }

  /** A state for each feed of the settings; those that were taken out are forgotten. */
  function statesOf(saved: string | undefined): Map<string, FeedState> {
    const known = parseNewsCursor(saved).feeds
    const spreadMs = options.feeds.length > concurrency ? START_SPREAD_MS : 0
    return new Map(
      options.feeds.map((url) => [
        url,
        known.get(url) ?? { ...NEW_FEED, nextMs: clock.now() + spreadOf(url, spreadMs) },
      ]),
    )
  }

  /** The feeds that waited longest past their time, one of a host. */
  function dueNow(feeds: ReadonlyMap<string, FeedState>): string[] {
    const now = clock.now()
    const hosts = new Set<string>()
    const due = [...feeds].filter(([, state]) => isDue(state, now)).sort(([, a], [, b]) => a.nextMs - b.nextMs)
    const chosen: string[] = []
    for (const [url, state] of due) {
      const host = hostOf(state.movedTo ?? url)
      if (hosts.has(host) || chosen.length >= concurrency) continue
      hosts.add(host)
      chosen.push(url)
    }
    return chosen
  }

  // A clock that was set back must not silence a feed for as long as it was wrong.
  const isDue = ({ nextMs }: FeedState, now: number): boolean => nextMs <= now || nextMs > now + GONE_MS + DAY_MS

  async function ask(url: string, state: FeedState, signal: AbortSignal): Promise<FeedAnswer | Failure> {
    const { etag, lastModified } = state
    try {
      return await client.fetch(state.movedTo ?? url, { etag, lastModified }, signal)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (signal.aborted) throw error
      return error
    }
  }

  interface Turn {
    readonly url: string
    readonly state: FeedState
    readonly answer: FeedAnswer | Failure
    readonly shared: SharedArticles
    readonly receivedAt: string
    readonly changes: Change[]
  }

  function afterAnswer(turn: Turn): FeedState {
    const { url, state, answer } = turn
    if (answer instanceof Failure) return failed(url, state, answer)
    if (answer.kind === 'gone') return gone(url, state)
    if (answer.kind === 'unchanged') return unchanged(url, state, answer)
    const bodyHash = fingerprint(answer.text)
    if (bodyHash === state.bodyHash) return unchanged(url, state, answer)
    const reading = readFeed(answer.text, answer.url)
    if (reading.kind !== 'feed') return failed(url, state, notAFeed(url, reading))
    return read(turn, answer, reading, bodyHash)
  }

  function read(
    { url, state, shared, receivedAt, changes }: Turn,
    answer: Extract<FeedAnswer, { kind: 'document' }>,
    reading: ReadFeed,
    bodyHash: string,
  ): FeedState {
    const { relevance } = options
    const sinceMs = clock.now() - backfillMs
    const taken = takeArticles({ reading, state, shared, relevance, source: name, receivedAt, sinceMs })
    changes.push(...taken.changes)
    if (taken.changes.length > 0 || taken.skipped.size > 0) {
      const counts = Object.fromEntries([...taken.skipped].map(([reason, count]) => [reason, count]))
      log.info('feed read', { source: name, feed: feedName(url), articles: taken.changes.length, ...counts })
    }
    if (reading.damage !== null)
      log.warn('feed is damaged', { source: name, feed: feedName(url), damage: reading.damage })
    const fresh = state.isRead ? taken.fresh : undefined
    const intervalMs = nextInterval({
      intervalMs: state.intervalMs,
      hints: reading.hints,
      maxAgeMs: answer.maxAgeMs,
      fresh,
    })
    // A damaged document is asked for whole the next time: what it lost may be in it then.
    const isWhole = reading.damage === null
    return {
      ...state,
      ...where(url, state, answer),
      etag: isWhole ? answer.validators.etag : undefined,
      lastModified: isWhole ? answer.validators.lastModified : undefined,
      bodyHash: isWhole ? bodyHash : undefined,
      nextMs: Math.min(outsideSkipped(clock.now() + intervalMs, reading.hints), clock.now() + longestMs),
      intervalMs,
      failures: 0,
      problem: undefined,
      damage: reading.damage ?? undefined,
      goneMs: undefined,
      isRead: true,
      title: reading.title === '' ? state.title : reading.title,
      known: taken.known,
    }
  }

  function unchanged(url: string, state: FeedState, answer: Exclude<FeedAnswer, { kind: 'gone' }>): FeedState {
    if (!state.isRead) return failed(url, state, neverRead(url))
    const intervalMs = nextInterval({
      intervalMs: state.intervalMs,
      hints: undefined,
      maxAgeMs: answer.maxAgeMs,
      fresh: 0,
    })
    return {
      ...state,
      ...where(url, state, answer),
      etag: answer.validators.etag ?? state.etag,
      lastModified: answer.validators.lastModified ?? state.lastModified,
      nextMs: clock.now() + Math.min(intervalMs, longestMs),
      intervalMs,
      failures: 0,
      problem: undefined,
      goneMs: undefined,
    }
  }

  /** Where the feed will be asked from now on. */
  function where(url: string, state: FeedState, answer: FeedAnswer): Pick<FeedState, 'movedTo' | 'moving'> {
    const to = answer.movedTo
    if (to === undefined || to === url) return { movedTo: state.movedTo, moving: undefined }
    const times = state.moving?.to === to ? state.moving.times + 1 : 1
    if (times < MOVES_TO_BELIEVE) return { movedTo: state.movedTo, moving: { to, times } }
    log.warn('feed moved', { source: name, feed: feedName(url), to: feedName(to) })
    return { movedTo: to, moving: undefined }
  }

  function failed(url: string, state: FeedState, failure: Failure): FeedState {
    const failures = state.failures + 1
    const isMovedBack = state.movedTo !== undefined && failures >= FAILURES_TO_MOVE_BACK
    log.warn('feed failed', { source: name, feed: feedName(url), reason: failure.reason, failures })
    return {
      ...state,
      ...(isMovedBack ? { movedTo: undefined, etag: undefined, lastModified: undefined } : {}),
      moving: undefined,
      failures,
      problem: failure.message,
      nextMs: clock.now() + failureWait(failure, failures),
    }
  }

  function gone(url: string, state: FeedState): FeedState {
    if (state.movedTo !== undefined)
      return {
        ...state,
        movedTo: undefined,
        etag: undefined,
        lastModified: undefined,
        nextMs: clock.now() + SHORTEST_MS,
      }
    log.warn('feed is gone', { source: name, feed: feedName(url) })
    return {
      ...state,
      failures: 0,
      problem: undefined,
      goneMs: state.goneMs ?? clock.now(),
      nextMs: clock.now() + GONE_MS,
    }
  }

  function waitUntilDue(feeds: ReadonlyMap<string, FeedState>): number {
    const now = clock.now()
    const times = [...feeds.values()].map((state) => (isDue(state, now) ? now : state.nextMs))
    return Math.min(LONGEST_MS, Math.max(BREATH_MS, Math.min(...times) - now))
  }

  return { name, channel: 'news', poll }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

/** An outlet that asked to be left alone means all its feeds. */
function spareHost(feeds: Map<string, FeedState>, url: string, untilMs: number): void {
  const host = hostOf(feeds.get(url)?.movedTo ?? url)
  for (const [other, state] of feeds)
    if (hostOf(state.movedTo ?? other) === host && state.nextMs < untilMs)
      feeds.set(other, { ...state, nextMs: untilMs })
}

function notAFeed(url: string, reading: Exclude<FeedReading, ReadFeed>): Failure {
  const name = feedName(url)
  if (reading.kind === 'not-a-feed')
    return new Failure('unknown-shape', `${name} is no feed: ${reading.reason}`, { retryable: true })
  const advice =
    reading.feeds.length === 0
      ? "look for the feed's address on the page"
      : `the page names ${reading.feeds.join(' and ')}: write that in the settings`
  return new Failure('unknown-shape', `${name} answers a web page in place of a feed: ${advice}`, { retryable: true })
}

const neverRead = (url: string): Failure =>
  new Failure('unknown-shape', `${feedName(url)} says "unchanged" without ever having been read`, { retryable: true })

/** In words, where not one feed answers: that is more than a remark. */
function allFailing(
  feeds: ReadonlyMap<string, FeedState>,
  answers: readonly (FeedAnswer | Failure)[],
): string | undefined {
  if (answers.length === 0 || !answers.every((answer) => answer instanceof Failure)) return undefined
  const asked = [...feeds.values()].filter(({ goneMs }) => goneMs === undefined)
  if (asked.length === 0 || asked.some(({ failures }) => failures === 0)) return undefined
  const [first] = asked
  return asked.length === 1
    ? (first?.problem ?? 'the feed fails')
    : `none of ${asked.length} feeds answers; the first: ${first?.problem ?? 'unknown'}`
}
