import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { enrichMention, type AnyEnricher } from '../../../enrich/enrich-mention.js'
import { loadTagger } from '../../../enrich/tagger.js'
import { textMention } from '../../../enrich/text-mention.js'
import type { Records } from '../../../runtime/records/tables.js'
import type { VocabularyEntry, WordEntry } from '../../../schemas/vocabulary.js'
import { FakeClock } from '../../support/fake-clock.js'
import { openTestRecords } from '../../support/test-records.js'
import { vocabularyOn } from './house.js'

const parts = loadTagger()
const WORD: WordEntry = { kind: 'word', words: ['کراکہ'], like: 'دھماکہ' }
const TOLD = 'پشاور صدر بازار میں زوردار کراکہ ہوا ہے، کئی لوگ زخمی ہیں'

let records: Records
let clock: FakeClock
let house: Awaited<ReturnType<typeof vocabularyOn>>
beforeEach(async () => {
  records = (await openTestRecords()).records
  clock = new FakeClock()
  house = await vocabularyOn(records, clock, parts)
})
afterEach(() => records.destroy())

function tags(text: string, enrichers: readonly AnyEnricher[] = house.live.enrichers()) {
  const failed: string[] = []
  const mention = textMention('1', text, clock.iso())
  const { tags: given } = enrichMention(mention, {
    enrichers,
    now: clock.iso(),
    onFailure: (name) => failed.push(name),
  })
  expect(failed).toEqual([])
  return given
}
const add = async (...entries: VocabularyEntry[]) => {
  for (const entry of entries) await house.desk.add(entry, 'admin')
}
const districts = (text: string) => (tags(text).districts ?? []).map(({ id }) => id).sort()
const refusal = async (entry: VocabularyEntry) => house.desk.add(entry, 'admin').catch((error: unknown) => error)
const place = (names: string[], ids: string[]): VocabularyEntry => ({
  kind: 'place',
  names,
  districts: ids,
  place: 'town',
})

