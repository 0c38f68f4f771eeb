import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEnrichers } from '../../../app/enrichers.js'
import { CoreFinder, readCoreModel } from '../../../enrich/core/core.js'
import { createRuleJudge } from '../../../enrich/enrichers/category/by-rules.js'
import { readText } from '../../../enrich/reading/words.js'
import { fold } from '../../../runtime/fold.js'
import { readCorpus } from '../../../enrich/training/corpus.js'
import { dressed, readDressings } from '../../../enrich/training/dressings.js'
import { tagsOf } from '../../../enrich/training/judged-corpus.js'
import { createRandom, hashOf } from '../../../enrich/training/random.js'

const rules = createRuleJudge()
const finder = new CoreFinder(readCoreModel(), readText, (word) => rules.tellsOfDanger.has(word))
const coreOf = (text: string): string => finder.find(text)?.text ?? text
const enrichers = createEnrichers()
const tags = (text: string) => tagsOf(text, enrichers)

describe('what a message tells', () => {
  it.each([
    ['assalam o alaikum sir. meri dukan ka tala toot gaya hai saman gayab hai', 'meri dukan'],
    ['السلام علیکم جناب، میری گاڑی کل رات سے غائب ہے', 'میری گاڑی'],
    ['Dear sir, with due respect I beg to say that the street light is off', 'I beg to say'],
  ])('begins behind the greeting: %s', (text, beginning) => {
    expect(coreOf(text).startsWith(beginning)).toBe(true)
  })

  it('ends before thanks, a signature and a row of tags', () => {
    const core = coreOf('bijli ke khambe se chingari nikal rahi hai bazar mein. shukria, allah hafiz #KPPolice #Help')
    expect(core).toMatch(/^bijli ke khambe .* bazar mein\.$/)
  })

  it('keeps its question mark, and the sign of its first tag', () => {
    expect(coreOf('Assalam o alaikum sir. kya licence daftar hafte ko khula hota hai? shukria sir')).toBe(
      'kya licence daftar hafte ko khula hota hai?',
    )
    expect(coreOf('Assalam o alaikum sir, #Mardan bazar mein pani khara hai kal se')).toMatch(/^#Mardan/)
  })

  it('is all of a message that only greets, thanks or says nothing', () => {
    for (const text of ['السلام علیکم', 'shukria bhai', 'thanks', '😊', '', '   ', '#KPPolice', '03001234567'])
      expect(coreOf(text)).toBe(text)
  })

  it('never leaves out a word by which dangers are told', () => {
    for (const danger of ['bomb', 'firing', 'aghwa', 'دھماکہ', 'چاړه', 'ډزې']) {
      expect(rules.tellsOfDanger.has(fold(danger))).toBe(true)
      expect(
        coreOf(`salam sir main ${danger} wali gali se hun. mera shanakhti card gum gaya hai kal bazar mein`),
      ).toContain(danger)
      expect(coreOf(`mera shanakhti card gum gaya hai kal bazar mein. shukria, ${danger} gali`)).toContain(danger)
    }
  })

  it('is a part of the text, with spans where they are in it, whatever the text', () => {
    const words = fc.constantFrom(
      'salam',
      'sir',
      'السلام',
      'علیکم',
      'firing',
      'ghar',
      'مننه',
      'shukria',
      '#help',
      '0300',
      '؟',
      '\n',
      '😢',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(words, { maxLength: 80 }).map((all) => all.join(' ')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const core = finder.find(text)
        if (core === undefined) return
        const { start, end } = core.spanOf({ text: core.text, start: 0, end: core.text.length })
        expect(text.slice(start, end)).toBe(core.text)
        expect(readText(core.text).words.length).toBeGreaterThan(0)
      }),
      { seed: 33, numRuns: 600 },
    )
  })

  it('is found in hardly any message more narrowly than it stands there', () => {
    const dressings = readDressings('test')
    let [kept, all] = [0, 0]
    for (const { lang, text } of readCorpus('test').filter((_, at) => at % 5 === 0)) {
      const whole = dressed(lang, text, dressings, createRandom(hashOf(text)))
      const core = coreOf(whole)
      const words = readText(text).words
      all += words.length
      const from = whole.indexOf(core)
      const at = whole.indexOf(text)
      kept += words.filter(({ start, end }) => at + start >= from && at + end <= from + core.length).length
    }
    expect(kept / all).toBeGreaterThan(0.97)
  })
})

describe('category and sentiment', () => {
  const danger = 'hamare ghar mein daku ghus aaye hain bandook le kar, Takht Bhai'

  it('are of what the message tells, and their evidence lies where it was written', () => {
    const text = `Assalam o alaikum janab e ali, umeed hai aap khairiyat se honge. ${danger}. Bohat shukria aap ka, dua go`
    const { category, sentiment } = tags(text)
    expect(category).toMatchObject({ category: 'crime', alert: true })
    for (const { text: said, start, end } of category?.evidence ?? []) expect(text.slice(start, end)).toBe(said)
    expect(category?.evidence.length).toBeGreaterThan(0)
    expect(sentiment?.sentiment).toBe('neutral')
  })

  it('hear thanks that are all there is', () => {
    expect(tags('Bohat shukria KP police, aap ne mera mobile dhoond diya').sentiment?.sentiment).toBe('positive')
  })
})
