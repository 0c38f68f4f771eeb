import { createNumbers } from '../channels/sms/numbers.js'
import { loadingTagger } from '../enrich/tagger.js'
import { LiveVocabulary } from '../enrich/vocabulary/live-vocabulary.js'
import { createVocabularyDesk } from '../enrich/vocabulary/vocabulary-desk.js'
import type { Vocabulary } from '../enrich/vocabulary/vocabulary.js'
import type { MentionSearch } from '../index/mention-search.js'
import type { Clock } from '../runtime/clock.js'
import { loadDistrictTable } from '../runtime/district-table.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Records } from '../runtime/records/tables.js'
import { createVocabularyStore } from '../runtime/vocabulary/vocabulary-store.js'
import type { Config } from './config.js'

const ALL = { districts: 'all' } as const
const MOST_QUERY = 500
const SEEN_WITHIN_MS = 7 * 86_400_000

export interface VocabularyParts {
  readonly records: Records
  readonly index: Pick<MentionSearch, 'search'>
  readonly clock: Clock
  readonly log: Log
}

/** What this process knows of added districts, places and words, as it stands now, and what administrators do with them. Throws the Failure of the records. */
export async function openVocabulary(
  config: Config,
  { records, index, clock, log }: VocabularyParts,
): Promise<{ live: LiveVocabulary; vocabulary: Vocabulary }> {
  const store = createVocabularyStore({ records, clock })
  const shipped = loadDistrictTable()
  const numbers = createNumbers(shipped, config.smsNumbers)
  const loading = () =>
    loadingTagger(({ channel, account }) =>
      channel === 'sms' && account !== null ? numbers.districtOf(account) : undefined,
    )
  const live = new LiveVocabulary({ store, clock, log, shipped, loading })
  await live.look()
  const seenIn = async (spellings: readonly string[]): Promise<number | null> => {
    const q = spellings.map((spelling) => `"${spelling}"`).join(' OR ')
    try {
      const from = new Date(clock.now() - SEEN_WITHIN_MS).toISOString()
      return (await index.search({ q: q.slice(0, MOST_QUERY), from, limit: 1 }, ALL)).total
    } catch (error) {
      if (error instanceof Failure) return null
      throw error
    }
  }
  return { live, vocabulary: createVocabularyDesk({ live, store, clock, seenIn }) }
}
