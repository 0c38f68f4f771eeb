import type { MentionSearch } from '../index/mention-search.js'
import { Failure } from '../runtime/failure.js'
import type { IndexedMention } from '../schemas/search.js'
import type { Scope } from '../schemas/user.js'

/** The mention of this id; throws a Failure `not-found` where there is none, or none that the scope holds: nobody can tell the two apart. */
export async function mentionOf(search: MentionSearch, id: string, scope: Scope): Promise<IndexedMention> {
  const mention = await search.get(id, scope)
  if (mention === undefined)
    throw new Failure('not-found', 'there is no such mention, or it is not yours to see', { retryable: false })
  return mention
}
