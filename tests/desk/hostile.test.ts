import fc from 'fast-check'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { networkOf } from '../../desk/rate-key.js'
import { normaliseQuery } from '../../desk/search-query.js'
import { APP_SECRET, listen, openHouse, type House } from './house.js'

const RUNS = { numRuns: 150, seed: 20261122 }

let house: House
let cookie: string
beforeAll(async () => {
  house = await openHouse()
  cookie = await house.cookieOf()
})
afterAll(() => house.stop())

const anyText = fc.string({ unit: 'binary', maxLength: 60 })

/** Nothing that a stranger sends is an error of ours, or an answer in another shape. */
function expectCalm(answer: { statusCode: number; headers: Record<string, unknown>; body: string }): void {
  expect(answer.statusCode).toBeLessThan(500)
  if (answer.statusCode < 400) return
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(JSON.parse(answer.body)).toMatchObject({ type: 'about:blank', status: answer.statusCode })
}

/** Asks for exactly this path, which no client would write so. */
async function ask(url: string, path: string) {
  const sent = request(url, { path, headers: { cookie } }).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  let body = ''
  for await (const piece of answer) body += String(piece)
  return { statusCode: answer.statusCode ?? 0, headers: answer.headers, body }
}

describe('whatever comes', () => {
  it('as a query is answered calmly', async () => {
    const names = fc.constantFrom('q', 'from', 'to', 'district', 'lang', 'limit', 'cursor', 'alert', '__proto__', 'x')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, anyText), { maxLength: 6 }), async (pairs) => {
        const query = new URLSearchParams(pairs).toString()
        expectCalm(await house.app.inject({ url: `/api/mentions?${query}`, headers: { cookie } }))
      }),
      RUNS,
    )
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('as a raw query or path is answered calmly, over a real connection', async () => {
    const url = await listen(house.app)
    const letters = fc.string({ unit: fc.constantFrom(...'%/?#&=+.;:@[]{}|\\^`"<>az09AF~'), maxLength: 40 })
    const starts = fc.constantFrom('/api/mentions?', '/api/mentions/', '/api/alerts/', '/')
    await fc.assert(
      fc.asyncProperty(starts, letters, async (start, rest) => expectCalm(await ask(url, start + rest))),
      RUNS,
    )
  })

  it('as a body is answered calmly, by every route that takes one', async () => {
    const routes = ['/api/session', '/api/dead/replay', '/api/mentions/x/replies', '/api/mentions/x/forwards', '/api/alerts/x/acknowledge'] // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), fc.json({ maxDepth: 6 }), async (url, payload) => {
        const headers = { cookie, 'content-type': 'application/json' }
        expectCalm(await house.app.inject({ method: 'POST', url, headers, payload }))
      }),
      RUNS,
    )
  })

  it('as a cookie is answered calmly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 80 }), async (text) => {
        const printable = text.replace(/[^\x20-\x7e]/g, '')
        const answer = await house.app.inject({ url: '/api/alerts', headers: { cookie: `rabta_session=${printable}` } })
        expect(answer.statusCode).toBe(401)
      }),
      RUNS,
    )
  })

  it('signed as a webhook’s body is taken or refused, and never lost without a word', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 5 }), async (payload) => {
        const signature = `sha256=${createHmac('sha256', APP_SECRET).update(payload).digest('hex')}`
        const headers = { 'x-hub-signature-256': signature }
        const before = await kept()
        const answer = await house.app.inject({ method: 'POST', url: '/hooks/whatsapp', headers, payload })
        expect(answer.statusCode).toBe(200)
        expect(await kept()).toBeGreaterThan(before)
      }),
      RUNS,
    )
  })

  it('signed and nested deeper than any machine writes does not stop what comes after it', async () => {
    const deliver = (payload: string) => {
      const headers = { 'x-hub-signature-256': `sha256=${createHmac('sha256', APP_SECRET).update(payload).digest('hex')}` } // prettier-ignore
      return house.app.inject({ method: 'POST', url: '/hooks/whatsapp', headers, payload })
    }
    for (const depth of [1000, 50_000]) {
      expect((await deliver(`${'['.repeat(depth)}${']'.repeat(depth)}`)).statusCode).toBe(200)
      expect((await deliver('{"object":"whatsapp_business_account","entry":[]}')).statusCode).toBe(200)
    }
  })
})

const kept = async () =>
  ((await house.bus.end('mentions.collected'))[0] ?? 0) + ((await house.bus.end('mentions.dead'))[0] ?? 0)

describe('the parts', () => {
  it('a query is never given a property that it was not asked with', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(anyText, fc.array(anyText))), (raw) => {
        const query = normaliseQuery(raw)
        expect(Object.keys(raw)).toEqual(expect.arrayContaining(Object.keys(query)))
        expect(Object.getPrototypeOf(query)).toBe(Object.prototype)
      }),
      RUNS,
    )
  })

  it('an address belongs to the same network however it is written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const written = new URL(`http://[${address}]`).hostname.slice(1, -1)
        expect(networkOf(written)).toBe(networkOf(address.includes('.') ? written : address))
      }),
      RUNS,
    )
    fc.assert(fc.property(fc.ipV4(), (address) => networkOf(address) === address && networkOf(`::ffff:${address}`) === address)) // prettier-ignore
  })
})
