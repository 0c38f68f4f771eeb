import { describe, expect, it } from 'vitest'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import { makeTags } from '../support/mentions.js'
import { ALL, at, deleted, mention, places, written, indexKit, type IndexUnderTest } from './mention-index-kit.js'
import { correctionsContract } from './mention-index-corrections.js'
import { filtersContract } from './mention-index-filters.js'
import { pagesContract } from './mention-index-pages.js'
import { threadsContract } from './mention-index-threads.js'
import { wordsContract } from './mention-index-words.js'

/** What every mention index promises; `open` gives a fresh, empty one. */
export function mentionIndexContract(open: () => Promise<IndexUnderTest>): void {
  const kit = indexKit(open)
  const { store, find, ids } = kit

  wordsContract(kit)
  filtersContract(kit)
  pagesContract(kit)
  threadsContract(kit)
  correctionsContract(kit)

  describe('writing', () => {
    it('gives back what was written, whole', async () => {
      const one = mention({ text: 'lone \ud83d surrogate and NUL \0 and "quotes"' })
      await store(one)
      expect(await kit.under.search.get(one.id, ALL)).toEqual(one)
      expect((await find({})).items).toEqual([{ mention: one, highlights: [] }])
    })

    it('changes nothing when the same is written again', async () => {
      const one = mention()
      await store(one)
      await store(one, one)
      await store({ ...one, text: 'the same version with other words' })
      expect(await kit.under.search.get(one.id, ALL)).toEqual(one)
      expect((await find({})).total).toBe(1)
    })

    it('lets the later edit win, in whichever order they come', async () => {
      const first = mention({ version: 10, text: 'پہلا لفظ' })
      const edit = { ...first, version: 20, text: 'دوسرا لفظ' }
      await store(edit, first)
      expect(await ids({ q: 'پہلا' })).toEqual([])
      expect(await ids({ q: 'دوسرا' })).toEqual([first.id])
      const later = { ...first, version: 30, text: 'تیسرا', tags: makeTags({ districts: places('swat') }) }
      await store(later)
      expect(await ids({ q: 'دوسرا' })).toEqual([])
      expect(await ids({ district: ['peshawar'] })).toEqual([])
      expect(await ids({ district: ['swat'] })).toEqual([first.id])
      expect((await find({})).facets.district).toEqual([{ value: 'swat', count: 1 }])
    })

    it('deletes, and no old edit brings it back', async () => {
      const one = mention({ version: 10 })
      const other = mention()
      await store(one, other)
      expect(await kit.under.index.write([deleted(one, 20)])).toEqual([])
      expect(await kit.under.search.get(one.id, ALL)).toBeUndefined()
      expect(await ids({ q: 'پشاور' })).toEqual([other.id])
      await store(one, { ...one, version: 20 })
      await kit.reopen()
      await store({ ...one, version: 19 })
      expect((await find({})).total).toBe(1)
      await store({ ...one, version: 21 })
      expect((await find({ q: 'پشاور' })).total).toBe(2)
    })

    it('remembers a deletion that comes before what it deletes, and lets it win over the same version', async () => {
      const one = mention({ version: 10 })
      await kit.under.index.write([deleted(one, 12), written(one), written({ ...one, version: 12 })])
      expect((await find({})).total).toBe(0)
      const other = mention({ version: 10 })
      await kit.under.index.write([written(other), deleted(other, 10)])
      expect((await find({})).total).toBe(0)
    })

    it('passes over an old deletion', async () => {
      const one = mention({ version: 10 })
      await kit.under.index.write([written(one), deleted(one, 9)])
      expect(await ids({})).toEqual([one.id])
    })

    it('rejects what is wrong and stores the rest', async () => {
      const good = [mention(), mention(), mention()]
      const wrong = [
        mention({ receivedAt: 'yesterday' }),
        mention({ version: Number.NaN }),
        mention({ id: `whatsapp:${'x'.repeat(600)}` }),
        mention({ text: 'x'.repeat(5_000_000) }),
        { ...mention(), tags: undefined } as unknown as EnrichedMention,
      ]
      const batch = [good[0], wrong[0], wrong[1], good[1], wrong[2], wrong[3], wrong[4], good[2]].map((one) =>
        written(one as EnrichedMention),
      )
      const rejections = await kit.under.index.write(batch)
      expect(rejections.map((rejection) => rejection.id)).toEqual(wrong.map((one) => one.id))
      expect(rejections.map((rejection) => rejection.reason)).toEqual([
        'invalid-payload',
        'invalid-payload',
        'invalid-payload',
        'too-large',
        'invalid-payload',
      ])
      expect((await ids({})).sort()).toEqual(good.map((one) => one.id).sort())
    })

    it('keeps everything over a restart', async () => {
      const one = mention()
      await store(one)
      await kit.reopen()
      expect(await kit.under.search.get(one.id, ALL)).toEqual(one)
      expect(await ids({ q: 'بھتہ' })).toEqual([one.id])
    })

    it('takes an empty batch and 100,000 characters', async () => {
      expect(await kit.under.index.write([])).toEqual([])
      const long = mention({ text: `${'لفظ '.repeat(24_990)}آخری` })
      await store(long)
      expect(await ids({ q: 'آخری' })).toEqual([long.id])
    })
  })

  describe('histogram', () => {
    it('covers the time asked for in steps people read, empty ones too', async () => {
      await store(
        mention({ receivedAt: at(0) }),
        mention({ receivedAt: at(61) }, { category: null }),
        mention({ receivedAt: at(62) }),
      )
      const { histogram } = await find({ from: at(0), to: at(180) })
      expect(histogram.stepMs).toBe(60_000)
      expect(histogram.buckets.length).toBe(180)
      expect(histogram.buckets[0]).toEqual({ at: at(0), count: 1, alerts: 1 })
      expect(histogram.buckets[1]).toEqual({ at: at(1), count: 0, alerts: 0 })
      expect(histogram.buckets[61]).toEqual({ at: at(61), count: 1, alerts: 0 })
    })

    it('begins days at midnight in Karachi, weeks on Monday, and never has more than 200 steps', async () => {
      await store(
        mention({ receivedAt: '2026-06-30T19:00:00.000Z' }),
        mention({ receivedAt: '2026-11-22T04:00:00.000Z' }),
      )
      const days = (await find({})).histogram
      expect(days.stepMs).toBe(86_400_000)
      expect(days.buckets[0]?.at).toBe('2026-06-30T19:00:00.000Z')
      expect(days.buckets.at(-1)?.at).toBe('2026-11-21T19:00:00.000Z')
      await store(mention({ receivedAt: '2025-01-01T00:00:00.000Z' }))
      const weeks = (await find({})).histogram
      expect(weeks.stepMs).toBe(7 * 86_400_000)
      expect(weeks.buckets[0]?.at).toBe('2024-12-29T19:00:00.000Z')
      await store(
        mention({ receivedAt: '0001-01-01T00:00:00.000Z' }),
        mention({ receivedAt: '9999-12-31T23:59:59.999Z' }),
      )
      for (const query of [
        {},
        { from: '0000-01-01T00:00:00.000Z' },
        { from: '0000-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z' },
      ]) {
        const { buckets } = (await find(query)).histogram
        expect(buckets.length).toBeLessThanOrEqual(200)
        expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBeGreaterThanOrEqual(4)
      }
    })

    it('is empty where nothing was found', async () => {
      expect((await find({})).histogram.buckets).toEqual([])
    })
  })

  it('gives a conversation, oldest first, the last of it', async () => {
    const talk = [5, 1, 3, 2, 4].map((minute) =>
      mention({ writtenAt: at(minute), receivedAt: at(50), conversation: 'whatsapp:one' }),
    )
    await store(...talk, mention({ conversation: 'whatsapp:other' }))
    const order = talk.sort((a, b) => (a.writtenAt < b.writtenAt ? -1 : 1)).map((one) => one.id)
    expect((await kit.under.search.conversation('whatsapp:one', ALL, 50)).map((one) => one.id)).toEqual(order)
    expect((await kit.under.search.conversation('whatsapp:one', ALL, 2)).map((one) => one.id)).toEqual(order.slice(-2))
    expect(await kit.under.search.conversation('whatsapp:none', ALL, 5)).toEqual([])
  })
}
