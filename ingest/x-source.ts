import type { XClient, XPage, XPageQuery } from '../channels/x/client.js'
import { paceMs } from '../channels/x/rate-limit.js'
import { readPosts } from '../channels/x/read.js'
import { epochOfIso, instant } from '../channels/instants.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { SourceDetails } from '../schemas/source-health.js'
import type { Poll, Source } from './source.js'
import { createLookBack } from './x-look-back.js'
import { newerId, parseXCursor, printXCursor, type XCursor } from './x-cursor.js'
import { budgetUsedUp, type XPlan, type XSpending } from './x-spending.js'
import type { XStreamWatch } from './x-stream-watch.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const SEARCH_WINDOW_MS = 7 * 24 * HOUR_MS
const WINDOW_MARGIN_MS = HOUR_MS
const EMPTY_TRIES = 2
const EMPTY_WAIT_MS = 2_000
/** X lists about this many mentions and no more. */
const MENTIONS_KEPT_PAGES = 8

/** However slow the budget makes it. */
const SLOWEST_MS = { mentions: 15 * MINUTE_MS, search: HOUR_MS }
/** Until a page whose cost could not be stored is read again. */
const UNCOUNTED_WAIT_MS = MINUTE_MS

interface XSourceParts {
  readonly client: Pick<XClient, 'mentions' | 'searchRecent'>
  readonly clock: Clock
  readonly log: Log
  /** Between two polls that found everything. */
  readonly pollMs?: number
  /** How far back the very first poll looks. */
  readonly backfillMs?: number
  /** How many pages of 100 the very first sweep reads at most: each post costs money. */
  readonly backfillPages?: number
  /** How far back and how often it looks for posts that X listed after newer ones, which the rule of `since_id` alone would never show. */
  readonly lookBackMs?: number
  readonly lookBackEveryMs?: number
  /** What reading costs, and the budget that slows it; absent: not counted. */
  readonly spending?: XSpending | undefined
  /** The stream that brings the same: while it is well, polls come every `streamPollMs` (default a minute). */
  readonly stream?: Pick<XStreamWatch, 'isWell'> | undefined
  readonly streamPollMs?: number
  /** How many sources share the app's limit of this kind: each takes its part of what is left. Default 1. */
  readonly sharers?: number
}

export interface XMentionsSourceOptions extends XSourceParts {
  /** `x-mentions` where absent, as the first account's is called; see `mentionsSourceName`. */
  readonly name?: string
  /** The account owns the app and asks with its own token: X charges a fifth. */
  readonly isOwned?: boolean
  /** The account whose mentions are read. */
  readonly userId: string
  /** How the account is called on the desk; the id where absent. */
  readonly account?: string
}

export interface XSearchSourceOptions extends XSourceParts {
  readonly query: string
}

/** The name of an account's source: the first keeps `x-mentions`, for its cursor lasts longer than the list of accounts. */
export function mentionsSourceName(account: { userId: string; handle: string | null }, index: number): string {
  return index === 0 ? 'x-mentions' : `x-mentions-${(account.handle ?? account.userId).toLowerCase()}`
}

/** What the account is mentioned in. */
export function createXMentionsSource(options: XMentionsSourceOptions): Source {
  const { client, userId, account = userId, name = 'x-mentions', isOwned = false } = options
  const fetchPage = (query: XPageQuery, signal: AbortSignal) => client.mentions(userId, query, signal)
  return createXSource(name, options, {
    reading: 'mentions',
    isOwned,
    account,
    fetchPage,
    windowMs: undefined,
    keptPages: MENTIONS_KEPT_PAGES,
  })
}

/** What a search of the last seven days finds. */
export function createXSearchSource(options: XSearchSourceOptions): Source {
  const fetchPage = (query: XPageQuery, signal: AbortSignal) =>
    options.client.searchRecent(options.query, query, signal)
  return createXSource('x-search', options, {
    reading: 'search',
    isOwned: false,
    account: null,
    fetchPage,
    windowMs: SEARCH_WINDOW_MS,
    keptPages: undefined,
  })
}

