import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Mention } from '../../../../schemas/mention.js'
import { createKannelHook } from '../../../../channels/sms/kannel/hook.js'
import { outboundKey, readOutboundKey } from '../../../../channels/sms/kannel/outbound-key.js'
import { readKannel } from '../../../../channels/sms/kannel/read.js'
import { hookRequest, RECEIVED_AT } from '../hook-request.js'

const SECRET = 's3cret/+%&'
const hook = createKannelHook({ secret: SECRET })
const URL_BASE = 'http://127.0.0.1:4100/hooks/sms/kannel'
const percent = (bytes: Buffer) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const wide = (text: string) => percent(Buffer.from(text, 'utf16le').swap16())
const ID = '9b2f6a10-55f0-4d6e-8a0e-6f1a1c1b2d3e'
const rest = `to=8333&coding=0&charset=UTF-8&smsc=zong&id=${ID}&time=1795320000`

function read(query: string) {
  const request = hookRequest({ url: `${URL_BASE}?secret=${encodeURIComponent(SECRET)}&${query}` })
  return hook.read(hook.parse(request), { receivedAt: RECEIVED_AT })
}

function mentionOf(query: string): Mention {
  const [change] = read(query).changes
  if (change?.type !== 'written') throw new Error('no message was read')
  return change.mention
}

describe('a message from Kannel', () => {
  it('becomes a mention, field by field', () => {
    const text = 'پشاور میں بھتہ + 50%'
    expect(mentionOf(`from=03001234567&text=${encodeURIComponent(text)}&${rest}`)).toEqual({
      schema: 'rabta.mention/1',
      id: `sms:${ID}`,
      channel: 'sms',
      source: 'sms-kannel',
      version: 1_795_320_000_000,
      kind: 'direct',
      text,
      author: { id: '+923001234567', name: null, handle: null, address: '+923001234567', place: null },
      account: '8333',
      conversation: 'sms:8333:+923001234567',
      private: true,
      inReplyTo: null,
      url: null,
      writtenAt: new Date(1_795_320_000_000).toISOString(),
      receivedAt: RECEIVED_AT,
      media: [],
      location: null,
      mended: [],
    })
  })

  it('is in one conversation however the numbers are written', () => {
    const forms = ['03001234567', '923001234567', '%2B923001234567', '00923001234567', '+923001234567']
    const conversations = forms.map((from) => mentionOf(`from=${from}&to=0919210333&text=a&id=1`).conversation)
    expect(new Set(conversations)).toEqual(new Set(['sms:+92919210333:+923001234567']))
    expect(mentionOf('from=KP%20Police&to=8333&text=a').author.address).toBe('KP Police')
  })

  it('keeps any text: in UTF-8, and as bare UTF-16BE of a Kannel that does not recode', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
    const urdu = fc
      .array(fc.constantFrom(...'ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنوہھءیے ۔،؟ٹ\u200c\u200f😀A1'), {
        minLength: 1,
        maxLength: 280,
      })
      .map((letters) => letters.join(''))
    fc.assert(
      fc.property(fc.oneof(texts, urdu), (text) => {
        const narrow = percent(Buffer.from(text))
        expect(mentionOf(`from=1234&text=${narrow}&charset=UTF-8&id=1`).text).toBe(text)
        expect(mentionOf(`from=1234&text=${wide(text)}&charset=UTF-16BE&coding=2&id=1`).text).toBe(text)
      }),
      { seed: 11, numRuns: 600 },
    )
  })

  it('finds Unicode text whose charset is not said, or said wrongly', () => {
    const text = 'سوات میں فائرنگ ہو رہی ہے'
    for (const said of ['coding=2', 'coding=2&charset=UTF-8', 'charset=UTF-8', '', 'charset=UCS-2', 'charset=utf16-be'])
      expect(mentionOf(`from=1&text=${wide(text)}&${said}&id=1`).text).toBe(text)
    expect(mentionOf(`from=1&text=${percent(Buffer.from(text))}&coding=2&id=1`).text).toBe(text)
  })

  it('reads invalid UTF-8 as far as it goes, and says so', () => {
    const cut = Buffer.from('پشاور').subarray(0, 9)
    const damaged = mentionOf(`from=1&text=${percent(cut)}&charset=UTF-8&id=1`)
    expect(damaged.text).toBe('پشاو\ufffd')
    expect(damaged.mended).toContain('charset-guessed')
    const western = mentionOf('from=1&text=caf%e9&charset=UTF-8&id=1')
    expect([western.text, western.mended.includes('charset-guessed')]).toEqual(['café', true])
    expect(mentionOf('from=1&text=caf%e9&charset=ISO-8859-1&id=1').text).toBe('café')
    expect(mentionOf('from=1&text=100%&id=1').text).toBe('100%')
    expect(mentionOf('from=1&text=100%zz+a%2Bb&id=1').text).toBe('100%zz a+b')
  })

  it('an empty message stays a message, data for a phone one without words', () => {
    expect(mentionOf(`from=03001234567&text=&${rest}`).text).toBe('')
    const data = mentionOf('from=1&text=%06%05%04%0b%84%f1&coding=1&charset=8-BIT&id=1')
    expect([data.text, data.mended.includes('content-unsupported')]).toEqual(['', true])
  })

  it('has the same id when it comes again, and another one when it is another', () => {
    const first = mentionOf('from=0300&to=8333&text=madad&time=1795320000')
    expect(mentionOf('from=0300&to=8333&text=madad&time=1795320000').id).toBe(first.id)
    expect(mentionOf('time=1795320000&text=madad&to=8333&from=0300').id).toBe(first.id)
    const others = ['from=0301&to=8333&text=madad&time=1795320000', 'from=0300&to=8334&text=madad&time=1795320000']
    for (const other of [
      ...others,
      'from=0300&to=8333&text=Madad&time=1795320000',
      'from=0300&to=8333&text=madad&time=1795320001',
    ])
      expect(mentionOf(other).id).not.toBe(first.id)
    const hourLater = { receivedAt: '2026-11-22T05:00:00.000Z' }
    const without = readKannel('from=1&text=help', { receivedAt: RECEIVED_AT }).changes[0]
    const later = readKannel('from=1&text=help', hourLater).changes[0]
    expect(JSON.stringify(without)).not.toBe(JSON.stringify(later))
  })

  it('a request that lacks sender or text is kept, without the secret', () => {
    for (const query of ['text=a&to=8333', 'from=1&to=8333', 'foo=bar']) {
      const { unread, changes } = read(query)
      expect(changes).toHaveLength(0)
      expect(JSON.stringify(unread)).toContain(query)
      expect(JSON.stringify(unread)).not.toContain('s3cret')
    }
    expect(() => hook.parse(hookRequest({ url: `${URL_BASE}?secret=a` }))).toThrow()
  })
})

