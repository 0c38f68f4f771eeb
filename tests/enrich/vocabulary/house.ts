import type { TaggerParts } from '../../../enrich/tagger.js'
import { LiveVocabulary } from '../../../enrich/vocabulary/live-vocabulary.js'
import { createVocabularyDesk } from '../../../enrich/vocabulary/vocabulary-desk.js'
import { loadDistrictTable } from '../../../runtime/district-table.js'
import type { Records } from '../../../runtime/records/tables.js'
import { createVocabularyStore } from '../../../runtime/vocabulary/vocabulary-store.js'
import type { FakeClock } from '../../support/fake-clock.js'

// eslint-disable-next-line require-yield -- it is read already
function* loaded(parts: TaggerParts): Generator<void, TaggerParts, void> {
  return parts
}

/** One process on these records, with a tagger that was read before. `warned` is what its log says of entries. */
export async function vocabularyOn(records: Records, clock: FakeClock, parts: TaggerParts) {
  const store = createVocabularyStore({ records, clock })
  const warned: unknown[] = []
  const log = {
    info: () => undefined,
    warn: (_words: string, about?: object) => void warned.push(about),
    error: () => undefined,
  }
  const live = new LiveVocabulary({ store, clock, log, shipped: loadDistrictTable(), loading: () => loaded(parts) })
  await live.look()
  await live.tagger()
  const desk = createVocabularyDesk({ live, store, clock, seenIn: async (words) => words.length })
  return { store, live, desk, warned }
}
