import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadTagger } from '../../enrich/tagger.js'
import type { VocabularyItem, VocabularyList, VocabularyTrial } from '../../schemas/vocabulary.js'
import { vocabularyOn } from '../enrich/vocabulary/house.js'
import { FakeClock } from '../support/fake-clock.js'
import { openTestRecords } from '../support/test-records.js'
import { openHouse, type House } from './house.js'

const WORD = { kind: 'word', words: ['کراکہ'], like: 'دھماکہ' } as const
const TOLD = 'پشاور صدر بازار میں زوردار کراکہ ہوا ہے'

let house: House
let live: Awaited<ReturnType<typeof vocabularyOn>>['live']
let cookie: string
let words: Awaited<ReturnType<typeof openTestRecords>>
beforeAll(async () => {
  words = await openTestRecords()
  const vocabulary = await vocabularyOn(words.records, new FakeClock(), loadTagger())
  live = vocabulary.live
  house = await openHouse({ vocabulary: vocabulary.desk, districts: live.table })
  cookie = await house.cookieOf()
})
afterAll(async () => {
  await house.stop()
  await words.records.destroy()
})

const call = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  house.app.inject({ method, url, headers: { cookie }, ...(payload === undefined ? {} : { payload }) })
const audited = async () =>
  await house.records.selectFrom('audit').select(['actor', 'action', 'subject', 'detail']).orderBy('seq').execute()

it('adds, lists, retires, and notes who did it', async () => {
  const added = await call('POST', '/api/vocabulary', WORD)
  expect(added.statusCode).toBe(201)
  const { item, warnings } = added.json<{ item: VocabularyItem; warnings: string[] }>()
  expect([item, warnings]).toMatchObject([{ entry: WORD, by: 'officer', problem: null }, []])
  expect((await call('GET', '/api/vocabulary')).json<VocabularyList>()).toEqual({
    revision: 1,
    inUse: 1,
    items: [item],
  })
  const retired = await call('DELETE', `/api/vocabulary/${item.id}`)
  expect(retired.json()).toMatchObject({ id: item.id, retiredBy: 'officer' })
  expect((await call('GET', '/api/vocabulary')).json()).toEqual({ revision: 2, inUse: 2, items: [] })
  expect((await call('GET', '/api/vocabulary?retired=true')).json<VocabularyList>().items).toEqual([retired.json()])
  expect((await audited()).slice(-2)).toEqual([
    { actor: 'officer', action: 'added to the vocabulary', subject: item.id, detail: JSON.stringify(WORD) },
    { actor: 'officer', action: 'retired from the vocabulary', subject: item.id, detail: JSON.stringify(WORD) },
  ])
  expect((await call('DELETE', `/api/vocabulary/${item.id}`)).statusCode).toBe(409)
  expect((await call('DELETE', '/api/vocabulary/none')).statusCode).toBe(404)
})

it('tries a text without keeping it, in the audit neither', async () => {
  const tried = (await call('POST', '/api/vocabulary/try', { entry: WORD, text: TOLD })).json<VocabularyTrial>()
  expect(tried).toMatchObject({ now: { districts: [{ id: 'peshawar' }] }, then: { alert: true }, refused: null })
  expect((await call('POST', '/api/vocabulary/try', { text: TOLD })).json()).toMatchObject({ then: null })
  expect(JSON.stringify(await audited())).not.toContain('زوردار')
  expect((await call('GET', '/api/vocabulary')).json()).toMatchObject({ items: [] })
})

it('says in a sentence what may not be added', async () => {
  const refused = await call('POST', '/api/vocabulary', { ...WORD, words: ['hai'] })
  expect([refused.statusCode, refused.json()]).toMatchObject([422, { detail: expect.stringContaining('very many messages') as string }]) // prettier-ignore
})

it.each([
  ['an unknown kind', { kind: 'rhyme', words: ['x'], like: 'y' }],
  ['no spelling', { ...WORD, words: [] }],
  ['too many', { ...WORD, words: Array.from({ length: 41 }, (_, n) => `word${n}`) }],
  ['one that is too long', { ...WORD, words: ['x'.repeat(81)] }],
  ['a field too many', { ...WORD, note: 'x' }],
  ['a place of no kind', { kind: 'place', names: ['x'], districts: ['swat'], place: 'planet' }],
  ['a district with a strange id', { kind: 'district', id: 'A B', names: { en: 'a', ur: 'b', ps: 'c' }, was: 'swat' }],
])('does not take %s', async (_name, entry) => {
  expect((await call('POST', '/api/vocabulary', entry)).statusCode).toBe(400)
})

it('shows a district that was added to every page, without its officer’s number', async () => {
  const names = { en: 'Upper Swat', ur: 'اپر سوات', ps: 'پورته سوات' }
  await call('POST', '/api/vocabulary', { kind: 'district', id: 'swat-upper', names, was: 'swat', whatsapp: '923000000001' }) // prettier-ignore
  const session = await call('GET', '/api/session')
  const { districts } = session.json<{ districts: { id: string }[] }>()
  expect(districts.find(({ id }) => id === 'swat-upper')).toMatchObject({ names, region: 'malakand' })
  expect(session.body).not.toContain('923000000001')
})
