import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSentimentEnricher } from '../../../enrich/enrichers/sentiment/sentiment.js'
import { CATEGORIES, LANGS, SENTIMENTS, type Category, type Lang, type Tags } from '../../../schemas/tags.js'
import { mentionOf, NO_TAGS } from '../language/mention-of.js'
import { JUDGEMENTS, WORDS_ALONE } from './golden-judgements.js'

const enricher = createSentimentEnricher()

function tags(lang: Lang | undefined, category: Category | undefined, categoryConfidence = 0.8): Tags {
  return {
    ...NO_TAGS,
    language: lang === undefined ? null : { lang, confidence: 0.9 },
    category:
      category === undefined
        ? null
        : { category, categoryConfidence, alert: false, alertConfidence: 0.5, severity: 'low', evidence: [] },
  }
}
const judge = (text: string, lang?: Lang, category?: Category) => enricher.enrich(mentionOf(text), tags(lang, category))

describe('sentiment towards the police', () => {
  it.each(JUDGEMENTS)('%s (%s, %s): %s', (sentiment, lang, category, text) => {
    expect(judge(text, lang, category).sentiment).toBe(sentiment)
  })

  it.each(WORDS_ALONE)('%s by its words alone (%s): %s', (sentiment, lang, text) => {
    expect(judge(text, lang).sentiment).toBe(sentiment)
  })

  it('turns with a denial', () => {
    expect(judge('Police behaviour was good work', 'en').score).toBeGreaterThan(0)
    expect(judge('Police behaviour was not good work', 'en').score).toBeLessThan(0)
    expect(judge('پولیس کا کام زبردست', 'ur').score).toBeGreaterThan(0)
    expect(judge('پولیس کا کام زبردست نہیں', 'ur').score).toBeLessThan(0)
  })

  it('takes courtesy in a request for courtesy', () => {
    expect(judge('please send help to Kohat road, thank you', 'en', 'mishap').sentiment).toBe('neutral')
    expect(judge('براہ کرم مدد کریں، شکریہ', 'ur', 'crime').sentiment).toBe('neutral')
  })

  it('reads cruelty as blame of the police only where the police did it', () => {
    expect(judge('Dacoits tortured the shopkeeper, police informed', 'en', 'crime').sentiment).toBe('neutral')
    expect(judge('Police tortured my brother in the lock-up', 'en', 'misconduct').sentiment).toBe('negative')
  })

  it('gives a complaint of poor service inside a crime report its due', () => {
    expect(judge('میرا موبائل چوری ہوا، تھانے والے رپورٹ درج نہیں کر رہے', 'ur', 'crime').sentiment).toBe('negative')
  })

  it('is the same for many spellings in Latin letters', () => {
    for (const text of ['shukriya police', 'SHUKRIA police', 'shukriyaaaa police', 'shukrya police']) {
      expect(judge(text, 'ur-Latn').sentiment, text).toBe('positive')
    }
  })

  it('answers any text in any tags, twice the same, with the label that its score says', () => {
    const lang = fc.option(fc.constantFrom(...LANGS), { nil: undefined })
    const category = fc.option(fc.constantFrom(...CATEGORIES), { nil: undefined })
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), lang, category, (text, inLang, inCategory) => {
        const { sentiment, score } = judge(text, inLang, inCategory)
        expect(SENTIMENTS).toContain(sentiment)
        expect(Math.abs(score)).toBeLessThanOrEqual(1)
        expect(sentiment).toBe(score >= 0.3 ? 'positive' : score <= -0.3 ? 'negative' : 'neutral')
        expect(judge(text, inLang, inCategory)).toEqual({ sentiment, score })
      }),
      { seed: 5, numRuns: 400 },
    )
  })

  it('never calls a bare report of an event a judgement', () => {
    const events = [
      'Bomb blast',
      'Firing',
      'Two people killed',
      'Robbery',
      'Child kidnapped',
      'Bus accident',
      'Suicide attack',
      'Flood',
    ]
    const where = ['in Bannu', 'near the police lines in Swat', 'at Saddar', 'on GT Road Nowshera']
    for (const event of events) {
      for (const place of where)
        expect(judge(`${event} ${place}`, 'en', 'violence').sentiment, `${event} ${place}`).toBe('neutral')
    }
  })
})
