import { foreignCursor, readCursor, writeCursor } from '../cursor.js'

/** After the mention of `receivedAt` and `seq`, newest first. */
export interface NewCursor {
  readonly sort: 'new'
  readonly receivedAt: number
  readonly seq: number
}

/** After the first `offset` of the ranking made when `lastSeq` was the latest mention. */
export interface BestCursor {
  readonly sort: 'best'
  readonly offset: number
  readonly lastSeq: number
}

export function writePlace(key: string, cursor: NewCursor | BestCursor): string {
  const place = cursor.sort === 'new' ? [cursor.receivedAt, cursor.seq] : [cursor.offset, cursor.lastSeq]
  return writeCursor(key, cursor.sort, place)
}

/** Throws a Failure `invalid-payload` for anything but a cursor this index made for this very search. */
export function readPlace(text: string, key: string): NewCursor | BestCursor {
  const { sort, place } = readCursor(text, key)
  const [first, second, ...rest] = place
  if (!isInteger(first) || !isInteger(second) || rest.length > 0) throw foreignCursor()
  if (sort === 'new') return { sort, receivedAt: first, seq: second }
  if (first >= 0) return { sort, offset: first, lastSeq: second }
  throw foreignCursor()
}

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)
