import { describe, expect, it } from 'vitest'
import { loadGlosses } from '../../enrich/glosses/glosses.js'
import { fold } from '../../runtime/fold.js'

const glosses = loadGlosses()

describe('what words mean', () => {
  it('is the same in whatever language they are said', () => {
    expect(glosses.of('ur', fold('پولیس'))).toEqual(glosses.of('en', 'police'))
    expect(glosses.of('en', 'police')).not.toEqual([])
  })

  it.each([
    ['en', 'credits', 'credit'],
    ['ur', 'گواہوں', 'گواہ'],
    ['ur-Latn', 'kaghzaton', 'kaghzat'],
    ['ps', 'خبریالونه', 'خبریال'],
  ] as const)('is, in %s, of %s that of the word it is a form of', (lang, form, base) => {
    expect(glosses.of(lang, fold(base))).not.toEqual([])
    expect(glosses.of(lang, fold(form))).toEqual(glosses.of(lang, fold(base)))
  })

  it.each([['en', 'cornered', 'corner']] as const)(
    'is, in %s, of %s that of the word and what its form says of the time',
    (lang, form, base) => {
      const meanings = glosses.of(lang, fold(form))
      expect(meanings.slice(0, -1)).toEqual(glosses.of(lang, fold(base)))
      expect(meanings.at(-1)).toBe(glosses.of('en', 'was').at(-1))
    },
  )

  it('is unknown of a word that only begins or ends like known ones, and of what is too short or too long to be several', () => {
    expect(glosses.of('ur-Latn', 'gharxqzvk')).toEqual([])
    expect(glosses.of('ur-Latn', 'xqzvkghar')).toEqual([])
    expect(glosses.of('ur-Latn', 'ghar'.repeat(7))).toEqual([])
    expect(glosses.of('en', 'outxx')).toEqual([])
  })
})
