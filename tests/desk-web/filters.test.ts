import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTyped } from '../../desk/web/src/pages/mentions/typed-filters.js'
import { apiParams, mentionsPath, NO_FILTERS, parseFilters, type Filters } from '../../desk/web/src/routing/filters.js'
import { CHANNELS } from '../../schemas/mention.js'
import { CATEGORIES, LANGS, SENTIMENTS, SEVERITIES } from '../../schemas/tags.js'
import { en } from '../../desk/web/src/i18n/en.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import type { District } from '../../desk/web/src/api/types.js'

const districts = loadDistrictTable().districts.map((one): District => ({ ...one, tile: [...one.tile] }))
const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 })
const instant = fc.option(fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString()))

const filters: fc.Arbitrary<Filters> = fc.record({
  q: fc.string({ maxLength: 40, unit: 'grapheme' }),
  channel: some<string>(CHANNELS),
  district: some(districts.map(({ id }) => id)),
  lang: some<string>(LANGS),
  category: some<string>(CATEGORIES),
  severity: some<string>(SEVERITIES),
  sentiment: some<string>(SENTIMENTS),
  alert: fc.constantFrom(true, false, null),
  unjudged: fc.boolean(),
  since: fc.constantFrom('1h', '24h', '7d', null),
  from: instant,
  to: instant,
  sort: fc.constantFrom('new' as const, 'best' as const),
})

describe('filters in the address', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(filters, (one) => {
        expect(parseFilters(mentionsPath(one).slice('/mentions'.length))).toEqual(one)
      }),
      { seed: 3, numRuns: 1000 },
    )
  })

  it('that make no sense are left out', () => {
    expect(parseFilters('?since=soon&from=never&alert=perhaps&sort=worst')).toEqual(NO_FILTERS)
  })

  it('ask the desk for a fixed instant in place of an age', () => {
    const at = Date.parse('2026-11-22T12:00:00.000Z')
    const params = apiParams({ ...NO_FILTERS, since: '24h', q: 'پشاور' }, at)
    expect(params.toString()).toBe('q=%D9%BE%D8%B4%D8%A7%D9%88%D8%B1&from=2026-11-21T12%3A00%3A00.000Z')
  })
})

describe('filters typed into the search', () => {
  it('by id, code or name become tokens, the rest stays words', () => {
    const read = readTyped(
      'bhatta district:PSH district:lower-dir category:extortion call after:24h alert:yes',
      NO_FILTERS,
      districts,
    )
    expect(read).toEqual({
      ...NO_FILTERS,
      q: 'bhatta call',
      district: ['peshawar', 'dir-lower'],
      category: ['extortion'],
      since: '24h',
      alert: true,
    })
  })

  it('that nobody knows stay words', () => {
    const text = 'district:london category:nonsense time:12:30 https://example.org/a'
    expect(readTyped(text, NO_FILTERS, districts).q).toBe(text)
  })

  it('by day begin at midnight of Karachi', () => {
    expect(readTyped('after:2026-11-22 before:2026-11-23', NO_FILTERS, districts)).toMatchObject({
      from: '2026-11-21T19:00:00.000Z',
      to: '2026-11-22T19:00:00.000Z',
    })
  })
})

describe('the words of the desk', () => {
  it('name every value of every tag', () => {
    const names: [readonly string[], object][] = [
      [CHANNELS, en.channel],
      [CATEGORIES, en.category],
      [SEVERITIES, en.severity],
      [SENTIMENTS, en.sentiment],
      [LANGS, en.lang],
    ]
    for (const [values, words] of names) expect(Object.keys(words).sort()).toEqual([...values].sort())
  })
})
