import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { OutboundState } from '../../schemas/outbound.js'
import { makeEnriched } from '../support/mentions.js'
import { openHouse, ring, type House } from './house.js'
import { cookieFor, scopedSessions } from './scoped.js'

let house: House
let cookie: string
beforeAll(async () => {
  house = await openHouse()
  cookie = await house.cookieOf()
})
afterAll(() => house.stop())
beforeEach(() => void house.memory.mentions.splice(0))

const put = (mention: Partial<EnrichedMention> = {}) => {
  const made = makeEnriched(mention)
  house.memory.mentions.push(made)
  return made
}
const get = (url: string) => house.app.inject({ url, headers: { cookie } })
const post = (id: string, what: 'replies' | 'forwards', payload: object) =>
  house.app.inject({
    method: 'POST',
    url: `/api/mentions/${encodeURIComponent(id)}/${what}`,
    headers: { cookie },
    payload,
  })
const outbound = async () => (await house.bus.read('messages.outbound', {})).map(({ value }) => value as OutboundState)

describe('a mention', () => {
  it.each([
    'whatsapp:wamid.HBgMOTIz==',
    'whatsapp:a/b/c',
    'whatsapp:a+b=',
    'whatsapp:100%',
    'whatsapp:100%25',
    'whatsapp:%2e%2e%2f',
    'whatsapp:../../alerts',
    'whatsapp:a b?c#d&e;f',
    'whatsapp:پشاور',
    'whatsapp:😀',
    `whatsapp:${'/'.repeat(500)}`,
  ])('is found by the id %s', async (id) => {
    put({ id })
    const answer = await get(`/api/mentions/${encodeURIComponent(id)}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ mention: { id } })
  })

  it('comes with all that the reading pane shows', async () => {
    const mention = put()
    put({ id: 'whatsapp:before', writtenAt: '2026-11-22T03:00:00.000Z' })
    put({ id: 'whatsapp:other', conversation: 'whatsapp:920000000009' })
    await ring(house, mention)
    const detail = (await get(`/api/mentions/${encodeURIComponent(mention.id)}`)).json<Record<string, unknown>>()
    expect(Object.keys(detail).sort()).toEqual(
      [
        'alertId',
        'case',
        'conversation',
        'conversationEarlier',
        'correctionHistory',
        'media',
        'mention',
        'outbound',
        'reply',
        'suggestedUnits',
      ].sort(),
    )
    expect((detail['conversation'] as EnrichedMention[]).map(({ id }) => id)).toEqual(['whatsapp:before', mention.id])
    expect(detail).toMatchObject({ mention, case: null, outbound: [], reply: { possible: true, reason: null, maxLength: 4096 }, suggestedUnits: ['ctd', 'dpo-peshawar'] }) // prettier-ignore
    const alert = (await get(`/api/alerts/${encodeURIComponent(String(detail['alertId']))}`)).json<object>()
    expect(alert).toMatchObject({ mentionIds: [mention.id] })
  })

  it('carries hostile words as JSON that no browser takes for a page', async () => {
    const text = '</script><img src=x onerror=alert(1)> \u2028 "; DROP TABLE x; -- {{7*7}} \u202e'
    const author = { id: '1', name: '<b onmouseover=alert(2)>', handle: null, address: null, place: '=cmd|calc' }
    const { id } = put({ text, author })
    for (const url of [`/api/mentions/${encodeURIComponent(id)}`, '/api/mentions']) {
      const answer = await get(url)
      expect(answer.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff' }) // prettier-ignore
      expect(JSON.stringify(answer.json())).toContain(JSON.stringify(text))
    }
  })

  it('that is read is noted with who read it, and its words are noted nowhere', async () => {
    const { id } = put({ text: 'words that only the mention may hold' })
    await get(`/api/mentions/${encodeURIComponent(id)}`)
    await post(id, 'replies', { text: 'an answer that only the outbox may hold' })
    await post(id, 'forwards', { unit: 'dpo-peshawar', note: 'a note that only the outbox may hold' })
    const audit = await house.records.selectFrom('audit').selectAll().where('subject', '=', id).execute()
    expect(audit.map(({ actor, action }) => `${actor} ${action}`)).toEqual(
      expect.arrayContaining(['officer read', 'officer replied', 'officer forwarded']),
    )
    expect(JSON.stringify(audit) + house.logged.join()).not.toContain('may hold')
  })

  it('that is not there, or not in the officer’s districts, is 404 for every verb', async () => {
    const scoped = await openHouse({ sessions: scopedSessions })
    try {
      const mention = makeEnriched()
      scoped.memory.mentions.push(mention)
      const url = `/api/mentions/${encodeURIComponent(mention.id)}`
      const ask = (method: 'GET' | 'POST', path: string, payload?: object) =>
        scoped.app.inject({
          method,
          url: path,
          headers: cookieFor('swat'),
          ...(payload === undefined ? {} : { payload }),
        })
      expect((await ask('GET', url)).statusCode).toBe(404)
      expect((await ask('POST', `${url}/replies`, { text: 'x' })).statusCode).toBe(404)
      expect((await ask('POST', `${url}/forwards`, { unit: 'dpo-peshawar' })).statusCode).toBe(404)
      expect(await scoped.records.selectFrom('outbound').selectAll().execute()).toEqual([])
      expect((await scoped.app.inject({ url, headers: cookieFor('swat.peshawar') })).statusCode).toBe(200)
    } finally {
      await scoped.stop()
    }
  })
})

describe('a reply', () => {
  it('is accepted with the id by which it can be followed', async () => {
    const { id } = put()
    const answer = await post(id, 'replies', { text: 'ہم دیکھ رہے ہیں' })
    expect(answer.statusCode).toBe(202)
    const { id: outboundId } = answer.json<{ id: string }>()
    expect(await outbound()).toContainEqual(expect.objectContaining({ id: outboundId, kind: 'reply', to: '920000000001', text: 'ہم دیکھ رہے ہیں', requestedBy: 'officer' })) // prettier-ignore
    const state = (await get(`/api/outbound/${encodeURIComponent(outboundId)}`)).json<OutboundState>()
    expect(state).toMatchObject({ id: outboundId, status: 'queued', mentionId: id, reason: null })
    const detail = (await get(`/api/mentions/${encodeURIComponent(id)}`)).json<{
      outbound: OutboundState[]
      case: object
    }>()
    expect(detail.outbound.map((one) => one.id)).toContain(outboundId)
    expect(detail.case).toMatchObject({ mentionId: id, status: 'pending' })
  })

  it('of one click is one message, however often it is sent; another text under its key is a conflict', async () => {
    const { id } = put({ id: 'whatsapp:click' })
    const first = await post(id, 'replies', { text: 'once', key: 'click-1' })
    const again = await post(id, 'replies', { text: 'once', key: 'click-1' })
    expect([first.statusCode, again.statusCode]).toEqual([202, 202])
    expect(again.json()).toEqual(first.json())
    expect((await post(id, 'replies', { text: 'other words', key: 'click-1' })).statusCode).toBe(409)
    expect((await house.outbound.listForMention(id)).map(({ text }) => text)).toEqual(['once'])
  })

  it.each([
    [422, 'a news article', { id: 'news:1', channel: 'news' as const }, 'thanks'],
    [422, 'a channel that is not set up', { id: 'sms:1', channel: 'sms' as const }, 'thanks'],
    [422, 'a sender without an address', { id: 'whatsapp:2', author: { id: null, name: 'A', handle: null, address: null, place: null } }, 'thanks'], // prettier-ignore
    [422, 'a message older than the window', { id: 'whatsapp:3', conversation: 'whatsapp:3', writtenAt: '2026-11-20T00:00:00.000Z', receivedAt: '2026-11-20T00:00:00.000Z' }, 'thanks'], // prettier-ignore
    [400, 'nothing but space', { id: 'whatsapp:4' }, ' \n '],
    [400, 'more than the channel takes', { id: 'whatsapp:5' }, 'x'.repeat(4097)],
    [400, 'characters that cannot be sent', { id: 'whatsapp:6' }, 'a\u0000b'],
    [400, 'half a character', { id: 'whatsapp:7' }, 'a\ud800b'],
    [400, 'no text', { id: 'whatsapp:8' }, ''],
    [400, 'a text longer than any', { id: 'whatsapp:9' }, 'x'.repeat(10_001)],
  ])('is refused with %i and the reason: %s', async (status, _why, mention, text) => {
    const { id } = put(mention)
    const before = (await outbound()).length
    const answer = await post(id, 'replies', { text })
    expect(answer.statusCode).toBe(status)
    expect(answer.json<{ detail: string }>().detail.length).toBeGreaterThan(10)
    expect(await outbound()).toHaveLength(before)
  })

  it.each([{}, { text: null }, { text: { a: 1 } }, { text: ['a', 'b'] }])('of %j is no reply', async (body) => {
    expect((await post(put().id, 'replies', body)).statusCode).toBe(400)
  })

  it('looks accepted where it is, though the audit cannot be written: it must not be written twice', async () => {
    const { id } = put({ id: 'whatsapp:full' })
    await post(id, 'replies', { text: 'to make its page' })
    const { Failure } = await import('../../runtime/failure.js')
    const full = await openHouse({
      audit: { note: () => Promise.reject(new Failure('storage-full', 'the disk is full', { retryable: true })) },
    })
    try {
      full.memory.mentions.push(makeEnriched({ id }))
      const answer = await full.app.inject({
        method: 'POST',
        url: `/api/mentions/${encodeURIComponent(id)}/replies`,
        headers: { cookie: await full.cookieOf() },
        payload: { text: 'words of the answer' },
      })
      expect(answer.statusCode).toBe(202)
      const line = full.logged.find((one) => one.includes('audit')) ?? ''
      expect(JSON.parse(line)).toMatchObject({ level: 50, actor: 'officer', action: 'replied', subject: id })
      expect(line).not.toContain('words of the answer')
    } finally {
      await full.stop()
    }
  })
})

describe('a forward', () => {
  it('is accepted, with a case and its reference', async () => {
    const { id } = put({ id: 'whatsapp:forward' })
    const answer = await post(id, 'forwards', { unit: 'dpo-peshawar', note: 'please look' })
    expect(answer.statusCode).toBe(202)
    const sent = (await outbound()).find((one) => one.id === answer.json<{ id: string }>().id)
    expect(sent).toMatchObject({ kind: 'forward', channel: 'whatsapp', to: '920000000101', unit: 'dpo-peshawar' })
    expect(sent?.text).toContain('please look')
    const detail = (await get(`/api/mentions/${encodeURIComponent(id)}`)).json<{ case: { reference: string } }>()
    expect(sent?.text).toContain(detail.case.reference)
  })

  it.each([
    [404, 'a unit that is none', { unit: 'dpo-atlantis' }],
    [404, 'a unit named as a part of every object', { unit: '__proto__' }],
    [422, 'a unit without a number', { unit: 'dpo-swat' }],
    [400, 'no unit', { unit: '' }],
    [400, 'no unit at all', { note: 'x' }],
    [400, 'a note longer than a note', { unit: 'dpo-peshawar', note: 'x'.repeat(1001) }],
  ])('is refused with %i: %s', async (status, _why, body) => {
    const answer = await post(put().id, 'forwards', body)
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  it('of a complaint about the police does not go to the district it may be about', async () => {
    const misconduct = makeEnriched({ id: 'whatsapp:misconduct' })
    const { category } = misconduct.tags
    if (category !== null) category.category = 'misconduct'
    house.memory.mentions.push(misconduct)
    expect((await post(misconduct.id, 'forwards', { unit: 'dpo-peshawar' })).statusCode).toBe(422)
    expect((await post(misconduct.id, 'forwards', { unit: 'rpo-peshawar' })).statusCode).toBe(202)
  })
})

describe('an outbound message', () => {
  it('is seen by whoever sees its mention, and one of no mention by those who see all', async () => {
    const scoped = await openHouse({ sessions: scopedSessions })
    try {
      const mention = makeEnriched()
      scoped.memory.mentions.push(mention)
      const { id } = await scoped.cases.reply({ mention, text: 'answer', by: 'officer' })
      const notification = { id: 'out:ring', kind: 'notification', channel: 'whatsapp', mention_id: null, unit: null, status: 'sent', reason: null, platform_id: null, requested_by: 'rabta', requested_at: mention.receivedAt, updated_at: mention.receivedAt, published: 1, body: '{"text":"ring"}' } // prettier-ignore
      await scoped.records.insertInto('outbound').values(notification).execute()
      const statusOf = async (outboundId: string, districts: string) =>
        (await scoped.app.inject({ url: `/api/outbound/${encodeURIComponent(outboundId)}`, headers: cookieFor(districts) })).statusCode // prettier-ignore
      expect(await statusOf(id, 'peshawar')).toBe(200)
      expect(await statusOf(id, 'swat')).toBe(404)
      expect(await statusOf('out:ring', 'swat')).toBe(404)
      expect(await statusOf('out:ring', 'all')).toBe(200)
      expect(await statusOf('out:none', 'all')).toBe(404)
    } finally {
      await scoped.stop()
    }
  })
})
