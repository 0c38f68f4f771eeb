import { atOneGo } from '../runtime/at-one-go.js'
import type { Enricher } from './enricher.js'
import { loadCategoryParts, type CategoryParts } from './enrichers/category/category.js'
import type { AccountDistrict } from './enrichers/districts/account.js'
import { loadDistrictSources, type DistrictSources } from './enrichers/districts/districts.js'
import { readCoreModel } from './core/core.js'
import { createFingerprintEnricher } from './enrichers/fingerprint/fingerprint.js'
import { createLanguageEnricher } from './enrichers/language/language.js'
import { createSentimentEnricher } from './enrichers/sentiment/sentiment.js'
import { loadJoinedWords, type JoinedWords } from './reading/joined-words.js'
import { loadThreatParts, type ThreatParts } from './enrichers/threat/threat.js'
import type { LinearModel } from './linear/linear-model.js'
import { loadingGlosses, type Glosses } from './glosses/glosses.js'
import { createKnownWords, type KnownWords } from './vocabulary/known-words.js'

/** All that comes with Rabta to tag by: models, lexicons, glosses, the gazetteer. Read once a process; every set of enrichers shares it. */
export interface TaggerParts {
  readonly language: Enricher<'language'>
  readonly joined: JoinedWords
  readonly districts: DistrictSources
  readonly threat: ThreatParts
  readonly category: CategoryParts
  readonly core: LinearModel
  readonly sentiment: Enricher<'sentiment'>
  readonly fingerprint: Enricher<'fingerprint'>
  readonly known: KnownWords
  /** Tells whose number was written to. */
  readonly districtOfAccount: AccountDistrict | undefined
}

/** What several parts read words by. The spellings of all glosses are let go with it. */
function* loadingWords(): Generator<
  void,
  Pick<TaggerParts, 'category' | 'joined'> & { readonly glosses: Glosses },
  void
> {
  const lists = yield* loadingGlosses()
  yield
  const category = loadCategoryParts(lists.glosses)
  yield
  const joined = loadJoinedWords(lists, (word) => category.rules.knows(word))
  return { glosses: lists.glosses, category, joined }
}

/** Reads it piece by piece, at most 0.4 s of work each, for who must do other things between. Throws where a file is missing or wrong. */
export function* loadingTagger(districtOfAccount?: AccountDistrict): Generator<void, TaggerParts, void> {
  const { glosses, category, joined } = yield* loadingWords()
  yield
  const language = createLanguageEnricher({ joined })
  yield
  const districts = loadDistrictSources()
  yield
  const threat = loadThreatParts(glosses)
  yield
  const core = readCoreModel()
  const sentiment = createSentimentEnricher()
  const known = createKnownWords({ glosses, category, sentiment })
  return {
    language,
    joined,
    districts,
    threat,
    category,
    core,
    sentiment,
    fingerprint: createFingerprintEnricher(),
    known,
    districtOfAccount,
  }
}

/** The same at one go. */
export const loadTagger = (districtOfAccount?: AccountDistrict): TaggerParts =>
  atOneGo(loadingTagger(districtOfAccount))
