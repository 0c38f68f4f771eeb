import { Failure } from '../../runtime/failure.js'
import type { Rejection } from '../mention-index.js'

/** Items that SQLite itself refuses, though they looked well: the item alone is at fault. */
const ITEM_AT_FAULT = /^SQLITE_(TOOBIG|CONSTRAINT|MISMATCH|RANGE)/

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** The driver reports a file it cannot open without a code. */
const cannotOpen = (error: unknown) => error instanceof Error && error.message.startsWith('ConnectionFailed')

/** Why this one item must be refused, or undefined where the error concerns the whole index. */
export function rejectionReason(error: unknown): Pick<Rejection, 'reason' | 'detail'> | undefined {
  if (error instanceof Failure) return error.retryable ? undefined : { reason: error.reason, detail: error.message }
  const code = codeOf(error)
  if (ITEM_AT_FAULT.test(code)) return { reason: 'invalid-payload', detail: `the mention index refused it (${code})` }
  if (error instanceof TypeError || error instanceof RangeError) {
    return { reason: 'invalid-payload', detail: 'it is not shaped as an enriched mention or a deletion' }
  }
  return undefined
}

/**
 * Runs `work`; what is wrong with the file as a whole (corrupt, no database, no memory) becomes a retryable Failure,
 * for no mention may become a dead letter because of it.
 */
export function guardIndex<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    const code = cannotOpen(error) ? 'SQLITE_CANTOPEN' : codeOf(error)
    if (error instanceof Failure || !code.startsWith('SQLITE_')) throw error
    throw new Failure(
      'unavailable',
      `the mention index cannot be used (${code}): if this stays, move its file away and replay the bus`,
      { retryable: true, cause: error },
    )
  }
}
