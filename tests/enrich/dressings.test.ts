import { describe, expect, it } from 'vitest'
import { dressed, readDressings } from '../../enrich/training/dressings.js'
import { createRandom } from '../../enrich/training/random.js'
import { LANGS } from '../../schemas/tags.js'

const [train, test] = [readDressings('train'), readDressings('test')]

describe('what is put before and behind a message', () => {
  it('leaves the message whole, and adds something', () => {
    for (const lang of LANGS)
      for (let seed = 0; seed < 40; seed++) {
        const whole = dressed(lang, 'the words themselves', train, createRandom(seed))
        expect(whole).toContain('the words themselves')
        expect(whole.length).toBeGreaterThan('the words themselves'.length)
      }
  })

  it('is the same by the same numbers', () => {
    const once = () => dressed('ur', 'ایک پیغام', train, createRandom(7))
    expect(once()).toBe(once())
  })

  it('is written by another hand where it is measured: hardly any stands in both', () => {
    const said = (dressings: typeof train) =>
      new Set(LANGS.flatMap((lang) => [...dressings.opening(lang), ...dressings.closing(lang)]))
    const [learned, measured] = [said(train), said(test)]
    const both = [...measured].filter((text) => learned.has(text))
    expect(both.length / measured.size).toBeLessThan(0.05)
  })
})
