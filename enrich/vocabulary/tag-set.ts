import type { DistrictTable } from '../../runtime/district-table.js'
import { withDistrict } from '../../runtime/vocabulary/added-districts.js'
import type { VocabularyItem } from '../../schemas/vocabulary.js'
import type { AnyEnricher } from '../enrich-mention.js'
import type { Enricher } from '../enricher.js'
import { CoreFinder } from '../core/core.js'
import { createCategoryEnricher } from '../enrichers/category/category.js'
import {
  createDistrictEnricher,
  extendDistrictSources,
  type DistrictSources,
} from '../enrichers/districts/districts.js'
import { beginningsOfPlaces } from '../enrichers/districts/gazetteer.js'
import { partingJoined } from '../reading/joined-words.js'
import { createThreatEnricher } from '../enrichers/threat/threat.js'
import { readOnce, readText } from '../reading/words.js'
import { overNarrowed } from '../narrowed.js'
import { Skimmer } from '../skim.js'
import type { TaggerParts } from '../tagger.js'
import { addPlaces, type PlacesEntry } from './added-places.js'
import { withoutOverlaps, WordReadings } from './word-readings.js'

/** Enrichers that were made together, of what comes with Rabta and one state of what administrators added. */
export interface TagSet {
  readonly enrichers: readonly AnyEnricher[]
  /** What keeps an entry out of use, by its id; the others are in use. */
  readonly problems: ReadonlyMap<string, string>
}

/** So many entries are taken in before the event loop gets a turn: a few milliseconds' work. */
const ENTRIES_A_TURN = 100

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'it cannot be used')

/** The table with the districts among the entries, and what is wrong with those that are left out. Districts are few. */
export function addedDistricts(
  base: DistrictTable,
  items: readonly VocabularyItem[],
): { readonly table: DistrictTable; readonly problems: ReadonlyMap<string, string> } {
  const problems = new Map<string, string>()
  let table = base
  for (const { id, entry } of items) {
    if (entry?.kind !== 'district') continue
    try {
      table = withDistrict(table, entry)
    } catch (error) {
      problems.set(id, wordsOf(error))
    }
  }
  return { table, problems }
}

/** Does `take` to one item after the other, with a turn of the event loop now and then. What it throws is the problem of that item alone. */
async function eachItem(
  items: readonly VocabularyItem[],
  problems: Map<string, string>,
  pause: () => Promise<void>,
  take: (item: VocabularyItem) => void,
): Promise<void> {
  for (const [at, item] of items.entries()) {
    if (at % ENTRIES_A_TURN === ENTRIES_A_TURN - 1) await pause()
    if (problems.has(item.id)) continue
    try {
      take(item)
    } catch (error) {
      problems.set(item.id, wordsOf(error))
    }
  }
}

/** Reads what words are read as; a word whose `like` the tagger does not know, or no longer, is left out. */
async function readingsOf(
  { known }: TaggerParts,
  items: readonly VocabularyItem[],
  problems: Map<string, string>,
  pause: () => Promise<void>,
): Promise<WordReadings> {
  const readings = new WordReadings()
  await eachItem(items, problems, pause, ({ entry }) => {
    if (entry?.kind !== 'word') return
    const unknown = known.unknownIn(entry.like)
    if (unknown !== undefined) throw new Error(`the tagger knows nothing of “${unknown}”`)
    for (const word of entry.words) readings.add(word, entry.like)
  })
  return readings
}

const isOfPlaces = ({ entry }: VocabularyItem): boolean => entry !== null && entry.kind !== 'word'

/** Places of one state, which a state that differs in words alone takes over: they cost most. */
export interface PlacesMade {
  readonly of: string
  readonly sources: DistrictSources
  readonly problems: ReadonlyMap<string, string>
}

