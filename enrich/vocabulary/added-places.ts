import type { DistrictTable } from '../../runtime/district-table.js'
import type { DistrictEntry, NotAPlaceEntry, PlaceEntry } from '../../schemas/vocabulary.js'
import type { Extension, Place } from '../enrichers/districts/gazetteer.js'
import { nameTokens } from '../enrichers/districts/spelling.js'

const NONE: ReadonlySet<string> = new Set()
const placeOf = (kind: string, districts: readonly string[]): Place => ({
  districts,
  together: false,
  kind,
  not: NONE,
  after: NONE,
  surname: false,
})

/** Every name of a district, in all its spellings. */
export const namesOfDistrict = ({ names, spellings = [] }: Pick<DistrictEntry, 'names' | 'spellings'>): string[] => [
  ...new Set([names.en, names.ur, names.ps, ...spellings]),
]

export type PlacesEntry = DistrictEntry | PlaceEntry | NotAPlaceEntry

const MARKS = { nothing: '', sign: '?', 'plain-sign': '!' } as const

function placeAndNames(entry: PlacesEntry): { place: Place; names: readonly string[]; mark: string } {
  switch (entry.kind) {
    case 'district':
      return { place: placeOf('district', [entry.id]), names: namesOfDistrict(entry), mark: '' }
    case 'place':
      return {
        place: placeOf(entry.place, entry.districts),
        names: entry.names,
        mark: MARKS[entry.needs ?? 'nothing'],
      }
    case 'not-a-place':
      return { place: placeOf('nonplace', []), names: entry.names, mark: '' }
  }
}

/** Adds an entry's names to a gazetteer. Throws an error with what is wrong, and has then added none. */
export function addPlaces(entry: PlacesEntry, gazetteer: Extension, table: DistrictTable): void {
  const { place, names, mark } = placeAndNames(entry)
  const unknown = place.districts.filter((id) => !table.byId.has(id))
  if (unknown.length > 0) throw new Error(`there is no district ${unknown.join(', ')}: it was retired, or never was`)
  if (names.some((name) => nameTokens(name).length === 0))
    throw new Error('a name has no letter that names of places are written in')
  for (const name of names) gazetteer.add(place, mark + name)
}
