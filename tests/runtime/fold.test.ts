import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, foldWithOffsets, originalEnd } from '../../runtime/fold.js'

const SAME: readonly (readonly [what: string, ...spellings: string[]])[] = [
  ['kaf', 'کال', 'كال', 'ڪال'],
  ['yeh at the end', 'پولیسی', 'پولیسي', 'پولیسى', 'پولیسې', 'پولیسۍ', 'پولیسے'],
  ['yeh inside', 'بیان', 'بيان', 'بېان'],
  ['yeh with hamza, in one piece or two', 'آئی', 'آئی', 'اٸی', 'آئي'],
  ['heh', 'بھتہ', 'بهته', 'بہتة', 'بھتۃ', 'بھتۀ', 'بھتۂ', 'بھتە'],
  ['gaf', 'گاڑی', 'ګاڑی', 'ڰاڑی'],
  ['alef', 'اسلام', 'أسلام', 'إسلام', 'آسلام', 'ٱسلام', 'آسلام'],
  ['waw', 'مؤمن', 'مومن', 'مۆمن', 'مؤمن'],
  ['noon', 'میں', 'مین'],
  ['digits', '1234567890', '۱۲۳۴۵۶۷۸۹۰', '١٢٣٤٥٦٧٨٩٠', '१२३४५६७८९०', '１２３４５６７８９０'],
  ['diacritics', 'پشاور', 'پِشاوَر', 'پشاور\u0651', 'پشا\u0640\u0640ور'],
  [
    'joiners',
    'پشاور',
    'پشا\u200cور',
    'پشا\u200dور',
    '\u202bپشاور\u202c',
    'پشا\u00adور',
    '\ufeffپشاور',
    '\u2067پشاور\u2069',
  ],
  ['presentation forms', 'لاهور', 'ﻻﮨﻮﺭ', 'ﻻﻫﻮر'],
  ['superscript alef', 'رحمن', 'رحمٰن'],
  ['Latin case', 'peshawar', 'PESHAWAR', 'Peshawar', 'Ｐeshawar', '𝐏eshawar'],
  ['Latin accents', 'cafe', 'Café', 'CAFÉ', 'cafe\u0301', 'ĉåfē'],
  ['Devanagari dot', 'जरा', 'ज़रा', '\u095bरा'],
]

const DIFFERENT: readonly (readonly [string, string])[] = [
  ['بال', 'پال'],
  ['چور', 'جور'],
  ['ٹانک', 'تانک'],
  ['سوات', 'سوار'],
  ['हिन्दी', 'हन्द'],
  ['कि', 'की'],
]

/** Beyond are only unassigned and private code points, and the tags of plane 14, which fold to nothing. */
const LAST_ASSIGNED = 0x323af

describe('fold', () => {
  it.each(SAME)('makes spellings equal: %s', (_what, first, ...others) => {
    for (const other of others) expect(fold(other)).toBe(fold(first ?? ''))
  })

  it.each(DIFFERENT)('keeps words apart: %s and %s', (one, other) => {
    expect(fold(one)).not.toBe(fold(other))
  })

  it('changes nothing when it is done twice, for every code point there is', () => {
    for (let code = 0; code <= LAST_ASSIGNED; code++) {
      const once = fold(String.fromCodePoint(code))
      if (fold(once) !== once)
        expect.fail(`U+${code.toString(16)} folds to ${JSON.stringify(once)} and then to something else`)
    }
  })

  it('makes no difference between composed and decomposed text', () => {
    for (let code = 0; code <= LAST_ASSIGNED; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const char = String.fromCodePoint(code)
      const canonical = char.normalize('NFD')
      if (canonical !== char && fold(canonical) !== fold(char))
        expect.fail(`U+${code.toString(16)}: ${fold(char)} is not ${fold(canonical)}`)
    }
  })

  it('folds letter by letter, lone surrogates and all', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, (a, b) => fold(a + 'x' + b) === fold(a) + 'x' + fold(b)),
      { seed: 1, numRuns: 300 },
    )
    expect(fold('\ud83d پشاور \udc00')).toBe('\ud83d پشاور \udc00')
  })
})

describe('foldWithOffsets', () => {
  const urdu = fc.string({
    unit: fc.constantFrom(...'پشاور میں كيىہۀة۱۲٣ـ\u200c\u064e\u0651ﷲﷺé😀Ab ﻻ½\u0301\ud800'),
    maxLength: 60,
  })

  it('says where each folded unit came from', () => {
    fc.assert(
      fc.property(fc.oneof(urdu, fc.string({ unit: 'binary' })), (text) => {
        const folded = foldWithOffsets(text)
        expect(folded.text).toBe(fold(text))
        expect(folded.starts.length).toBe(folded.text.length + 1)
        expect(folded.starts[folded.text.length]).toBe(text.length)
        for (let unit = 0; unit < folded.text.length; unit++) {
          const start = folded.starts[unit] ?? -1
          const end = originalEnd(folded, text, unit + 1)
          expect(start).toBeLessThanOrEqual(folded.starts[unit + 1] ?? -1)
          expect(fold(text.slice(start, end))).toContain(folded.text[unit])
        }
      }),
      { seed: 2, numRuns: 500 },
    )
  })

  it('finds the place of a folded word in the original', () => {
    const original = 'آج پِشاوَر‌میں'
    const folded = foldWithOffsets(original)
    const at = folded.text.indexOf(fold('پشاور'))
    expect(original.slice(folded.starts[at], originalEnd(folded, original, at + 5))).toBe('پِشاوَر')
  })

  it('takes 100,000 characters that each fold to eighteen', () => {
    const folded = foldWithOffsets('ﷺ'.repeat(100_000))
    expect(folded.text.length).toBe(100_000 * fold('ﷺ').length)
    expect(folded.starts[folded.text.length - 1]).toBe(99_999)
  })
})
