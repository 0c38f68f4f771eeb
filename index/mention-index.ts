import type { FailureReason } from '../schemas/failure-reason.js'
import type { Deletion } from '../schemas/mention.js'
import type { IndexedMention } from '../schemas/search.js'

/** A change as it is stored: what was enriched, with the corrections of it laid over. */
export type IndexedChange = { readonly type: 'written' | 'edited'; readonly mention: IndexedMention } | Deletion

/** One item of a batch that can never be stored as it is; the others of the batch are stored. */
export interface Rejection {
  /** Where in the batch it stands: two changes of one id may be in it, and only one of them wrong. */
  readonly at: number
  readonly id: string
  readonly reason: FailureReason
  readonly detail: string
}

/**
 * Where mentions are kept to be found. `write` is idempotent by id, version and then revision (how often it was corrected): an item changes nothing where
 * an equal or later state is stored, so that an old edit never wins, a correction wins over the same words without it, and a replay changes nothing; a deletion removes the text and remembers the version
 * (of equal versions the deletion wins, in whichever order they come).
 * It resolves once everything not rejected is durable and searchable, and throws a Failure when nothing of the batch may count as stored.
 */
export interface MentionIndex {
  write(batch: readonly IndexedChange[]): Promise<readonly Rejection[]>
  /**
   * The districts that what is stored of these ids names, a withdrawn item's last ones too; ids of which nothing is known are left out. Asked before a
   * write, it tells whose view the write changes.
   */
  districtsOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  close(): Promise<void>
}
