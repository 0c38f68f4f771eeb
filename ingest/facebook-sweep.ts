import type { GraphPage, PageQuery, PageToken } from '../channels/facebook/client.js'
import { unread } from '../channels/unread.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Mention } from '../schemas/mention.js'
import { createSeen } from './facebook-seen.js'
import {
  parseFacebookCursor,
  printFacebookCursor,
  type FacebookCursor,
  type FacebookSweep,
  type SweepItem,
} from './facebook-cursor.js'
import type { Poll, Source } from './source.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Facebook shows some items minutes after it dates them: so far behind the mark everything is read again. */
const OVERLAP_MS = 15 * MINUTE_MS
/** A moment further ahead than this is no moment of Facebook's. */
const AHEAD_MS = 10 * MINUTE_MS
const EMPTY_TRIES = 2
const EMPTY_WAIT_MS = 2_000
const MAX_PAGES = 1_000
const PAGE_SIZE = 50
const SMALLEST_PAGE = 5

/** One thing of a list: what it says, and when. Times are epoch milliseconds by the platform. */
export interface Listed {
  readonly reading: { readonly mention: Mention } | { readonly skipped: string } | { readonly unread: string }
  /** The moment by which the list is ordered; undefined where the item does not say. */
  readonly orderMs: number | undefined
  /** When it, or what is under it, last moved. */
  readonly activeMs: number | undefined
  /** When its own words last changed, where the platform says. */
  readonly changedMs: number | undefined
  /** What is to be read under it, if it moved. */
  readonly under: SweepItem | undefined
}

/** What tells one list from another. */
export interface SweepList {
  readonly list: (query: PageQuery, signal: AbortSignal) => Promise<GraphPage>
  readonly readListed: (value: unknown, receivedAt: string) => Listed
  /** Absent: nothing is under the items. */
  readonly listUnder?: (id: string, query: PageQuery, signal: AbortSignal) => Promise<GraphPage>
  readonly readUnder?: (value: unknown, id: string, receivedAt: string) => Listed
  /** The list is ordered by activity, so that everything after an item that did not move did not move either. */
  readonly isByActivity: boolean
}

export interface SweepParts {
  readonly clock: Clock
  readonly log: Log
  /** Between two sweeps that found everything. */
  readonly pollMs: number
  /** How old a post may be whose comments are still looked for, and how far back the first sweep reads. */
  readonly lookBackMs?: number
  /** How often everything in the window is read again, for what came late or was edited. */
  readonly deepEveryMs?: number
}

/**
 * Reads one page a turn: a page of the list, then the comments or messages under each of its items that moved, then the next page. Where it stands
 * is in the cursor, so that a crash goes on with the page that is not on the bus yet. Only when the last page is published does the mark move, to the
 * latest moment on the list's first page: whatever happens while the sweep runs is dated after it, and the next sweep finds it.
 */
