import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../../runtime/failure.js'
import { FAILURE_REASONS } from '../../schemas/failure-reason.js'
import { listen, openHouse, type House } from './house.js'
import { MemorySearch } from './memory-search.js'

interface Problem {
  type: string
  title: string
  status: number
  detail: string
  errors?: { path: string; detail: string }[]
}

/** What the index does next. */
class FailingSearch extends MemorySearch {
  error: Error | undefined
  override async search(...asked: Parameters<MemorySearch['search']>) {
    if (this.error !== undefined) throw this.error
    return super.search(...asked)
  }
}

const search = new FailingSearch()
let house: House
let cookie: string
let url: string
beforeAll(async () => {
  house = await openHouse({}, { search })
  cookie = await house.cookieOf()
  url = await listen(house.app)
})
afterAll(() => house.stop())

function expectProblem(answer: { statusCode: number; headers: Record<string, unknown>; body: string }, status: number) {
  const problem = JSON.parse(answer.body) as Problem
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(answer.statusCode).toBe(status)
  expect(problem).toMatchObject({ type: 'about:blank', status })
  expect(problem.title.length).toBeGreaterThan(3)
  expect(problem.detail.length).toBeGreaterThan(3)
  return problem
}

const ask = (path: string, more: object = {}) => house.app.inject({ url: path, headers: { cookie }, ...more })
const post = (payload: string, type = 'application/json', path = '/api/dead/replay') =>
  house.app.inject({ method: 'POST', url: path, headers: { cookie, 'content-type': type }, payload })

describe('a problem document', () => {
  it('answers what is not there', async () => {
    expectProblem(await ask('/api/unknown'), 404)
    expectProblem(await ask('/api'), 404)
    expectProblem(await ask('/api/mentions/none'), 404)
    expectProblem(await ask('/nothing/here'), 404)
    expectProblem(await ask('/api/session', { method: 'PUT' }), 404)
  })

  it('answers whoever has not signed in', async () => {
    expectProblem(await house.app.inject({ url: '/api/alerts' }), 401)
  })

  it('answers a body that is no JSON, without repeating it', async () => {
    for (const body of ['{"ids": [hunter2', 'hunter2', '', '{"ids":["hunter2"]}trailing'])
      expect(JSON.stringify(expectProblem(await post(body), 400))).not.toContain('hunter2')
  })

  it('answers a body that reaches for prototypes', async () => {
    expectProblem(await post('{"__proto__":{"polluted":true}}'), 400)
    expectProblem(await post('{"ids":[],"constructor":{"prototype":{"polluted":true}}}'), 400)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('answers a body too large, too deep, or of another type', async () => {
    expectProblem(await post(JSON.stringify({ ids: ['x'.repeat(300_000)] })), 413)
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expectProblem(await post(`{"ids":${deep}}`), 400)
    expectProblem(await post('<ids/>', 'application/xml'), 415)
    expectProblem(await post('{}', 'garbage'), 415)
  })

  it('answers what does not fit the schema by paths, without repeating values, and not endlessly', async () => {
    const one = expectProblem(await post('{"ids":["a",{"deep":"hunter2"}]}'), 400)
    expect(one.errors?.[0]?.path).toBe('body/ids/1')
    expect(JSON.stringify(one)).not.toContain('hunter2')
    const many = expectProblem(await ask(`/api/mentions?lang=${Array.from({ length: 2000 }, (_, n) => `x${n}`).join()}`), 400) // prettier-ignore
    expect(many.errors?.length).toBeLessThanOrEqual(20)
  })

  it('answers an address that is none', async () => {
    expectProblem(await ask('/api/mentions/%'), 400)
    expectProblem(await ask('/api/mentions/%C0%AE'), 400)
    expectProblem(await ask(`/api/mentions/${'x'.repeat(3000)}`), 414)
  })

  it.each(FAILURE_REASONS)('answers a failure %s of the index with its words', async (reason) => {
    search.error = new Failure(reason, 'words for the officer', { retryable: true, retryAfterMs: 1500 })
    const answer = await ask('/api/mentions')
    expect(expectProblem(answer, answer.statusCode).detail).toBe('words for the officer')
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.headers['retry-after']).toBe('2')
    search.error = undefined
  })

  it('answers an error that nobody expected without its words, and logs it without them', async () => {
    search.error = new Error('SELECT * FROM mentions WHERE text = پشاور میں بھتہ')
    const answer = await ask('/api/mentions')
    expect(expectProblem(answer, 500).detail).not.toContain('SELECT')
    search.error = undefined
    const line = house.logged.findLast((one) => one.includes('request failed')) ?? ''
    expect(JSON.parse(line)).toMatchObject({ level: 50, method: 'GET', route: '/api/mentions', error: 'Error' })
    expect(line).toContain('problems.test.ts')
    expect(house.logged.join()).not.toContain('SELECT')
  })
})

/** What the server answers to these bytes, until it closes. */
async function raw(bytes: string): Promise<{ statusCode: number; headers: Record<string, string>; body: string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  socket.write(bytes)
  await once(socket, 'close')
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(': ') as [string, string]))
  return { statusCode: Number(first.split(' ')[1]), headers, body }
}

