import { describe, expect, it } from 'vitest'
import { lengthOn, smsParts } from '../../desk/web/src/text/length.js'
import { maskName, maskNumber } from '../../desk/web/src/text/mask.js'
import { hasDirectionMarks, settingOf } from '../../desk/web/src/text/script.js'
import { confidence, dayOf, hourMinute, stopwatch } from '../../desk/web/src/time/format.js'
import { en } from '../../desk/web/src/i18n/en.js'
import { ps } from '../../desk/web/src/i18n/ps.js'
import { ur } from '../../desk/web/src/i18n/ur.js'

describe('how a message is set', () => {
  it.each([
    ['پشاور میں بھتہ کی کال آئی ہے', 'ur', 'rtl', 'nastaliq'],
    ['ما ته د بهتې ټليفون راغلی دی', 'ps', 'rtl', 'naskh'],
    ['da Pekhawar da police shukria', 'ps-Latn', 'ltr', 'sans'],
    ['Thank you KP police', 'en', 'ltr', 'sans'],
    // The tag is wrong or missing: the letters decide.
    ['پشاور میں ہے', 'en', 'rtl', 'nastaliq'],
    ['دلته راشئ ټول', null, 'rtl', 'naskh'],
    ['shukria', 'ur', 'ltr', 'sans'],
    ['', null, 'ltr', 'sans'],
  ] as const)('%s', (text, lang, dir, face) => {
    expect(settingOf(text, lang)).toMatchObject({ dir, face })
  })

  it('notices marks that turn the direction', () => {
    expect(hasDirectionMarks('pay \u202etpircs')).toBe(true)
    expect(hasDirectionMarks('پشاور')).toBe(false)
  })
})

describe('numbers of people', () => {
  it('are never shown whole', () => {
    expect(maskNumber('923001234417')).toBe('+92 3•• ••••417')
    expect(maskNumber('0300 1234417')).toBe('03•• ••••417')
    expect(maskNumber('8333')).toBe('••••')
    expect(maskName('+92 300 1234417')).toBe('+92 3•• ••••417')
    expect(maskName('Ahmad Khan 2')).toBe('Ahmad Khan 2')
  })
})

describe('room in a reply', () => {
  it('is counted as the channel counts', () => {
    expect(lengthOn('x', 'سلام https://example.org/a/very/long/address?with=parameters')).toBe(5 + 23)
    expect(lengthOn('x', '😀')).toBe(2)
    expect(lengthOn('whatsapp', '😀')).toBe(1)
    expect(lengthOn('sms', 'five €')).toBe(7)
  })

  it('is counted in SMS', () => {
    expect([160, 161, 306, 307].map((length) => smsParts('a'.repeat(length)))).toEqual([1, 2, 2, 3])
    expect([70, 71, 134, 135].map((length) => smsParts('ب'.repeat(length)))).toEqual([1, 2, 2, 3])
  })
})

describe('times', () => {
  it('are of Karachi', () => {
    expect(hourMinute('2026-11-22T22:12:07.000Z')).toBe('03:12')
    expect(dayOf('2026-11-22T19:00:00.000Z')).toBe('2026-11-23')
  })

  it('since a ring read like a stopwatch', () => {
    expect([84_000, 3_760_000, -5, 183_600_000].map(stopwatch)).toEqual(['01:24', '1:02:40', '00:00', '2 d 03:00'])
  })

  it('are never certain', () => {
    expect([0.978, 1, 0.5].map(confidence)).toEqual(['\u2066.98\u2069', '\u2066.99\u2069', '\u2066.50\u2069'])
  })
})

describe('translations', () => {
  function leaves(words: object, path = ''): Map<string, string> {
    return new Map(
      Object.entries(words).flatMap(([key, value]): [string, string][] =>
        typeof value === 'string' ? [[path + key, value]] : [...leaves(value as object, `${path}${key}.`)],
      ),
    )
  }
  const placeholders = (text: string): string[] =>
    [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort()

  it.each([
    ['Urdu', ur],
    ['Pashto', ps],
  ] as const)('in %s say something everywhere and name the same things', (_language, words) => {
    const translated = leaves(words)
    for (const [key, text] of leaves(en)) {
      expect(translated.get(key)?.trim(), key).not.toBe('')
      expect(placeholders(translated.get(key) ?? ''), key).toEqual(placeholders(text))
    }
  })
})
