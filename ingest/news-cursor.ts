import { fields, label, list, numeric, type Fields } from '../channels/fields.js'

/** An article as a feed last told of it. */
export interface KnownEntry {
  /** By what the feed itself tells it apart. */
  readonly key: string
  /** The id of its mention. */
  readonly id: string
  /** Of its words, as they were seen last. */
  readonly hash: string
  readonly version: number
  /** Whether it became a mention. */
  readonly isKept: boolean
}

/** Where one feed stands. All of it moves only with the cursor. */
export interface FeedState {
  /** Where it is asked while that differs from the settings: a permanent redirect that held. */
  readonly movedTo: string | undefined
  /** A permanent redirect that was seen so many times in a row. */
  readonly moving: { readonly to: string; readonly times: number } | undefined
  readonly etag: string | undefined
  readonly lastModified: string | undefined
  /** Of the last document: one that comes again without a 304 is not read again. */
  readonly bodyHash: string | undefined
  /** Epoch milliseconds before which it is not asked. */
  readonly nextMs: number
  readonly intervalMs: number | undefined
  /** In a row. */
  readonly failures: number
  readonly problem: string | undefined
  readonly damage: string | undefined
  /** Since when it answers 410. */
  readonly goneMs: number | undefined
  /** Something of it was read once: from then on all that is new is news. */
  readonly isRead: boolean
  readonly title: string | undefined
  readonly known: readonly KnownEntry[]
}

export interface NewsCursor {
  /** By the address in the settings. */
  readonly feeds: ReadonlyMap<string, FeedState>
}

export const NEW_FEED: FeedState = {
  movedTo: undefined,
  moving: undefined,
  etag: undefined,
  lastModified: undefined,
  bodyHash: undefined,
  nextMs: 0,
  intervalMs: undefined,
  failures: 0,
  problem: undefined,
  damage: undefined,
  goneMs: undefined,
  isRead: false,
  title: undefined,
  known: [],
}

/** A cursor as it was saved; what cannot be read of it begins anew. */
export function parseNewsCursor(text: string | undefined): NewsCursor {
  const saved = fields(fields(parseQuietly(text))?.['feeds'])
  return { feeds: new Map(Object.entries(saved ?? {}).map(([url, state]) => [url, readState(fields(state))])) }
}

export function printNewsCursor(cursor: NewsCursor): string {
  const feeds = [...cursor.feeds].map(([url, state]) => [
    url,
    {
      ...state,
      // Lists in place of objects: the cursor is written at every poll.
      known: state.known.map(({ key, id, hash, version, isKept }) => [key, id, hash, version, isKept ? 1 : 0]),
    },
  ])
  return JSON.stringify({ feeds: Object.fromEntries(feeds) as unknown })
}

function readState(state: Fields | undefined): FeedState {
  const moving = fields(state?.['moving'])
  const to = label(moving?.['to'])
  return {
    movedTo: label(state?.['movedTo']),
    moving: to === undefined ? undefined : { to, times: numeric(moving?.['times']) ?? 1 },
    etag: label(state?.['etag']),
    lastModified: label(state?.['lastModified']),
    bodyHash: label(state?.['bodyHash']),
    nextMs: numeric(state?.['nextMs']) ?? 0,
    intervalMs: numeric(state?.['intervalMs']),
    failures: numeric(state?.['failures']) ?? 0,
    problem: label(state?.['problem']),
    damage: label(state?.['damage']),
    goneMs: numeric(state?.['goneMs']),
    isRead: state?.['isRead'] === true,
    title: label(state?.['title']),
    known: list(state?.['known']).flatMap((entry) => {
      const [key, id, hash, version, kept] = list(entry)
      if (typeof key !== 'string' || typeof id !== 'string' || typeof hash !== 'string') return []
      return { key, id, hash, version: numeric(version) ?? 0, isKept: kept === 1 }
    }),
  }
}

function parseQuietly(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
