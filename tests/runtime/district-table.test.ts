import { describe, expect, it } from 'vitest'
import { loadDistrictTable, parseDistrictTable } from '../../runtime/district-table.js'

describe('the district table', () => {
  const table = loadDistrictTable()

  it('holds the 37 districts of LABELLING.md under their police regions', () => {
    const byRegion = new Map<string, string[]>()
    for (const { id, region } of table.districts) byRegion.set(region, [...(byRegion.get(region) ?? []), id].sort())
    expect(Object.fromEntries(byRegion)).toEqual({
      peshawar: ['khyber', 'peshawar'],
      mardan: ['charsadda', 'mardan', 'mohmand', 'nowshera', 'swabi'],
      malakand: [
        'bajaur',
        'buner',
        'chitral-lower',
        'chitral-upper',
        'dir-central',
        'dir-lower',
        'dir-upper',
        'malakand',
        'shangla',
        'swat',
      ],
      hazara: [
        'abbottabad',
        'battagram',
        'haripur',
        'kohistan-lower',
        'kohistan-upper',
        'kolai-palas',
        'mansehra',
        'torghar',
      ],
      kohat: ['hangu', 'karak', 'kohat', 'kurram', 'orakzai'],
      bannu: ['bannu', 'lakki-marwat', 'north-waziristan'],
      'dera-ismail-khan': ['dera-ismail-khan', 'south-waziristan-lower', 'south-waziristan-upper', 'tank'],
    })
    expect(table.byId.size).toBe(37)
  })

  it('gives each a code and a tile of its own, and a name in each language', () => {
    expect(new Set(table.districts.map(({ code }) => code)).size).toBe(37)
    expect(new Set(table.districts.map(({ tile }) => tile.join())).size).toBe(37)
    for (const { names } of table.districts) {
      expect(names.en).toMatch(/^[A-Z]/)
      expect(names.ur).toMatch(/^[\u0600-\u06ff ]+$/)
      expect(names.ps).toMatch(/^[\u0600-\u06ff ]+$/)
    }
  })

  it('names every mistake of a wrong table at once', () => {
    const names = { en: 'A', ur: 'ا', ps: 'ا' }
    const wrong = {
      regions: [{ id: 'north', names }],
      districts: [
        { id: 'Bad Id', region: 'north', code: 'ABC', tile: [0, 0], names },
        { id: 'b', region: 'south', code: 'ABC', tile: [0, 0], names: { en: 'B' } },
      ],
    }
    const parse = (): unknown => parseDistrictTable(JSON.stringify(wrong), 'table.json')
    for (const part of [
      '"Bad Id"',
      'no region south',
      'code ABC is used twice',
      'tile 0,0 is used twice',
      'names need',
    ]) {
      expect(parse).toThrow(part)
    }
  })
})
