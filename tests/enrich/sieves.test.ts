import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRuleJudge } from '../../enrich/enrichers/category/by-rules.js'
import { loadDistrictSources } from '../../enrich/enrichers/districts/districts.js'
import { beginningsOfPlaces } from '../../enrich/enrichers/districts/gazetteer.js'
import type { WordTest } from '../../enrich/reading/unit-sieve.js'
import { readText } from '../../enrich/reading/words.js'
import { readCorpus } from '../../enrich/training/corpus.js'

const TESTS: readonly (readonly [name: string, test: WordTest])[] = [
  ['words by which dangers are told', createRuleJudge().tellsOfDanger],
  ['names of places', beginningsOfPlaces(loadDistrictSources().gazetteer)],
]

const mayBe = ({ sieve }: WordTest, word: string): boolean => {
  let state = sieve.start
  for (let at = 0; at < word.length; at++) state = sieve.next(state, word.charCodeAt(at))
  return sieve.mayBe(state)
}

const words = [...new Set(readCorpus('test').flatMap(({ text }) => readText(text).words.map((word) => word.text)))]

describe.each(TESTS)('the sieve of %s', (_, test) => {
  it('lets every one of them through that messages have, and few others', () => {
    const told = words.filter((word) => test.has(word))
    expect(told.length).toBeGreaterThan(500)
    expect(told.filter((word) => !mayBe(test, word))).toEqual([])
    const others = words.filter((word) => !test.has(word))
    expect(others.filter((word) => mayBe(test, word)).length / others.length).toBeLessThan(0.25)
  })

  it('lets them through however they are spelt: doubled, masked, with look-alikes, longer, cut', () => {
    const told = words.filter((word) => test.has(word))
    const units = fc.constantFrom(...'aeiouyhwvqkcfpsz0134@$!|*', ...'аеорсху', ...'اآوؤیيېۍئہهھةحطتثصسظضذزعأقكک')
    const bent = fc
      .tuple(
        fc.constantFrom(...told),
        fc.array(fc.tuple(fc.nat(), units, fc.constantFrom('in', 'for', 'twice', 'out')), { maxLength: 4 }),
      )
      .map(([word, changes]) =>
        changes.reduce((letters, [place, unit, how]) => {
          const at = letters.length === 0 ? 0 : place % letters.length
          const own = letters.charAt(at)
          const put = { in: unit + own, for: unit, twice: own + own, out: '' }[how]
          return letters.slice(0, at) + put + letters.slice(at + 1)
        }, word),
      )
    fc.assert(
      fc.property(bent, (word) => {
        if (test.has(word)) expect({ word, passes: mayBe(test, word) }).toEqual({ word, passes: true })
      }),
      { seed: 20_261_129, numRuns: 20_000 },
    )
  })
})