describe('the secret', () => {
  const verify = (query: string, secret = SECRET) =>
    createKannelHook({ secret }).verify(hookRequest({ url: `${URL_BASE}?${query}` }))

  it('is asked for once, whole, and never empty', () => {
    expect(verify(`from=1&secret=${encodeURIComponent(SECRET)}`)).toBe(true)
    for (const wrong of ['', 'secret=', 'secret=s3cret', `secret=${encodeURIComponent(SECRET)}x`, 'SECRET=s3cret'])
      expect(verify(wrong)).toBe(false)
    const twice = `secret=${encodeURIComponent(SECRET)}`
    expect(verify(`${twice}&${twice}`)).toBe(false)
    expect(verify(`secret=wrong&${twice}`)).toBe(false)
    expect(verify('secret=', '')).toBe(false)
    expect(verify('from=1', '')).toBe(false)
  })

  it('answers nothing that Kannel could send on', () => {
    expect(hook.stored).toEqual({ status: 200, body: '' })
  })
})

describe('a delivery report', () => {
  const report = (type: number | string, reason = '') =>
    read(`outbound=${outboundKey('out:ب 1')}&dlr=${type}&time=1795320100&reason=${encodeURIComponent(reason)}`)

  it.each([
    [1, 'delivered'],
    [2, 'failed'],
    [8, 'sent'],
    [16, 'failed'],
  ])('of type %i is %s', (type, state) => {
    expect(report(type).statuses).toMatchObject([
      { id: null, channel: 'sms', status: state, platformId: 'out:ب 1', at: new Date(1_795_320_100_000).toISOString() },
    ])
  })

  it('says why in words, and never the text that the receipt repeats', () => {
    const words =
      'id:77 sub:001 dlvrd:000 submit date:2611220400 done date:2611220401 stat:UNDELIV err:00B text:Salam Gul'
    const [failed] = report(2, words).statuses
    expect(failed?.reason).toBe(
      'the network could not deliver it: the number may be wrong or out of service (network code 00B)',
    )
    expect(report(2, 'stat:EXPIRED err:000').statuses[0]?.reason).toContain('could not be reached until')
    expect(report(16, 'NACK/0x0000000b/Invalid Destination Address').statuses[0]?.reason).toBe(
      'the SMSC did not take it: Invalid Destination Address',
    )
    expect(report(2, '').statuses[0]?.reason).toBe('the network could not deliver it')
    expect(report(1, words).statuses[0]?.reason).toBeNull()
  })

  it('that is not final, or not understood, is set aside or kept', () => {
    expect(report(4).skipped).toHaveLength(1)
    expect(report(32).skipped).toHaveLength(1)
    for (const strange of ['%d', '', '-1', '3', 'NaN']) expect(report(strange).unread).toHaveLength(1)
    expect(read('dlr=1').unread).toHaveLength(1)
    expect(read('dlr=1&outbound=%00').unread).toHaveLength(1)
  })

  it('names any outbound without a percent sign', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }), (id) => {
        const key = outboundKey(id)
        expect(key).toMatch(/^[\w-]+$/)
        expect(readOutboundKey(key)).toBe(id)
      }),
      { seed: 5, numRuns: 300 },
    )
  })
})
