import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerpt, runsOf, tidyMarks, type Mark } from '../../desk/web/src/text/segments.js'

const joined = (text: string, dir: 'rtl' | 'ltr', marks: readonly Mark[]): string =>
  runsOf(text, dir, marks)
    .flatMap((run) => run.pieces.map((piece) => piece.text))
    .join('')

const anyText = fc.string({
  unit: fc.constantFrom('a', 'Z', ' ', '3', '+', 'ب', 'ھ', 'ټ', '😀', '\n', '\u202e', '\u0301'),
})
const anyMarks = fc.array(
  fc.record({
    start: fc.integer({ min: -3, max: 40 }),
    end: fc.integer({ min: -3, max: 45 }),
    kind: fc.constantFrom('evidence' as const, 'found' as const),
  }),
)

describe('runs of a message', () => {
  it('joined again are the text, whatever the marks', () => {
    fc.assert(
      fc.property(anyText, anyMarks, fc.constantFrom('rtl' as const, 'ltr' as const), (text, marks, dir) => {
        expect(joined(text, dir, marks)).toBe(text)
      }),
      { seed: 7, numRuns: 2000 },
    )
  })

  it('never cut a surrogate pair and never overlap', () => {
    fc.assert(
      fc.property(anyText, anyMarks, (text, marks) => {
        let end = 0
        for (const mark of tidyMarks(text, marks)) {
          expect(mark.start).toBeGreaterThanOrEqual(end)
          expect(text.slice(mark.start, mark.end).isWellFormed()).toBe(true)
          end = mark.end
        }
      }),
      { seed: 7, numRuns: 2000 },
    )
  })

  it('isolate Latin words and numbers in Urdu, as one run with what joins them', () => {
    const foreign = runsOf('نمبر +92 300 1234567 ہے، حوالہ KP-PSH-2611-00042 اور 3 دن', 'rtl', [])
      .filter((run) => run.foreign)
      .map((run) => run.pieces.map((piece) => piece.text).join(''))
    expect(foreign).toEqual(['+92 300 1234567', 'KP-PSH-2611-00042'])
  })

  it('mark what was searched for over what is evidence', () => {
    const tidy = tidyMarks('abcdef', [
      { start: 0, end: 6, kind: 'evidence' },
      { start: 2, end: 4, kind: 'found' },
    ])
    expect(tidy.map((mark) => [mark.start, mark.end, mark.kind])).toEqual([
      [0, 2, 'evidence'],
      [2, 4, 'found'],
      [4, 6, 'evidence'],
    ])
  })

  it('take a hundred thousand characters of the worst kind in under a second', () => {
    const started = performance.now()
    for (const text of ['a ب'.repeat(33_000), `a${' '.repeat(100_000)}ب`, '1.'.repeat(50_000), 'ب،'.repeat(50_000)]) {
      for (const dir of ['rtl', 'ltr'] as const) expect(joined(text, dir, [])).toBe(text)
    }
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('excerpt', () => {
  it('of a long text holds its first mark, and the marks still name the same words', () => {
    const text = `${'word '.repeat(400)}BHATTA ${'more '.repeat(100)}`
    const start = text.indexOf('BHATTA')
    const part = excerpt(text, [{ start, end: start + 6, kind: 'evidence' }], 300)
    expect(part.text.length).toBeLessThanOrEqual(302)
    expect(part.marks.map((mark) => part.text.slice(mark.start, mark.end))).toEqual(['BHATTA'])
  })

  it('leaves a short text as it is', () => {
    expect(excerpt('short', [], 300)).toEqual({ text: 'short', marks: [] })
  })

  it('shows of a long text without marks its beginning', () => {
    expect(excerpt('x'.repeat(500), [], 300).text).toBe(`${'x'.repeat(300)}…`)
  })
})
