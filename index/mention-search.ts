import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { DailyReport } from '../schemas/report.js'
import type { MentionPage, MentionQuery } from '../schemas/search.js'
import type { Scope } from '../schemas/user.js'

/** What a day looked like, counted by the index; `from` inclusive, `to` exclusive, ISO instants on `receivedAt`. */
export type PeriodCounts = Pick<
  DailyReport,
  'totals' | 'unjudged' | 'districtUnknown' | 'confidence' | 'byDistrict' | 'byLanguage' | 'byChannel' | 'byCategory'
>

/**
 * Reading mentions. Scope is not optional: nothing outside it is found, counted, highlighted or hinted at.
 * `search` throws a Failure `invalid-payload` for a cursor it did not make or a query it cannot read, `unavailable` when the index is away.
 * Cursors are stable: what arrives meanwhile neither shifts nor repeats an item of later pages.
 * No call holds up the main thread: the embedded index answers from a worker on a read-only connection.
 */
export interface MentionSearch {
  search(query: MentionQuery, scope: Scope): Promise<MentionPage>
  get(id: string, scope: Scope): Promise<EnrichedMention | undefined>
  /** The mentions of one conversation, oldest first, the last `limit`. */
  conversation(conversation: string, scope: Scope, limit: number): Promise<readonly EnrichedMention[]>
  count(from: string, to: string, scope: Scope): Promise<PeriodCounts>
}
