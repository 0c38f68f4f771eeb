import fastify from 'fastify'
import fastifyCookie from '@fastify/cookie'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { guardAccess } from '../../desk/access.js'
import type { Sessions } from '../../desk/sessions.js'
import { openHouse, type House } from './house.js'

const OPEN_TO_ALL = ['POST /api/session', 'GET /hooks/whatsapp', 'POST /hooks/whatsapp']
const FROM_THIS_MACHINE = ['/healthz', '/readyz', '/metrics', '/openapi.json']
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

interface OpenApi {
  paths: Record<string, Record<string, { security: object[]; 'x-access': string }>>
}

let house: House
let cookie: string
beforeAll(async () => {
  house = await openHouse()
  cookie = await house.cookieOf()
})
afterAll(() => house.stop())

/** `METHOD /path/with/values` of every route, from the description of the API and from the router itself. */
async function allRoutes(): Promise<{ described: string[]; routed: string[] }> {
  const { paths } = (await house.app.inject({ url: '/openapi.json' })).json<OpenApi>()
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.filter((method) => method in operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const routed: string[] = []
  let path: string[] = []
  for (const line of house.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', segment = '', methods = ''] = /^([│ ]*(?:├── |└── ))(.*?) \((.*)\)$/.exec(line) ?? []
    if (indent === '') continue
    path = [...path.slice(0, indent.length / 4 - 1), segment]
    for (const method of methods.split(', '))
      if (method !== 'HEAD') routed.push(`${method} ${path.join('').replace(/:(\w+)/g, '{$1}')}`)
  }
  return { described, routed }
}

const urlOf = (route: string) => (route.split(' ')[1] ?? '').replace(/\{\w+\}/g, 'none')
const methodOf = (route: string) => (route.split(' ')[0] ?? 'GET') as 'GET'

describe('every route', () => {
  it('is in the description of the API, and the description names no other', async () => {
    const { described, routed } = await allRoutes()
    expect(described.length).toBeGreaterThan(18)
    const ofTheApi = routed.filter((route) => !/ (\/|\/index\.html|\/assets\/.*)$/.test(route))
    expect(ofTheApi.sort()).toEqual(described.sort())
  })

  it('refuses whoever has not signed in, but for the sign-in and the doors of the platforms', async () => {
    const { described } = await allRoutes()
    for (const route of described) {
      const answer = await house.app.inject({
        method: methodOf(route),
        url: urlOf(route),
        remoteAddress: '203.0.113.9',
      })
      if (OPEN_TO_ALL.includes(route)) expect(answer.statusCode, route).not.toBe(404)
      else expect([route, answer.statusCode]).toEqual([route, 401])
    }
  })

  it('refuses a session that was never given out, that is empty, or that is another kind of value', async () => {
    for (const value of ['', 'none', '0'.repeat(43), '../../x', `${'a'.repeat(4000)}`]) {
      const answer = await house.app.inject({ url: '/api/alerts', headers: { cookie: `rabta_session=${value}` } })
      expect(answer.statusCode).toBe(401)
    }
  })

  it('says in the description which sign-in it needs', async () => {
    const { paths } = (await house.app.inject({ url: '/openapi.json' })).json<OpenApi>()
    expect(paths['/api/mentions']?.['get']).toMatchObject({ security: [{ session: [] }], 'x-access': 'mentions:read' })
    expect(paths['/api/session']?.['post']).toMatchObject({ security: [], 'x-access': 'sign-in' })
    expect(paths['/metrics']?.['get']?.security).toEqual([{}, { session: [] }])
  })

  it('asks for its own permission, not only for a sign-in', async () => {
    const poor = await openHouse({ sessions: onlyWith([]) })
    try {
      const { described } = await allRoutes()
      for (const route of described.filter((one) => one.includes('/api/') && !one.includes('/api/session'))) {
        const answer = await poor.app.inject({
          method: methodOf(route),
          url: urlOf(route),
          headers: { cookie: 'rabta_session=anything' },
        })
        expect([route, answer.statusCode]).toEqual([route, 403])
      }
    } finally {
      await poor.stop()
    }
  })
})

function onlyWith(permissions: readonly never[]): Sessions {
  return {
    open: () => Promise.reject(new Error('not here')),
    close: async () => undefined,
    find: async () => ({
      user: { id: '1', username: 'poor', role: 'administrator', disabled: false },
      permissions: new Set(permissions),
      scope: { districts: 'all' },
    }),
  }
}

describe('a route that names no access', () => {
  it('keeps the server from starting', async () => {
    const app = fastify()
    await app.register(fastifyCookie)
    guardAccess(app, onlyWith([]), 'rabta_session')
    app.get('/forgotten', async () => 'everything')
    await expect(app.ready()).rejects.toThrow('/forgotten')
  })

  it('keeps it from starting from within a plugin too', async () => {
    const app = fastify()
    await app.register(fastifyCookie)
    guardAccess(app, onlyWith([]), 'rabta_session')
    await app.register(async (scope) => void scope.get('/deep', async () => 'everything'), { prefix: '/api' })
    await expect(app.ready()).rejects.toThrow('/api/deep')
  })
})

describe('from this machine', () => {
  it.each(FROM_THIS_MACHINE)('%s needs no sign-in', async (url) => {
    expect((await house.app.inject({ url })).statusCode).toBe(200)
    expect((await house.app.inject({ url, headers: { host: '127.0.0.1:4100' } })).statusCode).toBe(200)
    expect((await house.app.inject({ url, remoteAddress: '::1', headers: { host: '[::1]:4100' } })).statusCode).toBe(
      200,
    )
  })

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'via'])(
    'needs it when a proxy hands it on, and says so with %s',
    async (header) => {
      for (const url of FROM_THIS_MACHINE) {
        const answer = await house.app.inject({ url, headers: { [header]: '127.0.0.1' } })
        expect([url, answer.statusCode]).toEqual([url, 401])
      }
    },
  )

  it('needs it under a name that is not the machine’s own, as a page that rebinds a name would use', async () => {
    const answer = await house.app.inject({ url: '/metrics', headers: { host: 'desk.example' } })
    expect(answer.statusCode).toBe(401)
  })

  it.each(['10.0.0.1', '203.0.113.9', '::ffff:203.0.113.9', '2001:db8::1', '128.0.0.1', '1127.0.0.1'])(
    'needs it from %s',
    async (remoteAddress) => {
      expect((await house.app.inject({ url: '/metrics', remoteAddress })).statusCode).toBe(401)
    },
  )

  it('serves whoever is signed in from elsewhere', async () => {
    const answer = await house.app.inject({ url: '/metrics', remoteAddress: '203.0.113.9', headers: { cookie } })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toContain('text/plain')
  })

  it('is still not believed behind a trusted proxy that was told another address', async () => {
    const secure = await openHouse({ secureCookie: true })
    try {
      const answer = await secure.app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '127.0.0.1' } })
      expect(answer.statusCode).toBe(401)
    } finally {
      await secure.stop()
    }
  })
})

