import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  answerClause,
  filterClauses,
  filtersBut,
  frameClauses,
  oneOf,
  scopeClauses,
  wordsClause,
  type Clause,
} from '../../../index/elastic/query.js'
import { readQuery } from '../../../index/query-words.js'
import type { MentionQuery } from '../../../schemas/search.js'
import type { Scope } from '../../../schemas/user.js'

const ALL: Scope = { districts: 'all' }
const SWAT: Scope = { districts: ['swat', 'unknown'] }
const wordsOf = (q: string) => wordsClause(readQuery(q))

/** Every query that looks for a value or a word, wherever it stands. */
function leaves(clause: unknown): [kind: string, body: Record<string, unknown>][] {
  if (Array.isArray(clause)) return clause.flatMap(leaves)
  if (typeof clause !== 'object' || clause === null) return []
  return Object.entries(clause).flatMap(([name, value]): [string, Record<string, unknown>][] =>
    ['term', 'terms', 'prefix', 'match_phrase', 'match_phrase_prefix', 'range'].includes(name)
      ? [[name, value as Record<string, unknown>]]
      : leaves(value),
  )
}
const kindsOf = (clause: Clause | undefined) =>
  leaves(clause).map(([kind, body]) => `${kind} ${Object.keys(body)[0] ?? ''}`)

describe('words as Elasticsearch is asked for them', () => {
  it('looks for each in all three fields, the text first', () => {
    expect(wordsOf('پشاور')).toEqual({
      bool: {
        must: [
          {
            bool: {
              should: [
                { term: { text: { value: 'پشاور', boost: 1 } } },
                { term: { parted: { value: 'پشاور', boost: 0.5 } } },
                { term: { author: { value: 'پشاور', boost: 0.5 } } },
              ],
              minimum_should_match: 1,
            },
          },
        ],
      },
    })
  })

  it.each([
    ['help', 'term text'],
    ['hel*', 'prefix text'],
    ['"help road"', 'match_phrase text'],
    ['"help roa*"', 'match_phrase_prefix text'],
    ['swat_police', 'match_phrase text'],
    ['x'.repeat(256), 'match_phrase text'],
    [`${'x'.repeat(256)}*`, 'match_phrase_prefix text'],
  ])('%j by the cheapest that does it', (q, kind) => {
    // Words of this length may be cut before they come here.
    const [only] = kindsOf(
      wordsClause(
        q.startsWith('x')
          ? { all: [[{ words: [q.replace('*', '')], prefix: q.endsWith('*') }]], none: [] }
          : readQuery(q),
      ),
    )
    expect(only).toBe(kind)
  })

  it('needs one of each group and none of the unwanted', () => {
    const clause = wordsOf('a OR b c -d -"e f"') as { bool: { must: unknown[]; must_not: unknown[] } }
    expect(clause.bool.must.map((group) => leaves(group).length)).toEqual([6, 3])
    expect(clause.bool.must_not.length).toBe(1)
    expect(leaves(clause.bool.must_not).length).toBe(6)
    expect(wordsOf('-d')).not.toHaveProperty('bool.must')
    expect(wordsOf('؟!')).toBeUndefined()
    expect(wordsOf('')).toBeUndefined()
  })

  it('stays below the clauses that any node allows, whatever is typed', () => {
    const piece = fc.constantFrom(
      'a',
      'b*',
      '-c',
      '"',
      '"d"',
      '"e f*"',
      ' ',
      ' OR ',
      'ﷺ',
      '-',
      '*',
      'گ',
      '٣',
      '😀',
      '\ud83d',
      '\0',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 500 }), (pieces) => {
        const clause = wordsOf(pieces.join('').slice(0, 500))
        expect(leaves(clause).length).toBeLessThan(1000)
      }),
      { seed: 41, numRuns: 150 },
    )
    for (const q of ['a '.repeat(250), 'b"a"'.repeat(125), '-a '.repeat(166), 'a b" '.repeat(100)])
      expect(leaves(wordsOf(q)).length).toBeLessThan(1000)
  })

  it('puts nothing that was typed anywhere but into values', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (q) => {
        for (const [, body] of leaves(wordsOf(q))) expect(['text', 'parted', 'author']).toContain(Object.keys(body)[0])
      }),
      { seed: 42, numRuns: 100 },
    )
  })
})

describe('filters as Elasticsearch is asked for them', () => {
  it('never leaves out the scope, nor what is withdrawn in', () => {
    const query = fc.record(
      { from: fc.constant('2026-11-01'), to: fc.constant('2026-12-01'), unjudged: fc.boolean() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(query, (asked) => {
        expect(frameClauses(asked, SWAT).slice(0, 2)).toEqual([
          { term: { deleted: false } },
          { terms: { districts: ['swat'] } },
        ])
      }),
      { seed: 43, numRuns: 30 },
    )
    expect(scopeClauses({ districts: [] })).toEqual([{ terms: { districts: [] } }])
    expect(scopeClauses({ districts: ['unknown'] })).toEqual([{ terms: { districts: [] } }])
    expect(scopeClauses(ALL)).toEqual([])
  })

  it('leaves out of each facet its own filter alone', () => {
    const query: MentionQuery = { channel: ['x'], district: ['swat'], alert: false, lang: [] }
    const filters = filterClauses(query)
    expect([...filters.keys()].sort()).toEqual(['alert', 'channel', 'district'])
    expect(filtersBut(filters, 'channel')).toEqual([{ term: { alert: false } }, { terms: { districts: ['swat'] } }])
    expect(filtersBut(filters, 'lang').length).toBe(3)
    expect(kindsOf(answerClause({ frame: frameClauses(query, SWAT), filters }))).toEqual([
      'term deleted',
      'terms districts',
      'terms channel',
      'term alert',
      'terms districts',
    ])
  })

  it('asks for no value that Elasticsearch would refuse', () => {
    expect(oneOf('districts', ['a\ud83d', '😀', 'x'.repeat(32_766), 'x'.repeat(32_767), 'گ'.repeat(16_384)])).toEqual({
      terms: { districts: ['a\ufffd', '😀', 'x'.repeat(32_766)] },
    })
  })

  it('refuses an instant that is none', () => {
    for (const query of [{ from: 'yesterday' }, { to: '' }])
      expect(() => frameClauses(query, ALL)).toThrow(expect.objectContaining({ reason: 'invalid-payload' }))
  })
})
