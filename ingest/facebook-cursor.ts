import { fields, label, list, numeric } from '../channels/fields.js'
import type { PageToken } from '../channels/facebook/client.js'

/** A post or conversation whose comments or messages are being read. */
export interface SweepItem {
  readonly id: string
  /** It was said to hold something: an empty first page is asked for again. */
  readonly isBusy: boolean
}

/** A sweep that is not finished: what it was begun with, and where it goes on. Times are epoch milliseconds of the platform. */
export interface FacebookSweep {
  /** Reads everything in the window, not just what moved since the last one. */
  readonly isDeep: boolean
  /** Posts older than this are left alone. */
  readonly windowMs: number
  /** Comments and messages older than this are known. */
  readonly boundMs: number
  /** What becomes `markMs` at the end: the latest moment on the first page of the list. */
  readonly seenMs: number | undefined
  /** The list's next page; `isListed` once there is none. */
  readonly list: PageToken | undefined
  readonly isListed: boolean
  readonly pages: number
  readonly queue: readonly SweepItem[]
  readonly item: SweepItem | undefined
  /** The next page of `item`. */
  readonly itemPage: PageToken | undefined
  readonly itemPages: number
  /** How often a page came back empty that should not be. */
  readonly emptyTries: number
  /** How many items could not be read for lack of a permission. */
  readonly refused: number
}

/** Where a Facebook source stands. `markMs` is undefined until something was read: everything the platform dated before it is on the bus. */
export interface FacebookCursor {
  readonly markMs: number | undefined
  /** When the last deep sweep began, by our clock. */
  readonly deepAt: number | undefined
  readonly sweep: FacebookSweep | undefined
}

const VERSION = 1

/** A cursor as it was saved; what cannot be read is a cursor that stands at the beginning. */
export function parseFacebookCursor(text: string | undefined): FacebookCursor {
  const saved = fields(parseQuietly(text))
  if (saved?.['v'] !== VERSION) return { markMs: undefined, deepAt: undefined, sweep: undefined }
  return { markMs: numeric(saved['markMs']), deepAt: numeric(saved['deepAt']), sweep: sweepOf(saved['sweep']) }
}

export function printFacebookCursor(cursor: FacebookCursor): string {
  return JSON.stringify({ v: VERSION, ...cursor })
}

function sweepOf(value: unknown): FacebookSweep | undefined {
  const sweep = fields(value)
  const windowMs = numeric(sweep?.['windowMs'])
  const boundMs = numeric(sweep?.['boundMs'])
  if (sweep === undefined || windowMs === undefined || boundMs === undefined) return undefined
  return {
    isDeep: sweep['isDeep'] === true,
    windowMs,
    boundMs,
    seenMs: numeric(sweep['seenMs']),
    list: tokenOf(sweep['list']),
    isListed: sweep['isListed'] === true,
    pages: numeric(sweep['pages']) ?? 0,
    queue: list(sweep['queue']).flatMap((item) => itemOf(item) ?? []),
    item: itemOf(sweep['item']),
    itemPage: tokenOf(sweep['itemPage']),
    itemPages: numeric(sweep['itemPages']) ?? 0,
    emptyTries: numeric(sweep['emptyTries']) ?? 0,
    refused: numeric(sweep['refused']) ?? 0,
  }
}

function itemOf(value: unknown): SweepItem | undefined {
  const item = fields(value)
  const id = label(item?.['id'])
  return id === undefined ? undefined : { id, isBusy: item?.['isBusy'] === true }
}

function tokenOf(value: unknown): PageToken | undefined {
  const token = fields(value)
  if (token === undefined) return undefined
  const entries = Object.entries(token).flatMap(([name, part]) => {
    const text = label(part)
    return text === undefined ? [] : [[name, text] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function parseQuietly(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
