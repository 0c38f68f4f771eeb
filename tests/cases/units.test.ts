import { expect, test } from 'vitest'
import { createUnits } from '../../cases/units.js'
import { xLength } from '../../cases/x-length.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import { makeEnriched, makeTags } from '../support/mentions.js'
import { CATEGORIES, type Category } from '../../schemas/tags.js'

const units = createUnits(loadDistrictTable(), new Map([['ctd', '92000']]))

function suggested(category: Category | null, places: string[] = ['swat'], writtenTo?: string): string[] {
  const tag = makeTags().category
  if (tag === null) throw new Error('the makers give a category')
  const districts = places.map((id) => ({ id, confidence: 0.9, basis: 'text' as const, evidence: [] }))
  return units
    .suggest(makeEnriched({}, { districts, category: category === null ? null : { ...tag, category } }), writtenTo)
    .map((unit) => unit.id)
}

test('every office of the force is there once, each with its districts', () => {
  const ids = units.list().map((unit) => unit.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => id.startsWith('dpo-'))).toHaveLength(37)
  expect(ids.filter((id) => id.startsWith('rpo-'))).toHaveLength(7)
  expect(units.get('rpo-peshawar')?.districts).toEqual(['peshawar', 'khyber'])
  expect(units.get('ctd')).toMatchObject({ whatsapp: '92000', kind: 'ctd' })
  expect(units.get('dpo-swat')?.whatsapp).toBeNull()
  expect(() =>
    createUnits(
      loadDistrictTable(),
      new Map([
        ['dpo-nowhere', '1'],
        ['x', '2'],
      ]),
    ),
  ).toThrow(/dpo-nowhere, x/)
})

test('where nothing tells the district, the region whose number was written to is the nearest', () => {
  expect(suggested('crime', [], 'rpo-mardan')).toEqual(['rpo-mardan'])
  expect(suggested('misconduct', [], 'rpo-mardan')).toEqual(['rpo-mardan', 'accountability'])
  expect(suggested('crime', ['swat'], 'rpo-mardan')).toEqual(['dpo-swat'])
  expect(suggested('crime', [], 'central')).toEqual(['media-cell'])
  expect(suggested('inquiry', [], 'rpo-mardan')).toEqual(['media-cell'])
})

test('each category goes where LABELLING says', () => {
  expect(suggested('terrorism')).toEqual(['ctd', 'dpo-swat'])
  expect(suggested('extortion')).toEqual(['ctd', 'dpo-swat'])
  expect(suggested('harassment')).toEqual(['womens-desk', 'dpo-swat'])
  expect(suggested('misconduct')).toEqual(['rpo-malakand', 'accountability'])
  expect(suggested('misconduct', [])).toEqual(['accountability'])
  expect(suggested('crime', ['swat', 'buner'])).toEqual(['dpo-swat', 'dpo-buner'])
  expect(suggested('crime', [])).toEqual(['media-cell'])
  expect(suggested('traffic')).toEqual(['traffic'])
  expect(suggested('inquiry')).toEqual(['media-cell'])
  expect(suggested('news')).toEqual([])
  expect(suggested(null)).toEqual(['dpo-swat'])
  for (const category of CATEGORIES)
    expect(suggested('misconduct' === category ? category : category).every((id) => units.get(id) !== undefined)).toBe(
      true,
    )
})

test.each([
  ['hello', 5],
  ['پشاور میں بھتہ', 14],
  ['日本', 4],
  ['👍', 2],
  ['👨‍👩‍👧‍👦', 2],
  ['🇵🇰', 2],
  ['café', 4],
  ['cafe\u0301', 4],
  ['see https://www.kppolice.gov.pk/a/very/long/path?with=query now', 4 + 23 + 4],
  ['at kppolice.gov.pk', 3 + 23],
  ['3.5 lakh. Now', 13],
  ['mail a@b.com', 12],
])('X counts %s as %i', (text, length) => {
  expect(xLength(text)).toBe(length)
})
