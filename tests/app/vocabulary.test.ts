import { beforeEach, describe, expect, it } from 'vitest'
import { vocabularyAdd, vocabularyList, vocabularyRetire, type VocabularyFlags } from '../../app/commands/vocabulary.js'
import type { Operations } from '../../app/operations.js'
import type { VocabularyEntry, VocabularyItem, VocabularyTrial } from '../../schemas/vocabulary.js'

const item = (entry: VocabularyEntry, more: Partial<VocabularyItem> = {}): VocabularyItem => ({
  id: 'one',
  kind: entry.kind,
  entry,
  by: 'admin',
  at: '2026-11-22T04:00:00.000Z',
  retiredAt: null,
  retiredBy: null,
  problem: null,
  ...more,
})
const WORD: VocabularyEntry = { kind: 'word', words: ['karaka'], like: 'dhamaka' }

let asked: unknown[]
let items: VocabularyItem[]
let refused: string | null
let written: string[]
const output = { write: (text: string) => written.push(text) } as unknown as NodeJS.WritableStream
const operations = {
  listVocabulary: async () => ({ revision: 1, inUse: 1, items }),
  addVocabulary: async (entry, by) => {
    asked.push(entry, by)
    return { item: item(entry), warnings: ['look out'] }
  },
  retireVocabulary: async (id, by) => item(WORD, { id, retiredBy: by, retiredAt: '2026-11-23T04:00:00.000Z' }),
  tryVocabulary: async (entry, text) => {
    asked.push('try', entry, text)
    return { now: {}, then: null, refused, warnings: [], seen: null } satisfies VocabularyTrial
  },
} as Partial<Operations> as Operations

beforeEach(() => {
  asked = []
  items = []
  refused = null
  written = []
})
const add = (kind: string, spellings: string[], flags: Partial<VocabularyFlags> = {}) =>
  vocabularyAdd(
    operations,
    { output, errors: output },
    { kind, spellings, flags: { place: 'town', by: 'me', ...flags } },
  )

describe('rabta vocabulary', () => {
  it.each<[string, string[], Partial<VocabularyFlags>, VocabularyEntry]>([
    ['word', ['karaka'], { like: 'dhamaka' }, WORD],
    ['place', ['Zghard', 'زغرډ'], { district: 'swat,buner', needs: 'sign' }, { kind: 'place', names: ['Zghard', 'زغرډ'], districts: ['swat', 'buner'], place: 'town', needs: 'sign' }], // prettier-ignore
    ['not-a-place', ['Topi Gul'], {}, { kind: 'not-a-place', names: ['Topi Gul'] }],
    ['district', ['A', 'ب', 'پ', 'Aa'], { id: 'aa', was: 'swat' }, { kind: 'district', id: 'aa', names: { en: 'A', ur: 'ب', ps: 'پ' }, spellings: ['Aa'], was: 'swat' }], // prettier-ignore
  ])('adds a %s, and says who asked and what to look out for', async (kind, spellings, flags, entry) => {
    expect(await add(kind, spellings, flags)).toBe(0)
    expect(asked).toEqual([entry, 'me'])
    expect(written.join('')).toMatch(/^one\t.*\tin use\nwarning: look out\n$/s)
  })

  it.each([
    ['rhyme', ['x'], {}, 'no kind rhyme'],
    ['word', ['x'], {}, 'word/like'],
    ['place', ['x'], {}, 'place/districts'],
    ['place', ['x'], { district: 'swat', place: 'planet' }, 'place/place'],
    ['district', ['x'], { id: 'a', was: 'swat' }, 'district'],
  ] as const)('says what is wrong with a %s', async (kind, spellings, flags, words) => {
    await expect(add(kind, [...spellings], flags)).rejects.toMatchObject({ reason: 'invalid-payload', message: expect.stringContaining(words) as string }) // prettier-ignore
    expect(asked).toEqual([])
  })

  it('tries without adding, and fails where it would be refused', async () => {
    expect(await add('word', ['karaka'], { like: 'dhamaka', try: 'karaka hua' })).toBe(0)
    expect(asked).toEqual(['try', WORD, 'karaka hua'])
    refused = 'no'
    expect(await add('word', ['karaka'], { like: 'dhamaka', try: 'karaka hua' })).toBe(1)
    expect((JSON.parse(written.at(-1) ?? '') as VocabularyTrial).refused).toBe('no')
  })

  it('lists what is in use, what is left out and why, and what was retired', async () => {
    items = [
      item(WORD),
      item(WORD, { problem: 'a reason' }),
      item(WORD, { entry: null, kind: 'rhyme', retiredAt: '2026-11-23T04:00:00.000Z', retiredBy: 'x' }),
    ]
    await vocabularyList(operations, output, { retired: true, json: false })
    expect(written.map((line) => line.trim().split('\t').slice(1))).toEqual([
      ['word', 'karaka = dhamaka', '2026-11-22T04:00:00.000Z by admin', 'in use'],
      ['word', 'karaka = dhamaka', '2026-11-22T04:00:00.000Z by admin', 'left out: a reason'],
      ['rhyme', '?', '2026-11-22T04:00:00.000Z by admin', 'retired 2026-11-23T04:00:00.000Z by x'],
    ])
    written = []
    await vocabularyList(operations, output, { retired: true, json: true })
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual(items)
  })

  it('retires in the name of who asked', async () => {
    await vocabularyRetire(operations, output, 'two', 'me')
    expect(written.join('')).toContain('two\tword\tkaraka = dhamaka')
    expect(written.join('')).toContain('by me')
  })
})
