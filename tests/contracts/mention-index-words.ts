import { describe, expect, it } from 'vitest'
import { mention, type IndexKit } from './mention-index-kit.js'

/** Found by each of the first list, by none of the second. */
const FINDS: readonly (readonly [text: string, yes: readonly string[], no: readonly string[]])[] = [
  [
    'پشاور میں بھتہ کی کال آئی ہے',
    [
      'پشاور',
      'بھتہ',
      'بهته',
      'بھتة',
      'كال',
      'کال',
      'پشاور بھتہ',
      'کال پشاور',
      '"بھتہ کی کال"',
      '"پشاور میں"',
      'پشا*',
      'بھت*',
      'پِشاوَر',
      'پشا\u200cور',
      'پشا\u0640ور',
      'آیی',
      'ائي',
      'مین',
      'دھماکہ OR بھتہ',
      'بھتہ -دھماکہ',
      '"بھتہ ك*"',
      '“بھتہ کی کال”',
      '«بھتہ کی»',
      'پشاور!!!',
      '#پشاور',
      '(پشاور)',
      '"پشاور',
      'پشاور OR',
      'OR پشاور',
    ],
    [
      'پشاو',
      'دھماکہ',
      '"کال بھتہ"',
      '"پشاور بھتہ"',
      'پشاور -بھتہ',
      'پشاور دھماکہ',
      '-پشاور',
      'شاور*',
      'دھماکہ OR فائرنگ',
      '"پشاور میں" -"کی کال"',
    ],
  ],
  [
    'پشاور‌میں دھماکہ',
    ['پشاور', 'میں', 'پشاورمیں', '"پشاور میں"', '"پشاورمیں دھماکہ"', 'پشاور‌میں'],
    ['شاور', '"میں پشاور"'],
  ],
  ['نمبر ۰۳۰۰-۱۲۳۴۵۶۷ سے کال', ['0300-1234567', '٠٣٠٠', '۱۲۳۴۵۶۷', '"0300 1234567"', '1234*'], ['300', '123']],
  [
    'Traffic JAM at Café Chowk, Hayatabad',
    ['traffic', 'jam', 'CAFE', 'café', 'cafe\u0301', 'ｔraffic', 'hayat*', '"cafe chowk"', 'jam -peshawar'],
    ['caf', '"chowk cafe"', 'traffic -jam'],
  ],
  ['په پېښور کې ډزې وشوې', ['پېښور', 'پيښور', 'پیښور', 'کی', 'کے', 'ډزی', '"په پیښور"'], ['پشاور', 'دزی']],
  ['ہندی: हिन्दी में ज़रा धन्यवाद १२३', ['हिन्दी', 'ज़रा', 'जरा', '123', 'धन्य*', '"में ज़रा"'], ['हन्द', 'द', 'हिन्द']],
  [
    'DIKhan D.I.Khan swat_police it’s',
    ['d.i.khan', '"d i khan"', 'dikhan', 'swat_police', 'police', "it's", 'it’s'],
    ['"i d khan"', 'its'],
  ],
  ['رحمٰن ﷲ ﻻﻫﻮر 𝐏eshawar', ['رحمن', 'لاهور', 'لاہور', 'peshawar', 'الله', 'اللہ'], ['رحمان']],
]

/** Typed by people and by attackers: whatever comes of it, no error does. */
const HOSTILE = [
  '',
  ' ',
  '"',
  '""',
  '"""',
  '*',
  '-',
  '--',
  '-"',
  '^',
  '(',
  ')',
  '((((',
  'AND',
  'OR',
  'OR OR',
  'NOT',
  'NEAR',
  'NEAR(a b, 2)',
  'text:a',
  'words:',
  '{text author} : a',
  "'; DROP TABLE mentions; --",
  'a"b',
  '\0',
  'a\0b',
  '\ud83d',
  '\udc00x',
  '😀',
  '؟!۔',
  '\u202e',
  '%',
  '_',
  '\\',
  '* *',
  '-*',
  '"a" "',
  '""*',
  'a OR OR b',
  '- a',
  'a + b',
  'a" OR "1"="1',
  'x'.repeat(500),
  '"'.repeat(500),
  '-'.repeat(500),
  'a '.repeat(250),
  'a OR '.repeat(100),
  '-a '.repeat(160),
  '("'.repeat(250),
  'ﷺ'.repeat(500),
  'whatsapp:',
  'whatsapp:nothing',
  '\n\t\r',
]

/** What is found by which words, and where it is marked. */
export function wordsContract(kit: IndexKit): void {
  const { store, find, ids } = kit

  describe('words', () => {
    it.each(FINDS)('of %s', async (text, yes, no) => {
      const one = mention({ text })
      await store(one, mention({ text: 'کچھ اور بات something else' }))
      for (const q of yes) expect({ q, ids: await ids({ q }) }).toEqual({ q, ids: [one.id] })
      for (const q of no) expect({ q, found: (await ids({ q })).includes(one.id) }).toEqual({ q, found: false })
    })

    it('finds the author, and the mention by its id', async () => {
      const one = mention({
        author: { id: '7', name: 'Gul Khan گل خان', handle: 'gul_khan', address: '923001112223', place: null },
      })
      await store(one, mention())
      for (const q of ['gul', 'گل', 'gul_khan', 'GUL بھتہ', one.id])
        expect({ q, ids: await ids({ q }) }).toEqual({ q, ids: [one.id] })
      expect(await ids({ q: '923001112223' })).toEqual([])
    })

    it('takes anything for a query', async () => {
      await store(mention(), mention({ text: '😀' }), mention({ text: '' }))
      for (const q of HOSTILE) {
        const page = await find({ q })
        expect(page.items.length).toBe(page.total)
        await find({ q, sort: 'best' })
      }
      expect((await find({ q: ' \n' })).total).toBe(3)
      expect((await find({ q: '؟!' })).total).toBe(0)
    })

    it('says where the words stand, in the original as it was written', async () => {
      const cases: readonly (readonly [string, string, readonly string[]])[] = [
        ['پِشاوَرِ میں كال', 'پشاور کال', ['پِشاوَرِ', 'كال']],
        ['پشاور‌میں', 'میں', ['میں']],
        ['😀 Café, cafés', 'cafe', ['Café']],
        ['😀 Café, cafés', 'cafe*', ['Café', 'cafés']],
        ['ایک دو تین دو تین', '"دو تین"', ['دو تین', 'دو تین']],
        ['ایک دو تین', '"ایک دو" "دو تین"', ['ایک دو تین']],
        ['ﻻﻫﻮر اور ﷲ', 'لاہور اللہ', ['ﻻﻫﻮر', 'ﷲ']],
        ['نمبر ۰۳۰۰', '0300 -لاہور', ['۰۳۰۰']],
        ['کچھ نہیں', 'کچھ OR لاہور', ['کچھ']],
      ]
      for (const [text, q, expected] of cases) {
        const one = mention({ text })
        await store(one)
        const { items } = await find({ q })
        const highlights = items.find((item) => item.mention.id === one.id)?.highlights ?? []
        expect({ q, marked: highlights.map((span) => span.text) }).toEqual({ q, marked: expected })
        for (const span of highlights) expect(text.slice(span.start, span.end)).toBe(span.text)
      }
    })
  })
}