interface Timeline {
  readonly reading: 'mentions' | 'search'
  readonly isOwned: boolean
  readonly account: string | null
  readonly fetchPage: (query: XPageQuery, signal: AbortSignal) => Promise<XPage>
  /** Ids and times older than this are refused. */
  readonly windowMs: number | undefined
  readonly keptPages: number | undefined
}

/**
 * Reads one page a turn, newest first, and goes on with the same `since_id` until there is no next page; only then does `since_id` move, to the
 * newest id of the sweep's first page. Where it stands within a sweep is in the cursor, so that a crash goes on with the page that is not on the bus yet.
 */
function createXSource(name: string, parts: XSourceParts, timeline: Timeline): Source {
  const { clock, log, pollMs = 15_000, backfillMs = 24 * HOUR_MS, backfillPages = 10 } = parts
  const lookBack = createLookBack({ clock, lookBackMs: parts.lookBackMs, everyMs: parts.lookBackEveryMs })
  const { spending, stream, sharers = 1, streamPollMs = MINUTE_MS } = parts
  let toldStop = false

  async function poll(saved: string | undefined, signal: AbortSignal): Promise<Poll> {
    lookBack.confirm(saved)
    const plan = await planned()
    if (plan?.isStopped === true) return stopped(plan)
    toldStop = false
    const cursor = lookBack.orBack(withStart(parseXCursor(saved)))
    const { page, from } = await fetchFrom(cursor, signal)
    const receivedAt = clock.iso()
    const reading = readPosts(page.body, { source: name, account: timeline.account, receivedAt })
    for (const { title, resource } of reading.errors.slice(0, 5))
      log.warn('x gave a part of a page only', { source: name, title, resource })
    const isBack = from.isLookBack === true
    const changes = isBack ? lookBack.withoutKnown(reading.changes) : reading.changes
    if (isBack && changes.length > 0) log.info('posts found by looking back', { source: name, posts: changes.length })
    const brought = { changes, unread: reading.unread }
    if (!(await counted(page.body))) return { ...brought, next: undefined, waitMs: UNCOUNTED_WAIT_MS }
    const after = await planned()
    const next = advance(from, page)
    const printed = printXCursor(next)
    lookBack.offer({ next: printed, changes })
    return { ...brought, next: printed, waitMs: slowed(waitBefore(from, next, page), next, after), ...detailsOf(after) }
  }

  /** Records that are away leave the budget unknown: messages come first, and the cursor cannot be saved without them anyway. */
  async function planned(): Promise<XPlan | undefined> {
    try {
      return await spending?.plan(timeline.reading)
    } catch (error) {
      log.warn('the budget of x could not be read', { source: name, reason: reasonOf(error) })
      return undefined
    }
  }

  /** False where the cost could not be stored: then what came is published and the cursor stays, so that the page is read and counted again. */
  async function counted(body: unknown): Promise<boolean> {
    try {
      await spending?.count(body, timeline.isOwned)
      return true
    } catch (error) {
      log.warn('what reading x cost could not be counted', { source: name, reason: reasonOf(error) })
      return false
    }
  }

  /** Said once with its figures, and as a failure from then on: a source that brings nothing must not look well. */
  function stopped(plan: XPlan): Poll {
    if (toldStop) throw budgetUsedUp(`the X source ${name}`, clock.now())
    toldStop = true
    return { changes: [], unread: [], next: undefined, waitMs: 0, ...detailsOf(plan) }
  }

  function slowed(waitMs: number, next: XCursor, plan: XPlan | undefined): number {
    const { slower = 1, step = 0 } = plan ?? {}
    const isSweeping = next.sweep !== undefined
    // A sweep of mentions is read to its end at once: only how often it begins is slowed.
    if (isSweeping && (timeline.reading === 'mentions' || step < 2)) return waitMs
    return Math.max(waitMs, Math.min(SLOWEST_MS[timeline.reading], slower === 1 ? 0 : pollMs * slower))
  }

  function withStart(cursor: XCursor): XCursor {
    if (cursor.sinceId !== undefined && cursor.startTime === undefined) return cursor
    const earliestMs = timeline.windowMs === undefined ? 0 : clock.now() - timeline.windowMs + WINDOW_MARGIN_MS
    const startMs = Math.max(earliestMs, epochOfIso(cursor.startTime) ?? clock.now() - backfillMs)
    return { ...cursor, startTime: instant(startMs) }
  }

  /** The cursor's page. Where X does not take the token or the id any more, the sweep begins again from what it does take: twice is better than never. */
  async function fetchFrom(cursor: XCursor, signal: AbortSignal): Promise<{ page: XPage; from: XCursor }> {
    try {
      return { page: await timeline.fetchPage(queryOf(cursor), signal), from: cursor }
    } catch (error) {
      const older =
        error instanceof Failure && error.reason === 'invalid-payload' && !error.retryable
          ? mendedCursor(cursor)
          : undefined
      if (older === undefined) throw error
      log.warn('x does not take the cursor any more: the sweep begins again', {
        source: name,
        hadPages: cursor.sweep?.pages ?? 0,
      })
      return fetchFrom(older, signal)
    }
  }

  function mendedCursor(cursor: XCursor): XCursor | undefined {
    if (cursor.sweep !== undefined) return { ...cursor, sweep: undefined }
    if (cursor.sinceId === undefined || timeline.windowMs === undefined) return undefined
    if (cursor.startTime !== undefined) return undefined
    return { ...cursor, startTime: instant(clock.now() - timeline.windowMs + WINDOW_MARGIN_MS) }
  }

  function advance(from: XCursor, page: XPage): XCursor {
    const { sweep } = from
    const newestId = sweep === undefined ? page.newestId : sweep.newestId
    const pages = (sweep?.pages ?? 0) + 1
    if (
      sweep !== undefined &&
      page.resultCount === 0 &&
      page.nextToken === undefined &&
      sweep.emptyTries < EMPTY_TRIES
    ) {
      return { ...from, sweep: { ...sweep, emptyTries: sweep.emptyTries + 1 } }
    }
    const isBounded = from.sinceId === undefined && pages >= backfillPages
    if (page.nextToken !== undefined && !isBounded) {
      return { ...from, sweep: { newestId, token: page.nextToken, pages, emptyTries: 0 } }
    }
    const done = { startTime: undefined, sweep: undefined }
    if (from.isLookBack === true) return { sinceId: from.sinceId, lookedBackAt: clock.now(), ...done }
    if (page.nextToken !== undefined) log.warn('the first sweep stops at its limit', { source: name, pages })
    if (from.sinceId !== undefined && timeline.keptPages !== undefined && pages >= timeline.keptPages) {
      log.error('more mentions came than x lists: older ones may be missing', { source: name, pages })
    }
    const sinceId = newerId(from.sinceId, newestId)
    return { ...from, ...done, sinceId, ...(sinceId === undefined ? { startTime: from.startTime } : {}) }
  }

  function waitBefore(from: XCursor, next: XCursor, page: XPage): number {
    const paced = page.rateLimit === undefined ? 0 : paceMs(page.rateLimit, clock.now()) * sharers
    const everyMs = stream?.isWell() === true ? Math.max(pollMs, streamPollMs) : pollMs
    if (next.sweep === undefined && from.isLookBack !== true) return Math.max(everyMs, paced)
    if (next.sweep !== undefined && next.sweep.emptyTries > 0) return Math.max(EMPTY_WAIT_MS, paced)
    // Where several share a limit, one with much to read leaves the others half of it.
    const reserve = sharers > 1 ? 2 : 10
    const isScarce = page.rateLimit !== undefined && page.rateLimit.remaining < page.rateLimit.limit / reserve
    return isScarce ? paced : 0
  }

  return { name, channel: 'x', poll }
}

const reasonOf = (error: unknown) => (error instanceof Failure ? error.reason : 'unexpected')

const detailsOf = (plan: XPlan | undefined): { details?: Partial<SourceDetails> } =>
  plan === undefined ? {} : { details: plan.details }

function queryOf({ sinceId, startTime, sweep }: XCursor): XPageQuery {
  return {
    maxResults: 100,
    ...(startTime === undefined ? (sinceId === undefined ? {} : { sinceId }) : { startTime }),
    ...(sweep === undefined ? {} : { paginationToken: sweep.token }),
  }
}
