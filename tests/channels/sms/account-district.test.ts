import { expect, it } from 'vitest'
import { createNumbers } from '../../../channels/sms/numbers.js'
import { createDistrictEnricher } from '../../../enrich/enrichers/districts/districts.js'
import { loadDistrictTable } from '../../../runtime/district-table.js'
import type { Mention } from '../../../schemas/mention.js'
import type { Tags } from '../../../schemas/tags.js'
import { makeMention } from '../../support/mentions.js'

const numbers = createNumbers(loadDistrictTable(), [
  ['dpo-swat', '923330000001'],
  ['rpo-malakand', '923330000002'],
  ['central', '923330000003'],
])
const enricher = createDistrictEnricher((mention) =>
  mention.account === null ? undefined : numbers.districtOf(mention.account),
)
const nothing: Tags = {
  language: null,
  districts: null,
  threat: null,
  category: null,
  sentiment: null,
  fingerprint: null,
}
const tags = (account: string | null, text: string, more: Partial<Mention> = {}) =>
  enricher.enrich(makeMention({ channel: 'sms', account, text, ...more }), nothing)

it('a message to the number of a district is of that district, where its words name none', () => {
  expect(tags('+923330000001', 'فائرنگ ہو رہی ہے')).toEqual([
    { id: 'swat', confidence: 0.8, basis: 'number-written-to', evidence: [] },
  ])
  expect(tags('03330000001', '')[0]?.id).toBe('swat')
})

it('the words, and a pin, count for more', () => {
  expect(tags('+923330000001', 'Firing in Peshawar city').map(({ id, basis }) => [id, basis])).toEqual([
    ['peshawar', 'text'],
  ])
  const location = { latitude: 34.2, longitude: 72.04, name: null, address: null }
  expect(tags('+923330000001', 'here', { location }).map(({ basis }) => basis)).toEqual(['pin'])
})

it('a region, the central office, and a stranger tell nothing', () => {
  for (const account of ['+923330000002', '+923330000003', '+923330000004', 'Jazz', null])
    expect(tags(account, 'فائرنگ ہو رہی ہے')).toEqual([])
})

it('a district that there is not is not believed', () => {
  const wrong = createDistrictEnricher(() => 'atlantis')
  expect(wrong.enrich(makeMention({ text: 'hello' }), nothing)).toEqual([])
})
