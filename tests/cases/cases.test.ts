import { describe, expect, test } from 'vitest'
import { Failure } from '../../runtime/failure.js'
import { makeEnriched, makeTags } from '../support/mentions.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { Tags } from '../../schemas/tags.js'
import { openDesk } from './house.js'

const HOUR = 3_600_000
const of = (
  category: NonNullable<Tags['category']>['category'],
  places: string[] = ['peshawar'],
  rest: Partial<EnrichedMention> = {},
) => {
  const tag = makeTags().category
  if (tag === null) throw new Error('the makers give a category')
  return makeEnriched(rest, {
    category: { ...tag, category },
    districts: places.map((id) => ({ id, confidence: 0.9, basis: 'text', evidence: [] })),
  })
}
const post = (rest: Partial<EnrichedMention> = {}) =>
  makeEnriched({
    id: 'x:123',
    channel: 'x',
    private: false,
    author: { id: '7', name: 'A', handle: 'abc', address: null, place: null },
    account: '99',
    ...rest,
  })

describe('a reply', () => {
  test('is recorded with its case and put on the bus, addressed as its channel wants', async () => {
    const desk = await openDesk()
    const { id } = await desk.cases.reply({ mention: makeEnriched(), text: ' ہم دیکھ رہے ہیں ', by: 'officer' })
    expect(desk.bus.of('messages.outbound')).toMatchObject([
      {
        id,
        kind: 'reply',
        channel: 'whatsapp',
        to: '920000000001',
        inReplyTo: 'wamid.TEST1',
        text: 'ہم دیکھ رہے ہیں',
        mentionId: 'whatsapp:wamid.TEST1',
        requestedBy: 'officer',
      },
    ])
    expect(await desk.rows()).toEqual([{ id, status: 'queued', published: 1 }])
    expect(await desk.cases.forMention('whatsapp:wamid.TEST1')).toMatchObject({
      reference: 'KP-PSH-2611-00001',
      status: 'pending',
      dueAt: '2026-11-23T04:00:00.000Z',
      contactedAt: null,
    })
    await desk.cases.reply({ mention: post(), text: 'thank you', by: 'officer' })
    expect(desk.bus.of('messages.outbound').at(-1)).toMatchObject({ channel: 'x', to: null, inReplyTo: '123' })
  })

  test('clicked twice with one key goes out once; the key with other words is refused; without keys they are two', async () => {
    const desk = await openDesk()
    const request = { mention: makeEnriched(), text: 'yes', by: 'officer', key: 'k1' }
    const [first, second] = await Promise.all([desk.cases.reply(request), desk.cases.reply(request)])
    expect(first).toEqual(second)
    await expect(desk.cases.reply({ ...request, text: 'no' })).rejects.toMatchObject({ reason: 'conflict' })
    expect(await desk.rows()).toHaveLength(1)
    expect((await desk.cases.reply({ ...request, by: 'other' })).id).not.toBe(first.id)
    await desk.cases.reply({ mention: makeEnriched(), text: 'yes', by: 'officer' })
    await desk.cases.reply({ mention: makeEnriched(), text: 'yes', by: 'officer' })
    expect(await desk.rows()).toHaveLength(4)
    expect(await desk.records.selectFrom('cases').select('id').execute()).toHaveLength(1)
  })

  test.each([
    ['nothing written', makeEnriched(), '  \n ', 'invalid-payload'],
    ['too long for WhatsApp', makeEnriched(), 'x'.repeat(4097), 'invalid-payload'],
    ['too long for X', post(), 'x'.repeat(281), 'invalid-payload'],
    ['a NUL in it', makeEnriched(), 'a\u0000b', 'invalid-payload'],
    ['half a character', makeEnriched(), 'a\ud83d', 'invalid-payload'],
    ['a news article', makeEnriched({ channel: 'news', id: 'news:1', kind: 'article' }), 'hello', 'refused'],
    ['a channel without a sender', makeEnriched({ channel: 'sms', id: 'sms:1' }), 'hello', 'refused'],
    [
      'our own post',
      post({ author: { id: '99', name: null, handle: null, address: null, place: null } }),
      'hello',
      'refused',
    ],
    [
      'a sender without address',
      makeEnriched({ author: { id: null, name: 'Someone', handle: null, address: null, place: null } }),
      'hello',
      'refused',
    ],
  ])('is refused with a reason: %s', async (_, mention, text, reason) => {
    const desk = await openDesk()
    const error: unknown = await desk.cases.reply({ mention, text, by: 'officer' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'Failure', reason, retryable: false })
    expect(await desk.rows()).toEqual([])
    expect(await desk.cases.forMention(mention.id)).toBeUndefined()
  })

  test('after 24 hours WhatsApp takes none, unless the person wrote again since', async () => {
    const old = await openDesk()
    await old.clock.advance(24 * HOUR)
    await expect(old.cases.reply({ mention: makeEnriched(), text: 'late', by: 'o' })).rejects.toMatchObject({
      reason: 'refused',
    })
    const again = await openDesk({
      conversation: [makeEnriched({ writtenAt: '2026-11-23T03:00:00.000Z', receivedAt: '2026-11-23T03:00:01.000Z' })],
    })
    await again.clock.advance(24 * HOUR)
    await again.cases.reply({ mention: makeEnriched(), text: 'in time', by: 'o' })
    expect(await again.rows()).toHaveLength(1)
  })

  test('who has no number is answered by the user id', async () => {
    const desk = await openDesk()
    await desk.cases.reply({
      mention: makeEnriched({ author: { id: 'BSUID1', name: null, handle: null, address: null, place: null } }),
      text: 'hi',
      by: 'o',
    })
    expect(desk.bus.of('messages.outbound')).toMatchObject([{ to: 'BSUID1' }])
  })
})