describe('a word that is read as another', () => {
  it('is known by all that the other is known by: threat words, category, alert, each with the span of what was written', async () => {
    const before = tags(TOLD)
    expect(before.threat?.keywords.map(({ text }) => text)).not.toContain('کراکہ')
    await add(WORD)
    const { threat, category, districts: places, language } = tags(TOLD)
    const like = tags(TOLD.replace('کراکہ', 'دھماکہ'))
    expect(threat?.keywords.find(({ text }) => text === 'کراکہ')).toMatchObject({ kind: 'terrorism', start: TOLD.indexOf('کراکہ') }) // prettier-ignore
    expect(threat?.keywords.map(({ kind }) => kind)).toEqual(like.threat?.keywords.map(({ kind }) => kind))
    expect({ ...category, evidence: [] }).toEqual({ ...like.category, evidence: [] })
    expect(category).toMatchObject({ category: 'terrorism', alert: true })
    for (const { text, start, end } of category?.evidence ?? []) expect(TOLD.slice(start, end)).toBe(text)
    expect(category?.evidence.some(({ text }) => text.includes('کراکہ'))).toBe(true)
    expect([places, language]).toEqual([before.districts, before.language])
  })

  it.each([
    ['the word before it', 'کراکہ', 'پشاور صدر بازار میں زوردارکراکہ ہوا ہے'],
    ['all others', 'کراکہ', 'صدربازارمیںکراکہہواہے'],
    ['others, in Latin letters', 'karaka', 'sadar bazar mein abhikaraka hua hai'],
  ])('is found where it runs into %s', async (_what, word, text) => {
    await add({ ...WORD, words: [word] })
    const start = text.indexOf(word)
    const found = { text: word, start, end: start + word.length, kind: 'terrorism' }
    expect(tags(text).threat?.keywords).toContainEqual(found)
  })

  it.each([
    ['as it was added', 'گھرپر', 'گھرپر'],
    ['as it was added, in Latin letters', 'zordarbhatta', 'zordarbhatta'],
    ['with a look-alike letter', 'zordarbhatta', 'z\u043erdarbhatta'],
    ['with a letter drawn out', 'zordarbhatta', 'zordarbhatttta'],
  ])('is never taken apart, whatever words it is made of: %s', async (_how, word, written) => {
    await add({ ...WORD, words: [word] })
    const { threat } = tags(`bazar mein ${written} hua hai`)
    expect(threat?.keywords).toMatchObject([{ text: written, kind: 'terrorism' }])
  })

  it('is known of several words, by the spans of all of them, and of several spellings', async () => {
    await add({ kind: 'word', words: ['bhata khori', 'bata khuri'], like: 'bhatta' })
    for (const written of ['bhata khori', 'Bata Khuri']) {
      const text = `mujh se ${written} maang rahe hain warna maar denge`
      expect(tags(text).threat?.keywords).toContainEqual({ kind: 'extortion', text: written, start: 8, end: 8 + written.length }) // prettier-ignore
      expect(tags(text).category).toMatchObject({ category: 'extortion', alert: true })
    }
  })

  it('counts in the sentiment, which reads words by itself', async () => {
    const text = 'SHO sahab drumshpakay'
    expect(tags(text).sentiment?.sentiment).not.toBe('positive')
    await add({ kind: 'word', words: ['drumshpakay'], like: 'zindabad' })
    expect(tags(text).sentiment?.sentiment).toBe('positive')
  })

  it('is shown once where it is read as several words', async () => {
    await add({ kind: 'word', words: ['fidayakar'], like: 'khud kash dhamaka' })
    const text = 'Peshawar mein fidayakar hua hai bohat log zakhmi'
    const { threat, category } = tags(text)
    expect(threat?.keywords.filter(({ text: word }) => word === 'fidayakar')).toHaveLength(1)
    const spans = category?.evidence ?? []
    expect(new Set(spans.map(({ start }) => start)).size).toBe(spans.length)
    expect(category?.alert).toBe(true)
  })

  it('is no longer read so when it was retired', async () => {
    const { item } = await house.desk.add(WORD, 'admin')
    await house.desk.retire(item.id, 'admin')
    expect(tags(TOLD)).toEqual(tags(TOLD, (await house.live.with([])).enrichers))
    expect(tags(TOLD).threat?.keywords.map(({ text }) => text)).not.toContain('کراکہ')
  })

  it.each([
    ['the tagger knows nothing of what it is like', { ...WORD, like: 'qwrtzp' }, 'knows nothing of “qwrtzp”'],
    ['a part of that is unknown', { ...WORD, like: 'bara qwrtzp dhamaka' }, 'knows nothing of “qwrtzp”'],
    ['it is one of the most used words', { ...WORD, words: ['کراکہ', 'ہے'] }, 'very many messages'],
    ['it is one of them in Latin letters', { ...WORD, words: ['Hai'] }, 'very many messages'],
    ['it is made of those alone', { ...WORD, words: ['ho gaya hai'] }, 'very many messages'],
    ['it is the word itself', { ...WORD, words: ['دهماكه'] }, 'itself'],
    ['it is a number', { ...WORD, words: ['1122'] }, 'a number'],
    ['it is a letter', { ...WORD, words: ['x'] }, 'one letter'],
    ['it is a sign', { ...WORD, words: ['💥'] }, 'write letters'],
    ['it is a link', { ...WORD, words: ['https://example.org'] }, 'write letters'],
    ['it is a story', { ...WORD, words: ['one man went into the market today'] }, 'longer than 6 words'],
  ] as const)('is refused in a sentence where %s', async (_name, entry, words) => {
    expect(await refusal(entry as unknown as VocabularyEntry)).toMatchObject({ reason: 'refused', message: expect.stringContaining(words) as string }) // prettier-ignore
    expect(await house.store.read()).toEqual({ revision: 0, items: [] })
  })

  it('is refused where it was added before, or is like one that was', async () => {
    await add(WORD)
    expect(await refusal({ ...WORD, words: ['كراكه'], like: 'فائرنگ' })).toMatchObject({ reason: 'conflict', message: expect.stringContaining('دھماکہ') as string }) // prettier-ignore
    expect(await refusal({ ...WORD, words: ['پٹاکھو'], like: 'کراکہ' })).toMatchObject({ reason: 'refused', message: expect.stringContaining('دھماکہ') as string }) // prettier-ignore
  })

  it('comes with a warning where it means something already, or is in another script than the other', async () => {
    expect((await house.desk.add({ ...WORD, words: ['theft'], like: 'bomb' }, 'admin')).warnings).toEqual([expect.stringContaining('means something')]) // prettier-ignore
    expect((await house.desk.add({ ...WORD, like: 'dhamaka' }, 'admin')).warnings).toEqual([expect.stringContaining('another script')]) // prettier-ignore
  })
})