describe('a request that another site made', () => {
  const post = (headers: Record<string, string>) =>
    house.app.inject({ method: 'POST', url: '/api/dead/replay', headers: { cookie, ...headers } })

  it.each([
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of the same domain', { 'sec-fetch-site': 'same-site' }],
    ['an unknown word', { 'sec-fetch-site': 'whatever' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin with our host as a beginning', { origin: 'http://localhost:80.evil.example' }],
    ['another port', { origin: 'http://localhost:8080' }],
    ['no origin that can be named', { origin: 'null' }],
    ['an origin that is no address', { origin: 'localhost:80' }],
    ['another site with our origin claimed', { origin: 'http://localhost:80', 'sec-fetch-site': 'cross-site' }],
  ])('is refused: %s', async (_name, headers) => {
    const answer = await post(headers)
    expect(answer.statusCode).toBe(403)
    expect(answer.json()).toMatchObject({ detail: 'the request comes from another site' })
  })

  it.each([
    ['of our own pages', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80' }],
    ['of our own pages behind a proxy that changes Host', { 'sec-fetch-site': 'same-origin', origin: 'https://desk.example' }], // prettier-ignore
    ['of an old browser on our own pages', { origin: 'http://localhost:80' }],
    ['of no browser', {}],
  ])('is taken: %s', async (_name, headers) => {
    expect((await post(headers)).statusCode).toBe(202)
  })

  it('cannot sign anybody in', async () => {
    const payload = { username: 'officer', password: 'whatever it may be' }
    const headers = { 'sec-fetch-site': 'cross-site' }
    const answer = await house.app.inject({ method: 'POST', url: '/api/session', headers, payload })
    expect(answer.statusCode).toBe(403)
  })

  it('cannot send what a form can send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const headers = { 'content-type': type, cookie }
      const answer = await house.app.inject({ method: 'POST', url: '/api/dead/replay', headers, payload: '{"ids":[]}' })
      expect([type, answer.statusCode]).toEqual([type, 415])
    }
  })
})