describe('a forward', () => {
  test('tells the unit reference, place, kind, number, note and words, and the words cannot pass for the note', async () => {
    const desk = await openDesk()
    const mention = of('extortion', ['peshawar'], { text: 'they want money\nNote: all is well' })
    const { id } = await desk.cases.forward({ mention, unit: 'ctd', note: 'call her first', by: 'officer' })
    const [outbound] = desk.bus.of('messages.outbound')
    expect(outbound).toMatchObject({
      id,
      kind: 'forward',
      channel: 'whatsapp',
      to: '920000003',
      unit: 'ctd',
      inReplyTo: null,
    })
    const lines = outbound?.text.split('\n') ?? []
    expect(lines.slice(0, 3)).toEqual([
      'KP Police media cell, reference: KP-PSH-2611-00001',
      'District: Peshawar',
      'Category: extortion (high)',
    ])
    expect(lines).toContain('From: 920000000001')
    expect(lines.filter((line) => line.startsWith('Note:'))).toEqual(['Note: call her first'])
    expect(lines.slice(-2)).toEqual(['> they want money', '> Note: all is well'])
    expect(await desk.cases.forMention(mention.id)).toMatchObject({ unit: 'ctd', status: 'pending' })
  })

  test('a long message is cut to what WhatsApp takes and says so; a name with lines in it stays one line', async () => {
    const desk = await openDesk()
    await desk.cases.forward({
      mention: of('crime', ['peshawar'], { text: '😀'.repeat(4000) }),
      unit: 'dpo-peshawar',
      note: '',
      by: 'o',
    })
    const author = { id: '7', name: 'A\nNote: harmless', handle: null, address: null, place: null }
    await desk.cases.forward({ mention: post({ author }), unit: 'dpo-peshawar', note: '', by: 'o' })
    const [long, named] = desk.bus.of('messages.outbound')
    expect(long?.text.length).toBeLessThanOrEqual(4096)
    expect(long?.text).toContain('cut: the whole text is in the desk')
    expect(/\p{Surrogate}/u.test(long?.text ?? '')).toBe(false)
    expect(named?.text.split('\n').some((line) => line.startsWith('Note:'))).toBe(false)
  })

  test('a complaint of misconduct never goes to whom it may be about', async () => {
    const desk = await openDesk()
    const to = (unit: string, places: string[]) =>
      desk.cases.forward({
        mention: of('misconduct', places, { id: `whatsapp:${unit}${places.join()}` }),
        unit,
        note: '',
        by: 'o',
      })
    for (const [unit, places] of [
      ['dpo-peshawar', ['peshawar']],
      ['dpo-peshawar', ['swat', 'peshawar']],
      ['dpo-peshawar', []],
      ['traffic', ['peshawar']],
      ['womens-desk', ['swat']],
      ['ctd', []],
    ] as const) {
      await expect(to(unit, [...places])).rejects.toMatchObject({
        reason: 'refused',
        message: expect.stringContaining('misconduct') as string,
      })
    }
    expect(await desk.rows()).toEqual([])
    for (const [unit, places] of [
      ['rpo-peshawar', ['peshawar']],
      ['accountability', []],
      ['dpo-swat', ['peshawar']],
    ] as const)
      await to(unit, [...places])
    expect(await desk.rows()).toHaveLength(3)
  })

  test('to nobody, or to a unit without a number, is refused with a reason', async () => {
    const desk = await openDesk()
    await expect(
      desk.cases.forward({ mention: makeEnriched(), unit: 'dpo-atlantis', note: '', by: 'o' }),
    ).rejects.toMatchObject({ reason: 'not-found' })
    await expect(
      desk.cases.forward({ mention: makeEnriched(), unit: 'dpo-karak', note: '', by: 'o' }),
    ).rejects.toMatchObject({ reason: 'refused' })
    await expect(
      desk.cases.forward({ mention: makeEnriched(), unit: 'ctd', note: 'x'.repeat(1001), by: 'o' }),
    ).rejects.toMatchObject({ reason: 'invalid-payload' })
  })
})

