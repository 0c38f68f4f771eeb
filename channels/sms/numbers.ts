import type { DistrictTable } from '../../runtime/district-table.js'
import { normaliseNumber } from './phone-number.js'

/** The number of the central office, which stands for the province. */
export const CENTRAL = 'central'

export interface OurNumber {
  readonly number: string
  /** `dpo-<district>`, `rpo-<region>` or `central`. */
  readonly unit: string
  readonly kind: 'district' | 'region' | 'central'
  /** What the unit is responsible for: one district, those of a region, or all. */
  readonly districts: readonly string[]
}

/** Which office a number of ours belongs to. Numbers may be asked for in any form. */
export interface Numbers {
  list(): readonly OurNumber[]
  get(number: string): OurNumber | undefined
  numberOf(unit: string): string | undefined
  /** The one district whose own number it is; a region's or the central number tells none. */
  districtOf(number: string): string | undefined
}

export class NumberMistakes extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('; '))
    this.name = 'NumberMistakes'
    this.mistakes = mistakes
  }
}

/** The pairs of `RABTA_SMS_NUMBERS` (`dpo-peshawar=923…,rpo-mardan=…,central=…`): short codes too; undefined where it is not made of such pairs. */
export function readNumberPairs(text: string): readonly (readonly [unit: string, number: string])[] | undefined {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  const pairs = items.map((item) => /^([A-Za-z0-9-]+)\s*=\s*(\+?[\d\s()-]{2,25})$/.exec(item))
  if (pairs.some((pair) => pair === null)) return undefined
  return pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? ''] as const)
}

/** Throws NumberMistakes that names every mistake: a unit there is not, one given twice, a number that is none, two units with one number. */
export function createNumbers(table: DistrictTable, pairs: Iterable<readonly [unit: string, number: string]>): Numbers {
  const units = unitsOf(table)
  const mistakes: string[] = []
  const byNumber = new Map<string, OurNumber>()
  const byUnit = new Map<string, OurNumber>()
  for (const [unit, written] of pairs) {
    const known = units.get(unit)
    const number = normaliseNumber(written)
    const isNumber = /^\+?\d{2,15}$/.test(number)
    const other = byNumber.get(number)
    if (known === undefined) mistakes.push(`no such unit: ${unit}`)
    else if (byUnit.has(unit)) mistakes.push(`${unit} is given twice`)
    if (!isNumber) mistakes.push(`the number of ${unit} is none: write it as 923001234567, or a short code`)
    if (isNumber && other !== undefined && other.unit !== unit)
      mistakes.push(`${other.unit} and ${unit} have the same number`)
    if (known === undefined || !isNumber || other !== undefined || byUnit.has(unit)) continue
    const own = { ...known, number }
    byNumber.set(number, own)
    byUnit.set(unit, own)
  }
  if (mistakes.length > 0) throw new NumberMistakes(mistakes)
  const get = (number: string) => byNumber.get(normaliseNumber(number))
  return {
    list: () => [...byUnit.values()],
    get,
    numberOf: (unit) => byUnit.get(unit)?.number,
    districtOf: (number) => {
      const own = get(number)
      return own?.kind === 'district' ? own.districts[0] : undefined
    },
  }
}

function unitsOf(table: DistrictTable): ReadonlyMap<string, Omit<OurNumber, 'number'>> {
  const units = [
    ...table.districts.map(({ id }) => ({ unit: `dpo-${id}`, kind: 'district' as const, districts: [id] })),
    ...table.regions.map(({ id }) => ({
      unit: `rpo-${id}`,
      kind: 'region' as const,
      districts: table.districts.filter(({ region }) => region === id).map((district) => district.id),
    })),
    { unit: CENTRAL, kind: 'central' as const, districts: table.districts.map(({ id }) => id) },
  ]
  return new Map(units.map((unit) => [unit.unit, unit]))
}