export function createSweepSource(name: string, list: SweepList, parts: SweepParts): Source {
  const { clock, log, pollMs, lookBackMs = 14 * DAY_MS, deepEveryMs = HOUR_MS } = parts
  const seen = createSeen({ clock })
  let limit = PAGE_SIZE

  async function poll(saved: string | undefined, signal: AbortSignal): Promise<Poll> {
    seen.confirm(saved)
    const cursor = parseFacebookCursor(saved)
    const sweep = nextItem(cursor.sweep ?? begin(cursor))
    const receivedAt = clock.iso()
    const page = await fetchPage(sweep, signal)
    if (page === 'again') return turn(cursor, restarted(sweep), [], [], 0)
    if (page === 'refused')
      return turn(cursor, { ...sweep, item: undefined, itemPage: undefined, refused: sweep.refused + 1 }, [], [], 0)
    const { item } = sweep
    const listed = page.items.map((value) =>
      item === undefined || list.readUnder === undefined
        ? list.readListed(value, receivedAt)
        : list.readUnder(value, item.id, receivedAt),
    )
    const failed = listed.flatMap(({ reading }, index) =>
      'unread' in reading ? [unread(`sources/${name}`, { data: [page.items[index]] }, reading.unread)] : [],
    )
    const found = listed.flatMap(({ reading, orderMs, changedMs }) =>
      'mention' in reading && (orderMs === undefined || orderMs >= sweep.windowMs)
        ? [{ mention: reading.mention, changedMs }]
        : [],
    )
    const isMissing = page.items.length === 0 && page.next === undefined && mayNotBeEmpty(sweep)
    if (isMissing && sweep.emptyTries < EMPTY_TRIES)
      return turn(cursor, { ...sweep, emptyTries: sweep.emptyTries + 1 }, [], [], EMPTY_WAIT_MS)
    const next = item === undefined ? afterList(sweep, listed, page.next) : afterItem(sweep, listed, page.next)
    const oldestFirst = found.sort((a, b) => a.mention.version - b.mention.version)
    return turn(cursor, next, seen.news(oldestFirst), failed, 0)
  }

  function turn(
    cursor: FacebookCursor,
    sweep: FacebookSweep,
    changes: Poll['changes'],
    failed: Poll['unread'],
    waitMs: number,
  ): Poll {
    const isDone = sweep.isListed && sweep.item === undefined && sweep.queue.length === 0
    const next = printFacebookCursor(isDone ? ended(cursor, sweep) : { ...cursor, sweep })
    seen.offer(next, changes)
    const answer = { changes, unread: failed, next }
    if (!isDone) return { ...answer, waitMs }
    const remark =
      sweep.refused === 0
        ? null
        : `Facebook does not let us read what is under ${sweep.refused} items: look at the app's permissions`
    return { ...answer, waitMs: pollMs, details: { remark } }
  }

  function begin({ markMs, deepAt }: FacebookCursor): FacebookSweep {
    const now = clock.now()
    const agoMs = deepAt === undefined ? Infinity : now - deepAt
    // A negative age is a clock that was set back: then looking once too often is the safe side.
    const isDeep = agoMs >= deepEveryMs || agoMs < 0
    const since = markMs === undefined ? undefined : markMs - OVERLAP_MS
    const windowMs = Math.min(now - lookBackMs, since ?? Infinity)
    return {
      isDeep,
      windowMs,
      boundMs: isDeep ? windowMs : (since ?? windowMs),
      seenMs: undefined,
      list: undefined,
      isListed: false,
      pages: 0,
      queue: [],
      item: undefined,
      itemPage: undefined,
      itemPages: 0,
      emptyTries: 0,
      refused: 0,
    }
  }

  function ended(cursor: FacebookCursor, sweep: FacebookSweep): FacebookCursor {
    const marks = [cursor.markMs, sweep.seenMs].filter((mark) => mark !== undefined)
    const markMs = marks.length === 0 ? undefined : Math.max(...marks)
    return { markMs, deepAt: sweep.isDeep ? clock.now() : cursor.deepAt, sweep: undefined }
  }

  /** A page, or `again` where the place in the list is not taken any more, or `refused` where this one item cannot be read. */
  async function fetchPage(sweep: FacebookSweep, signal: AbortSignal): Promise<GraphPage | 'again' | 'refused'> {
    const { item } = sweep
    const token = item === undefined ? sweep.list : sweep.itemPage
    try {
      const query: PageQuery = { limit, token, ...(item === undefined ? { sinceMs: sweep.windowMs } : {}) }
      if (item === undefined || list.listUnder === undefined) return await list.list(query, signal)
      return await list.listUnder(item.id, query, signal)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.reason === 'too-large') {
        if (limit <= SMALLEST_PAGE) limit = PAGE_SIZE
        else limit = Math.max(SMALLEST_PAGE, Math.floor(limit / 2))
        throw error
      }
      if (error.retryable) throw error
      if (error.reason === 'invalid-payload' && token !== undefined) {
        log.warn('facebook does not take the place in a list any more: it is read from its beginning', { source: name })
        return 'again'
      }
      const isOfItem = ['not-found', 'forbidden', 'invalid-payload', 'refused'].includes(error.reason)
      if (item === undefined || !isOfItem) throw error
      if (error.reason === 'not-found') log.info('a post or conversation went away', { source: name })
      else log.error('what is under an item cannot be read', { source: name, problem: error.message })
      return 'refused'
    }
  }

  function afterList(sweep: FacebookSweep, listed: readonly Listed[], token: PageToken | undefined): FacebookSweep {
    const moved = listed.filter(({ activeMs }) => activeMs === undefined || activeMs >= sweep.boundMs)
    const seenMs = sweep.pages === 0 ? latest(listed, clock.now() + AHEAD_MS) : sweep.seenMs
    const pages = sweep.pages + 1
    const isPast = reaches(listed, list.isByActivity ? sweep.boundMs : sweep.windowMs)
    if (token !== undefined && pages >= MAX_PAGES)
      log.error('a list does not end: the rest is left', { source: name, pages })
    return {
      ...sweep,
      seenMs,
      pages,
      queue: list.listUnder === undefined ? [] : moved.flatMap(({ under }) => under ?? []),
      list: token,
      isListed: token === undefined || isPast || pages >= MAX_PAGES,
      emptyTries: 0,
    }
  }

  function afterItem(sweep: FacebookSweep, listed: readonly Listed[], token: PageToken | undefined): FacebookSweep {
    const itemPages = sweep.itemPages + 1
    const isDone = token === undefined || reaches(listed, sweep.boundMs) || itemPages >= MAX_PAGES
    if (token !== undefined && itemPages >= MAX_PAGES)
      log.error('a list does not end: the rest is left', { source: name, pages: itemPages })
    return isDone
      ? { ...sweep, item: undefined, itemPage: undefined, itemPages: 0, emptyTries: 0 }
      : { ...sweep, itemPage: token, itemPages, emptyTries: 0 }
  }

  return { name, channel: 'facebook', poll }
}

