import type { District, DistrictTable } from '../district-table.js'
import type { DistrictEntry } from '../../schemas/vocabulary.js'

/** Columns of the tile map; a row more costs nothing. */
const COLUMNS = 8

/** The three letters by which a district is known in case references: out of its name, its first letter first; else the first that are free. */
function freeCode(name: string, taken: ReadonlySet<string>): string {
  const letters = name.toUpperCase().replace(/[^A-Z]/g, '')
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  const [first = 'X'] = letters
  for (const others of [letters.slice(1), alphabet])
    for (let second = 0; second < others.length; second++)
      for (let third = second + 1; third < others.length; third++) {
        const code = first + others.charAt(second) + others.charAt(third)
        if (!taken.has(code)) return code
      }
  for (const one of alphabet)
    for (const two of alphabet)
      for (const three of alphabet) if (!taken.has(one + two + three)) return one + two + three
  throw new Error('no code of three letters is free')
}

/** The free tile that is nearest to the given one; of several the northernmost, then the westernmost. */
function freeTile([column, row]: District['tile'], taken: ReadonlySet<string>): [number, number] {
  let best: [number, number] | undefined
  let least = Infinity
  // So many rows always hold a free one.
  for (let y = 0; y <= taken.size; y++)
    for (let x = 0; x < COLUMNS; x++) {
      const away = Math.abs(x - column) + Math.abs(y - row)
      if (taken.has(`${x},${y}`) || away >= least) continue
      best = [x, y]
      least = away
    }
  return best ?? [0, taken.size + 1]
}

/** What keeps a district out of this table; undefined where nothing does. */
export function districtProblem(entry: DistrictEntry, table: DistrictTable): string | undefined {
  const { id, region, was, code, tile } = entry
  if (table.byId.has(id)) return `there is a district ${id} already`
  if (was !== undefined && !table.byId.has(was)) return `there is no district ${was} that it could have been part of`
  if (region === undefined && was === undefined) return 'say its region, or the district that it was part of'
  if (region !== undefined && !table.regions.some((known) => known.id === region))
    return `there is no region ${region}: regions are ${table.regions.map((known) => known.id).join(', ')}`
  const sameCode = table.districts.find((other) => other.code === code)
  if (sameCode !== undefined) return `${sameCode.names.en} has the code ${sameCode.code}`
  const sameTile = table.districts.find((other) => other.tile.join() === tile?.join())
  return sameTile === undefined ? undefined : `${sameTile.names.en} stands on that tile of the map`
}

/** The entry with its region, code and tile, so that these stay what they are whatever comes after. Only for one without a problem. */
export function completedDistrict(entry: DistrictEntry, table: DistrictTable): DistrictEntry {
  const old = entry.was === undefined ? undefined : table.byId.get(entry.was)
  const region = entry.region ?? old?.region ?? ''
  const beside = old ?? table.districts.find((district) => district.region === region) ?? table.districts[0]
  const codes = new Set(table.districts.map(({ code }) => code))
  const tiles = new Set(table.districts.map(({ tile }) => tile.join()))
  return {
    ...entry,
    region,
    code: entry.code ?? freeCode(entry.names.en, codes),
    tile: entry.tile ?? freeTile(beside?.tile ?? [0, 0], tiles),
  }
}

/** The table with one district more. Throws an error with what is wrong. */
export function withDistrict(table: DistrictTable, given: DistrictEntry): DistrictTable {
  const problem = districtProblem(given, table)
  if (problem !== undefined) throw new Error(problem)
  const { id, region = '', code = '', tile = [0, 0], names, spellings, whatsapp } = completedDistrict(given, table)
  const district: District = {
    id,
    region,
    code,
    tile,
    names,
    ...(spellings === undefined ? {} : { spellings }),
    ...(whatsapp === undefined ? {} : { whatsapp }),
  }
  return { ...table, districts: [...table.districts, district], byId: new Map([...table.byId, [id, district]]) }
}
