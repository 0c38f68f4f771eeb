import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { VocabularyStore } from '../../runtime/vocabulary/vocabulary-store.js'
import type { VocabularyEntry, VocabularyItem } from '../../schemas/vocabulary.js'
import { enrichMention, type AnyEnricher } from '../enrich-mention.js'
import { tagLine } from '../tag.js'
import { textMention } from '../text-mention.js'
import { judgeEntry, type Judged } from './judge-entry.js'
import type { LiveVocabulary } from './live-vocabulary.js'
import { addedDistricts } from './tag-set.js'
import type { Vocabulary } from './vocabulary.js'

const MOST_SHOWN = 1_000
const TRIED = 'tried'
/** Of an entry with very many spellings the first are looked for. */
const MOST_LOOKED_FOR = 10

export interface VocabularyDeskParts {
  readonly live: LiveVocabulary
  readonly store: VocabularyStore
  readonly clock: Clock
  /** In how many messages of the last seven days one of these stands; null where nobody can tell now. */
  readonly seenIn: (spellings: readonly string[]) => Promise<number | null>
}

const namesIn = (entry: VocabularyEntry): readonly string[] =>
  entry.kind === 'word'
    ? entry.words
    : entry.kind === 'district'
      ? [entry.names.en, entry.names.ur, entry.names.ps]
      : entry.names

export function createVocabularyDesk({ live, store, clock, seenIn }: VocabularyDeskParts): Vocabulary {
  async function tagged(text: string, enrichers: readonly AnyEnricher[]): Promise<Record<string, unknown>> {
    const now = clock.iso()
    await clock.yield()
    return tagLine(TRIED, enrichMention(textMention(TRIED, text, now), { enrichers, now, onFailure: () => undefined }))
  }

  const withProblem = (item: VocabularyItem): VocabularyItem =>
    item.retiredAt === null ? { ...item, problem: item.problem ?? live.problems.get(item.id) ?? null } : item

  return {
    async list({ retired }) {
      await live.tagger()
      await live.look()
      const { revision, items } = live.state
      const shown = retired ? await store.history(MOST_SHOWN) : [...items].reverse()
      return { revision, inUse: live.inUse, items: shown.map(withProblem) }
    },

    async add(given, by) {
      const parts = await live.tagger()
      await live.look()
      let judged: Judged | undefined
      const item = await store.add(by, (items) => {
        const { table } = addedDistricts(parts.districts.table, items)
        judged = judgeEntry(given, { parts, table, items })
        return judged.entry
      })
      await live.look()
      return { item: withProblem(item), warnings: judged?.warnings ?? [] }
    },

    async retire(id, by) {
      const item = await store.retire(id, by)
      await live.look()
      return item
    },

    async try({ entry, text }) {
      const parts = await live.tagger()
      await live.look()
      const now = await tagged(text, live.enrichers())
      if (entry === undefined) return { now, then: null, refused: null, warnings: [], seen: null }
      const { items } = live.state
      try {
        const { entry: judged, warnings } = judgeEntry(entry, { parts, table: live.table, items })
        const item: VocabularyItem = { id: TRIED, kind: judged.kind, entry: judged, by: '', at: clock.iso(), retiredAt: null, retiredBy: null, problem: null } // prettier-ignore
        const { enrichers } = await live.with([...items, item])
        return {
          now,
          then: await tagged(text, enrichers),
          refused: null,
          warnings: [...warnings],
          seen: await seenIn(namesIn(judged).slice(0, MOST_LOOKED_FOR)),
        }
      } catch (error) {
        if (!(error instanceof Failure) || error.retryable) throw error
        return { now, then: null, refused: error.message, warnings: [], seen: null }
      }
    },
  }
}