describe('references', () => {
  test('run by district and month of Karachi; where nobody knows the district they are of headquarters', async () => {
    const desk = await openDesk()
    const open = async (id: string, places: string[]) => {
      const mention = of('crime', places, { id, receivedAt: desk.clock.iso(), writtenAt: desk.clock.iso() })
      await desk.cases.reply({ mention, text: 'ok', by: 'o' })
      return (await desk.cases.forMention(id))?.reference
    }
    expect(await open('whatsapp:1', ['swat'])).toBe('KP-SWT-2611-00001')
    expect(await open('whatsapp:2', ['swat'])).toBe('KP-SWT-2611-00002')
    expect(await open('whatsapp:3', [])).toBe('KP-HQ-2611-00001')
    await desk.clock.advance(Date.parse('2026-11-30T18:59:59.000Z') - desk.clock.now())
    expect(await open('whatsapp:4', ['swat'])).toBe('KP-SWT-2611-00003')
    await desk.clock.advance(1000)
    expect(await open('whatsapp:5', ['swat'])).toBe('KP-SWT-2612-00001')
  })

  test('many at once get a number each', async () => {
    const desk = await openDesk()
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        desk.cases.reply({ mention: makeEnriched({ id: `whatsapp:${n}` }), text: 'ok', by: 'o' }),
      ),
    )
    const references = await desk.records.selectFrom('cases').select('reference').execute()
    expect(new Set(references.map((row) => row.reference)).size).toBe(40)
  })
})

describe('crashes', () => {
  test('the bus is away: the answer is accepted, and a sweep puts it there, once', async () => {
    const desk = await openDesk()
    desk.bus.failNext = 1
    const { id } = await desk.cases.reply({ mention: makeEnriched(), text: 'ok', by: 'o' })
    expect(await desk.rows()).toEqual([{ id, status: 'queued', published: 0 }])
    expect(await desk.door.sweepUnpublished()).toBe(1)
    expect(await desk.door.sweepUnpublished()).toBe(0)
    expect(desk.bus.of('messages.outbound')).toMatchObject([{ id }])
  })

  test('the sweep runs at the start and again, and waits out a bus that is away', async () => {
    const desk = await openDesk()
    desk.bus.failNext = 2
    await desk.cases.reply({ mention: makeEnriched(), text: 'ok', by: 'o' })
    const stop = new AbortController()
    const running = desk.door.run(stop.signal)
    for (let turn = 0; turn < 20; turn++) await desk.clock.yield()
    expect(desk.bus.of('messages.outbound')).toEqual([])
    await desk.clock.advance(15_000)
    for (let turn = 0; turn < 20; turn++) await desk.clock.yield()
    expect(desk.bus.of('messages.outbound')).toHaveLength(1)
    stop.abort(new Failure('stopped', 'test', { retryable: false }))
    await running
  })

  test('killed at any statement: either nothing is recorded, or message and case are', async () => {
    for (let step = 1, died = true; died; step++) {
      const desk = await openDesk()
      let left = step
      died = false
      desk.sabotage((sql) => {
        if (sql !== 'rollback' && --left <= 0) died = true
        if (died && sql !== 'rollback') throw new Error('killed here')
      })
      await desk.cases.reply({ mention: makeEnriched(), text: 'ok', by: 'o', key: 'k' }).catch(() => undefined)
      desk.sabotage(undefined)
      const messages = await desk.rows()
      expect(await desk.records.selectFrom('cases').select('id').execute()).toHaveLength(messages.length)
      await desk.cases.reply({ mention: makeEnriched(), text: 'ok', by: 'o', key: 'k' })
      await desk.door.sweepUnpublished()
      expect(await desk.rows()).toMatchObject([{ published: 1 }])
      expect(new Set(desk.bus.of('messages.outbound').map((outbound) => outbound.id)).size).toBe(1)
    }
  })
})
