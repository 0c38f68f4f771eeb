import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEnrichers } from '../../app/enrichers.js'
import { enrichMention } from '../../enrich/enrich-mention.js'
import { skim } from '../../enrich/skim.js'
import { loadTagger } from '../../enrich/tagger.js'
import { textMention } from '../../enrich/text-mention.js'
import { createRandom } from '../../enrich/training/random.js'
import { makeTagSet } from '../../enrich/vocabulary/tag-set.js'
import type { AnyEnricher } from '../../enrich/enrich-mention.js'
import type { Span, Tags } from '../../schemas/tags.js'
import type { VocabularyItem } from '../../schemas/vocabulary.js'

const NOW = '2026-11-22T07:00:00.000Z'
const MOST_READ = 8_200
const enrichers = createEnrichers()

function tagsOf(text: string, by: readonly AnyEnricher[] = enrichers): Tags {
  const onFailure = (name: string, error: unknown): void => {
    throw new Error(name, { cause: error })
  }
  return enrichMention(textMention('long', text, NOW), { enrichers: by, now: NOW, onFailure }).tags
}

const spansOf = ({ districts, threat, category }: Tags): Span[] => [
  ...(districts ?? []).flatMap(({ evidence }) => evidence),
  ...(threat?.keywords ?? []),
  ...(category?.evidence ?? []),
]

const telling = {
  ofDanger: (word: string) => word === 'bomb' || word === 'firing',
  ofPlace: (word: string) => word === 'topi',
}

/** Words of no language, every one another. */
function gibberish(length: number): string {
  const random = createRandom(7)
  let text = ''
  while (text.length < length)
    text += `${Array.from({ length: 7 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')} `
  return text
}

const PADDINGS: readonly (readonly [name: string, half: string])[] = [
  ['one sentence', 'aaj mausam acha hai. '.repeat(2_200)],
  ['words without a stop', 'lorem ipsum dolor sit amet '.repeat(1_700)],
  ['words of no language', gibberish(45_000)],
  ['one letter without end', 'x'.repeat(45_000)],
  ['Urdu', 'آج موسم بہت اچھا ہے۔ '.repeat(2_200)],
]

