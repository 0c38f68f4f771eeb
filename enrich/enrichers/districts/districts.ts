import { loadDistrictTable, type DistrictTable } from '../../../runtime/district-table.js'
import type { Mention } from '../../../schemas/mention.js'
import type { DistrictTag, Span } from '../../../schemas/tags.js'
import type { Enricher } from '../../enricher.js'
import { fromAccount, type AccountDistrict } from './account.js'
import { extendGazetteer, loadGazetteer, loadOrdinaryWords, type Extension, type Gazetteer } from './gazetteer.js'
import { findMatches } from './matches.js'
import { loadPinMap, type PinMap } from './pin.js'
import { WordReader } from './readings.js'
import { tokenise } from './tokens.js'
import { weigh } from './weigh.js'

/** More spans than this for one district tell an officer nothing. */
const MAX_EVIDENCE = 12
/** What an author's profile says of where a message is from, against what a text says. */
const AUTHOR_PLACE_WEIGHT = 0.65
const PIN_NAME_WEIGHT = 0.9

/** What districts are found by. */
export interface DistrictSources {
  readonly table: DistrictTable
  readonly gazetteer: Gazetteer
  readonly reader: WordReader
  readonly pins: PinMap
}

/** Reads the table, the gazetteer and the grid of pins; throws if a file of them is wrong. */
export function loadDistrictSources(): DistrictSources {
  const table = loadDistrictTable()
  const gazetteer = loadGazetteer(new Set(table.byId.keys()))
  const reader = new WordReader({ gazetteer, ordinary: loadOrdinaryWords() })
  return { table, gazetteer, reader, pins: loadPinMap(new Set(table.byId.keys())) }
}

/** The same with another table and more names, which `fill` adds; the sources given stay as they are. */
export async function extendDistrictSources(
  sources: DistrictSources,
  table: DistrictTable,
  fill: (names: Extension) => Promise<void>,
): Promise<DistrictSources> {
  const gazetteer = extendGazetteer(sources.gazetteer)
  await fill(gazetteer)
  return { ...sources, table, gazetteer, reader: sources.reader.extendedTo(gazetteer) }
}

/**
 * Adds the districts where the thing reported is, after the one definition in LABELLING.md: from the words of the text, from a pin, and, where neither
 * says, from the district's own number that was written to (`districtOfAccount`), else from the place in the author's profile. Reads its sources where
 * they are not given.
 */
export function createDistrictEnricher(
  districtOfAccount?: AccountDistrict,
  { table, gazetteer, reader, pins }: DistrictSources = loadDistrictSources(),
): Enricher<'districts'> {
  const isName = (word: string): boolean => gazetteer.named.has(word)

  const inText = (text: string): DistrictTag[] => {
    const { tokens, shouts, spanOf } = tokenise(text, isName)
    const weighed = weigh(tokens, findMatches(tokens, gazetteer, reader), shouts)
    return [...weighed].map(([id, { confidence, matches }]) => {
      const evidence: Span[] = matches.slice(0, MAX_EVIDENCE).map((match) => spanOf(match.start, match.end))
      return { id, confidence, basis: 'text', evidence }
    })
  }

  const elsewhere = (text: string | null, basis: DistrictTag['basis'], weight: number): DistrictTag[] =>
    (text === null ? [] : inText(text.slice(0, 400)))
      .map((tag) => ({ ...tag, basis, confidence: Math.round(tag.confidence * weight * 1000) / 1000, evidence: [] }))
      .filter((tag) => tag.confidence >= 0.5)

  const fromPin = (location: Mention['location']): DistrictTag[] => {
    if (location === null) return []
    const found = pins.districtAt(location.latitude, location.longitude)
    if (found !== undefined) return [{ ...found, basis: 'pin', evidence: [] }]
    return elsewhere(
      [location.name, location.address].filter((part) => part !== null).join(', '),
      'pin',
      PIN_NAME_WEIGHT,
    )
  }

  return {
    adds: 'districts',
    enrich(mention) {
      const fromText = inText(mention.text)
      const known = new Set(fromText.map((tag) => tag.id))
      const tags = [...fromText, ...fromPin(mention.location).filter((tag) => !known.has(tag.id))]
      if (tags.length > 0) return tags.sort((a, b) => b.confidence - a.confidence)
      const byAccount = fromAccount(mention, districtOfAccount).filter((tag) => table.byId.has(tag.id))
      if (byAccount.length > 0) return byAccount
      return elsewhere(mention.author.place, 'author-place', AUTHOR_PLACE_WEIGHT)
    },
  }
}
