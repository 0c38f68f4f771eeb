import { describe, expect, it } from 'vitest'
import { createNumbers, NumberMistakes, readNumberPairs } from '../../../channels/sms/numbers.js'
import { loadDistrictTable } from '../../../runtime/district-table.js'

const table = loadDistrictTable()

describe('the table of our numbers', () => {
  it('knows all districts, regions and the central office, however a number is written', () => {
    const units = [
      ...table.districts.map(({ id }) => `dpo-${id}`),
      ...table.regions.map(({ id }) => `rpo-${id}`),
      'central',
    ]
    const numbers = createNumbers(
      table,
      units.map((unit, index) => [unit, `0300${String(9_000_000 + index)}`] as const),
    )
    expect(numbers.list()).toHaveLength(45)
    expect(numbers.districtOf('923009000000')).toBe(table.districts[0]?.id)
    expect(numbers.get('0092300 9000037')).toMatchObject({ unit: `rpo-${table.regions[0]?.id ?? ''}`, kind: 'region' })
    expect(numbers.get('0300-9000044')?.districts).toHaveLength(37)
    expect(numbers.numberOf('central')).toBe('+923009000044')
    for (const strange of ['03009000037', '03009000044', '03001111111', '', 'KP Police'])
      expect(numbers.districtOf(strange)).toBeUndefined()
  })

  it('names every mistake at once', () => {
    const pairs = [
      ['dpo-atlantis', '923000000001'],
      ['rpo-lahore', '923000000002'],
      ['dpo-swat', '923000000003'],
      ['rpo-malakand', '0300 0000003'],
      ['dpo-swat', '923000000004'],
      ['central', 'none'],
    ] as const
    const mistakes = (() => {
      try {
        createNumbers(table, pairs)
      } catch (error) {
        if (error instanceof NumberMistakes) return error.mistakes
      }
      return []
    })()
    expect(mistakes).toEqual([
      'no such unit: dpo-atlantis',
      'no such unit: rpo-lahore',
      'dpo-swat and rpo-malakand have the same number',
      'dpo-swat is given twice',
      'the number of central is none: write it as 923001234567, or a short code',
    ])
  })

  it('reads the setting, with short codes', () => {
    expect(readNumberPairs('dpo-swat=+92 300 1234567, rpo-mardan = 8333,')).toEqual([
      ['dpo-swat', '+92 300 1234567'],
      ['rpo-mardan', '8333'],
    ])
    expect(readNumberPairs('')).toEqual([])
    for (const wrong of ['dpo-swat', 'dpo-swat=abc', '=923001234567', 'a=1'])
      expect(readNumberPairs(wrong)).toBeUndefined()
  })
})
