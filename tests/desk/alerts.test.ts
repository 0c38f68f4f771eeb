import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Alert } from '../../schemas/alert.js'
import { makeEnriched } from '../support/mentions.js'
import { openHouse, ring, type House } from './house.js'
import { cookieFor, scopedSessions } from './scoped.js'

let house: House
let officer: string
let colleague: string
beforeAll(async () => {
  house = await openHouse()
  officer = await house.cookieOf('officer')
  colleague = await house.cookieOf('colleague')
  await ring(house, makeEnriched())
})
afterAll(() => house.stop())

const get = (url: string, cookie = officer) => house.app.inject({ url, headers: { cookie } })
const acknowledge = (id: string, cookie = officer, more: object = { payload: {} }) =>
  house.app.inject({
    method: 'POST',
    url: `/api/alerts/${encodeURIComponent(id)}/acknowledge`,
    headers: { cookie },
    ...more,
  })
const list = async (query = '') => (await get(`/api/alerts${query}`)).json<{ items: Alert[] }>().items

describe('the alerts', () => {
  it('are listed whole, and each is found by its id', async () => {
    const [alert] = await list()
    expect(alert).toMatchObject({ schema: 'rabta.alert/1', status: 'ringing', category: 'extortion', districts: ['peshawar'] }) // prettier-ignore
    expect((await get(`/api/alerts/${encodeURIComponent(alert?.id ?? '')}`)).json()).toEqual(alert)
    expect((await get('/api/alerts/alert:none')).statusCode).toBe(404)
  })

  it.each(['?status=silent', '?limit=0', '?limit=501', '?state=ringing', '?status=ringing&status=acknowledged'])(
    'refuse the question %s',
    async (query) => expect((await get(`/api/alerts${query}`)).statusCode).toBe(400),
  )

  it('are acknowledged by one person, who may say it again and is in the audit; for another it is a conflict', async () => {
    const [alert] = await list('?status=ringing')
    const id = alert?.id ?? ''
    const done = await acknowledge(id)
    expect(done.statusCode).toBe(200)
    expect(done.json()).toMatchObject({ id, status: 'acknowledged', acknowledgedBy: 'officer', acknowledgedAt: '2026-11-22T04:00:00.000Z' }) // prettier-ignore
    expect((await acknowledge(id)).statusCode).toBe(200)
    const late = await acknowledge(id, colleague)
    expect(late.statusCode).toBe(409)
    expect(late.json()).toMatchObject({ detail: 'somebody else has acknowledged it already' })
    expect(await list('?status=ringing')).toEqual([])
    expect(await list('?status=acknowledged')).toHaveLength(1)
    const audit = await house.records
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'alert.acknowledge')
      .execute()
    expect(audit.map(({ actor, subject }) => ({ actor, subject }))).toEqual([{ actor: 'officer', subject: id }])
  })

  it('are acknowledged without a body too, and not where there is none of that id', async () => {
    const [alert] = await list()
    expect((await acknowledge(alert?.id ?? '', officer, {})).statusCode).toBe(200)
    expect((await acknowledge('alert:none')).statusCode).toBe(404)
  })

  it('of other districts are not listed, not found and not acknowledged', async () => {
    const scoped = await openHouse({ sessions: scopedSessions })
    try {
      await ring(scoped, makeEnriched())
      const ask = (url: string, districts: string, method: 'GET' | 'POST' = 'GET') =>
        scoped.app.inject({ method, url, headers: cookieFor(districts) })
      const [alert] = (await ask('/api/alerts', 'peshawar.swat')).json<{ items: Alert[] }>().items
      const url = `/api/alerts/${encodeURIComponent(alert?.id ?? 'none')}`
      expect((await ask('/api/alerts', 'swat')).json()).toEqual({ items: [] })
      expect((await ask(url, 'swat')).statusCode).toBe(404)
      expect((await ask(`${url}/acknowledge`, 'swat', 'POST')).statusCode).toBe(404)
      expect((await ask(url, 'all')).json()).toMatchObject({ status: 'ringing' })
    } finally {
      await scoped.stop()
    }
  })
})
