import type { AnyEnricher } from '../enrich/enrich-mention.js'
import type { AccountDistrict } from '../enrich/enrichers/districts/account.js'
import { loadTagger } from '../enrich/tagger.js'
import { shippedSet } from '../enrich/vocabulary/tag-set.js'

/**
 * All enrichers over what comes with Rabta, in the order in which they run: each may look at what those before it said. `districtOfAccount` tells whose number
 * was written to.
 */
export function createEnrichers(districtOfAccount?: AccountDistrict): readonly AnyEnricher[] {
  return shippedSet(loadTagger(districtOfAccount)).enrichers
}
