import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadDistrictTable } from '../../../runtime/district-table.js'
import { packagePath } from '../../../runtime/package-root.js'
import { districtsIn } from './support.js'

const rows = readFileSync(packagePath('tests/enrich/districts/messages.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [when: string, districts: string, text: string])

function accuracy(when: string): number {
  const chosen = rows.filter((row) => row[0] === when)
  const right = chosen.filter(
    ([, districts, text]) => districtsIn(text).join(';') === districts.split(';').sort().join(';'),
  )
  return right.length / chosen.length
}

describe('messages as people write them', () => {
  it('names only districts that are', () => {
    const { byId } = loadDistrictTable()
    for (const [, districts] of rows)
      for (const id of districts.split(';').filter(Boolean)) expect(byId.has(id)).toBe(true)
  })

  it.each([
    ['tuned', 0.99],
    ['seen-once', 0.96],
    ['held-out', 0.96],
  ])('%s: the exact set in at least %d of them', (when, least) => {
    expect(accuracy(when)).toBeGreaterThanOrEqual(least)
  })
})
