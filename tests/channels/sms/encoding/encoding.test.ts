import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText } from '../../../../channels/sms/encoding/coding.js'
import { decodeGsm7, encodeGsm7, mendEscapes } from '../../../../channels/sms/encoding/gsm7.js'
import { readPart } from '../../../../channels/sms/encoding/read-part.js'
import { concatenationHeader, readUserData } from '../../../../channels/sms/encoding/udh.js'
import { decodeUcs2, encodeUcs2 } from '../../../../channels/sms/encoding/ucs2.js'
import { segments, SMS_PLACES, splitSms } from '../../../../runtime/sms-segments.js'

const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€'
const gsmText = fc.string({ unit: fc.constantFrom(...GSM), maxLength: 700 })
const anyText = fc.string({
  unit: fc.constantFrom('پ', 'ش', 'ا', 'و', 'ر', 'ھ', 'ې', 'ړ', 'ټ', ' ', 'a', '7', '€', '😀', '🇵🇰', '\u200c', '\n'),
  maxLength: 400,
})

describe('GSM 03.38', () => {
  it('holds its 137 characters, the extension at two septets', () => {
    expect([...GSM]).toHaveLength(137)
    expect(Buffer.from(encodeGsm7('@£€Ωà{~')).toString('hex')).toBe('00011b65157f1b281b3d')
    expect(splitSms(GSM).encoding).toBe('gsm-7')
    expect(splitSms('ç').encoding).toBe('ucs-2')
    expect(() => encodeGsm7('ç')).toThrow(RangeError)
  })

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(gsmText, (text) => {
        expect(decodeGsm7(encodeGsm7(text))).toEqual({ text, odd: false })
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('mends an extension character that its sender cut in two', () => {
    const bytes = encodeGsm7('ab€cd')
    const halves = [bytes.subarray(0, 3), bytes.subarray(3)]
    expect(mendEscapes(halves.map((half) => decodeGsm7(half).text).join(''))).toBe('ab€cd')
  })
})

describe('parts', () => {
  it.each([
    ['', 'gsm-7', 0, 160, 160],
    ['x'.repeat(160), 'gsm-7', 1, 0, 160],
    ['x'.repeat(161), 'gsm-7', 2, 145, 153],
    ['€'.repeat(80), 'gsm-7', 1, 0, 160],
    ['x'.repeat(152) + '€' + 'x'.repeat(10), 'gsm-7', 2, 141, 153],
    ['ب'.repeat(70), 'ucs-2', 1, 0, 70],
    ['ب'.repeat(71), 'ucs-2', 2, 63, 67],
    ['ب'.repeat(66) + '😀' + 'ب'.repeat(5), 'ucs-2', 2, 60, 67],
  ] as const)('of %j', (text, encoding, parts, charactersLeft, perPart) => {
    expect(segments(text)).toMatchObject({ encoding, left: charactersLeft })
    expect(splitSms(text).encoding).toBe(encoding)
    expect(splitSms(text).parts).toHaveLength(parts)
    expect(SMS_PLACES[encoding][parts > 1 ? 'joined' : 'single']).toBe(perPart)
  })

  it('joined are the text, and none is too long or begins inside a character', () => {
    fc.assert(
      fc.property(fc.oneof(gsmText, anyText), (text) => {
        const { encoding, parts } = splitSms(text)
        expect(parts.join('')).toBe(text)
        expect(segments(text)).toMatchObject({ encoding, parts: Math.max(parts.length, 1) })
        for (const part of parts) {
          const units = encoding === 'gsm-7' ? encodeGsm7(part).length : part.length
          expect(units).toBeLessThanOrEqual(
            parts.length === 1 ? (encoding === 'gsm-7' ? 160 : 70) : encoding === 'gsm-7' ? 153 : 67,
          )
          expect(part.isWellFormed()).toBe(true)
        }
      }),
      { seed: 2, numRuns: 500 },
    )
  })

  it('go through octets and header and back', () => {
    fc.assert(
      fc.property(fc.oneof(gsmText, anyText), fc.nat(255), (text, reference) => {
        const { encoding, parts } = splitSms(text)
        const read = parts.map((part, index) => {
          const body = encoding === 'gsm-7' ? encodeGsm7(part) : encodeUcs2(part)
          const bytes = Buffer.concat([concatenationHeader(reference, parts.length, index + 1), body])
          return readPart(bytes, { dataCoding: encoding === 'gsm-7' ? 0 : 8, hasHeader: true })
        })
        expect(mendEscapes(read.map((part) => part.text).join(''))).toBe(text)
        if (parts.length > 1)
          expect(read.map((part) => part.concatenation)).toEqual(
            parts.map((_, index) => ({ scheme: 'udh8', reference, total: parts.length, sequence: index + 1 })),
          )
      }),
      { seed: 3, numRuns: 300 },
    )
  })
})

describe('headers', () => {
  it('of 16 bits and with other elements', () => {
    const bytes = Uint8Array.of(0x0c, 0x05, 0x04, 0x0b, 0x84, 0x23, 0xf0, 0x08, 0x04, 0x12, 0x34, 3, 2, 0x41)
    expect(readUserData(bytes, false)).toEqual({
      concatenation: { scheme: 'udh16', reference: 0x1234, total: 3, sequence: 2 },
      body: Uint8Array.of(0x41),
      mended: [],
    })
  })

  it('that are none lose nothing of the message', () => {
    const text = 'Help, there is a fire'
    const read = readPart(encodeGsm7(text), { dataCoding: 0, hasHeader: true })
    expect(read).toMatchObject({ text, concatenation: undefined, mended: ['header-malformed'] })
    const wide = readPart(encodeUcs2('مدد کریں'), { dataCoding: 8, hasHeader: true })
    expect(wide.text).toContain('دد کریں')
  })

  it('with a part that cannot be are passed over', () => {
    for (const [total, sequence] of [
      [0, 0],
      [3, 0],
      [3, 4],
      [1, 1],
    ] as const)
      expect(readUserData(concatenationHeader(1, total, sequence), false).concatenation).toBeUndefined()
  })

  it('and octets of any kind are read without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 255 }), fc.nat(255), fc.boolean(), (bytes, dataCoding, hasHeader) => {
        expect(typeof readPart(bytes, { dataCoding, hasHeader }).text).toBe('string')
      }),
      { seed: 4, numRuns: 2000 },
    )
  })
})

describe('codings', () => {
  const urdu = 'پشاور میں دھماکہ'
  it.each([
    [8, encodeUcs2(urdu), urdu, false],
    [0x18, encodeUcs2(urdu), urdu, false],
    [0xe0, encodeUcs2(urdu), urdu, false],
    [3, Uint8Array.of(0xe9, 0x41), 'éA', false],
    [1, Uint8Array.from(Buffer.from('plain')), 'plain', false],
    [0xf0, encodeGsm7('@ home'), '@ home', false],
    [0, encodeUcs2(urdu), urdu, true],
    [0, Uint8Array.from(Buffer.from(urdu)), urdu, true],
    [4, Uint8Array.from(Buffer.from(urdu)), urdu, true],
    [0x77, encodeUcs2(urdu), urdu, true],
  ])('data_coding %i', (dataCoding, bytes, text, guessed) => {
    expect(decodeText(bytes, dataCoding)).toMatchObject({ text, guessed })
  })

  it('keep halves of a surrogate pair for the next part', () => {
    const bytes = encodeUcs2('a😀b')
    expect(decodeUcs2(bytes.subarray(0, 4)).text + decodeUcs2(bytes.subarray(4)).text).toBe('a😀b')
  })
})