describe('of a long text', () => {
  it('nothing is left out up to 8,000 units', () => {
    expect(skim('bomb '.repeat(1_600), telling)).toBeUndefined()
    expect(skim(`${'bomb '.repeat(1_600)}!`, telling)).toBeDefined()
  })

  it.each(PADDINGS)('a danger and its place amid %s are found, with their spans', (_, half) => {
    const danger = '\nHayatabad mein abhi firing ho rahi hai, teen log zakhmi hain, madad karein.\n'
    const text = half + danger + half
    const tags = tagsOf(text)
    expect(tags.category).toMatchObject({ category: 'violence', alert: true })
    expect(tags.districts?.map(({ id }) => id)).toEqual(['peshawar'])
    const place = tags.districts?.[0]?.evidence[0]
    expect(place).toMatchObject({ text: 'Hayatabad', start: text.indexOf('Hayatabad') })
    const from = text.indexOf(danger)
    const isThere = ({ start, end }: Span) => from <= start && end <= from + danger.length
    expect(tags.category?.evidence.some(isThere)).toBe(true)
  })

  it('a danger amid its own word rings, at its place', () => {
    const half = 'firing. '.repeat(5_600)
    const tags = tagsOf(`${half}Hayatabad mein abhi firing ho rahi hai, madad karein. ${half}`)
    expect(tags.category).toMatchObject({ category: 'violence', alert: true })
    expect(tags.districts?.map(({ id }) => id)).toEqual(['peshawar'])
  })

  it('a place that no danger stands beside is found too, and a word written apart', () => {
    const half = 'nothing to see here. '.repeat(2_000)
    expect(skim(`${half}We live in Topi now. ${half}`, telling)?.text).toContain('Topi')
    expect(skim(`${half}they have b o m b there. ${half}`, telling)?.text).toContain('b o m b')
  })

  it.each([
    '*firing*',
    "'firing'",
    '‘firing’',
    '💣firing💣',
    '#StopFiring',
    'f-i-r-i-n-g',
    'f\u200bi\u00adring',
    '𝗳 𝗶 𝗿 𝗶 𝗻 𝗴',
    'FIRING',
  ])('the word in %s is met as it is read', (written) => {
    const half = 'nothing to see here. '.repeat(2_000)
    expect(skim(`${half}it is ${written} there. ${half}`, telling)?.text).toContain(written)
  })

  it('a word in many spellings of case is one word', () => {
    const half = 'nothing to see here. '.repeat(1_000)
    const decoys = ['bomb', 'Bomb', 'bOmb', 'boMb', 'BOMB', 'bomB', 'BOmb', 'bOMb'].join(' ').concat('. ').repeat(90)
    const text = `${half}${decoys}${half}now there is firing. ${half}`
    expect(skim(text, telling)?.text).toContain('firing')
  })

  it('letters on both sides of what is left out are no word together', () => {
    const text = 'b o m b '.repeat(12_500)
    for (const span of spansOf(tagsOf(text))) expect(span.text).toBe(text.slice(span.start, span.end))
  })

  it.each([
    ['halves of pairs', '\udc00'.repeat(45_000)],
    ['what folds to nothing', '\u200d'.repeat(45_000)],
  ])('%s without end do not keep the rest from being read', (_, run) => {
    const half = 'nothing to see here. '.repeat(500)
    const read = skim(`${half}bomb ${run} ${half}then firing. ${half}`, telling)?.text
    expect(read).toContain('firing')
    expect(read?.length).toBeLessThanOrEqual(MOST_READ)
  })

  it.each([
    ['Dera Ismail Khan', 'dera-ismail-khan'],
    ['Upper Dir', 'dir-upper'],
    ['لکی مروت', 'lakki-marwat'],
  ])('a place of several words is found: %s', (name, id) => {
    const half = 'lorem ipsum dolor sit amet. '.repeat(1_500)
    expect(tagsOf(`${half}We live in ${name} now. ${half}`).districts?.map((tag) => tag.id)).toEqual([id])
  })

  it('the rarest words of danger are read first', () => {
    const half = 'a bomb was said to be there. '.repeat(1_500)
    expect(skim(`${half}there is firing now. ${half}`, telling)?.text).toContain('firing')
  })

  it('a word that was added is looked for like those that came with it', async () => {
    const item: VocabularyItem = {
      id: 'karaka',
      kind: 'word',
      entry: { kind: 'word', words: ['karaka'], like: 'dhamaka' },
      by: 'admin',
      at: NOW,
      retiredAt: null,
      retiredBy: null,
      problem: null,
    }
    const half = 'aaj mausam acha hai. '.repeat(2_200)
    const text = `${half}Topi bazar mein abhi karaka hua hai. ${half}`
    const made = await makeTagSet(loadTagger(), [item], { pause: () => Promise.resolve() })
    const keywords = tagsOf(text, made.enrichers).threat?.keywords
    expect(keywords).toEqual([expect.objectContaining({ text: 'karaka', start: text.indexOf('karaka') })])
  })

  it('spans are those of the whole text, no pair of units is cut, and no more than some 8,000 units are read, whatever it holds', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'bomb ',
        'firing',
        'دھماکہ',
        'پشاور ',
        '۔ ',
        '. ',
        '\n',
        'x'.repeat(700),
        '😀'.repeat(300),
        'b o m b',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
        const one = pieces.join('')
        const text = one.repeat(Math.min(400, Math.ceil(12_000 / Math.max(1, one.length))))
        for (const span of spansOf(tagsOf(text))) expect(span.text).toBe(text.slice(span.start, span.end))
        const read = skim(text, telling)?.text
        if (read === undefined) return
        expect(read.length).toBeLessThanOrEqual(MOST_READ)
        if (text.isWellFormed()) expect(read.isWellFormed()).toBe(true)
      }),
      { numRuns: 60, seed: 20261128 },
    )
  })
})
