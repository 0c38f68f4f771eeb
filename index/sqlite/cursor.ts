import { createHash } from 'node:crypto'
import { Failure } from '../../runtime/failure.js'
import type { MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'

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

/** What search a cursor belongs to: everything asked but where the page begins and how long it is. */
export function searchKey(query: MentionQuery, scope: Scope): string {
  const canonical = Object.entries(query)
    .filter(([name, value]) => value !== undefined && name !== 'cursor' && name !== 'limit')
    .map(([name, value]) => [name, Array.isArray(value) ? [...value].sort() : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const districts = scope.districts === 'all' ? 'all' : [...scope.districts].sort()
  return createHash('sha256')
    .update(JSON.stringify([canonical, districts]))
    .digest('base64url')
    .slice(0, 16)
}

export function writeCursor(key: string, cursor: NewCursor | BestCursor): string {
  const fields = cursor.sort === 'new' ? [cursor.receivedAt, cursor.seq] : [cursor.offset, cursor.lastSeq]
  return Buffer.from(JSON.stringify([1, key, cursor.sort, ...fields])).toString('base64url')
}

/** Throws a Failure `invalid-payload` for anything but a cursor this index made for this very search. */
export function readCursor(text: string, key: string): NewCursor | BestCursor {
  let fields: unknown
  try {
    fields = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    throw foreign()
  }
  if (!Array.isArray(fields) || fields.length !== 5) throw foreign()
  const [version, ofKey, sort, first, second] = fields as unknown[]
  if (version !== 1 || ofKey !== key || !isInteger(first) || !isInteger(second)) throw foreign()
  if (sort === 'new') return { sort, receivedAt: first, seq: second }
  if (sort === 'best' && first >= 0) return { sort, offset: first, lastSeq: second }
  throw foreign()
}

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)

const foreign = () =>
  new Failure('invalid-payload', 'the cursor does not belong to this search: begin again without it', {
    retryable: false,
  })
