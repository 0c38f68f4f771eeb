import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canBeWrittenTo, normaliseNumber } from '../../../channels/sms/phone-number.js'

describe('normaliseNumber', () => {
  it.each([
    ['03001234567', '+923001234567'],
    ['0300 1234567', '+923001234567'],
    ['0300-1234567', '+923001234567'],
    ['3001234567', '+923001234567'],
    ['923001234567', '+923001234567'],
    ['+923001234567', '+923001234567'],
    ['+92 (0)300 1234567', '+923001234567'],
    ['00923001234567', '+923001234567'],
    ['0092 300 1234567', '+923001234567'],
    ['9203001234567', '+923001234567'],
    ['0919210333', '+92919210333'],
    ['0519222333', '+92519222333'],
    ['+44 20 7946 0018', '+442079460018'],
    ['442079460018', '+442079460018'],
    ['0044 20 7946 0018', '+442079460018'],
    ['\u202a+923001234567\u202c', '+923001234567'],
  ])('%s is %s', (written, one) => {
    expect(normaliseNumber(written)).toBe(one)
  })

  it('keeps short codes and names as they are', () => {
    for (const kept of [
      '8333',
      '1122',
      '15',
      'KP Police',
      'Jazz',
      'HBL-ALERT',
      '',
      'whatsapp:+923001234567',
      '12345678',
    ])
      expect(normaliseNumber(kept)).toBe(kept)
  })

  it('is the same when done twice, and throws on nothing', () => {
    const written = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^\+?[0-9 ()-]{0,18}$/),
      fc.stringMatching(/^(\+92|0092|92|0)3\d{9}$/),
    )
    fc.assert(
      fc.property(written, (text) => {
        const once = normaliseNumber(text)
        expect(normaliseNumber(once)).toBe(once)
      }),
      { seed: 3, numRuns: 2000 },
    )
  })
})

it('only numbers can be written to', () => {
  expect(['+923001234567', '8333', '15'].every(canBeWrittenTo)).toBe(true)
  expect(['KP Police', '', '+', 'whatsapp:+923001234567', '1'].some(canBeWrittenTo)).toBe(false)
})
