import { describe, expect, it } from 'vitest'
import { loadGazetteer, parseGazetteer } from '../../../enrich/enrichers/districts/gazetteer.js'
import { parsePinGrid } from '../../../enrich/enrichers/districts/pin.js'
import { loadDistrictTable } from '../../../runtime/district-table.js'

const ids = new Set(loadDistrictTable().byId.keys())

describe('the gazetteer', () => {
  it('has names of places in every district', () => {
    const count = new Map<string, number>()
    for (const named of loadGazetteer(ids).named.values()) {
      for (const id of new Set(named.flatMap(({ place }) => place.districts))) count.set(id, (count.get(id) ?? 0) + 1)
    }
    for (const id of ids) expect([id, (count.get(id) ?? 0) >= 60]).toEqual([id, true])
  })

  it('says which line of which file is wrong', () => {
    const parse = (text: string): unknown => parseGazetteer([{ name: 'x.tsv', text }], ids)
    expect(() => parse('# fine\nnowhere\ttown\tA')).toThrow(
      'x.tsv:2: needs district, kind and names between tabs; no district nowhere',
    )
    expect(() => parse('peshawar town A')).toThrow('x.tsv:1')
  })

  it('refuses a name that is marked in two ways', () => {
    const parse = (text: string): unknown => parseGazetteer([{ name: 'x.tsv', text }], ids)
    expect(() => parse('swat\ttown\tKalam|?kalam')).toThrow(
      'x.tsv:1: Kalam and ?kalam are one name with different marks',
    )
    expect(() => parse('swat\ttown\tKalam|?Kalaam Bazar|=kalam')).not.toThrow()
  })

  it('writes a Pashto letter in every way it is written', () => {
    const { named } = parseGazetteer([{ name: 'x.tsv', text: 'swat\ttown\tښوره|ځنګل' }], ids)
    for (const name of ['شوره', 'خوره', 'زنگل', 'جنگل']) expect(named.has(name)).toBe(true)
  })
})

describe('the grid of pins', () => {
  const grid = '30 70 1\nA swat\n\nAAA.\nAAA.\nAAA.\n....'

  it('is surer inside a district than at its edge', () => {
    const map = parsePinGrid(grid, ids)
    expect(map.districtAt(31.5, 71.5)).toEqual({ id: 'swat', confidence: 0.95 })
    expect(map.districtAt(32.5, 72.5)).toEqual({ id: 'swat', confidence: 0.7 })
    expect(map.districtAt(33.5, 71.5)).toBeUndefined()
    expect(map.districtAt(-90, 0)).toBeUndefined()
  })

  it('is refused if it is none', () => {
    expect(() => parsePinGrid('hello', ids)).toThrow('not a grid')
    expect(() => parsePinGrid('30 70 1\nA atlantis\n\nA', ids)).toThrow('no district atlantis')
  })
})