async function placesOf(
  { districts }: TaggerParts,
  items: readonly VocabularyItem[],
  pause: () => Promise<void>,
  before: PlacesMade | undefined,
): Promise<PlacesMade> {
  const own = items.filter(isOfPlaces)
  const of = JSON.stringify(own.map(({ id, entry }) => [id, entry]))
  if (before?.of === of) return before
  if (own.length === 0) return { of, sources: districts, problems: new Map() }
  const { table, problems: wrong } = addedDistricts(districts.table, own)
  const problems = new Map(wrong)
  await pause()
  const sources = await extendDistrictSources(districts, table, async (names) => {
    await pause()
    await eachItem(own, problems, pause, ({ entry }) => addPlaces(entry as PlacesEntry, names, table))
    await pause()
  })
  return { of, sources, problems }
}

/** The enrichers with a word's reading: those that read words, and the sentiment, which has a reading of its own, see what it is read as. */
function enrichersWith(parts: TaggerParts, sources: DistrictSources, readings: WordReadings): readonly AnyEnricher[] {
  const { language, joined, threat, category, fingerprint, districtOfAccount } = parts
  const parted = partingJoined(readText, joined.knowing(readings.words), (word) => readings.has(word))
  const read = readOnce((text) => readings.read(parted(text)))
  const beginsPlace = beginningsOfPlaces(sources.gazetteer)
  const tellsOfDanger = (word: string): boolean => readings.begins(word) || category.rules.tellsOfDanger.has(word)
  const skimmer = new Skimmer({
    ofDanger: tellsOfDanger,
    ofPlace: beginsPlace.has,
    sieves: readings.isEmpty ? [category.rules.tellsOfDanger.sieve, beginsPlace.sieve] : undefined,
  })
  const districts = skimmer.over(createDistrictEnricher(districtOfAccount, sources))
  const threats = skimmer.over(createThreatEnricher({ parts: threat, read }))
  const finder = new CoreFinder(parts.core, read, tellsOfDanger)
  const coreOf = readOnce((text) => finder.find(text))
  const categories = skimmer.over(overNarrowed(createCategoryEnricher({ parts: category, read }), coreOf))
  const sentiment = overNarrowed(parts.sentiment, coreOf)
  if (readings.isEmpty) return [language, districts, threats, categories, sentiment, fingerprint]
  const withoutDoubles: readonly [Enricher<'threat'>, Enricher<'category'>, Enricher<'sentiment'>] = [
    {
      adds: 'threat',
      enrich(mention, soFar) {
        const tag = threats.enrich(mention, soFar)
        return { ...tag, keywords: withoutOverlaps(tag.keywords) }
      },
    },
    {
      adds: 'category',
      enrich(mention, soFar) {
        const tag = categories.enrich(mention, soFar)
        return { ...tag, evidence: withoutOverlaps(tag.evidence) }
      },
    },
    {
      adds: 'sentiment',
      enrich: (mention, soFar) => sentiment.enrich({ ...mention, text: readings.rewritten(mention.text) }, soFar),
    },
  ]
  return [language, districts, ...withoutDoubles, fingerprint]
}

/** The enrichers over what comes with Rabta alone. */
export const shippedSet = (parts: TaggerParts): TagSet => ({
  enrichers: enrichersWith(parts, parts.districts, new WordReadings()),
  problems: new Map(),
})

/**
 * Makes a set beside whatever is in use. `pause` lets the event loop turn between short pieces of the work. Nothing that is wrong with an entry throws: it is
 * left out and named in `problems`.
 */
export async function makeTagSet(
  parts: TaggerParts,
  items: readonly VocabularyItem[],
  { pause, before }: { readonly pause: () => Promise<void>; readonly before?: PlacesMade | undefined },
): Promise<TagSet & { readonly places: PlacesMade }> {
  const places = await placesOf(parts, items, pause, before)
  const problems = new Map(places.problems)
  for (const { id, problem } of items) if (problem !== null) problems.set(id, problem)
  const readings = await readingsOf(parts, items, problems, pause)
  return { enrichers: enrichersWith(parts, places.sources, readings), problems, places }
}
