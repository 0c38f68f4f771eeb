import type { AnyEnricher } from '../enrich/enrich-mention.js'
import { createCategoryEnricher } from '../enrich/enrichers/category/category.js'
import type { AccountDistrict } from '../enrich/enrichers/districts/account.js'
import { createDistrictEnricher } from '../enrich/enrichers/districts/districts.js'
import { createFingerprintEnricher } from '../enrich/enrichers/fingerprint/fingerprint.js'
import { createLanguageEnricher } from '../enrich/enrichers/language/language.js'
import { createSentimentEnricher } from '../enrich/enrichers/sentiment/sentiment.js'
import { createThreatEnricher } from '../enrich/enrichers/threat/threat.js'
import { loadGlosses } from '../enrich/glosses/glosses.js'

/** All enrichers in the order in which they run: each may look at what those before it said. `districtOfAccount` tells whose number was written to. */
export function createEnrichers(districtOfAccount?: AccountDistrict): readonly AnyEnricher[] {
  const glosses = loadGlosses()
  return [
    createLanguageEnricher(),
    createDistrictEnricher(districtOfAccount),
    createThreatEnricher({ glosses }),
    createCategoryEnricher({ glosses }),
    createSentimentEnricher(),
    createFingerprintEnricher(),
  ]
}
