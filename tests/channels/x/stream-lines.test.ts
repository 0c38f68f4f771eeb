import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createStreamBackOff } from '../../../channels/x/stream-back-off.js'
import { createLineSplitter } from '../../../channels/x/stream-lines.js'

fc.configureGlobal({ seed: 20261122 })

const MAX = 200

function split(bytes: Buffer, cuts: readonly number[]) {
  const splitter = createLineSplitter(MAX)
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const lines = [...places, bytes.length].flatMap((place, index) =>
    splitter.push(bytes.subarray(index === 0 ? 0 : places[index - 1], place)),
  )
  return { lines, rest: splitter.rest() }
}

describe('lines of a stream', () => {
  it('are the same however the bytes are cut, also within an Urdu letter', () => {
    const word = fc.oneof(
      fc.constantFrom('پولیس کہاں ہے', '{"data":{"text":"آگ 🔥"}}', ''),
      fc.string({ maxLength: 30 }),
    )
    const line = word.map((text) => text.replace(/[\r\n]/g, '').trim())
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 30 }), (texts, cuts) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\r\n`).join(''))
        expect(split(bytes, cuts)).toEqual({
          lines: texts.map((text) =>
            text === '' ? { kind: 'keep-alive' } : { kind: 'words', text: Buffer.from(text).toString() },
          ),
          rest: undefined,
        })
      }),
    )
  })

  it('pass over one that is too long, wherever it is cut, and go on after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: MAX + 2, max: 9_000 }), fc.array(fc.nat(), { maxLength: 20 }), (length, cuts) => {
        const { lines } = split(Buffer.from(`{"a":1}\n${'x'.repeat(length)}\n{"b":2}\n`), cuts)
        expect(lines.map(({ kind }) => kind)).toEqual(['words', 'too-large', 'words'])
        expect(lines[1]).toMatchObject({ bytes: length })
        expect((lines[1] as { head: string }).head.length).toBeLessThanOrEqual(4_096)
      }),
    )
  })

  it('keep what has no end apart', () => {
    const splitter = createLineSplitter(MAX)
    expect(splitter.push(Buffer.from('\r\n{"data":'))).toEqual([{ kind: 'keep-alive' }])
    expect(splitter.rest()).toEqual({ kind: 'words', text: '{"data":' })
    expect(splitter.rest()).toBeUndefined()
  })
})

it('backs off as X prescribes, and from the beginning once something arrived', () => {
  const backOff = createStreamBackOff()
  const times = (trouble: 'tcp' | 'http' | 'rate', count: number) =>
    Array.from({ length: count }, () => backOff.nextMs(trouble))
  expect(times('tcp', 3)).toEqual([250, 500, 750])
  expect(times('tcp', 80).at(-1)).toBe(16_000)
  expect(times('http', 9)).toEqual([5, 10, 20, 40, 80, 160, 320, 320, 320].map((seconds) => seconds * 1000))
  expect(times('rate', 3)).toEqual([60_000, 120_000, 240_000])
  backOff.well()
  expect([...times('tcp', 1), ...times('http', 1), ...times('rate', 1)]).toEqual([250, 5_000, 60_000])
})
