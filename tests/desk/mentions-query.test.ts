import { beforeAll, afterAll, beforeEach, describe, expect, it } from 'vitest'
import { join } from 'node:path'
import { openSqliteMentionIndex, type SqliteMentionIndex } from '../../index/sqlite/sqlite-mention-index.js'
import { workerUrls } from '../index/sqlite/compiled.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeEnriched } from '../support/mentions.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { openHouse, type House } from './house.js'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

let house: House
let cookie: string
beforeAll(async () => {
  house = await openHouse()
  cookie = await house.cookieOf()
})
afterAll(() => house.stop())
beforeEach(() => void house.memory.asked.splice(0))

const ask = (query: string) => house.app.inject({ url: `/api/mentions${query}`, headers: { cookie } })

/** What the index was asked for by this query string. */
async function asked(query: string) {
  const answer = await ask(query)
  expect([query, answer.statusCode]).toEqual([query, 200])
  return house.memory.asked.at(-1)?.query
}

describe('a search', () => {
  it.each([
    ['', {}],
    ['?q=%D9%BE%D8%B4%D8%A7%D9%88%D8%B1', { q: 'پشاور' }],
    ['?q=a%20b&q2=', { q: 'a b' }],
    ['?q=', {}],
    ['?district=peshawar&district=swat', { district: ['peshawar', 'swat'] }],
    ['?district=peshawar,swat', { district: ['peshawar', 'swat'] }],
    ['?district=peshawar,&district=,swat&district=', { district: ['peshawar', 'swat'] }],
    ['?district=peshawar,%20swat,peshawar', { district: ['peshawar', 'swat'] }],
    ['?district=', {}],
    ['?district=,', {}],
    ['?channel=x&lang=ur-Latn&category=extortion&severity=high&sentiment=negative', { channel: ['x'], lang: ['ur-Latn'], category: ['extortion'], severity: ['high'], sentiment: ['negative'] }], // prettier-ignore
    ['?alert=true&unjudged=false', { alert: true, unjudged: false }],
    ['?alert=', {}],
    ['?limit=200&sort=best&cursor=abc', { limit: 200, sort: 'best', cursor: 'abc' }],
    ['?from=2026-11-22', { from: '2026-11-22T00:00:00.000Z' }],
    ['?from=2026-11-22T10:30', { from: '2026-11-22T10:30:00.000Z' }],
    ['?from=2026-11-22T10:30:15.5Z', { from: '2026-11-22T10:30:15.500Z' }],
    ['?to=2026-11-22T10:30:00%2B05:00', { to: '2026-11-22T05:30:00.000Z' }],
    ['?to=2026-11-22T10:30:00+05:00', { to: '2026-11-22T05:30:00.000Z' }],
    ['?to=2026-11-22T10:30:00-0330', { to: '2026-11-22T14:00:00.000Z' }],
    ['?to=2026-11-22t10:30:00.123456z', { to: '2026-11-22T10:30:00.123Z' }],
  ])('of %s asks the index for what it says', async (query, expected) => {
    expect(await asked(query)).toEqual(expected)
  })

  it.each([
    '?unknown=1',
    '?__proto__=1',
    '?__proto__=a&__proto__=b',
    '?constructor=x',
    '?district[]=peshawar',
    '?channel=telegram',
    '?channel=X',
    '?lang=xx',
    '?alert=yes',
    '?alert=true&alert=false',
    '?limit=0',
    '?limit=201',
    '?limit=-1',
    '?limit=1.5',
    '?limit=many',
    '?limit=1e99',
    '?sort=old',
    '?sort=new&sort=best',
    '?q=a&q=b',
    `?q=${'x'.repeat(501)}`,
    `?cursor=${'x'.repeat(501)}`,
    `?district=${Array.from({ length: 65 }, (_, n) => `d${n}`).join()}`,
    '?from=yesterday',
    '?from=22-11-2026',
    '?from=2026-02-30',
    '?from=2026-13-01',
    '?from=2026-11-22T25:00',
    '?from=2026-11-22T10:00:00%2B99:00',
    '?from=2026-11-22%20(or%20so)',
    '?from=2026-11-22&from=2026-11-23',
    '?from=2026-11-22&from=',
    '?from=-000001-01-01',
    '?from=99999-01-01',
  ])('refuses %s and says why', async (query) => {
    const answer = await ask(query)
    expect(answer.statusCode).toBe(400)
    expect(answer.json<{ errors: { path: string }[] }>().errors[0]?.path).toMatch(/^querystring/)
    expect(house.memory.asked).toHaveLength(0)
  })

  it('is kept in the audit with who searched for what, once and not for each further page', async () => {
    await ask('?q=%D8%A8%DA%BE%D8%AA%DB%81&district=swat')
    await ask('?q=%D8%A8%DA%BE%D8%AA%DB%81&district=swat&cursor=abc')
    const noted = await house.records.selectFrom('audit').selectAll().where('detail', 'like', '%بھتہ%').execute()
    expect(noted.map(({ actor, action, subject, detail }) => ({ actor, action, subject, detail }))).toEqual([
      { actor: 'officer', action: 'searched', subject: 'mentions', detail: '{"district":["swat"],"q":"بھتہ"}' },
    ])
  })

  it('is never told to the log', () => {
    expect(house.logged.join()).not.toContain('بھتہ')
  })
})

