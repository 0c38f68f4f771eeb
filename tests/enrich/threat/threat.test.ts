import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createThreatEnricher } from '../../../enrich/enrichers/threat/threat.js'
import { mentionOf, tagsWith } from './mention.js'

const enricher = createThreatEnricher()
const threatOf = (text: string) => enricher.enrich(mentionOf(text), tagsWith())
const wordsOf = (text: string) => threatOf(text).keywords.map((keyword) => `${keyword.kind}:${keyword.text}`)

describe('threat keywords', () => {
  it.each([
    ['bazar mein dhamaka hua', 'terrorism:dhamaka'],
    ['bazar me dhmakah hua', 'terrorism:dhmakah'],
    ['بازار میں دھماکے کی آواز', 'terrorism:دھماکے'],
    ['په بازار کې چاودنه وشوه', 'terrorism:چاودنه'],
    ['pa bazar ke chawdana wushwa', 'terrorism:chawdana'],
    ['pa bazar ke chaudna wushwa', 'terrorism:chaudna'],
    ['bhattay ka khat', 'extortion:bhattay'],
    ['kal fayring suni', 'violence:fayring'],
    ['ډزې دي', 'violence:ډزې'],
    ['zoy ye tashtawale de', 'kidnapping:tashtawale'],
    ['zoy ye watakhtawo', 'kidnapping:watakhtawo'],
    ['بچہ اغواء ہوا', 'kidnapping:اغواء'],
  ])('reads inflected and roman spellings: %s', (text, expected) => {
    expect(wordsOf(text)).toContain(expected)
  })

  it.each([
    ['b o m b', 'b o m b'],
    ['b.o.m.b', 'b.o.m.b'],
    ['b-o-m-b', 'b-o-m-b'],
    ['b_o_m_b', 'b_o_m_b'],
    ['b0mb', 'b0mb'],
    ['b*mb', 'b*mb'],
    ['bоmb', 'bоmb'],
    ['BOMMMB', 'BOMMMB'],
    ['ｂｏｍｂ', 'ｂｏｍｂ'],
    ['د ھ م ا ک ہ', 'د ھ م ا ک ہ'],
    ['دھمــاکہ', 'دھمــاکہ'],
    ['دھما\u200cکہ', 'دھما\u200cکہ'],
    ['d.h.a.m.a.k.a', 'd.h.a.m.a.k.a'],
  ])('sees through what hides a word: %s', (hidden, text) => {
    expect(threatOf(`thane mein ${hidden} hai`).keywords).toEqual([
      { text, start: 11, end: 11 + text.length, kind: 'terrorism' },
    ])
  })

  it('does not take figures of speech and names for danger words', () => {
    for (const text of [
      'eid sale ka dhamaka',
      'دھماکہ خیز بیٹنگ',
      'traffic ne maar dala',
      'حکومت نے پٹرول بم گرا دیا',
      'free fire',
    ]) {
      expect(wordsOf(text)).toEqual([])
    }
  })

  it('leaves links and handles out, and reads #HashTags', () => {
    expect(wordsOf('https://example.org/bomb @bombsquad hello')).toEqual([])
    expect(wordsOf('#PeshawarBlast')).toEqual(['terrorism:Blast'])
  })
})

describe('threatening and offensive', () => {
  it.each([
    'Main tumhe goli maar dunga thanedar',
    'تمہیں زندہ نہیں چھوڑوں گا',
    'I will kill you',
    'زه به دې ووژنم',
    'sar kat denge tera',
  ])('the writer threatens: %s', (text) => {
    expect(threatOf(text).threatening).toBeGreaterThan(0.5)
  })

  it.each([
    'mujhe keh raha hai ke tumhe maar dunga',
    'They said they will kill me if I do not pay',
    'وہ کہتا ہے کہ تمہیں مار دوں گا، مجھے تحفظ دیں',
    'پولیس کا شکریہ',
    'kal licence kaise banega',
  ])('the writer tells of a threat, or of none: %s', (text) => {
    expect(threatOf(text).threatening).toBeLessThan(0.5)
  })

  it('tells abuse from plain words', () => {
    expect(threatOf('tum log haramzade ho').offensive).toBeGreaterThan(0.7)
    expect(threatOf('یہ پولیس والے کتے ہیں').offensive).toBeGreaterThan(0.6)
    expect(threatOf('shukria mardan police').offensive).toBeLessThan(0.2)
  })
})

describe('any text at all', () => {
  it('never throws; keywords are exact, sorted and do not overlap; probabilities are probabilities', () => {
    const unit = fc.oneof(
      fc.constantFrom(
        'bomb',
        'بم',
        ' ',
        '.',
        '?',
        'b o m b',
        '\0',
        '\ud800',
        '\udfff',
        'ﷺ',
        '*',
        '-',
        '#',
        '@',
        'maar dunga',
        'چاودنه',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    )
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        const threat = threatOf(text)
        let last = 0
        for (const keyword of threat.keywords) {
          expect(keyword.text).toBe(text.slice(keyword.start, keyword.end))
          expect(keyword.start).toBeGreaterThanOrEqual(last)
          expect(keyword.end).toBeGreaterThan(keyword.start)
          last = keyword.end
        }
        for (const value of [threat.threatening, threat.offensive]) expect(value >= 0 && value <= 1).toBe(true)
      }),
      { numRuns: 600, seed: 7 },
    )
  })
})
