import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { busKey } from '../../ingest/key.js'
import { cleanId, cleanText, sanitiseChange } from '../../ingest/sanitise.js'
import { Change, type Mention } from '../../schemas/mention.js'
import { makeMention } from '../support/mentions.js'

const clean = (overrides: Partial<Mention>): Mention => {
  const change = sanitiseChange({ type: 'written', mention: makeMention(overrides) })
  if (change.type === 'deleted') throw new Error('no mention')
  return change.mention
}

describe('cleanText', () => {
  it.each([
    ['پشاور\nمیں\tآگ 🔥', 'پشاور\nمیں\tآگ 🔥', []],
    ['a\ud83d', 'a\ufffd', ['lone-surrogate']],
    ['\udd25\ud83d🔥', '\ufffd\ufffd🔥', ['lone-surrogate']],
    ['پشا\u0000ور\u0007\u001b[31m\u007f\u009b', 'پشاور[31m', ['control-removed']],
    ['a\r\nb\rc', 'a\nb\nc', []],
    ['\u202eabc\u2067\u200f\u200c', '\u202eabc\u2067\u200f\u200c', []],
    ['\ud800\u0000', '\ufffd', ['lone-surrogate', 'control-removed']],
    ['', '', []],
  ])('%j becomes %j', (original, text, mended) => {
    expect(cleanText(original)).toEqual({ text, mended })
  })

  it('cuts at a character', () => {
    expect(cleanText('x'.repeat(100_000)).mended).toEqual([])
    expect(cleanText(`${'x'.repeat(99_999)}🔥`)).toEqual({ text: 'x'.repeat(99_999), mended: ['text-cut'] })
    expect(cleanText(`${'x'.repeat(99_998)}🔥x`)).toEqual({ text: `${'x'.repeat(99_998)}🔥`, mended: ['text-cut'] })
  })

  it('leaves nothing that a store would change, and mends once', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 300 }),
        (original) => {
          const { text } = cleanText(original, 200)
          expect(text.length).toBeLessThanOrEqual(200)
          expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text)
          expect(cleanText(text, 200)).toEqual({ text, mended: [] })
        },
      ),
      { seed: 3, numRuns: 1000 },
    )
  })
})

describe('a mention', () => {
  it('written in the future is noted and keeps its word', () => {
    expect(clean({ writtenAt: '2026-11-22T04:10:00.000Z' }).mended).toEqual([])
    const ahead = clean({ writtenAt: '2026-11-22T04:10:00.001Z' })
    expect([ahead.writtenAt, ahead.mended]).toEqual(['2026-11-22T04:10:00.001Z', ['written-in-future']])
  })

  it('has clean names, and addresses that a browser may follow', () => {
    const media = {
      kind: 'image',
      id: 'a\u0000',
      mimeType: null,
      sha256: null,
      bytes: null,
      fileName: '\ud800.jpg',
      url: 'javascript:alert(1)',
    } as const
    const mention = clean({
      url: 'data:text/html,x',
      media: [media],
      author: { id: '1', name: 'a\u0000b', handle: null, address: null, place: '\ud800' },
    })
    expect(mention.author).toMatchObject({ name: 'ab', place: '\ufffd' })
    expect(mention.url).toBeNull()
    expect(mention.media).toMatchObject([{ id: 'a', fileName: '\ufffd.jpg', url: null }])
    expect(clean({ url: 'https://x.com/i/web/status/1' }).url).toBe('https://x.com/i/web/status/1')
  })

  it('is noted once, however often it is mended', () => {
    const once = clean({ text: 'a\u0000'.repeat(3), mended: ['written-unknown'] })
    expect(once.mended).toEqual(['written-unknown', 'control-removed'])
    expect(clean(once)).toEqual(once)
  })
})

it('ids that a store would bend become a digest, always the same and never two alike', () => {
  expect(cleanId('whatsapp:wamid.A=')).toBe('whatsapp:wamid.A=')
  const bad = ['x:a\u0000', 'x:a\ud800', 'x:a\udbff', 'x:a\nb', `x:${'9'.repeat(600)}`]
  const cleaned = bad.map(cleanId)
  expect(new Set(cleaned).size).toBe(bad.length)
  expect(cleaned).toEqual(bad.map(cleanId))
  for (const id of cleaned) {
    expect(id).toMatch(/^x:sha256-[0-9a-f]{64}$/)
    expect(cleanId(id)).toBe(id)
  }
  expect(
    Value.Check(
      Change,
      sanitiseChange({ type: 'written', mention: makeMention({ id: `whatsapp:${'a'.repeat(900)}` }) }),
    ),
  ).toBe(true)
})

it('the key is the conversation on private channels and the item on public ones, for deletions too', () => {
  const whatsapp = makeMention()
  const post = makeMention({ id: 'x:1', channel: 'x', private: false, conversation: 'x:9' })
  expect(busKey({ type: 'written', mention: whatsapp })).toBe(whatsapp.conversation)
  expect(busKey({ type: 'edited', mention: post })).toBe('x:1')
  const deletion = { type: 'deleted', version: 1, receivedAt: whatsapp.receivedAt } as const
  expect(busKey({ ...deletion, id: whatsapp.id, channel: 'whatsapp', conversation: whatsapp.conversation })).toBe(
    whatsapp.conversation,
  )
  expect(busKey({ ...deletion, id: 'x:1', channel: 'x', conversation: 'x:9' })).toBe('x:1')
})