describe('a search of the real index', () => {
  const folder = temporaryFolder()
  let index: SqliteMentionIndex
  let real: House
  let officer: string
  beforeAll(async () => {
    const clock = new FakeClock()
    index = await openSqliteMentionIndex({ file: join(folder.path, 'mentions.db'), clock, log: silent, workerUrls: workerUrls(), readers: 1 }) // prettier-ignore
    await index.write([{ type: 'written', mention: makeEnriched() }])
    real = await openHouse({}, { search: index, clock })
    officer = await real.cookieOf()
  })
  afterAll(async () => {
    await real.stop()
    await index.close()
    folder.remove()
  })
  const search = (query: string) => real.app.inject({ url: `/api/mentions?${query}`, headers: { cookie: officer } })

  it('finds, counts and marks', async () => {
    const answer = await search('q=%D8%A8%DA%BE%D8%AA%DB%81&district=peshawar,swat&from=2026-11-22')
    const page = answer.json<{ total: number; items: { mention: { id: string }; highlights: unknown[] }[] }>()
    expect(page).toMatchObject({ total: 1, items: [{ mention: { id: 'whatsapp:wamid.TEST1' } }] })
    expect(page.items[0]?.highlights.length).toBeGreaterThan(0)
    expect((await search('to=2026-11-22')).json()).toMatchObject({ total: 0 })
  })

  it.each([
    '"',
    '""""',
    '*',
    '-',
    '- OR AND NOT',
    'NEAR(a b)',
    'text:x',
    '{a b}',
    "'; DROP TABLE mentions; --",
    '%',
    '_%',
    '\u0000',
    'a\u0000b',
    '\u202eabc',
    '😀'.repeat(200),
    '('.repeat(500),
    'a* '.repeat(160),
    '\\',
    '\ud800',
    'ک'.repeat(500),
  ])('answers %j without breaking', async (q) => {
    const answer = await search(new URLSearchParams({ q }).toString())
    expect([200, 400]).toContain(answer.statusCode)
    expect((await search('q=%D8%A8%DA%BE%D8%AA%DB%81')).json()).toMatchObject({ total: 1 })
  })

  it.each(['x', 'e30', '../../etc', 'a'.repeat(500), '\u0000', Buffer.from('{"at":1e999}').toString('base64url')])(
    'refuses the cursor %j, which it did not make',
    async (cursor) => {
      const answer = await search(new URLSearchParams({ cursor }).toString())
      expect(answer.statusCode).toBe(400)
    },
  )
})
