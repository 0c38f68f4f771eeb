import type { MentionSearch } from '../index/mention-search.js'
import type { OutboundState } from '../schemas/outbound.js'
import type { Scope } from '../schemas/user.js'

/** An outbound message is seen by whoever sees the mention it belongs to; one that belongs to none, by those who see all. */
export async function maySeeOutbound(
  { mentionId }: OutboundState,
  search: Pick<MentionSearch, 'get'>,
  scope: Scope,
): Promise<boolean> {
  if (scope.districts === 'all') return true
  return mentionId !== null && (await search.get(mentionId, scope)) !== undefined
}
