import type { DailyReport } from '../schemas/report.js'
import type { IndexedMention, MentionPage, MentionQuery } from '../schemas/search.js'
import type { Scope } from '../schemas/user.js'

/** What a day looked like, counted by the index; `from` inclusive, `to` exclusive, ISO instants on `receivedAt`. */
export type PeriodCounts = Pick<
  DailyReport,
  | 'totals'
  | 'unjudged'
  | 'districtUnknown'
  | 'corrected'
  | 'confidence'
  | 'byDistrict'
  | 'byLanguage'
  | 'byChannel'
  | 'byCategory'
> &
  Required<Pick<DailyReport, 'correctedTags'>>

/** Something that was said in a conversation, without its words. `deletedAt` where its writer took it back. */
export interface ThreadMark {
  readonly id: string
  readonly writtenAt: string
  readonly deletedAt: string | null
}

export interface ThreadQuery {
  readonly conversation: string
  /** Whose parts, as `personOf` names them; undefined for everybody's. */
  readonly persons: readonly string[] | undefined
  /** Only what was written before this instant (ISO). */
  readonly before?: string
  readonly limit: number
}

/**
 * Reading mentions. Scope is not optional: nothing outside it is found, counted, highlighted or hinted at.
 * `search` throws a Failure `invalid-payload` for a cursor it did not make or a query it cannot read, `unavailable` when the index is away.
 * Cursors are stable: what arrives meanwhile neither shifts nor repeats an item of later pages.
 * No call holds up the main thread: the embedded index answers from a worker on a read-only connection.
 */
export interface MentionSearch {
  search(query: MentionQuery, scope: Scope): Promise<MentionPage>
  get(id: string, scope: Scope): Promise<IndexedMention | undefined>
  /** Those of the ids that are there and in the scope, in no particular order. */
  getMany(ids: readonly string[], scope: Scope): Promise<readonly IndexedMention[]>
  /** The mentions of one conversation, oldest first, the last `limit`. */
  conversation(conversation: string, scope: Scope, limit: number): Promise<readonly IndexedMention[]>
  /** What was said in a conversation and what of it was taken back, oldest first, the last `limit`. */
  thread(query: ThreadQuery, scope: Scope): Promise<readonly ThreadMark[]>
  count(from: string, to: string, scope: Scope): Promise<PeriodCounts>
}
