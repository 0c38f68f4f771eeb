import { describe, expect, it } from 'vitest'
import { createRelevance, parseRelevanceWords } from '../../../channels/news/relevance.js'
import { loadDistrictTable } from '../../../runtime/district-table.js'

const table = loadDistrictTable()
const relevance = createRelevance({ table })
const keeps = (text: string, more: { url?: string; categories?: string[]; title?: string } = {}) =>
  relevance({ text, url: more.url ?? null, categories: more.categories ?? [] }, more.title ?? '').keep

describe('what is kept', () => {
  it.each(
    table.districts.flatMap(({ id, names }) => Object.entries(names).map(([lang, name]) => [id, lang, name as string])),
  )('the district %s by its %s name', (_id, _lang, name) =>
    expect(keeps(`A dam is built in ${name}, they say`)).toBe(true),
  )

  it.each([
    'KP Police get new vehicles',
    'Khyber Pakhtunkhwa police chief visits jail',
    'خیبر پختونخوا پولیس میں تبادلے',
    'د خيبر پښتونخوا پوليس نوی مشر',
    'Blast in Mingora kills two',
    'میران شاہ میں فائرنگ سے دو افراد جاں بحق',
    'د وزیرستان په میرانشاه کې برید',
    'Ten militants killed in KP operation',
    'IGP announces new helpline for women',
    'پولیس نے گمشدہ بچہ والدین کے حوالے کر دیا',
    'D.I. Khan: police van attacked',
    'K-P govt: police budget doubled',
    'Peshawar police arrest gang wanted in Lahore',
    'pulis ne Mardan mein chor pakar liye',
    "Peshawar's roads flooded",
  ])('%s', (text) => expect(keeps(text)).toBe(true))

  it.each([
    'Lahore police arrest two',
    'Rupee gains against the dollar',
    'کراچی پولیس کی کارروائی',
    'Police in London arrest three',
    'Khyber Pakhtunkhwa cabinet approves a budget',
    'Peshawar Zalmi beat Karachi Kings',
    'Government levies new tax on sugar',
    'دیر سے آنے والے طلبہ',
    'Punjab Police promote forty officers',
  ])('not: %s', (text) => expect(keeps(text)).toBe(false))

  it('by its section, its address or its feed', () => {
    expect(keeps('Three held with weapons', { categories: ['Peshawar'] })).toBe(true)
    expect(keeps('Three held with weapons', { url: 'https://news.example/1/mardan-three-held' })).toBe(true)
    expect(keeps('Police hold three of a Lahore gang', { title: 'The Peshawar Daily' })).toBe(true)
    expect(keeps('Cabinet meets', { title: 'The Peshawar Daily' })).toBe(false)
  })

  it('by places that are given besides', () => {
    expect(
      createRelevance({ table, places: ['Zarobi'] })({ text: 'A school in Zarobi', url: null, categories: [] }, '')
        .keep,
    ).toBe(true)
  })
})

it('a mistake in the list is named with its line', () => {
  expect(() => parseRelevanceWords('# ok\npolice\tcop\nplaec\tSwat\nplace\t\n', 'list')).toThrow(
    'list: line 3: no kind "plaec"; line 4: no words',
  )
})
