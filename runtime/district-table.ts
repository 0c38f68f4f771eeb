import { readFileSync } from 'node:fs'
import { packagePath } from './package-root.js'

/** A name in the three languages of the desk. */
export interface Names {
  readonly en: string
  readonly ur: string
  readonly ps: string
}

export interface Region {
  readonly id: string
  readonly names: Names
}

export interface District {
  readonly id: string
  /** The id of its police region. */
  readonly region: string
  /** Three capital letters, as in a case reference and on the tile map. */
  readonly code: string
  /** Column and row of its tile on the map, both from 0, row 0 in the north. */
  readonly tile: readonly [column: number, row: number]
  readonly names: Names
  /** Further spellings of its name, of a district that an administrator added. */
  readonly spellings?: readonly string[]
  /** The WhatsApp number of its DPO, of a district that an administrator added; settings come before it. */
  readonly whatsapp?: string
}

/** The districts of the province and their police regions. Districts are split now and then: the table is `schemas/districts.json`, not code. */
export interface DistrictTable {
  readonly districts: readonly District[]
  readonly regions: readonly Region[]
  readonly byId: ReadonlyMap<string, District>
}

function isNames(value: unknown): value is Names {
  if (typeof value !== 'object' || value === null) return false
  return (['en', 'ur', 'ps'] as const).every((lang) => {
    const name: unknown = (value as Record<string, unknown>)[lang]
    return typeof name === 'string' && name.length > 0
  })
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^[a-z]+(-[a-z]+)*$/.test(value)

function mistakesOf(region: Region | District): string[] {
  const mistakes = isId(region.id) ? [] : [`id ${JSON.stringify(region.id)} is not lowercase words joined by hyphens`]
  if (!isNames(region.names)) mistakes.push(`${region.id}: names need en, ur and ps`)
  if (!('code' in region)) return mistakes
  if (!/^[A-Z]{3}$/.test(region.code)) mistakes.push(`${region.id}: code is not three capital letters`)
  if (region.tile.length !== 2 || !region.tile.every((part) => Number.isInteger(part) && part >= 0)) {
    mistakes.push(`${region.id}: tile is not [column, row]`)
  }
  return mistakes
}

function repeated(values: readonly string[], what: string): string[] {
  return values.filter((value, at) => values.indexOf(value) !== at).map((value) => `${what} ${value} is used twice`)
}

/** Reads a table as `schemas/districts.json` holds it; throws one error that names every mistake in it. */
export function parseDistrictTable(json: string, source: string): DistrictTable {
  const { districts, regions } = JSON.parse(json) as { districts: District[]; regions: Region[] }
  if (!Array.isArray(districts) || !Array.isArray(regions))
    throw new Error(`${source}: needs lists "districts" and "regions"`)
  const regionIds = regions.map((region) => region.id)
  const mistakes = [
    ...[...regions, ...districts].flatMap(mistakesOf),
    ...districts
      .filter((district) => !regionIds.includes(district.region))
      .map((district) => `${district.id}: no region ${district.region}`),
    ...repeated(regionIds, 'region'),
    ...repeated(
      districts.map((district) => district.id),
      'district',
    ),
    ...repeated(
      districts.map((district) => district.code),
      'code',
    ),
    ...repeated(
      districts.map((district) => district.tile.join(',')),
      'tile',
    ),
  ]
  if (mistakes.length > 0) throw new Error(`${source}: ${mistakes.join('; ')}`)
  return { districts, regions, byId: new Map(districts.map((district) => [district.id, district])) }
}

/** The table of this installation; throws if the file is missing or wrong. */
export function loadDistrictTable(): DistrictTable {
  const path = packagePath('schemas/districts.json')
  return parseDistrictTable(readFileSync(path, 'utf8'), path)
}
