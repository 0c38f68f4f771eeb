import { expect, test } from 'vitest'
import { comparedPrint, isPlainlyAnother, PLAINLY_ANOTHER_BITS } from '../../alerts/member-days.js'
import { hammingDistance, isNearCopy } from '../../runtime/near-copy.js'

const withBits = (ones: number) =>
  BigInt.asUintN(64, (1n << BigInt(ones)) - 1n)
    .toString(16)
    .padStart(16, '0')

test('what is taken for plainly another text is one that no near-copy rule would let pass', () => {
  for (let ones = 0; ones <= 64; ones++) {
    const [a, b] = [withBits(0), withBits(ones)].map((simhash) => comparedPrint({ simhash, tokens: 30 }))
    if (a == null || b == null) throw new Error('both have words')
    expect(hammingDistance(a.simhash, b.simhash)).toBe(ones)
    expect(isPlainlyAnother(a, b)).toBe(ones > PLAINLY_ANOTHER_BITS)
    for (const tokens of [1, 5, 11, 19, 50, 400, 20_000]) {
      if (isPlainlyAnother(a, b)) expect(isNearCopy({ ...a, tokens }, { ...b, tokens })).toBe(false)
    }
  }
})

test('a text without words is like nothing', () => {
  expect(comparedPrint({ simhash: '0000000000000000', tokens: 0 })).toBeNull()
  expect(comparedPrint(null)).toBeNull()
})
