import type { EnrichedChange } from '../schemas/enriched-mention.js'
import type { FailureReason } from '../schemas/failure-reason.js'

/** One item of a batch that can never be stored as it is; the others of the batch are stored. */
export interface Rejection {
  /** Where in the batch it stands: two changes of one id may be in it, and only one of them wrong. */
  readonly at: number
  readonly id: string
  readonly reason: FailureReason
  readonly detail: string
}

/**
 * Where mentions are kept to be found. `write` is idempotent by id and version: an item whose stored version is equal or later changes nothing,
 * so that an old edit never wins and a replay changes nothing; a deletion removes the text and remembers the version
 * (of equal versions the deletion wins, in whichever order they come).
 * It resolves once everything not rejected is durable and searchable, and throws a Failure when nothing of the batch may count as stored.
 */
export interface MentionIndex {
  write(batch: readonly EnrichedChange[]): Promise<readonly Rejection[]>
  /**
   * The districts that what is stored of these ids names, a withdrawn item's last ones too; ids of which nothing is known are left out. Asked before a
   * write, it tells whose view the write changes.
   */
  districtsOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  close(): Promise<void>
}