describe('a place that was added', () => {
  it('is found in all its spellings, in every script, with the letters of place names', async () => {
    expect(districts('Naway Zghard mein firing hui hai')).toEqual([])
    await add(place(['Naway Zghard', 'نوې زغرډ'], ['bajaur']))
    expect(districts('Naway Zghard mein firing hui hai')).toEqual(['bajaur'])
    expect(districts('په نوی زغرڈ کې ډزې دي')).toEqual(['bajaur'])
    expect(tags('#NawayZghard').districts).toMatchObject([{ id: 'bajaur', basis: 'text' }])
  })

  it('takes the place of what its name meant, and the rest stays', async () => {
    expect(districts('Sheringal bazar mein jhagra hua')).toEqual(['dir-upper'])
    const { warnings } = await house.desk.add(place(['Sheringal'], ['dir-central']), 'admin')
    expect(warnings).toEqual([
      expect.stringContaining('tehsil in Upper Dir'),
      expect.stringContaining('“sheringal bazar”'),
    ])
    expect(districts('Sheringal mein jhagra hua')).toEqual(['dir-central'])
    expect(districts('Sheringal bazar mein jhagra hua')).toEqual(['dir-upper'])
    expect(districts('Barawal mein jhagra hua')).toEqual(['dir-upper'])
  })

  it('may need a sign beside it', async () => {
    await add({ kind: 'place', names: ['Zghardo'], districts: ['swat'], place: 'village', needs: 'plain-sign' })
    expect(districts('mera zghardo kharab hai')).toEqual([])
    expect(districts('thana Zghardo ke pass chori hui')).toEqual(['swat'])
  })

  it.each([
    ['its district is none', place(['Zghard'], ['atlantis']), 'no district atlantis'],
    ['it is the name of a district', place(['Swat'], ['buner']), 'name of the district swat'],
    ['it is an ordinary word', place(['نہیں'], ['swat']), 'ordinary word'],
    ['it is a word that looks like a place and is none', place(['banner'], ['swat']), 'ordinary word'],
    ['it has no letter', place(['. .'], ['swat']), 'no letter'],
  ] as const)('is refused where %s', async (_name, entry, words) => {
    expect(await refusal(entry)).toMatchObject({ reason: 'refused', message: expect.stringContaining(words) as string })
  })

  it('is refused where it was added already', async () => {
    await add(place(['Zghard'], ['swat']))
    expect(await refusal({ kind: 'not-a-place', names: ['ZGHARD'] })).toMatchObject({ reason: 'conflict' })
  })
})

describe('a name that is no place', () => {
  it('gives no district any more, glued to another word neither; a longer name that holds it does', async () => {
    expect(districts('Sheringal mein jhagra hua')).toEqual(['dir-upper'])
    await add({ kind: 'not-a-place', names: ['Sheringal'] })
    expect(districts('Sheringal mein jhagra hua')).toEqual([])
    expect(districts('Sheringalmein jhagra hua')).toEqual([])
    expect(districts('SBBU Sheringal mein jhagra hua')).toEqual(['dir-upper'])
  })

  it('is refused of a district', async () => {
    expect(await refusal({ kind: 'not-a-place', names: ['پشاور'] })).toMatchObject({ reason: 'refused' })
  })
})

describe('a district that was added', () => {
  const KALAM = { kind: 'district', id: 'swat-upper', names: { en: 'Upper Swat', ur: 'اپر سوات', ps: 'پورته سوات' }, was: 'swat' } as const // prettier-ignore

  it('is found by its names, takes places, and stands in the table with a code and a tile of its own', async () => {
    await add(KALAM, place(['Kalam', 'کالام'], ['swat-upper']))
    const district = house.live.table.byId.get('swat-upper')
    expect(district).toMatchObject({ region: 'malakand', code: expect.stringMatching(/^U[A-Z]{2}$/) as string })
    const others = house.live.table.districts.filter((other) => other !== district)
    expect(others.map(({ tile }) => tile.join())).not.toContain(district?.tile.join())
    expect(others.map(({ code }) => code)).not.toContain(district?.code)
    expect(districts('Upper Swat mein firing')).toEqual(['swat-upper'])
    expect(districts('کالام میں فائرنگ ہوئی')).toEqual(['swat-upper'])
    expect(districts('Mingora Swat mein firing')).toEqual(['swat'])
  })

  it('keeps its code and its tile, whatever is added or retired after it', async () => {
    const { item } = await house.desk.add({ ...KALAM, id: 'swat-lower', names: { ...KALAM.names, en: 'Lower Swat', ur: 'لوئر سوات', ps: 'کوز سوات' } }, 'admin') // prettier-ignore
    await add(KALAM)
    const before = house.live.table.byId.get('swat-upper')
    await house.desk.retire(item.id, 'admin')
    expect(house.live.table.byId.get('swat-upper')).toEqual(before)
    expect(house.live.table.byId.has('swat-lower')).toBe(false)
  })

  it.each([
    ['its id is taken', { ...KALAM, id: 'swat' }, 'already'],
    ['it was part of nothing', { ...KALAM, was: 'atlantis' }, 'no district atlantis'],
    ['its region is none', { ...KALAM, region: 'atlantis' }, 'no region atlantis'],
    ['its code is taken', { ...KALAM, code: 'PSH' }, 'Peshawar has the code PSH'],
    ['its tile is taken', { ...KALAM, tile: [1, 4] }, 'Peshawar stands on that tile'],
    ['one of its names is another one’s', { ...KALAM, spellings: ['Buner'] }, 'name of the district buner'],
  ] as const)('is refused where %s', async (_name, entry, words) => {
    expect(await refusal(entry as unknown as VocabularyEntry)).toMatchObject({ reason: 'refused', message: expect.stringContaining(words) as string }) // prettier-ignore
  })
})

