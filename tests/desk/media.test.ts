import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contentTypeOf } from '../../runtime/media/content-type.js'
import type { Media } from '../../schemas/mention.js'
import { HTML_PAGE, JPEG, OGG_OPUS, PDF, PNG, SVG_WITH_SCRIPT } from '../../simulators/media-samples.js'
import { makeEnriched, makeMention } from '../support/mentions.js'
import { openHouse, type House } from './house.js'
import { cookieFor, scopedSessions } from './scoped.js'

const ID = 'whatsapp:wamid.WITH/MEDIA=='
let house: House
let cookie: string
beforeAll(async () => {
  house = await openHouse()
  cookie = await house.cookieOf()
})
afterAll(() => house.stop())
beforeEach(async () => {
  house.memory.mentions.splice(0)
  await house.media.expire(new Date('9999-01-01'))
  await house.records.deleteFrom('audit').execute()
})

const mediaOf = (n: number, mimeType: string, fileName: string | null): Media => ({ kind: 'image', id: `m${n}`, mimeType, sha256: null, bytes: null, fileName, url: null }) // prettier-ignore

/** A mention with these files, fetched and stored. */
async function put(...files: { bytes: Buffer; mimeType: string; fileName?: string }[]): Promise<void> {
  const media = files.map(({ mimeType, fileName }, n) => mediaOf(n, mimeType, fileName ?? null))
  house.memory.mentions.push(makeEnriched({ id: ID, media }))
  await house.media.take([{ type: 'written', mention: makeMention({ id: ID, media }) }], new Set(['whatsapp']))
  const claimed = await house.media.claim('whatsapp', 100, () => house.clock.now())
  for (const [n, { bytes, mimeType, fileName }] of files.entries()) {
    const wanted = claimed.find(({ platformId }) => platformId === `m${n}`)
    const file = await house.media.receive(1e6)
    await file.write(bytes)
    const { sha256, head } = await file.finish()
    const type = await contentTypeOf(head, mimeType)
    await house.media.keep(wanted?.id ?? '', file, { sha256, bytes: bytes.length, mimeType: type.mimeType, typeDiffers: type.differs, fileName: fileName ?? null }) // prettier-ignore
  }
}

const path = (position: number | string, query = '') =>
  `/api/mentions/${encodeURIComponent(ID)}/media/${position}${query}`
const get = (url: string, headers: Record<string, string> = { cookie }) => house.app.inject({ url, headers })
const audited = async () => (await house.records.selectFrom('audit').selectAll().execute()).filter(({ action }) => action === 'opened media') // prettier-ignore

