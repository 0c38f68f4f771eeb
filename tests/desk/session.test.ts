import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ADMIN, openHouse, type House } from './house.js'

const HOUR_MS = 3_600_000

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.stop())

const signIn = (payload: object, more: object = {}) =>
  house.app.inject({ method: 'POST', url: '/api/session', payload, ...more })
const cookieIn = (answer: { headers: Record<string, unknown> }) => String(answer.headers['set-cookie'])
const pairOf = (setCookie: string) => setCookie.split(';')[0] ?? ''
const statusWith = async (cookie: string, url = '/api/session') =>
  (await house.app.inject({ url, headers: { cookie } })).statusCode

describe('signing in', () => {
  it('answers 204 with a cookie that scripts, other sites and plain readers of the store cannot use', async () => {
    await house.users.add(ADMIN.username, ADMIN.password, 'administrator')
    const answer = await signIn(ADMIN)
    expect(answer.statusCode).toBe(204)
    expect(answer.body).toBe('')
    expect(cookieIn(answer)).toMatch(
      /^rabta_session=[\w-]{43}; Path=\/; Expires=Sun, 22 Nov 2026 16:00:00 GMT; HttpOnly; SameSite=Strict$/,
    )
    expect(answer.headers['cache-control']).toBe('no-store')
    const token = pairOf(cookieIn(answer)).split('=')[1] ?? ''
    expect(JSON.stringify(await house.records.selectFrom('sessions').selectAll().execute())).not.toContain(token)
    expect(JSON.stringify(await house.records.selectFrom('audit').selectAll().execute())).not.toContain(token)
  })

  it('keeps passwords as Argon2id hashes of a fitting price alone', async () => {
    await house.users.add(ADMIN.username, ADMIN.password, 'administrator')
    const { password_hash: hash } = await house.records.selectFrom('users').selectAll().executeTakeFirstOrThrow()
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(JSON.stringify(await house.records.selectFrom('users').selectAll().execute())).not.toContain(ADMIN.password)
  })

  it('takes the name in any case and the password in any composition of its letters', async () => {
    await house.users.add('  Officer ', 'تھانے کا آفیسر ۱۲', 'administrator')
    expect((await signIn({ username: 'OFFICER', password: 'تھانے کا آفیسر ۱۲'.normalize('NFD') })).statusCode).toBe(204)
  })

  it('tells nobody which of name and password was wrong, nor that an account was shut', async () => {
    await house.users.add(ADMIN.username, ADMIN.password, 'administrator')
    await house.users.add('former', ADMIN.password, 'administrator')
    await house.users.disable('former')
    const answers = [
      await signIn({ username: ADMIN.username, password: 'not the right one' }),
      await signIn({ username: 'nobody', password: ADMIN.password }),
      await signIn({ username: 'former', password: ADMIN.password }),
      await signIn({ username: '__proto__', password: ADMIN.password }),
      await signIn({ username: "officer' or '1'='1", password: ADMIN.password }),
    ]
    for (const answer of answers) {
      expect(answer.statusCode).toBe(401)
      expect(answer.json()).toEqual(answers[0]?.json())
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  })

  it('takes as long for a name that nobody has', async () => {
    await house.users.add(ADMIN.username, ADMIN.password, 'administrator')
    const timeOf = async (username: string) => {
      const from = performance.now()
      await house.users.verify(username, 'not the right one')
      return performance.now() - from
    }
    // The shortest of several by turns is what the work takes, however busy the machine is.
    let [known, unknown] = [Infinity, Infinity]
    for (let round = 0; round < 6; round++) {
      known = Math.min(known, await timeOf(ADMIN.username))
      unknown = Math.min(unknown, await timeOf('nobody'))
    }
    expect(unknown).toBeGreaterThan(known * 0.3)
    expect(known).toBeGreaterThan(unknown * 0.3)
  })

  it('lets one address try ten times a minute, and says when to try again', async () => {
    for (let tries = 0; tries < 10; tries++)
      expect((await signIn({ username: 'nobody', password: 'guess' })).statusCode).toBe(401)
    const refused = await signIn({ username: 'nobody', password: 'guess' })
    expect(refused.statusCode).toBe(429)
    expect(refused.headers['content-type']).toContain('application/problem+json')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    await house.users.add(ADMIN.username, ADMIN.password, 'administrator')
    expect((await signIn(ADMIN)).statusCode).toBe(429)
    expect((await signIn(ADMIN, { remoteAddress: '10.1.1.1' })).statusCode).toBe(204)
  })

  it('counts a whole network of version 6 as one, and an address written in another way as itself', async () => {
    const guess = { username: 'nobody', password: 'guess' }
    for (let host = 0; host < 10; host++) await signIn(guess, { remoteAddress: `2001:db8:1:2::${host.toString(16)}` })
    expect((await signIn(guess, { remoteAddress: '2001:0db8:0001:0002:ffff::9' })).statusCode).toBe(429)
    expect((await signIn(guess, { remoteAddress: '2001:db8:1:3::1' })).statusCode).toBe(401)
    for (let tries = 0; tries < 10; tries++) await signIn(guess, { remoteAddress: '10.2.2.2' })
    expect((await signIn(guess, { remoteAddress: '::ffff:10.2.2.2' })).statusCode).toBe(429)
  })

  it('does not believe a forwarded address unless it trusts who forwards', async () => {
    const guess = { username: 'nobody', password: 'guess' }
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
    for (let tries = 0; tries < 10; tries++) await signIn(guess, from(`10.3.3.${tries}`))
    expect((await signIn(guess, from('10.3.3.99'))).statusCode).toBe(429)
  })

  it.each([
    {},
    { username: 'officer' },
    { username: '', password: 'x' },
    { username: 'officer', password: 'x'.repeat(257) },
    { username: { $ne: null }, password: { $ne: null } },
    { username: ['a', 'b'], password: 'x' },
  ])('refuses %j as no sign-in', async (payload) => {
    const answer = await signIn(payload)
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  it('notes it in the audit, and never what was typed as the name', async () => {
    await house.users.add(ADMIN.username, ADMIN.password, 'administrator')
    await signIn({ username: 'my secret password', password: 'officer' })
    await signIn(ADMIN)
    const noted = await house.records.selectFrom('audit').select(['actor', 'action', 'detail']).execute()
    expect(noted).toEqual([
      { actor: 'nobody', action: 'sign-in refused', detail: 'from 127.0.0.1' },
      { actor: ADMIN.username, action: 'signed in', detail: 'from 127.0.0.1' },
    ])
  })
})

describe('by https', () => {
  let secure: House
  beforeEach(async () => {
    secure = await openHouse({ secureCookie: true })
    await secure.users.add(ADMIN.username, ADMIN.password, 'administrator')
  })
  afterEach(() => secure.stop())

  const forwarded = { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'https' }

  it('gives a cookie that never travels without it and that no neighbouring site can replace', async () => {
    const answer = await secure.app.inject({ method: 'POST', url: '/api/session', payload: ADMIN, headers: forwarded })
    const setCookie = cookieIn(answer)
    expect(setCookie).toMatch(/^__Host-rabta_session=.*; Path=\/; .*HttpOnly; Secure; SameSite=Strict$/)
    expect(setCookie).not.toMatch(/Domain/i)
    const get = (cookie: string) => secure.app.inject({ url: '/api/session', headers: { cookie, ...forwarded } })
    expect((await get(pairOf(setCookie))).statusCode).toBe(200)
    const tossed = pairOf(setCookie).replace('__Host-', '')
    expect((await get(tossed)).statusCode).toBe(401)
  })

  it('counts tries by the address that the proxy on this machine names, the last one', async () => {
    const guess = { username: 'nobody', password: 'guess' }
    const tryFrom = (address: string) =>
      secure.app.inject({
        method: 'POST',
        url: '/api/session',
        payload: guess,
        headers: { 'x-forwarded-for': address },
      })
    for (let tries = 0; tries < 10; tries++) await tryFrom(`10.9.9.${tries}, 198.51.100.7`)
    expect((await tryFrom('10.9.9.99, 198.51.100.7')).statusCode).toBe(429)
    expect((await tryFrom('198.51.100.8')).statusCode).toBe(401)
  })

  it('tells browsers to stay with https', async () => {
    const answer = await secure.app.inject({ url: '/api/session' })
    expect(answer.headers['strict-transport-security']).toContain('max-age=')
    expect((await house.app.inject({ url: '/api/session' })).headers['strict-transport-security']).toBeUndefined()
  })
})

describe('a session', () => {
  it('tells the pages who is signed in and what they need to know', async () => {
    const answer = await house.app.inject({ url: '/api/session', headers: { cookie: await house.cookieOf() } })
    const session = answer.json<Record<string, unknown[]>>()
    expect(session).toMatchObject({ user: { username: ADMIN.username, role: 'administrator' }, demonstration: true })
    expect(session['permissions']).toContain('alerts:acknowledge')
    expect(session['districts']).toHaveLength(37)
    expect(Object.keys(session['districts']?.[0] as object)).toEqual(
      expect.arrayContaining(['id', 'region', 'names', 'code', 'tile']),
    )
    expect(Object.keys(session['units']?.[0] as object)).toEqual(['id', 'name', 'kind', 'districts'])
    expect(answer.body).not.toContain('920000000101')
  })

  it('ends after twelve hours', async () => {
    const cookie = await house.cookieOf()
    await house.clock.advance(12 * HOUR_MS - 1)
    expect(await statusWith(cookie)).toBe(200)
    await house.clock.advance(1)
    expect(await statusWith(cookie)).toBe(401)
  })

  it('ends at once where the user is disabled, everywhere', async () => {
    const cookies = [await house.cookieOf(), await house.cookieOf()]
    for (const cookie of cookies) expect(await statusWith(cookie, '/api/alerts')).toBe(200)
    await house.users.disable(ADMIN.username)
    for (const cookie of cookies) expect(await statusWith(cookie, '/api/alerts')).toBe(401)
  })

  it('ends where it is signed out, this one alone', async () => {
    const [here, there] = [await house.cookieOf(), await house.cookieOf()]
    const answer = await house.app.inject({ method: 'DELETE', url: '/api/session', headers: { cookie: here } })
    expect(answer.statusCode).toBe(204)
    expect(cookieIn(answer)).toMatch(/^rabta_session=; .*Expires=Thu, 01 Jan 1970/)
    expect([await statusWith(here), await statusWith(there)]).toEqual([401, 200])
  })

  it('is a new one at each sign-in, and the one that was brought along ends', async () => {
    const planted = await house.cookieOf()
    const answer = await signIn(ADMIN, { headers: { cookie: planted } })
    expect(pairOf(cookieIn(answer))).not.toBe(planted)
    expect(await statusWith(planted)).toBe(401)
    const chosen = await signIn(ADMIN, { headers: { cookie: 'rabta_session=chosen-by-somebody-else' } })
    expect(pairOf(cookieIn(chosen))).not.toContain('chosen-by')
    expect(await statusWith('rabta_session=chosen-by-somebody-else')).toBe(401)
  })
})

describe('users', () => {
  it.each(['', 'a', '-x', 'UPPER CASE', 'x'.repeat(64), '<script>', 'نام'])('refuses the name %j', async (name) => {
    await expect(house.users.add(name, ADMIN.password, 'administrator')).rejects.toMatchObject({
      reason: 'invalid-payload',
    })
  })

  it('refuses short and endless passwords, and a name that is taken', async () => {
    await expect(house.users.add('one', 'elevenchars', 'administrator')).rejects.toMatchObject({ reason: 'invalid-payload' }) // prettier-ignore
    await expect(house.users.add('one', 'x'.repeat(257), 'administrator')).rejects.toMatchObject({ reason: 'invalid-payload' }) // prettier-ignore
    await house.users.add('one', ADMIN.password, 'administrator')
    await expect(house.users.add('ONE', ADMIN.password, 'administrator')).rejects.toMatchObject({ reason: 'conflict' })
  })
})