describe('on the wire', () => {
  it('answers what is no HTTP with a problem', async () => {
    expectProblem(await raw('hello there\r\n\r\n'), 400)
    expectProblem(await raw('GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n'), 400)
  })

  it('answers two lengths, by which one request is smuggled behind another, with a problem', async () => {
    const both = 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
    expectProblem(await raw(`POST /api/session HTTP/1.1\r\nHost: a\r\n${both}`), 400)
  })

  it('answers endless headers with a problem', async () => {
    expectProblem(await raw(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(200_000)}\r\n\r\n`), 431)
  })

  it('takes an address as long as an SMS of 255 parts makes it', async () => {
    const path = `/api/unknown?text=${'%D8%A7'.repeat(17_000)}`
    expectProblem(await raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`), 404)
  })

  it('waits neither for slow headers nor for slow bodies, nor for silent connections', () => {
    const { headersTimeout, requestTimeout, timeout, maxConnections } = house.app.server
    expect({ headersTimeout, requestTimeout, timeout }).toEqual({ headersTimeout: 10_000, requestTimeout: 30_000, timeout: 120_000 }) // prettier-ignore
    expect(maxConnections).toBeGreaterThan(1000)
  })
})

describe('every answer', () => {
  it('tells browsers to run nothing of others, to guess nothing, and to be in no frame', async () => {
    for (const path of ['/api/alerts', '/', '/api/unknown', '/hooks/whatsapp', '/assets/app.js', '/openapi.json']) {
      const { headers } = await ask(path)
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers['content-security-policy']).toBe(
        "default-src 'self';img-src 'self' data:;media-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none'",
      )
      expect(headers['permissions-policy']).toContain('microphone=()')
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['server']).toBeUndefined()
      expect(headers['x-powered-by']).toBeUndefined()
    }
  })

  it('stays out of every cache where it is behind the door', async () => {
    for (const path of ['/api/alerts', '/api/session', '/api/mentions', '/api/reports/daily/2026-11-22.csv'])
      expect((await ask(path)).headers['cache-control'], path).toBe('no-store')
    expect((await house.app.inject({ url: '/api/alerts' })).headers['cache-control']).toBe('no-store')
  })

  it('comes only so often to one who is signed in, and to others by their address', async () => {
    const { headers } = await ask('/api/alerts')
    expect(headers['x-ratelimit-limit']).toBe('1200')
    const other = await house.cookieOf('second')
    const { headers: others } = await house.app.inject({ url: '/api/alerts', headers: { cookie: other } })
    expect(Number(others['x-ratelimit-remaining'])).toBe(1199)
  })
})
