import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRuleJudge } from '../../../enrich/enrichers/category/by-rules.js'
import { JoinedWords, loadJoinedWords, partingJoined } from '../../../enrich/reading/joined-words.js'
import { readText } from '../../../enrich/reading/words.js'
import { loadGlossLists } from '../../../enrich/glosses/glosses.js'
import { fold } from '../../../runtime/fold.js'
import { packagePath } from '../../../runtime/package-root.js'

const rules = createRuleJudge()
const joinedWords = loadJoinedWords(loadGlossLists(), (word) => rules.knows(word))
const read = partingJoined(readText, joinedWords)
const wordsOf = (text: string) => read(text).words.map(({ text: letters }) => letters)
/** Of each word what the writer wrote. */
const writtenIn = (text: string) => read(text).words.map(({ start, end }) => text.slice(start, end))

/** Of each pattern every word, as written and without what may be left out of it. */
const wordsOfLexicons = (folder: string): string[] =>
  readdirSync(packagePath(folder))
    .filter((name) => name.endsWith('.tsv'))
    .flatMap((name) => readFileSync(join(packagePath(folder), name), 'utf8').split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => (line.split('\t')[2] ?? '').split(/[| ]+/))
    .flatMap((word) => [word.replace(/[()]/g, ''), word.replace(/\(.*?\)/g, '')])
    .map((word) => fold(word.replace(/^=|\*$/g, '')))

describe('words run together', () => {
  it.each([
    ['گھرکےباہر', ['گھر', 'کے', 'باہر']],
    ['بچہغائب', ['بچہ', 'غائب']],
    ['پهبازارکې', ['په', 'بازار', 'کې']],
    ['hamaregharmein', ['hamare', 'ghar', 'mein']],
    ['merebhaikoaghwakiyagayahai', ['mere', 'bhai', 'ko', 'aghwa', 'kiya', 'gaya', 'hai']],
    ['#chorikihai', ['chori', 'ki', 'hai']],
  ])('%s is read as %j', (joined, words) => {
    expect(wordsOf(joined)).toEqual(words.map(fold))
  })

  it('are each found where they were written, whatever stands on, in or between their letters', () => {
    expect(writtenIn('Foran GharKeBahar!')).toEqual(['Foran', 'Ghar', 'Ke', 'Bahar'])
    expect(writtenIn('گَھرکےباہر')).toEqual(['گَھر', 'کے', 'باہر'])
    expect(writtenIn('گھر\u200cکےباہر')).toEqual(['گھر\u200c', 'کے', 'باہر'])
  })

  it.each(['weather', 'policewala', 'kidnaping', 'shahzeb', 'mardan', 'auraton', 'خبریالونه'])(
    'are not seen in %s, which is one, or a form of one',
    (word) => {
      expect(wordsOf(word)).toEqual([fold(word)])
    },
  )

  it('are not seen in any word that a lexicon looks for, nor in a form of one', () => {
    const words = ['threat', 'category'].flatMap((enricher) => wordsOfLexicons(`enrich/enrichers/${enricher}/lexicon`))
    expect(words.length).toBeGreaterThan(10_000)
    expect(words.filter((word) => joinedWords.partsOf(word) !== undefined)).toEqual([])
    expect(wordsOf('carjackers manhandling پیسټولونه')).toHaveLength(3)
  })

  it('are not cut within a character that folds to several letters', () => {
    expect(writtenIn('مشکﻻب')).toEqual(['مشکﻻب'])
  })

  it('are not looked for in links, handles, numbers and words that were masked', () => {
    expect(wordsOf('https://gharkebahar.pk @gharkebahar 03001234567')).toEqual(['03001234567'])
    expect(wordsOf('b-o-m-b')).toEqual(['bomb'])
  })

  it('of a whole message are found beyond the letters that are read of one word', () => {
    const written =
      'hamare ghar ke samne firing abhi shuru hai aur bachay dar gaye hain jaldi police bhejo khuda ke liye'
    expect(wordsOf(written.replaceAll(' ', ''))).toEqual(wordsOf(written))
  })

  it('lose no letter and keep their order, whatever is written', () => {
    let cuts = 0
    const word = fc.array(
      fc.constantFrom(...'abghikmnorst', ...'ابرکگہیےند', 'x\u0301', '\u200c', 'ﻻ', 'ghar', 'bomb', 'کے'),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (some) => {
        const text = some.map((letters) => letters.join('')).join(' ')
        const whole = readText(text).words
        const parted = read(text).words
        cuts += parted.length - whole.length
        expect(parted.map((each) => each.text).join('')).toBe(whole.map((each) => each.text).join(''))
        for (const [at, { start, end }] of parted.entries()) {
          expect(start).toBeLessThan(end)
          expect(start).toBeGreaterThanOrEqual(parted[at - 1]?.end ?? 0)
        }
      }),
      { seed: 20_261_128, numRuns: 300 },
    )
    expect(cuts).toBeGreaterThan(100)
  })

  it('are the likeliest by how often each is met', () => {
    const joined = (counts: Record<string, number>) => new JoinedWords({ counts: new Map(Object.entries(counts)) })
    expect(joined({ car: 900, carpet: 40, pet: 30, shop: 500 }).partsOf('carpetshop')).toEqual(['carpet', 'shop'])
    expect(joined({ car: 900, pet: 300, shop: 500 }).partsOf('carpetshop')).toEqual(['car', 'pet', 'shop'])
    expect(joined({ car: 900 }).partsOf('xqzvk')).toBeUndefined()
  })
})
