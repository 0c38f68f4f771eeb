import { epochOfIso } from '../channels/instants.js'
import { fields, label, numeric } from '../channels/fields.js'

/** A sweep through pages that is not finished: where it goes on, and what becomes `sinceId` once its last page is on the bus. */
export interface XSweep {
  /** The newest id of the sweep's first page. */
  readonly newestId: string | undefined
  readonly token: string
  readonly pages: number
  /** How often a page that was announced came back empty. */
  readonly emptyTries: number
}

/**
 * Where an X source stands. `sinceId` is undefined until something was read. `startTime`, where it is set, is asked with in its place:
 * in the very first sweep, and after a pause so long that X does not take the id any more.
 */
export interface XCursor {
  readonly sinceId: string | undefined
  readonly startTime: string | undefined
  readonly sweep: XSweep | undefined
  /** The sweep looks back for posts that X listed late: it does not move `sinceId`. */
  readonly isLookBack?: boolean
  /** Epoch milliseconds of the last finished look back. */
  readonly lookedBackAt?: number
}

const ID = /^\d{1,25}$/

/** A cursor as it was saved; what cannot be read is a cursor that stands at the beginning. */
export function parseXCursor(text: string | undefined): XCursor {
  const saved = fields(parseQuietly(text))
  const sweep = fields(saved?.['sweep'])
  const token = label(sweep?.['token'])
  const startTime = label(saved?.['startTime'])
  const lookedBackAt = numeric(saved?.['lookedBackAt'])
  return {
    ...(saved?.['isLookBack'] === true ? { isLookBack: true } : {}),
    ...(lookedBackAt === undefined ? {} : { lookedBackAt }),
    sinceId: idOf(saved?.['sinceId']),
    startTime: epochOfIso(startTime) === undefined ? undefined : startTime,
    sweep:
      token === undefined
        ? undefined
        : {
            newestId: idOf(sweep?.['newestId']),
            token,
            pages: numeric(sweep?.['pages']) ?? 1,
            emptyTries: numeric(sweep?.['emptyTries']) ?? 0,
          },
  }
}

export function printXCursor(cursor: XCursor): string {
  return JSON.stringify(cursor)
}

function idOf(value: unknown): string | undefined {
  const id = label(value)
  return id !== undefined && ID.test(id) ? id : undefined
}

/** The larger of two ids, which are numbers too long for a number. */
export function newerId(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  if (!ID.test(a) || !ID.test(b)) return b
  return BigInt(a) >= BigInt(b) ? a : b
}

function parseQuietly(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
