import { describe, expect, it } from 'vitest'
import { createFingerprintEnricher } from '../../../enrich/enrichers/fingerprint/fingerprint.js'
import { createLanguageEnricher } from '../../../enrich/enrichers/language/language.js'
import { createSentimentEnricher } from '../../../enrich/enrichers/sentiment/sentiment.js'
import { mentionOf, NO_TAGS } from './mention-of.js'

const fill = (piece: string) => piece.repeat(Math.ceil(100_000 / piece.length)).slice(0, 100_000)
const PIECES = [
  'a',
  'a.',
  'a-',
  'a@',
  '@a ',
  '#aB',
  'https://a.b/',
  '😀',
  'پ',
  'پولیس ',
  '\u200f',
  '\ud800',
  '\u0000',
  '1',
  ' ',
  'not good police ',
  'نہیں ',
  'á̂',
  "a'",
  'www.',
]
const ENRICHERS = [createLanguageEnricher(), createSentimentEnricher(), createFingerprintEnricher()]
const MOST_MS = 50

/** The best of three runs: what the code costs, not what else the machine does. */
function fastest(run: () => unknown): number {
  let best = Infinity
  for (let turn = 0; turn < 3; turn++) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

describe.each(ENRICHERS)('100,000 characters for $adds', (enricher) => {
  it.each(PIECES.map((piece) => [JSON.stringify(piece), piece]))('of %s', (_, piece) => {
    const mention = mentionOf(fill(piece))
    expect(fastest(() => enricher.enrich(mention, NO_TAGS))).toBeLessThan(MOST_MS)
  })
})
