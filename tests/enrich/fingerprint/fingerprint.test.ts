import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFingerprintEnricher, fingerprintOf } from '../../../enrich/enrichers/fingerprint/fingerprint.js'
import { hammingDistance, isNearCopy } from '../../../runtime/near-copy.js'
import { packagePath } from '../../../runtime/package-root.js'
import { mentionOf, NO_TAGS } from '../language/mention-of.js'

const own = readFileSync(packagePath('enrich/training/own-texts.tsv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t')[1] ?? '')
const near = (a: string, b: string) => isNearCopy(fingerprintOf(a), fingerprintOf(b))

/** What forwarding and another keyboard do to a message without changing a word of it. */
const COPIES: readonly (readonly [string, (text: string) => string])[] = [
  ['forwarded as received', (text) => `*Forwarded as received*\n${text}`],
  ['emoji', (text) => `🚨🚨 ${text} 🙏😡`],
  ['Arabic keyboard', (text) => text.replace(/ک/g, 'ك').replace(/ی/g, 'ي').replace(/ہ/g, 'ه')],
  ['punctuation', (text) => `${text.replace(/[،,.؟?]/g, ' ')}!!!`],
  ['capitals', (text) => text.toUpperCase()],
  ['handle and link', (text) => `@KP_Police1 ${text} https://t.co/x1`],
  ['please share', (text) => `${text}\nPlease share`],
  ['Urdu share', (text) => `${text} زیادہ سے زیادہ شیئر کریں`],
  ['joiners and marks', (text) => text.split(' ').join(' \u200f')],
  ['white space', (text) => `  ${text.split(' ').join('\n\t ')} `],
]

describe('fingerprint', () => {
  it.each(COPIES)('knows a copy by %s', (_, copy) => {
    for (const text of own) expect(near(text, copy(text)), copy(text)).toBe(true)
  })

  it('knows a long message in which a word was changed, added or left out', () => {
    const text = `تمام دوستوں سے گزارش ہے کہ رات کے وقت رنگ روڈ پر سفر نہ کریں کیونکہ وہاں کچھ نامعلوم افراد گاڑیوں کو روک کر
      لوگوں سے موبائل اور نقدی چھین رہے ہیں اور پولیس کو اطلاع دے دی گئی ہے اپنا خیال رکھیں`
    const words = text.split(/\s+/)
    expect(near(text, `${text} شکریہ`)).toBe(true)
    expect(near(text, words.slice(1).join(' '))).toBe(true)
    expect(near(text, words.with(10, 'سڑک').join(' '))).toBe(true)
  })

  it('keeps apart different messages of our own', () => {
    const tags = own.map(fingerprintOf)
    const pairs = tags.flatMap((a, at) => tags.slice(at + 1).filter((b) => isNearCopy(a, b)))
    expect(pairs).toEqual([])
  })

  it('keeps apart short messages that differ in the place or in what happened', () => {
    expect(near('Firing in Saddar bazaar Peshawar', 'Firing in Main bazaar Mingora')).toBe(false)
    expect(near('پشاور میں بھتہ کی کال آئی ہے', 'مردان میں بھتہ کی کال آئی ہے')).toBe(false)
    expect(near('bomb', 'bus')).toBe(false)
    expect(near('help help', 'help help help')).toBe(false)
  })

  it('is a near copy of nothing where there are no words', () => {
    expect(fingerprintOf('🙏 https://a.pk @b')).toEqual({ simhash: '0000000000000000', tokens: 0 })
    expect(near('🙏', '🙏')).toBe(false)
  })

  it('takes copies of a short text for copies only when every word is the same', () => {
    expect(near('Blast in Bannu!', 'blast in bannu 🔥')).toBe(true)
    expect(near('Blast in Bannu', 'Blast in Hangu')).toBe(false)
  })

  it('gives 16 hex digits for any text, twice the same, and is a near copy of itself', () => {
    const enricher = createFingerprintEnricher()
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const tag = enricher.enrich(mentionOf(text), NO_TAGS)
        expect(tag.simhash).toMatch(/^[0-9a-f]{16}$/)
        expect(enricher.enrich(mentionOf(text), NO_TAGS)).toEqual(tag)
        expect(isNearCopy(tag, tag)).toBe(tag.tokens > 0)
      }),
      { seed: 9, numRuns: 400 },
    )
  })
})

describe('hammingDistance', () => {
  it('counts differing bits', () => {
    expect(hammingDistance('0000000000000000', 'ffffffffffffffff')).toBe(64)
    expect(hammingDistance('0000000000000001', '8000000000000000')).toBe(2)
  })

  it('is symmetric, zero for equals and keeps the triangle', () => {
    const hash = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => value.toString(16).padStart(16, '0'))
    fc.assert(
      fc.property(hash, hash, hash, (a, b, c) => {
        expect(hammingDistance(a, b)).toBe(hammingDistance(b, a))
        expect(hammingDistance(a, a)).toBe(0)
        expect(hammingDistance(a, c)).toBeLessThanOrEqual(hammingDistance(a, b) + hammingDistance(b, c))
      }),
      { seed: 2 },
    )
  })
})

const real = packagePath('../shared/data/threat-ur-train.csv')
const reason = existsSync(real) ? '' : ' (skipped: ../shared/data/threat-ur-train.csv is missing)'

describe.skipIf(!existsSync(real))(`on real messages${reason}`, () => {
  it('takes hardly any two of different words for copies', () => {
    const lines = readFileSync(real, 'utf8').split('\n').slice(1, 2_001)
    const tags = [...new Set(lines.map((line) => line.replace(/,\d*,\w*,?\w*\s*$/, '').trim()))].map(fingerprintOf)
    let copies = 0
    tags.forEach((a, at) => {
      for (let other = at + 1; other < tags.length; other++) {
        const b = tags[other]
        if (b !== undefined && isNearCopy(a, b)) copies++
      }
    })
    expect(tags.length).toBeGreaterThan(1_500)
    expect(copies).toBeLessThanOrEqual(20)
  })
})
