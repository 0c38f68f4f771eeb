import { beforeEach, describe, expect, it } from 'vitest'
import type { MentionQuery } from '../../schemas/search.js'
import type { Tags } from '../../schemas/tags.js'
import type { Scope } from '../../schemas/user.js'
import { makeTags } from '../support/mentions.js'
import { ALL, at, mention, places, type IndexKit } from './mention-index-kit.js'

/** What is found by which tags, and what is counted. */
export function filtersContract(kit: IndexKit): void {
  const { store, find } = kit

  describe('filters and facets', () => {
    const failed: Partial<Tags> = { language: null, districts: null, category: null, sentiment: null, threat: null }

    beforeEach(async () => {
      const category = makeTags().category
      if (category === null) throw new Error('makeTags has a category')
      await store(
        mention({ id: 'whatsapp:a', receivedAt: at(0), text: 'بھتہ ایک' }),
        mention(
          { id: 'x:b', channel: 'x', receivedAt: at(1), text: 'بھتہ دو' },
          { districts: places('swat', 'mardan'), language: { lang: 'ps', confidence: 0.5 } },
        ),
        mention(
          { id: 'x:c', channel: 'x', receivedAt: at(2), text: 'شکریہ' },
          {
            districts: [],
            category: { ...category, category: 'praise', alert: false, severity: 'none' },
            sentiment: { sentiment: 'positive', score: 1 },
          },
        ),
        mention(
          {
            id: 'sms:d',
            channel: 'sms',
            receivedAt: at(3),
            text: 'آواز',
            unjudged: 'threat-failed',
            failed: ['threat'],
          },
          failed,
        ),
      )
    })

    const CASES: readonly (readonly [MentionQuery, readonly string[]])[] = [
      [{}, ['sms:d', 'x:c', 'x:b', 'whatsapp:a']],
      [{ channel: ['x'] }, ['x:c', 'x:b']],
      [{ channel: ['x', 'sms'] }, ['sms:d', 'x:c', 'x:b']],
      [{ channel: [] }, ['sms:d', 'x:c', 'x:b', 'whatsapp:a']],
      [{ district: ['swat'] }, ['x:b']],
      [{ district: ['mardan', 'peshawar'] }, ['x:b', 'whatsapp:a']],
      [{ district: ['unknown'] }, ['sms:d', 'x:c']],
      [{ district: ['unknown', 'swat'] }, ['sms:d', 'x:c', 'x:b']],
      [{ district: ["swat'--"] }, []],
      [{ lang: ['ps'] }, ['x:b']],
      [{ lang: ['und'] }, []],
      [{ category: ['praise'] }, ['x:c']],
      [{ severity: ['high', 'none'] }, ['x:c', 'x:b', 'whatsapp:a']],
      [{ sentiment: ['positive'] }, ['x:c']],
      [{ alert: true }, ['x:b', 'whatsapp:a']],
      [{ alert: false }, ['sms:d', 'x:c']],
      [{ unjudged: true }, ['sms:d']],
      [{ unjudged: false }, ['x:c', 'x:b', 'whatsapp:a']],
      [{ from: at(1) }, ['sms:d', 'x:c', 'x:b']],
      [{ to: at(1) }, ['whatsapp:a']],
      [{ from: at(1), to: at(3) }, ['x:c', 'x:b']],
      [{ from: at(3), to: at(1) }, []],
      [{ q: 'بھتہ', channel: ['x'] }, ['x:b']],
      [{ q: '-بھتہ' }, ['sms:d', 'x:c']],
      [{ q: 'whatsapp:a', channel: ['x'] }, []],
      [{ channel: ['x'], alert: true, district: ['mardan'], lang: ['ps'], from: at(0), to: at(9) }, ['x:b']],
    ]

    it.each(CASES)('%j', async (query, expected) => {
      const page = await find(query)
      expect(page.items.map((item) => item.mention.id)).toEqual(expected)
      expect(page.total).toBe(expected.length)
      expect(page.histogram.buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(expected.length)
    })

    it('counts each facet with every filter but its own', async () => {
      const { facets, total } = await find({ channel: ['x'], alert: true })
      expect(total).toBe(1)
      expect(facets.channel).toEqual([
        { value: 'whatsapp', count: 1 },
        { value: 'x', count: 1 },
      ])
      expect(facets.alert).toEqual([
        { value: 'false', count: 1 },
        { value: 'true', count: 1 },
      ])
      expect(facets.district).toEqual([
        { value: 'mardan', count: 1 },
        { value: 'swat', count: 1 },
      ])
      expect(facets.category).toEqual([{ value: 'extortion', count: 1 }])
      expect((await find({ district: ['swat'] })).facets.district).toEqual([
        { value: 'unknown', count: 2 },
        { value: 'mardan', count: 1 },
        { value: 'peshawar', count: 1 },
        { value: 'swat', count: 1 },
      ])
      expect((await find({ q: 'بھتہ', district: ['swat'] })).facets.district.length).toBe(3)
    })

    it('leaves a tag that failed out of its facet', async () => {
      const { facets } = await find({})
      expect(facets.lang).toEqual([
        { value: 'ur', count: 2 },
        { value: 'ps', count: 1 },
      ])
      expect(facets.severity).toEqual([
        { value: 'high', count: 2 },
        { value: 'none', count: 1 },
      ])
      expect(facets.alert).toEqual([
        { value: 'false', count: 2 },
        { value: 'true', count: 2 },
      ])
    })

    it('shows somebody of a district what is tagged with it, and no more anywhere', async () => {
      const swat: Scope = { districts: ['swat', 'bannu'] }
      const page = await find({}, swat)
      expect(page.items.map((item) => item.mention.id)).toEqual(['x:b'])
      expect(page.total).toBe(1)
      expect(page.facets.district).toEqual([{ value: 'swat', count: 1 }])
      expect(page.facets.channel).toEqual([{ value: 'x', count: 1 }])
      expect(page.histogram.buckets.map((bucket) => bucket.count)).toEqual([1])
      for (const query of [
        { district: ['unknown'] },
        { district: ['peshawar'] },
        { q: 'whatsapp:a' },
        { q: 'شکریہ' },
        { q: '-بھتہ' },
        { unjudged: true },
      ]) {
        expect((await find(query, swat)).total).toBe(0)
      }
      expect((await find({ q: 'بھتہ', sort: 'best' }, swat)).total).toBe(1)
      expect(await kit.under.search.get('whatsapp:a', swat)).toBeUndefined()
      expect(await kit.under.search.get('x:c', swat)).toBeUndefined()
      expect((await kit.under.search.get('x:b', swat))?.id).toBe('x:b')
      expect((await kit.under.search.conversation('whatsapp:talk', swat, 10)).map((one) => one.id)).toEqual(['x:b'])
      const counts = await kit.under.search.count(at(0), at(9), swat)
      expect(counts.totals.total).toBe(1)
      expect(counts.byDistrict.map((row) => row.value)).toEqual(['swat'])
      expect(counts.districtUnknown).toBe(0)
      for (const nothing of [{ districts: [] }, { districts: ['unknown'] }, { districts: ['tank'] }]) {
        expect((await find({}, nothing)).total).toBe(0)
        expect((await find({}, nothing)).facets.district).toEqual([])
        expect((await kit.under.search.count(at(0), at(9), nothing)).totals.total).toBe(0)
      }
    })

    it('counts a time for the report', async () => {
      const counts = await kit.under.search.count(at(0), at(4), ALL)
      const row = (value: string, total: number, more: object = {}) => ({
        value,
        total,
        positive: 0,
        neutral: total,
        negative: 0,
        alerts: 0,
        ...more,
      })
      expect(counts).toEqual({
        totals: { total: 4, positive: 1, neutral: 2, negative: 0, alerts: 2 },
        unjudged: 1,
        corrected: 0,
        correctedTags: [],
        districtUnknown: 2,
        confidence: {
          language: expect.closeTo((0.99 + 0.5 + 0.99) / 3) as number,
          category: expect.closeTo(0.97) as number,
        },
        byDistrict: [
          row('unknown', 2, { positive: 1, neutral: 0 }),
          row('mardan', 1, { alerts: 1 }),
          row('peshawar', 1, { alerts: 1 }),
          row('swat', 1, { alerts: 1 }),
        ],
        byLanguage: [
          row('ur', 2, { positive: 1, neutral: 1, alerts: 1 }),
          row('ps', 1, { alerts: 1 }),
          row('unknown', 1, { neutral: 0 }),
        ],
        byChannel: [
          row('x', 2, { positive: 1, neutral: 1, alerts: 1 }),
          row('sms', 1, { neutral: 0 }),
          row('whatsapp', 1, { alerts: 1 }),
        ],
        byCategory: [
          row('extortion', 2, { alerts: 2 }),
          row('praise', 1, { positive: 1, neutral: 0 }),
          row('unknown', 1, { neutral: 0 }),
        ],
      })
      const nothing = await kit.under.search.count(at(100), at(200), ALL)
      expect(nothing.totals.total).toBe(0)
      expect(nothing.confidence).toEqual({ language: null, category: null })
      expect((await kit.under.search.count(at(1), at(2), ALL)).totals.total).toBe(1)
    })
  })
}
