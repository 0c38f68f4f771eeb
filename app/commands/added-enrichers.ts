import type { AnyEnricher } from '../../enrich/enrich-mention.js'
import { loadTagger } from '../../enrich/tagger.js'
import { makeTagSet } from '../../enrich/vocabulary/tag-set.js'
import { systemClock } from '../../runtime/clock.js'
import type { Operations } from '../operations.js'

/** Enrichers over what comes with Rabta and what was added on this desk, as it stands now. */
export async function addedEnrichers(operations: Operations): Promise<readonly AnyEnricher[]> {
  const { items } = await operations.listVocabulary(false)
  const oldestFirst = [...items].reverse()
  return (await makeTagSet(loadTagger(), oldestFirst, { pause: () => systemClock.yield() })).enrichers
}
