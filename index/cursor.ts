import { createHash } from 'node:crypto'
import { Failure } from '../runtime/failure.js'
import type { MentionQuery } from '../schemas/search.js'
import type { Scope } from '../schemas/user.js'

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

/** A cursor of the search `key`: an order, and where in it the next page begins, which only the index that wrote it understands. */
export function writeCursor(key: string, sort: 'new' | 'best', place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([1, key, sort, ...place])).toString('base64url')
}

/** The order and the place of a cursor of this very search; throws a Failure `invalid-payload` for anything else. */
export function readCursor(text: string, key: string): { sort: 'new' | 'best'; place: readonly unknown[] } {
  let fields: unknown
  try {
    fields = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    throw foreignCursor()
  }
  if (!Array.isArray(fields)) throw foreignCursor()
  const [version, ofKey, sort, ...place] = fields as unknown[]
  if (version !== 1 || ofKey !== key || (sort !== 'new' && sort !== 'best')) throw foreignCursor()
  return { sort, place }
}

/** For a cursor that no index of this kind wrote for this search. */
export const foreignCursor = (): Failure =>
  new Failure('invalid-payload', 'the cursor does not belong to this search: begin again without it', {
    retryable: false,
  })
