import type { DistrictTable } from '../../runtime/district-table.js'
import { Failure } from '../../runtime/failure.js'
import { fold } from '../../runtime/fold.js'
import { completedDistrict, districtProblem } from '../../runtime/vocabulary/added-districts.js'
import type { VocabularyEntry, VocabularyItem, WordEntry } from '../../schemas/vocabulary.js'
import type { Gazetteer } from '../enrichers/districts/gazetteer.js'
import { nameTokens } from '../enrichers/districts/spelling.js'
import { readText } from '../reading/words.js'
import type { TaggerParts } from '../tagger.js'
import { namesOfDistrict, type PlacesEntry } from './added-places.js'
import { spellingKeys } from './word-readings.js'

const MOST_WORDS = 6
/** Letters with their marks and joiners, digits, and what stands inside names. */
const PLAIN = /^(?:[\p{L}\p{M}\p{N} .,'’‘()-]|\u200c|\u200d)+$/u
const INVISIBLE = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

export interface Judged {
  /** As it is to be kept: spellings without twins, a district with its code and tile. */
  readonly entry: VocabularyEntry
  /** What whoever adds it should know. */
  readonly warnings: readonly string[]
}

/** What an entry is judged by: what comes with Rabta, and what stands beside it. */
export interface Standing {
  readonly parts: Pick<TaggerParts, 'known' | 'districts'>
  readonly table: DistrictTable
  readonly items: readonly VocabularyItem[]
}

const refuse = (why: string) => new Failure('refused', why, { retryable: false })
const conflict = (why: string) => new Failure('conflict', why, { retryable: false })
const quoted = (words: string) => `“${words}”`

const tidy = (written: string): string => written.normalize('NFC').replace(INVISIBLE, '').replace(/\s+/g, ' ').trim()

function tidySpellings(spellings: readonly string[]): string[] {
  const bySound = new Map<string, string>()
  for (const spelling of spellings.map(tidy)) {
    if (!PLAIN.test(spelling))
      throw refuse(`${quoted(spelling)}: write letters, digits, spaces, dots, apostrophes and hyphens alone`)
    if (!bySound.has(fold(spelling))) bySound.set(fold(spelling), spelling)
  }
  return [...bySound.values()]
}

const isLatin = (text: string): boolean => /[a-z]/.test(fold(text))

function checkWord(word: string, { like }: WordEntry, { parts: { known } }: Standing, warnings: string[]): void {
  const words = readText(word).words.map(({ text }) => text)
  const [single = '', ...others] = words
  if (words.length === 0) throw refuse(`${quoted(word)} holds no word: a link, a @name or a sign is not read`)
  if (words.length > MOST_WORDS) throw refuse(`${quoted(word)} is longer than ${MOST_WORDS} words`)
  if (words.every((each) => /^\d+$/.test(each))) throw refuse(`${quoted(word)} is a number`)
  if (words.join('').length < 2) throw refuse(`${quoted(word)} is one letter`)
  if (words.every((each) => known.isCommon(each)))
    throw refuse(
      `${quoted(word)} stands in very many messages: read as ${quoted(like)} it would be found in nearly all of them. Add the words around it too`,
    )
  if (others.length === 0 && known.means(single))
    warnings.push(`${quoted(word)} means something to the tagger already, and will be read as ${quoted(like)} instead`)
}

function judgeWord(given: WordEntry, standing: Standing): Judged {
  const entry = { ...given, words: tidySpellings(given.words), like: tidy(given.like) }
  const warnings: string[] = []
  const readAs = new Map<string, string>()
  for (const { entry: other } of standing.items)
    if (other?.kind === 'word') for (const word of other.words) readAs.set(spellingKeys(word).join(' '), other.like)
  const added = readAs.get(spellingKeys(entry.like).join(' '))
  if (added !== undefined)
    throw refuse(`${quoted(entry.like)} is itself a word that was added: write ${quoted(added)}, as which it is read`)
  const unknown = standing.parts.known.unknownIn(entry.like)
  if (unknown !== undefined)
    throw refuse(
      `the tagger knows nothing of ${quoted(unknown)}: write a word that it knows, such as دھماکہ, bhatta or firing`,
    )
  const likeKeys = spellingKeys(entry.like).join(' ')
  for (const word of entry.words) {
    checkWord(word, entry, standing, warnings)
    const keys = spellingKeys(word).join(' ')
    const other = readAs.get(keys)
    if (other !== undefined)
      throw conflict(`${quoted(word)} is read as ${quoted(other)} already: retire that entry first`)
    if (keys === likeKeys) throw refuse(`${quoted(word)} is ${quoted(entry.like)} itself`)
  }
  if (entry.words.some((word) => isLatin(word) !== isLatin(entry.like)))
    warnings.push(
      `${quoted(entry.like)} is in another script: a word in the script of the new one is understood better`,
    )
  return { entry, warnings }
}

const nameKey = (name: string): string => nameTokens(name).join(' ')

const namesOf = (entry: VocabularyEntry): readonly string[] => {
  if (entry.kind === 'word') return []
  return entry.kind === 'district' ? namesOfDistrict(entry) : entry.names
}

const MOST_LONGER = 5

/** Names of several words that begin with this one: the longest name in a text wins. */
function longerNames(key: string, { named, beginnings }: Gazetteer): string[] {
  const longer: string[] = []
  if (!beginnings.has(key)) return longer
  for (const name of named.keys()) if (name.startsWith(`${key} `) && longer.push(name) >= MOST_LONGER) break
  return longer
}

/** What the gazetteer that comes with Rabta says of a name. */
function checkKnownName(name: string, entry: PlacesEntry, { parts, table }: Standing, warnings: string[]): void {
  const meanings = parts.districts.gazetteer.named.get(nameKey(name)) ?? []
  const district = meanings.find(({ place, need }) => place.kind === 'district' && need === 'nothing')?.place.districts
  if (district !== undefined) throw refuse(`${quoted(name)} is a name of the district ${district.join(' or ')}`)
  const known = meanings.map(({ place }) =>
    place.districts.length === 0
      ? place.kind
      : `${place.kind} in ${place.districts.map((id) => table.byId.get(id)?.names.en ?? id).join(' or ')}`,
  )
  if (known.length > 0)
    warnings.push(`${quoted(name)} is known already (${known.join('; ')}): this ${entry.kind} takes the place of that`)
  const longer = longerNames(nameKey(name), parts.districts.gazetteer)
  if (longer.length > 0) warnings.push(`longer names stay what they are: ${longer.map(quoted).join(', ')}`)
}

function checkName(name: string, { parts: { known } }: Standing): void {
  const tokens = nameTokens(name)
  const [single = '', ...others] = tokens
  if (tokens.length === 0) throw refuse(`${quoted(name)} has no letter that names of places are written in`)
  if (tokens.length > MOST_WORDS) throw refuse(`${quoted(name)} is longer than ${MOST_WORDS} words`)
  if (tokens.every((each) => /^\d+$/.test(each))) throw refuse(`${quoted(name)} is a number`)
  if (tokens.join('').length < 2) throw refuse(`${quoted(name)} is one letter`)
  if (others.length === 0 && known.isCommon(single))
    throw refuse(`${quoted(name)} is an ordinary word that stands in very many messages: add it with a word beside it`)
}

function judgePlaces(given: PlacesEntry, standing: Standing): Judged {
  const { items, table } = standing
  const entry = tidied(given)
  const warnings: string[] = []
  if (entry.kind === 'place') {
    const unknown = entry.districts.filter((id) => !table.byId.has(id))
    if (unknown.length > 0) throw refuse(`there is no district ${unknown.join(', ')}`)
  }
  const taken = new Map(items.flatMap(({ entry: other }) => (other === null ? [] : namesOf(other).map((name) => [nameKey(name), other.kind] as const)))) // prettier-ignore
  for (const name of namesOf(entry)) {
    checkName(name, standing)
    const other = taken.get(nameKey(name))
    if (other !== undefined) throw conflict(`${quoted(name)} was added already, as ${other}: retire that entry first`)
    checkKnownName(name, entry, standing, warnings)
  }
  if (entry.kind !== 'district') return { entry, warnings }
  const problem = districtProblem(entry, table)
  if (problem !== undefined) throw refuse(problem)
  if (entry.was !== undefined)
    warnings.push(
      `places of ${table.byId.get(entry.was)?.names.en ?? entry.was} stay with it: add those that went over`,
    )
  return { entry: completedDistrict(entry, table), warnings }
}

function tidied(entry: PlacesEntry): PlacesEntry {
  if (entry.kind === 'place')
    return { ...entry, names: tidySpellings(entry.names), districts: [...new Set(entry.districts)] }
  if (entry.kind === 'not-a-place') return { ...entry, names: tidySpellings(entry.names) }
  const [en = '', ur = '', ps = ''] = [entry.names.en, entry.names.ur, entry.names.ps].flatMap((name) => tidySpellings([name])) // prettier-ignore
  const { spellings, ...rest } = entry
  return { ...rest, names: { en, ur, ps }, ...(spellings === undefined ? {} : { spellings: tidySpellings(spellings) }) }
}

/** Judges an entry that is to be added. Throws a Failure `refused` or `conflict` that says in a sentence why it may not be. */
export function judgeEntry(given: VocabularyEntry, standing: Standing): Judged {
  return given.kind === 'word' ? judgeWord(given, standing) : judgePlaces(given, standing)
}
