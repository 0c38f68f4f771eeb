import { writeFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLanguageEnricher, LANGUAGE_MODEL } from '../../../enrich/enrichers/language/language.js'
import { loadJoinedWords } from '../../../enrich/reading/joined-words.js'
import { loadGlossLists } from '../../../enrich/glosses/glosses.js'
import { packagePath } from '../../../runtime/package-root.js'
import { LANGS, type Tags } from '../../../schemas/tags.js'
import { mentionOf, NO_TAGS } from './mention-of.js'
import { GOLDEN } from './golden-texts.js'

const enricher = createLanguageEnricher()
const judge = (text: string, soFar: Tags = NO_TAGS) => enricher.enrich(mentionOf(text), soFar)

const PLACES = ['پشاور', 'مردان', 'سوات', 'بنوں', 'ٹانک', 'دیر', 'چترال', 'ایبٹ آباد', 'مانسہرہ', 'ڈیرہ', 'وانا', 'کرم']

describe('language', () => {
  it.each(GOLDEN)('%s: %s', (lang, text) => {
    expect(judge(text).lang).toBe(lang)
  })

  it.each(PLACES)('takes Urdu for Urdu whatever the place: %s', (place) => {
    for (const rest of ['میں بھتہ کی کال آئی ہے', 'میں دھماکہ', 'سے بچہ لاپتہ', 'پولیس کہاں ہے']) {
      expect(judge(`${place} ${rest}`).lang, `${place} ${rest}`).toBe('ur')
    }
  })

  it('judges keywords without grammar as Urdu', () => {
    expect(judge('چوری موبائل مدد').lang).toBe('ur')
    expect(judge('بھتہ کال بنوں').lang).toBe('ur')
  })

  it('lets the small words decide a mixed message', () => {
    expect(judge('Sir online complaint submit ki thi but response nahi mila').lang).toBe('ur-Latn')
    expect(judge('Sir I submitted an online complaint but there was no response').lang).toBe('en')
    expect(judge('police station ta complaint okro kho response na rakawi').lang).toBe('ps-Latn')
  })

  it('counts words, so a quotation does not change the language', () => {
    expect(judge('He only said شکریہ and left the station without an answer').lang).toBe('en')
    expect(judge('SHO نے ہماری FIR درج کرنے سے انکار کر دیا ہے').lang).toBe('ur')
  })

  it('reads the words of a hashtag and forgets links, handles and elongation', () => {
    expect(judge('#ہمیں_انصاف_چاہیے').lang).toBe('ur')
    expect(judge('#JusticeForOurChildren #WeWantPeace').lang).toBe('en')
    expect(judge('pleaseeeee helpppp ussss')).toEqual(judge('please help us'))
    expect(judge('@someone https://t.co/xyz پولیس کہاں ہے 123 😡')).toEqual(judge('پولیس کہاں ہے'))
  })

  it.each([
    ['ur', 'نوکری چاہیے سپاہی کی #خېبر_پښتونخوا'],
    ['ur', '#KPPolice #Peshawar ہمارے محلے میں چوری ہوئی ہے'],
    ['ur-Latn', 'Ye road pe tractor raat ko bagair light ke #ZamungPekhawar #reels'],
    ['en', '#پشاور #خیبر There is no light on our street'],
  ])('does not take the language of the tags at its ends: %s, %s', (lang, text) => {
    expect(judge(text).lang).toBe(lang)
  })

  it('gives keyboard variants of Urdu the same language', () => {
    for (const [lang, text] of GOLDEN) {
      if (lang !== 'ur') continue
      const keyed = text.replace(/ک/g, 'ك').replace(/ی/g, 'ي').replace(/ہ/g, 'ه')
      expect(judge(keyed).lang, keyed).toBe('ur')
    }
  })

  it.each([
    ['skr', 'میڈا بھرا کل کنوں لاپتہ ہے، کوئی ݙسے جو کتھاں گئے، اساں ݙاڈھے پریشان ہیں'],
    ['skr', 'سئیں اساݙے تھاݨے والے رپورٹ نی لکھیندے'],
    ['khw', 'مه ژاو دوسیار غائب بیتی اسور، کا پوشی اسور کوس سار بشار کوری'],
  ])('tells %s keyed with Arabic letters: %s', (lang, text) => {
    const keyed = text.replace(/ک/g, 'ك').replace(/ی/g, 'ي').replace(/ہ/g, 'ه')
    expect(keyed).not.toBe(text)
    expect(judge(keyed).lang).toBe(lang)
  })

  it.each([
    ['ps-Latn', 'zamung pa kali ke os daze kegi zar police rawalegai'],
    ['en', 'please send the police there is a man with a weapon near our school'],
    ['ur', 'ہمارے گھر کے باہر فائرنگ ہو رہی ہے جلدی پہنچیں'],
  ])('is not led astray by what stands in or between letters, in %s', (lang, text) => {
    const letters = (between: string) => text.replace(/\p{L}(?=\p{L})/gu, `$&${between}`)
    for (const evaded of [letters('-'), letters('.'), letters('\u200c'), letters('\u200d'), letters('\u0336')])
      expect(judge(evaded).lang, evaded).toBe(lang)
  })

  it('reads a Latin message without spaces by the words it is made of', () => {
    const parting = createLanguageEnricher({ joined: loadJoinedWords(loadGlossLists(), () => false) })
    const text = 'zama mashom wrak de os ye pate na lagi mehrabani okai'
    expect(parting.enrich(mentionOf(text.replaceAll(' ', '')), NO_TAGS).lang).toBe('ps-Latn')
    expect(parting.enrich(mentionOf(text), NO_TAGS)).toEqual(judge(text))
  })

  it('is und, surely, where there are no letters, and und where the script is none of ours', () => {
    expect(judge('🙏🙏 0300 https://a.pk/b')).toEqual({ lang: 'und', confidence: 1 })
    expect(judge('Помогите пожалуйста').lang).toBe('und')
  })

  it('keeps to the script of the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz '.split('')), { minLength: 3 }),
        (letters) => {
          expect(['en', 'ur-Latn', 'ps-Latn', 'und']).toContain(judge(letters.join('')).lang)
        },
      ),
      { seed: 7, numRuns: 200 },
    )
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'ابپتٹجچدڈرڑسشکگلمنوہیے ټډړښږېۍڪݙݨ'.split(''))), (letters) => {
        expect(['ur', 'ps', 'pnb', 'skr', 'khw', 'sd', 'fa', 'ar', 'und']).toContain(judge(letters.join('')).lang)
      }),
      { seed: 7, numRuns: 200 },
    )
  })

  it('answers any text, twice the same, with a known language and a probability', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const answer = judge(text)
        expect(LANGS).toContain(answer.lang)
        expect(answer.confidence).toBeGreaterThanOrEqual(0)
        expect(answer.confidence).toBeLessThanOrEqual(1)
        expect(judge(text)).toEqual(answer)
      }),
      { seed: 11, numRuns: 500 },
    )
  })

  it('does not change its answer for links, handles, numbers and emoji around the words', () => {
    const noise = fc.constantFrom(' https://t.co/a1', ' @KP_Police1', ' 0300 1234567', ' 🙏', ' !!!', '\u200f')
    fc.assert(
      fc.property(fc.constantFrom(...GOLDEN), fc.array(noise, { maxLength: 4 }), ([, text], added) => {
        expect(judge(text + added.join('')).lang).toBe(judge(text).lang)
      }),
      { seed: 3, numRuns: 200 },
    )
  })
})

describe('the language model', () => {
  it('is refused when cut, damaged or of another version', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rabta-language-'))
    const path = join(folder, 'language.bin')
    try {
      for (const bytes of [
        readFileSync(packagePath(LANGUAGE_MODEL)).subarray(0, 100_000),
        Buffer.from(''),
        Buffer.from('{"format":"other"}\n'),
      ]) {
        writeFileSync(path, bytes)
        expect(() => createLanguageEnricher({ modelPath: path })).toThrow(/npm run train/)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is no larger than 3 MB', () => {
    expect(readFileSync(packagePath(LANGUAGE_MODEL)).length).toBeLessThanOrEqual(3_000_000)
  })
})
