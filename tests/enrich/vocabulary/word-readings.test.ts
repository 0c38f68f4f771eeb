import { describe, expect, it } from 'vitest'
import { readText } from '../../../enrich/reading/words.js'
import { skim } from '../../../enrich/skim.js'
import { withoutOverlaps, WordReadings } from '../../../enrich/vocabulary/word-readings.js'

function readings(...pairs: readonly (readonly [spelling: string, like: string])[]): WordReadings {
  const made = new WordReadings()
  for (const [spelling, like] of pairs) made.add(spelling, like)
  return made
}

/** What each word is read as, and what was written there. */
const said = (made: WordReadings, text: string) =>
  made.read(readText(text)).words.map(({ text: letters, start, end }) => [letters, text.slice(start, end)])

describe('words that are read as others', () => {
  it('are read as these where they stand, and keep the span of what was written', () => {
    const made = readings(['کراکہ', 'دھماکہ'])
    expect(said(made, 'یہاں کراکہ ہوا')).toEqual([
      ['یهان', 'یہاں'],
      ['دهماکه', 'کراکہ'],
      ['هوا', 'ہوا'],
    ])
  })

  it.each([
    ['another letter of the same sound on the keyboard', 'کراكه'],
    ['diacritics and a stretched letter', 'کَراکـہ'],
    ['zero-width joiners', 'کرا\u200dکہ'],
    ['letters set apart', 'ک ر ا ک ہ'],
    ['a hashtag', '#کراکہ'],
  ])('are found in every spelling that folds to the same: %s', (_name, written) => {
    expect(said(readings(['کراکہ', 'دھماکہ']), written).map(([letters]) => letters)).toEqual(['دهماکه'])
  })

  it.each(['KARAKA', 'k4raka', 'kаraka', 'k.a.r.a.k.a'])('in Latin letters: %s', (written) => {
    expect(said(readings(['karaka', 'dhamaka']), written)).toEqual([['dhamaka', written]])
  })

  it('are whole words: inside another one they are nothing', () => {
    expect(said(readings(['karaka', 'dhamaka']), 'karakas kkaraka').map(([letters]) => letters)).toEqual([
      'karakas',
      'kkaraka',
    ])
  })

  it('may be a few words that are read as one, with the span of all of them', () => {
    const made = readings(['bhata khori', 'bhatta'])
    expect(said(made, 'yahan  Bhata\nkhori hai')).toHaveLength(4)
    expect(said(made, 'yahan Bhata   khori hai')).toEqual([
      ['yahan', 'yahan'],
      ['bhatta', 'Bhata   khori'],
      ['hai', 'hai'],
    ])
  })

  it('may be one word that is read as several, each with its span', () => {
    expect(said(readings(['fidayi', 'khud kash hamla']), 'fidayi hua')).toEqual([
      ['khud', 'fidayi'],
      ['kash', 'fidayi'],
      ['hamla', 'fidayi'],
      ['hua', 'hua'],
    ])
  })

  it('are the longest that fits, and the first of two for the same spelling', () => {
    const made = readings(['bhata', 'mil'], ['bhata khori', 'bhatta'], ['BHATA', 'bomb'])
    expect(said(made, 'bhata khori bhata').map(([letters]) => letters)).toEqual(['bhatta', 'mil'])
  })

  it('are not read again: two that are each read as the other do not turn in circles', () => {
    const made = readings(['bomb', 'gas'], ['gas', 'bomb'])
    expect(said(made, 'bomb gas').map(([letters]) => letters)).toEqual(['gas', 'bomb'])
  })

  it('do not reach over the end of a sentence', () => {
    expect(said(readings(['bhata khori', 'bhatta']), 'bhata. khori').map(([letters]) => letters)).toEqual([
      'bhata',
      'khori',
    ])
  })

  it('leave every other text as it is read', () => {
    const text = 'Bomb threat near the market! کیا ہوا؟ https://example.org/karaka @karaka'
    expect(readings(['karaka', 'dhamaka']).read(readText(text))).toEqual(readText(text))
    expect(new WordReadings().read(readText(text))).toEqual(readText(text))
  })

  it('stand in the text itself for what reads letters in its own way', () => {
    const made = readings(['karaka', 'dhamaka'])
    expect(made.rewritten('yahan KARAKA, phir karaka!')).toBe('yahan  dhamaka , phir  dhamaka !')
    expect(made.rewritten('nothing here')).toBe('nothing here')
  })

  it('must hold words', () => {
    expect(() => readings(['!!!', 'dhamaka'])).toThrow('without letters')
    expect(() => readings(['karaka', '...'])).toThrow('without letters')
  })

  it('cost what is read of a text of 100,000 characters less than 50 ms, ten thousand of them too', () => {
    const made = new WordReadings()
    for (let n = 0; n < 10_000; n++) made.add(`karaka${n.toString(36).replace(/\d/g, 'x')}${n}`, 'dhamaka')
    const telling = { ofDanger: (word: string) => made.begins(word), ofPlace: () => false }
    const text = skim('karaka7 hua hai yahan '.repeat(4600), telling)?.text ?? ''
    expect(text.length).toBeGreaterThan(4_000)
    // The best of some: what else this machine does must not count.
    const msOf = (work: () => unknown): number =>
      Math.min(
        ...Array.from({ length: 7 }, () => {
          const before = performance.now()
          work()
          return performance.now() - before
        }),
      )
    const plain = msOf(() => readText(text))
    expect(msOf(() => made.read(readText(text))) - plain).toBeLessThan(50)
  })
})

it('of spans that overlap the first stays', () => {
  const span = (start: number, end: number) => ({ start, end })
  expect(withoutOverlaps([span(4, 9), span(4, 9), span(0, 5), span(0, 4), span(9, 12)])).toEqual([
    span(4, 9),
    span(0, 4),
    span(9, 12),
  ])
})
