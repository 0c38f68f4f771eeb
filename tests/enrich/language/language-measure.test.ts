import { describe, expect, it } from 'vitest'
import { createLanguageEnricher } from '../../../enrich/enrichers/language/language.js'
import { readLanguageRows } from '../../../enrich/training/language-rows.js'
import { measure } from '../../../enrich/training/measure.js'
import { mentionOf, NO_TAGS } from './mention-of.js'

const rows = readLanguageRows()
const held = rows?.filter((row) => row.held && row.origin === 'shared') ?? []
const reason = rows === undefined ? ' (skipped: ../shared/data/lid-train.tsv is missing)' : ''

describe.skipIf(rows === undefined)(`the language model on rows held back from its training${reason}`, () => {
  const enricher = createLanguageEnricher()
  const macroF1 = (part: (text: string) => string) =>
    measure(
      held.map(({ lang, text }) => ({ truth: lang, answer: enricher.enrich(mentionOf(part(text)), NO_TAGS).lang })),
    ).macroF1

  it('reaches a macro F1 of 0.95 on whole rows', () => {
    expect(macroF1((text) => text)).toBeGreaterThanOrEqual(0.95)
  })

  it('reaches a macro F1 of 0.93 on the first six words', () => {
    expect(macroF1((text) => text.split(/\s+/).slice(0, 6).join(' '))).toBeGreaterThanOrEqual(0.93)
  })

  it('is about as sure as it is right', () => {
    const answers = held.map(({ lang, text }) => ({ lang, answer: enricher.enrich(mentionOf(text), NO_TAGS) }))
    const sure = answers.filter(({ answer }) => answer.confidence >= 0.9)
    const right = sure.filter(({ lang, answer }) => answer.lang === lang).length / sure.length
    const mean = sure.reduce((sum, { answer }) => sum + answer.confidence, 0) / sure.length
    expect(Math.abs(mean - right)).toBeLessThan(0.03)
  })
})
