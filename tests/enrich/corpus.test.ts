import { describe, expect, it } from 'vitest'
import { readCorpus, readCorpusFile } from '../../enrich/training/corpus.js'
import { agreements } from '../../enrich/training/second-labels.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import { fold } from '../../runtime/fold.js'
import { CATEGORIES, EVENT_CATEGORIES, LANGS } from '../../schemas/tags.js'

const train = readCorpus('train')
const test = readCorpus('test')
const criticism = readCorpusFile('enrich/corpus/criticism.tsv')
const all = [...train, ...test, ...criticism]

const bare = (text: string) =>
  fold(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

describe('the corpus', () => {
  it('is large enough to learn from and to measure by', () => {
    expect(all.length).toBeGreaterThanOrEqual(2_000)
    expect(test.length).toBeGreaterThanOrEqual(600)
    expect(agreements().find(({ tag }) => tag === 'alert')?.pairs).toHaveLength(200)
  })

  it.each([
    ['train', train],
    ['test', test],
  ])('has every language, category and district in its part %s', (_part, rows) => {
    expect(new Set(rows.map(({ lang }) => lang))).toEqual(new Set(LANGS))
    expect(new Set(rows.map(({ category }) => category))).toEqual(new Set(CATEGORIES))
    expect(new Set(rows.flatMap(({ districts }) => districts))).toEqual(new Set(loadDistrictTable().byId.keys()))
  })

  it('keeps to LABELLING.md in what may stand together', () => {
    const events: readonly string[] = EVENT_CATEGORIES
    for (const { id, category, alert, severity } of all) {
      if (alert) expect({ id, category, fits: events.includes(category) }).toMatchObject({ fits: true })
      if (alert) expect({ id, fits: ['critical', 'high', 'medium'].includes(severity) }).toMatchObject({ fits: true })
      else expect({ id, severity }).not.toMatchObject({ severity: 'critical' })
    }
  })

  it('has three hundred harsh criticisms to measure by, none of which may ring', () => {
    expect(criticism.length).toBeGreaterThanOrEqual(300)
    expect(criticism.filter(({ alert }) => alert)).toEqual([])
  })

  it('uses no id twice, and measures by no message that was learned from', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    const learned = new Set(train.map(({ text }) => bare(text)))
    const measured = [...test, ...criticism]
    expect(measured.filter(({ text }) => learned.has(bare(text)) && bare(text).split(' ').length > 3)).toEqual([])
  })
})
