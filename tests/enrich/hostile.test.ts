import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEnrichers } from '../../app/enrichers.js'
import { enrichMention } from '../../enrich/enrich-mention.js'
import { textMention } from '../../enrich/text-mention.js'
import type { Span, Tags } from '../../schemas/tags.js'

const NOW = '2026-11-22T08:00:00.000Z'
const enrichers = createEnrichers()

function tagsOf(text: string): Tags {
  const { tags, failed } = enrichMention(textMention('hostile', text, NOW), {
    enrichers,
    now: NOW,
    onFailure: (name, error) => expect.fail(`${name}: ${String(error)}`),
  })
  expect(failed).toEqual([])
  return tags
}

const spansOf = ({ category, districts, threat }: Tags): readonly Span[] => [
  ...(category?.evidence ?? []),
  ...(threat?.keywords ?? []),
  ...(districts ?? []).flatMap(({ evidence }) => evidence),
]

const isProbability = (value: number | undefined) => value !== undefined && value >= 0 && value <= 1

function expectSane(text: string): void {
  const tags = tagsOf(text)
  for (const { text: words, start, end } of spansOf(tags)) expect(text.slice(start, end)).toBe(words)
  const { category, language, threat } = tags
  for (const value of [
    category?.alertConfidence,
    category?.categoryConfidence,
    language?.confidence,
    threat?.threatening,
    threat?.offensive,
  ])
    expect(isProbability(value), String(value)).toBe(true)
}

/** The first letters of every block of 128 code points. */
const BLOCKS = Array.from({ length: 0x11_0000 / 128 }, (_, block) =>
  Array.from({ length: 8 }, (_letter, at) => {
    const code = block * 128 + at * 16
    return code >= 0xd800 && code <= 0xdfff ? '' : String.fromCodePoint(code)
  }).join(''),
)

describe('the tagger, given anything', () => {
  it.each([
    ['nothing', ''],
    ['one emoji', '🔥'],
    ['half a letter', '\ud83d'],
    ['100 kB of words', 'bazar mein awaz aai hai. '.repeat(4_000)],
    ['100 kB without a space', 'ب'.repeat(100_000)],
    ['10,000 of one letter', 'a'.repeat(10_000)],
    [
      'a gap of 7,000 in what is thanked for',
      `bati band hai${' #'.repeat(3_500)} gali mein. bohat shukria, allah hafiz`,
    ],
    ['bytes', Array.from({ length: 5_000 }, (_, at) => String.fromCharCode((at * 7_919) % 256)).join('')],
    ['overrides', '\u202epolice\u202c \u2066bomb\u2069 \u200f بم \u200e'],
    ['joiners inside words', 'b\u200do\u200dm\u200db'],
    ['marks on marks', `z${'\u0301'.repeat(5_000)}`],
  ])('answers with sane tags: %s', (_what, text) => expectSane(text))

  it('answers to every block of Unicode', () => {
    for (const letters of BLOCKS) expectSane(letters)
  })

  it('answers to whatever is made of whole and broken letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => expectSane(text)),
      { seed: 20_261_127, numRuns: 300 },
    )
  })

  it('reads through spaces, joiners, look-alikes and digits in a word', () => {
    for (const text of [
      'peshawar saddar mein b o m b rakha hai jaldi aao',
      'peshawar saddar mein b0mb rakha hai jaldi aao',
      'peshawar saddar mein b\u200do\u200dm\u200db rakha hai jaldi aao',
      'peshawar saddar mein bоmb rakha hai jaldi aao',
    ])
      expect({ text, tag: tagsOf(text).category }).toMatchObject({ tag: { category: 'terrorism', alert: true } })
  })
})