/** The sweep with the item whose turn it is. */
function nextItem(sweep: FacebookSweep): FacebookSweep {
  const [first, ...queue] = sweep.queue
  if (sweep.item !== undefined || first === undefined) return sweep
  return { ...sweep, item: first, itemPage: undefined, itemPages: 0, emptyTries: 0, queue }
}

function restarted(sweep: FacebookSweep): FacebookSweep {
  return sweep.item === undefined
    ? { ...sweep, list: undefined, pages: 0, emptyTries: 0 }
    : { ...sweep, itemPage: undefined, itemPages: 0, emptyTries: 0 }
}

/** An empty page where something was announced may be a hiccup; where nothing was, it is what it is. */
function mayNotBeEmpty({ item, itemPage, list }: FacebookSweep): boolean {
  return item === undefined ? list !== undefined : itemPage !== undefined || item.isBusy
}

function latest(listed: readonly Listed[], limitMs: number): number | undefined {
  const moments = listed.flatMap(({ activeMs, orderMs }) => {
    const moment = activeMs ?? orderMs
    return moment === undefined || moment > limitMs ? [] : [moment]
  })
  return moments.length === 0 ? undefined : Math.max(...moments)
}

/** Whether a page shows that it runs from the new to the old, and that it is past the bound: only then is the rest old too. */
function reaches(listed: readonly Listed[], boundMs: number): boolean {
  const moments = listed.map(({ orderMs }) => orderMs)
  const last = moments.at(-1)
  if (moments.length < 2 || last === undefined || last >= boundMs || last === moments[0]) return false
  return moments.every((moment, index) => {
    const before = index === 0 ? undefined : moments[index - 1]
    return moment !== undefined && (index === 0 || (before !== undefined && before >= moment))
  })
}