describe('an entry that is broken', () => {
  it('is left out and shown with what is wrong; the others are in use', async () => {
    await add(WORD)
    const row = { added_by: 'x', added_at: clock.iso(), retired_at: null, retired_by: null }
    const insert = (id: string, entry: object) =>
      records.insertInto('vocabulary').values({ ...row, id, kind: 'x', body: JSON.stringify(entry) }).execute() // prettier-ignore
    await insert('no-entry', { kind: 'rhyme' })
    await insert('no-district', place(['Zghard'], ['atlantis']))
    await insert('twice', { kind: 'district', id: 'swat', names: { en: 'S', ur: 'س', ps: 'س' }, region: 'malakand' })
    await insert('unknown', { kind: 'word', words: ['abc'], like: 'qwrtzp' })
    await insert('no-letters', place(['...'], ['swat']))
    await add({ kind: 'not-a-place', names: ['Sheringal'] })
    expect(tags(TOLD).category?.alert).toBe(true)
    expect(districts('Sheringal mein jhagra hua')).toEqual([])
    const { items } = await house.desk.list({ retired: false })
    const problems = Object.fromEntries(items.map(({ id, problem }) => [id, problem]))
    expect(problems).toMatchObject({
      'no-entry': expect.stringContaining('no entry of this version') as string,
      'no-district': expect.stringContaining('no district atlantis') as string,
      twice: 'there is a district swat already',
      unknown: expect.stringContaining('qwrtzp') as string,
      'no-letters': expect.stringContaining('no letter') as string,
    })
    expect(items.filter(({ problem }) => problem === null)).toHaveLength(2)
    expect(house.warned.length).toBeGreaterThanOrEqual(5)
  })

  it('is a place whose district was retired, until that is there again', async () => {
    const KALAM = { kind: 'district', id: 'swat-upper', names: { en: 'Upper Swat', ur: 'اپر سوات', ps: 'پورته سوات' }, was: 'swat' } as const // prettier-ignore
    const { item } = await house.desk.add(KALAM, 'admin')
    await add(place(['Zghard'], ['swat-upper']))
    await house.desk.retire(item.id, 'admin')
    expect((await house.desk.list({ retired: false })).items).toMatchObject([{ problem: expect.stringContaining('swat-upper') as string }]) // prettier-ignore
    await add(KALAM)
    expect(districts('Zghard mein firing')).toEqual(['swat-upper'])
  })
})

describe('trying', () => {
  it('says how a text is tagged and how it would be, and keeps nothing', async () => {
    const trial = await house.desk.try({ entry: WORD, text: TOLD })
    expect(trial).toMatchObject({ now: { districts: [{ id: 'peshawar' }] }, then: { alert: true, category: 'terrorism' }, refused: null, seen: 1 }) // prettier-ignore
    expect(await house.store.revision()).toBe(0)
    expect(tags(TOLD).threat?.keywords.map(({ text }) => text)).not.toContain('کراکہ')
    const named = await house.desk.try({ entry: place(['Zghard'], ['swat']), text: 'Zghard mein firing' })
    expect([named.now['districts'], named.then?.['districts']]).toMatchObject([[], [{ id: 'swat' }]])
  })

  it('says why an entry may not be added, and how the text is tagged all the same', async () => {
    expect(await house.desk.try({ entry: { ...WORD, words: ['hai'] }, text: TOLD })).toMatchObject({ then: null, refused: expect.stringContaining('very many') as string }) // prettier-ignore
    expect(await house.desk.try({ text: TOLD })).toMatchObject({ now: { lang: 'ur' }, then: null, refused: null })
  })
})
