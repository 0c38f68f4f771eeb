import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHouse, type House } from './house.js'

const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.stop())

const get = (url: string, headers: Record<string, string> = PAGE) => house.app.inject({ url, headers })

describe('the pages', () => {
  it.each(['/', '/index.html', '/mentions', '/mentions?q=%D9%BE', '/watch', '/reports/2026-11-22', '/some/deep/page'])(
    'answers %s with the one page',
    async (url) => {
      const answer = await get(url)
      expect(answer.statusCode).toBe(200)
      expect(answer.body).toContain('<title>the page</title>')
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(answer.headers['cache-control']).toBe('no-cache')
    },
  )

  it('answers its files, kept by browsers for as long as their name is theirs', async () => {
    const answer = await get('/assets/app.js')
    expect(answer.headers['content-type']).toContain('javascript')
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(answer.body).toContain('document.title')
  })

  it.each([
    '/api/unknown',
    '/api',
    '/api/',
    '//api/unknown',
    '/hooks/unknown',
    '/hooks',
    '/metrics/more',
    '/healthz/x',
  ])('does not answer %s with a page', async (url) => {
    const answer = await get(url)
    expect(answer.statusCode).toBe(404)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  it('does not answer with a page who did not ask for one', async () => {
    for (const headers of [{}, { accept: 'application/json' }, { accept: '*/*' }])
      expect((await get('/assets/gone.js', headers as Record<string, string>)).statusCode).toBe(404)
    expect((await house.app.inject({ method: 'POST', url: '/watch', headers: PAGE })).statusCode).toBe(404)
  })

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/%252e%252e/secret.txt',
    '//secret.txt',
    '/assets/..;/..;/secret.txt',
    '/assets/app.js%00.txt',
  ])('lets nobody out of its folder by %s', async (url) => {
    for (const headers of [{}, PAGE]) {
      const answer = await get(url, headers)
      expect(answer.body).not.toContain('nobody may read this')
      expect(answer.headers['content-type']).not.toContain('text/plain')
    }
  })

  it('puts nothing of the address into a page', async () => {
    const answer = await get('/<script>alert(1)</script>?x=<script>alert(2)</script>')
    expect(answer.body).not.toContain('alert')
    const problem = await get('/api/<script>alert(1)</script>')
    expect(problem.headers['content-type']).toContain('application/problem+json')
  })
})

describe('a desk whose pages are not built', () => {
  it('runs, and says what to do', async () => {
    const bare = await openHouse({ pages: join(house.folder.path, 'not-there') })
    try {
      const answer = await bare.app.inject({ url: '/', headers: PAGE })
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toMatchObject({ detail: 'the pages are not built: run npm run build' })
      expect((await bare.app.inject({ url: '/healthz' })).statusCode).toBe(200)
    } finally {
      await bare.stop()
    }
  })

  it('says so too where they are taken away while it runs', async () => {
    const other = await openHouse()
    rmSync(other.pages, { recursive: true })
    expect((await other.app.inject({ url: '/watch', headers: PAGE })).statusCode).toBe(404)
    await other.stop()
  })
})
