import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HashTable } from '../../enrich/linear/hash-table.js'

const hash = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: -3, max: 3 }))
const value = fc.double({ noNaN: true })

it('holds what a Map holds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(hash, value), { maxLength: 1_000 }), fc.array(hash), (entries, others) => {
      const map = new Map(entries)
      const table = new HashTable()
      for (const [of, is] of entries) table.set(of, is)
      for (const of of [...map.keys(), ...others]) {
        expect(table.get(of)).toBe(map.get(of))
        expect(table.has(of)).toBe(map.has(of))
      }
    }),
    { seed: 7, numRuns: 200 },
  )
})
