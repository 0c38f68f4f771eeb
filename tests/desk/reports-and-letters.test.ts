import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeadLetter } from '../../schemas/dead-letter.js'
import { openHouse, type House } from './house.js'

let house: House
let cookie: string
beforeAll(async () => {
  house = await openHouse()
  cookie = await house.cookieOf()
})
afterAll(() => house.stop())

const get = (url: string) => house.app.inject({ url, headers: { cookie } })

describe('the report of a day', () => {
  it.each([
    ['2026-11-22', 'application/json; charset=utf-8', '"day":"2026-11-22"'],
    ['2026-11-22.json', 'application/json; charset=utf-8', '"day":"2026-11-22"'],
    ['2026-11-22.html', 'text/html; charset=utf-8', '<!doctype html>'],
    ['2026-11-22.csv', 'text/csv; charset=utf-8', 'day,complete,table'],
  ])('is to be had as %s', async (name, type, part) => {
    const answer = await get(`/api/reports/daily/${name}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe(type)
    expect(answer.body).toContain(part)
  })

  it('as a page may fetch and run nothing, and as CSV is a file', async () => {
    const page = await get('/api/reports/daily/2026-11-22.html')
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(page.body).not.toMatch(/<script|src=|href=/)
    const csv = await get('/api/reports/daily/2026-11-22.csv')
    expect(csv.headers['content-disposition']).toBe('attachment; filename="rabta-2026-11-22.csv"')
  })

  it.each([
    [404, '2026-11-22.pdf'],
    [404, '2026-11-22.xlsx'],
    [404, 'today'],
    [404, '2026-11-22.html.html'],
    [404, '2026-11-22%0d%0aset-cookie:x=1.csv'],
    [404, '..%2f..%2fsecret'],
    [400, '2026-02-30'],
    [400, '2026-13-01.csv'],
    [404, '2027-01-01'],
  ])('answers %i for %s', async (status, name) => {
    const answer = await get(`/api/reports/daily/${name}`)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  it('that was read is noted', async () => {
    const rows = await house.records
      .selectFrom('audit')
      .selectAll()
      .where('subject', '=', 'report 2026-11-22')
      .execute()
    expect(rows.length).toBeGreaterThan(0)
  })
})

const letter = (id: string, more: Partial<DeadLetter> = {}): DeadLetter => ({
  schema: 'rabta.dead-letter/1',
  id,
  origin: 'mentions.collected',
  key: 'k',
  value: { half: 'a record' },
  reason: 'invalid-payload',
  detail: 'does not fit',
  attempts: 1,
  at: '2026-11-22T03:00:00.000Z',
  ...more,
})
const keep = (...letters: DeadLetter[]) =>
  house.deadLetters.handle(
    letters.map((value, offset) => ({ key: value.id, value, partition: 0, offset })),
    new AbortController().signal,
  )
const replay = (payload?: object) =>
  house.app.inject({
    method: 'POST',
    url: '/api/dead/replay',
    headers: { cookie },
    ...(payload === undefined ? {} : { payload }),
  })

describe('dead letters', () => {
  it('are listed whole, newest first, and only the heading of what is too large', async () => {
    const large = letter('large', { at: '2026-11-22T02:00:00.000Z', value: { text: 'x'.repeat(70_000) } })
    await keep(letter('old'), letter('new', { at: '2026-11-22T03:30:00.000Z' }), large)
    const { items, total } = (await get('/api/dead')).json<{ items: DeadLetter[]; total: number }>()
    expect(total).toBe(3)
    expect(items.map(({ id }) => id)).toEqual(['new', 'old', 'large'])
    expect(items[1]).toEqual(letter('old'))
    expect(items[2]).toMatchObject({ value: null, detail: 'does not fit (69 kB, not shown here)' })
    const page = (await get('/api/dead?limit=1&offset=1')).json<{ items: DeadLetter[] }>()
    expect(page.items.map(({ id }) => id)).toEqual(['old'])
    for (const query of ['?limit=0', '?limit=201', '?offset=-1', '?page=2'])
      expect((await get(`/api/dead${query}`)).statusCode).toBe(400)
  })

  it('are put back where they came from, those that were named', async () => {
    const answer = await replay({ ids: ['old', 'never'] })
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toEqual({ replayed: 1, failed: [{ id: 'never', detail: 'no dead letter of this id waits' }] })
    const records = await house.bus.read('mentions.collected', {})
    expect(records.map(({ key, value }) => ({ key, value }))).toEqual([{ key: 'k', value: { half: 'a record' } }])
    expect((await get('/api/dead')).json()).toMatchObject({ total: 2 })
    expect((await replay({ ids: [] })).json()).toEqual({ replayed: 0, failed: [] })
  })

  it('of a door go in by that door, and one that still cannot be read waits on, and says why', async () => {
    const readable = { object: 'whatsapp_business_account', entry: [] }
    await keep(
      letter('door', { origin: 'hooks/whatsapp', value: readable }),
      letter('shut', { origin: 'hooks/whatsapp', value: { object: 'something else' } }),
      letter('nowhere', { origin: 'hooks/telegraph' }),
    )
    const outcome = (await replay({ ids: ['door', 'shut', 'nowhere'] })).json<{ replayed: number; failed: { id: string; detail: string }[] }>() // prettier-ignore
    expect(outcome.replayed).toBe(1)
    expect(outcome.failed.map(({ id }) => id)).toEqual(['shut', 'nowhere'])
    expect(outcome.failed[0]?.detail).toContain('still cannot be read')
    expect(outcome.failed[1]?.detail).toContain('hooks/telegraph')
  })

  it('are all put back where none is named, with or without a body', async () => {
    await keep(letter('one'), letter('two'))
    expect((await replay()).json()).toMatchObject({ replayed: 4 })
    await keep(letter('three'))
    expect((await replay({})).json()).toMatchObject({ replayed: 1 })
  })

  it.each([
    { ids: 'a,b,c'.split(',').map(() => 'x'.repeat(2000)) },
    { ids: Array.from({ length: 1001 }, String) },
    { ids: { a: 1 } },
  ])(
    // prettier-ignore
    'refuse what are no ids',
    async (body) => expect((await replay(body)).statusCode).toBe(400),
  )
})

describe('the sources', () => {
  it('are listed as they last spoke, with the condition of the desk', async () => {
    const health = { schema: 'rabta.source-health/1', source: 'x-mentions', channel: 'x', status: 'live', lastItemAt: null, lastOkAt: '2026-11-22T03:59:00.000Z', problem: null, failures: 0, at: '2026-11-22T03:59:00.000Z' } // prettier-ignore
    const failing = { ...health, status: 'failing', problem: 'the token expired', failures: 3 }
    await house.bus.publish('sources.health', [
      { key: 'x-mentions', value: health },
      { key: 'junk', value: { not: 'health' } },
      { key: 'x-mentions', value: failing },
      { key: 'whatsapp', value: { ...health, source: 'whatsapp', channel: 'whatsapp' } },
    ])
    const answer = (await get('/api/sources')).json<object>()
    expect(answer).toMatchObject({ items: [{ source: 'whatsapp' }, failing], problems: [], warnings: [] })
  })
})

describe('for whoever runs it', () => {
  it('says 503 and why when it cannot take messages in, though it is alive', async () => {
    const full = await openHouse({ condition: async () => ({ problems: ['the disk is full'], warnings: [] }) })
    try {
      const ready = await full.app.inject({ url: '/readyz' })
      expect(ready.statusCode).toBe(503)
      expect(ready.json()).toEqual({ status: 'not ready', problems: ['the disk is full'], warnings: [] })
      expect((await full.app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' })
    } finally {
      await full.stop()
    }
  })

  it('is measured as Prometheus reads it', async () => {
    house.metrics.processed.inc({ stage: 'desk-test' })
    const answer = await get('/metrics')
    expect(answer.headers['content-type']).toContain('text/plain')
    expect(answer.body).toContain('rabta_processed_total{stage="desk-test"} 1')
  })
})