describe('a file of a mention', () => {
  it('comes as it was stored, under the type of its content, for nobody else to cache or frame', async () => {
    await put({ bytes: JPEG, mimeType: 'image/png', fileName: 'تصویر ۱.png' })
    const answer = await get(path(0))
    expect(answer.statusCode).toBe(200)
    expect(answer.rawPayload.equals(JPEG)).toBe(true)
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(JPEG.length),
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-store',
      'accept-ranges': 'bytes',
    })
    expect(answer.headers['content-security-policy']).toMatch(/sandbox; default-src 'none'/)
    const disposition = String(answer.headers['content-disposition'])
    expect(disposition).toMatch(/^inline; filename="[\x20-\x7e]+"; filename\*=UTF-8''%D8%AA/)
    expect(disposition).toMatch(/\.png\.jpg$/)
  })

  it.each([
    ['a page', HTML_PAGE, 'text/html', 'bill.html'],
    ['a page called a picture', HTML_PAGE, 'image/jpeg', 'photo.jpg'],
    ['a picture with a script', SVG_WITH_SCRIPT, 'image/svg+xml', 'a.svg'],
    ['a program', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]), 'application/pdf', 'a.pdf'],
    ['a script', Buffer.from('#!/bin/sh\nrm -rf /\n'), 'text/plain', 'a.txt'],
    ['a page in UTF-16', Buffer.from('\ufeff<html><script>1</script>', 'utf16le'), 'text/plain', 'a.txt'],
    ['an archive', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(100)]), 'application/zip', 'a.zip'],
    ['nothing known', Buffer.from([1, 2, 3, 4, 5]), 'image/png', 'a.png'],
  ])('that is %s comes for download alone, under no name that starts it', async (_what, bytes, mimeType, fileName) => {
    await put({ bytes, mimeType, fileName })
    for (const url of [path(0), path(0, '?download=false')]) {
      const answer = await get(url)
      expect(answer.headers['content-type']).toBe('application/octet-stream')
      expect(answer.headers['content-disposition']).toMatch(/^attachment; .*\.bin/)
    }
    const [state] = (await get(`/api/mentions/${encodeURIComponent(ID)}/media`)).json<{ items: { shownAs: string }[] }>().items // prettier-ignore
    expect(state?.shownAs).toBe('unsafe')
  })

  it('that is a document comes for download, a picture where that is asked for', async () => {
    await put({ bytes: PDF, mimeType: 'application/pdf', fileName: 'x.exe' }, { bytes: PNG, mimeType: 'image/png' })
    expect((await get(path(0))).headers['content-disposition']).toContain('attachment; filename="x.exe.pdf"')
    expect((await get(path(1))).headers['content-disposition']).toContain('inline; filename="image.png"')
    expect((await get(path(1, '?download=true'))).headers['content-disposition']).toContain('attachment')
  })

  it.each([
    ['bytes=0-9', 206, 0, 9],
    ['bytes=100-', 206, 100, OGG_OPUS.length - 1],
    ['bytes=-50', 206, OGG_OPUS.length - 50, OGG_OPUS.length - 1],
    [`bytes=10-${OGG_OPUS.length * 9}`, 206, 10, OGG_OPUS.length - 1],
    ['bytes=0-0', 206, 0, 0],
    ['bytes=0-1,5-6', 200, 0, OGG_OPUS.length - 1],
    ['bytes=9-2', 200, 0, OGG_OPUS.length - 1],
    ['lines=1-2', 200, 0, OGG_OPUS.length - 1],
    ['bytes=', 200, 0, OGG_OPUS.length - 1],
  ])('asked for as %s is answered %i', async (range, status, start, end) => {
    await put({ bytes: OGG_OPUS, mimeType: 'audio/ogg' })
    const answer = await get(path(0), { cookie, range })
    expect(answer.statusCode).toBe(status)
    expect(answer.rawPayload.equals(OGG_OPUS.subarray(start, end + 1))).toBe(true)
    if (status === 206) expect(answer.headers['content-range']).toBe(`bytes ${start}-${end}/${OGG_OPUS.length}`)
  })

  it.each([`bytes=${OGG_OPUS.length}-`, 'bytes=-0', 'bytes=999999999999999-'])('has no part %s', async (range) => {
    await put({ bytes: OGG_OPUS, mimeType: 'audio/ogg' })
    const answer = await get(path(0), { cookie, range })
    expect(answer.statusCode).toBe(416)
    expect(answer.headers['content-range']).toBe(`bytes */${OGG_OPUS.length}`)
  })

  it('has no address of any other kind', async () => {
    await put({ bytes: PNG, mimeType: 'image/png' })
    for (const position of ['1', '-1', '99999999', 'a', '0.5', '..%2f..%2frecords.db', '%00', 'incoming'])
      expect([400, 404]).toContain((await get(path(position))).statusCode)
    expect((await get('/api/mentions/whatsapp%3Aother/media/0')).statusCode).toBe(404)
  })

  it('is for whoever is signed in and may see the mention', async () => {
    await put({ bytes: PNG, mimeType: 'image/png' })
    expect((await get(path(0), {})).statusCode).toBe(401)
    const scoped = await openHouse({ sessions: scopedSessions, media: house.media }, { search: house.memory })
    try {
      const as = (district: string) => scoped.app.inject({ url: path(0), headers: cookieFor(district) })
      expect((await as('swat')).statusCode).toBe(404)
      expect((await as('peshawar')).statusCode).toBe(200)
    } finally {
      await scoped.stop()
    }
  })

  it('that is not here yet says why, and is gone with its mention', async () => {
    const media = [mediaOf(0, 'image/png', null)]
    house.memory.mentions.push(makeEnriched({ id: ID, media }))
    await house.media.take([{ type: 'written', mention: makeMention({ id: ID, media }) }], new Set())
    const answer = await get(path(0))
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ detail: expect.stringContaining('channel-not-fetched') as string })
    const detail = (await get(`/api/mentions/${encodeURIComponent(ID)}`)).json<{ media: object[] }>()
    expect(detail.media).toMatchObject([{ position: 0, status: 'refused', reason: 'channel-not-fetched' }])
    expect(await audited()).toEqual([])
  })

  it('that was opened is noted with who opened it, once for all its pieces', async () => {
    await house.clock.advance(11 * 60_000)
    await put({ bytes: OGG_OPUS, mimeType: 'audio/ogg', fileName: 'secret name.ogg' })
    for (const range of ['bytes=10-20', 'bytes=0-', 'bytes=30-']) await get(path(0), { cookie, range })
    expect(await audited()).toMatchObject([{ actor: 'officer', subject: ID, detail: '0 audio/ogg' }])
    await house.clock.advance(11 * 60_000)
    await get(path(0))
    expect(await audited()).toHaveLength(2)
  })
})

describe('what a file is', () => {
  it('is never what it says it is, only what it is', async () => {
    const hashes = new Set<string>()
    for (const [bytes, expected] of [
      [JPEG, 'image/jpeg'],
      [PNG, 'image/png'],
      [OGG_OPUS, 'audio/ogg'],
      [PDF, 'application/pdf'],
    ] as const) {
      // prettier-ignore
      for (const declared of [null, 'image/svg+xml', 'text/html', 'application/x-msdownload', expected])
        expect((await contentTypeOf(bytes, declared)).mimeType).toBe(expected)
      hashes.add(createHash('sha256').update(bytes).digest('hex'))
    }
    expect(hashes.size).toBe(4)
  })

  it.each([
    ['<!DOCTYPE html>'],
    ['\n\t <SVG xmlns="x">'],
    ['\ufeff<html>'],
    ['<?xml version="1.0"?><svg/>'],
    ['<!-- x --><script>'],
    ['<x:script xmlns:x="http://www.w3.org/1999/xhtml">'],
  ])('%j is a page, whatever it is called', async (text) => {
    for (const declared of ['text/plain', 'image/png', 'text/html', null])
      expect(await contentTypeOf(Buffer.from(text), declared)).toMatchObject({ mimeType: 'application/octet-stream', markup: true }) // prettier-ignore
  })
})
