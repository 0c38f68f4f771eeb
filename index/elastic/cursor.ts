import { foreignCursor, readCursor, writeCursor } from '../cursor.js'

/** After the mention of `receivedAt`, `seq` and `id`, newest first. */
export interface NewCursor {
  readonly sort: 'new'
  readonly receivedAt: number
  readonly seq: number
  /** Two processes may give one `seq` twice. Of a very long id only the beginning, so that the cursor stays short. */
  readonly id: string
}

/** After the first `offset` of the ranking `ranking`, made when `lastSeq` was the latest arrival. */
export interface BestCursor {
  readonly sort: 'best'
  readonly offset: number
  readonly lastSeq: number
  readonly ranking: string
}

/** A cursor may be 500 characters long, four for every three bytes; the rest of it takes some 70. */
const MAX_ID_BYTES = 270

function shortened(id: string): string {
  let letters = [...id]
  while (Buffer.byteLength(JSON.stringify(letters.join(''))) > MAX_ID_BYTES) letters = letters.slice(0, -1)
  return letters.join('')
}

export function writePlace(key: string, cursor: NewCursor | BestCursor): string {
  const place =
    cursor.sort === 'new'
      ? [cursor.receivedAt, cursor.seq, shortened(cursor.id)]
      : [cursor.offset, cursor.lastSeq, cursor.ranking]
  return writeCursor(key, cursor.sort, place)
}

/** Throws a Failure `invalid-payload` for anything but a cursor this index made for this very search. */
export function readPlace(text: string, key: string): NewCursor | BestCursor {
  const { sort, place } = readCursor(text, key)
  const [first, second, name, ...rest] = place
  if (!isInteger(first) || !isInteger(second) || typeof name !== 'string' || rest.length > 0) throw foreignCursor()
  if (sort === 'new') return { sort, receivedAt: first, seq: second, id: name }
  if (first >= 0) return { sort, offset: first, lastSeq: second, ranking: name }
  throw foreignCursor()
}

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)
