import type { DistrictTable } from '../runtime/district-table.js'
import { perDistricts } from '../runtime/live-district-table.js'
import type { Unit } from '../schemas/case.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { Category } from '../schemas/tags.js'

/** The offices of the force and which of them a mention goes to (LABELLING.md). The numbers come from the settings: a unit without one cannot be written to. */
export interface Units {
  list(): readonly Unit[]
  get(id: string): Unit | undefined
  /**
   * The fitting ones, the first first; empty where nobody needs to act. A person chooses. `writtenTo` is the office whose number it came to: where
   * nothing tells the district, its region is the nearest.
   */
  suggest(mention: EnrichedMention, writtenTo?: string): readonly Unit[]
}

const PROVINCIAL = [
  ['ctd', 'Counter Terrorism Department', 'ctd'],
  ['womens-desk', 'Women’s desk', 'womens-desk'],
  ['traffic', 'Traffic police', 'traffic'],
  ['accountability', 'Internal accountability branch', 'accountability'],
  ['media-cell', 'Media cell', 'media-cell'],
] as const

type Office = 'dpo' | 'rpo' | 'ctd' | 'womens-desk' | 'traffic' | 'accountability' | 'media-cell'

const ROUTES: Record<Category, readonly Office[]> = {
  terrorism: ['ctd', 'dpo'],
  extortion: ['ctd', 'dpo'],
  kidnapping: ['dpo'],
  direct_threat: ['dpo'],
  violence: ['dpo'],
  harassment: ['womens-desk', 'dpo'],
  misconduct: ['rpo', 'accountability'],
  crime: ['dpo'],
  mishap: ['dpo'],
  missing: ['dpo'],
  traffic: ['traffic'],
  complaint: ['dpo'],
  inquiry: ['media-cell'],
  praise: ['media-cell'],
  news: [],
  other: [],
}

function allUnits(table: DistrictTable, numbers: ReadonlyMap<string, string>): Unit[] {
  const unit = (id: string, name: string, kind: Unit['kind'], districts: string[], own?: string): Unit => ({
    id,
    name,
    kind,
    districts,
    whatsapp: numbers.get(id) ?? own ?? null,
  })
  const everywhere = table.districts.map((district) => district.id)
  const inRegion = (region: string) =>
    table.districts.filter((district) => district.region === region).map((district) => district.id)
  return [
    ...table.districts.map(({ id, names, whatsapp }) =>
      unit(`dpo-${id}`, `DPO ${names.en}`, 'district', [id], whatsapp),
    ),
    ...table.regions.map(({ id, names }) => unit(`rpo-${id}`, `RPO ${names.en}`, 'region', inRegion(id))),
    ...PROVINCIAL.map(([id, name, kind]) => unit(id, name, kind, everywhere)),
  ]
}

/**
 * `numbers` is a WhatsApp number by unit id; throws one error that names every id that is no unit at first. A district that is added later has its units from
 * then on.
 */
export function createUnits(table: DistrictTable, numbers: ReadonlyMap<string, string>): Units {
  const current = perDistricts(table, () => {
    const units = allUnits(table, numbers)
    return { units, byId: new Map(units.map((unit) => [unit.id, unit])) }
  })
  const atFirst = current()
  const strange = [...numbers.keys()].filter((id) => !atFirst.byId.has(id))
  if (strange.length > 0)
    throw new Error(`no such unit: ${strange.join(', ')}; units are ${atFirst.units.map((unit) => unit.id).join(', ')}`)

  function suggest({ tags }: EnrichedMention, writtenTo?: string): Unit[] {
    const districts = tags.districts?.map((tag) => tag.id) ?? []
    const [, region] = /^rpo-(.+)$/.exec(writtenTo ?? '') ?? []
    const regions =
      districts.length === 0 && region !== undefined
        ? [region]
        : districts.flatMap((id) => table.byId.get(id)?.region ?? [])
    const idsOf = (office: Office): string[] => {
      if (office === 'dpo' && districts.length > 0) return districts.map((id) => `dpo-${id}`)
      if (office === 'dpo') return regions.map((id) => `rpo-${id}`)
      if (office === 'rpo') return regions.map((id) => `rpo-${id}`)
      return [office]
    }
    const route = tags.category === null ? (['dpo'] as const) : ROUTES[tags.category.category]
    const ids = new Set(route.flatMap(idsOf))
    if (route.length > 0 && ids.size === 0) ids.add('media-cell')
    const { byId } = current()
    return [...ids].flatMap((id) => byId.get(id) ?? [])
  }

  return { list: () => current().units, get: (id) => current().byId.get(id), suggest }
}
