import type { MentionSearch } from '../index/mention-search.js'
import type { Corrections } from '../runtime/corrections/correction-store.js'

const AT_ONCE = 200

/** Corrections go when their mention has gone: an index may keep one that was received before `before` a while longer. */
export async function forgetExpired(
  parts: { corrections: Pick<Corrections, 'receivedBefore' | 'forget'>; search: Pick<MentionSearch, 'getMany'> },
  before: Date,
  signal: AbortSignal,
): Promise<void> {
  const { corrections, search } = parts
  for (let after = ''; !signal.aborted;) {
    const ids = await corrections.receivedBefore(before.toISOString(), after, AT_ONCE)
    const last = ids.at(-1)
    if (last === undefined) return
    const there = new Set((await search.getMany(ids, { districts: 'all' })).map(({ id }) => id))
    await corrections.forget(ids.filter((id) => !there.has(id)))
    after = last
  }
}
