import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { segments } from '../../runtime/sms-segments.js'

describe('a text by SMS', () => {
  it.each([
    ['', 'gsm-7', 0, 1, 160],
    ['a'.repeat(160), 'gsm-7', 160, 1, 0],
    ['a'.repeat(161), 'gsm-7', 161, 2, 145],
    ['a'.repeat(306), 'gsm-7', 306, 2, 0],
    ['a'.repeat(307), 'gsm-7', 307, 3, 152],
    ['€'.repeat(80), 'gsm-7', 160, 1, 0],
    ['€'.repeat(81), 'gsm-7', 162, 2, 143],
    // 152 letters and then an escape: the pair goes to the second part.
    [`${'a'.repeat(152)}€${'a'.repeat(10)}`, 'gsm-7', 164, 2, 141],
    [`${'a'.repeat(152)}€${'a'.repeat(151)}`, 'gsm-7', 305, 2, 0],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'gsm-7', 306, 3, 152],
    ['ب'.repeat(70), 'ucs-2', 70, 1, 0],
    ['ب'.repeat(71), 'ucs-2', 71, 2, 63],
    ['ب'.repeat(134), 'ucs-2', 134, 2, 0],
    ['ب'.repeat(135), 'ucs-2', 135, 3, 66],
    ['`', 'ucs-2', 1, 1, 69],
    ['ç', 'ucs-2', 1, 1, 69],
    ['Ç', 'gsm-7', 1, 1, 159],
    ['\f', 'gsm-7', 2, 1, 158],
    ['😀'.repeat(35), 'ucs-2', 70, 1, 0],
    // 33 pairs fill 66 of 67: the 34th goes on.
    ['😀'.repeat(36), 'ucs-2', 72, 2, 61],
  ] as const)('%#: counts', (text, encoding, units, parts, left) => {
    expect(segments(text)).toEqual({ encoding, units, parts, left })
  })

  it('never has room that is not there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (text) => {
        const { encoding, units, parts, left } = segments(text)
        const [single, joined] = encoding === 'gsm-7' ? [160, 153] : [70, 67]
        expect(left).toBeGreaterThanOrEqual(0)
        if (parts === 1) expect(units + left).toBe(single)
        else {
          expect(units).toBeGreaterThan(single)
          expect(units).toBeLessThanOrEqual(parts * joined - left)
          // At most one place is wasted in each full part.
          expect(units).toBeGreaterThanOrEqual(parts * joined - left - (parts - 1))
        }
      }),
      { seed: 4 },
    )
  })
})
