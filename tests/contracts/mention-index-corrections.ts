import { describe, expect, it } from 'vitest'
import { overlay, textHashOf } from '../../runtime/corrections/overlay.js'
import { MAX_REVISION, type CorrectableTag, type Correction, type TagValue } from '../../schemas/correction.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { IndexedMention } from '../../schemas/search.js'
import { makeTags } from '../support/mentions.js'
import { ALL, at, deleted, edited, mention, places, written, type IndexKit } from './mention-index-kit.js'

const set = (one: EnrichedMention, revision: number, values: Partial<Record<CorrectableTag, TagValue>>): Correction[] =>
  Object.entries(values).map(([tag, value]) => ({
    mentionId: one.id,
    revision,
    tag: tag as CorrectableTag,
    was: null,
    value,
    by: 'analyst',
    at: at(30),
    textHash: textHashOf(one.text),
    note: '',
  }))

/** What an index makes of mentions that a person corrected. */
export function correctionsContract(kit: IndexKit): void {
  const { store, find, ids } = kit
  const get = (id: string) => kit.under.search.get(id, ALL)
  const storeAs = async (one: IndexedMention) => {
    expect(await kit.under.index.write([written(one)])).toEqual([])
  }

  describe('corrections', () => {
    it('are found by what is true now, and no more by what the tagger said', async () => {
      const one = mention({ receivedAt: at(0) })
      await store(one, mention({ receivedAt: at(1) }))
      const corrected = overlay(one, set(one, 1, { category: 'news', alert: false, districts: ['swat'], lang: 'ps' }))
      await storeAs(corrected)
      expect(await get(one.id)).toEqual(corrected)
      expect(await ids({ category: ['news'] })).toEqual([one.id])
      expect(await ids({ district: ['swat'] })).toEqual([one.id])
      expect(await ids({ lang: ['ps'] })).toEqual([one.id])
      for (const query of [{ category: ['extortion'] }, { district: ['peshawar'] }, { alert: true }] as const)
        expect(await ids({ ...query } as object)).not.toContain(one.id)
      const { facets, total } = await find({})
      expect(total).toBe(2)
      expect(facets.category).toEqual([
        { value: 'extortion', count: 1 },
        { value: 'news', count: 1 },
      ])
      expect(await kit.under.search.get(one.id, { districts: ['peshawar'] })).toBeUndefined()
      expect((await kit.under.search.get(one.id, { districts: ['swat'] }))?.revision).toBe(1)
      expect(await kit.under.index.districtsOf([one.id])).toEqual(new Map([[one.id, ['swat']]]))
      await kit.reopen()
      expect(await get(one.id)).toEqual(corrected)
    })

    it('win over the same words without them and with fewer, in whichever order they come', async () => {
      const one = mention()
      const first = overlay(one, set(one, 1, { category: 'news' }))
      const second = overlay(one, [...set(one, 1, { category: 'news' }), ...set(one, 2, { category: 'crime' })])
      await storeAs(second)
      await storeAs(first)
      await store(one)
      expect(await get(one.id)).toEqual(second)
      expect(await ids({ category: ['crime'] })).toEqual([one.id])
      const other = mention()
      const corrected = overlay(other, set(other, 7, { sentiment: 'positive' }))
      await kit.under.index.write([written(other), written(corrected), written(other)])
      expect(await get(other.id)).toEqual(corrected)
    })

    it('lose to a later version of the mention, and to its withdrawal', async () => {
      const one = mention({ version: 10 })
      const corrected = overlay(one, set(one, MAX_REVISION, { category: 'news' }))
      await storeAs(corrected)
      const edit = { ...one, version: 11, text: 'دوسرا لفظ' }
      await kit.under.index.write([edited(edit)])
      await storeAs(corrected)
      expect((await get(one.id))?.text).toBe('دوسرا لفظ')
      expect(await ids({ corrected: true })).toEqual([])

      const other = mention({ version: 10 })
      const last = overlay(other, set(other, MAX_REVISION, { category: 'news' }))
      await storeAs(last)
      await kit.under.index.write([deleted(other, 9)])
      expect(await get(other.id)).toEqual(last)
      await kit.under.index.write([deleted(other, 10)])
      await storeAs(last)
      expect(await get(other.id)).toBeUndefined()
      expect((await kit.under.search.count(at(-60), at(600), ALL)).corrected).toBe(0)
    })

    it('fit beside the largest version there is', async () => {
      const one = mention({ version: Number.MAX_SAFE_INTEGER })
      await store(one)
      const corrected = overlay(one, set(one, MAX_REVISION, { category: 'news' }))
      await storeAs(corrected)
      expect((await get(one.id))?.revision).toBe(MAX_REVISION)
      await kit.under.index.write([deleted(one, Number.MAX_SAFE_INTEGER)])
      await storeAs(corrected)
      expect(await get(one.id)).toBeUndefined()
      const beyond = { ...mention(), revision: MAX_REVISION + 1 }
      expect(await kit.under.index.write([written(beyond)])).toMatchObject([
        { id: beyond.id, reason: 'invalid-payload' },
      ])
    })

    it('are no edit of the text, keep one that was, and keep the place in the order', async () => {
      const [first, one, last] = [mention(), mention({ version: 10 }), mention()]
      await store(first, one, last)
      const order = await ids({})
      await storeAs(overlay(one, set(one, 1, { category: 'news' })))
      expect(await get(one.id)).not.toHaveProperty('editedAt')
      expect(await ids({})).toEqual(order)
      const edit = { ...one, version: Date.parse(at(20)), receivedAt: at(21), text: 'دوسرا لفظ' }
      await kit.under.index.write([edited(edit)])
      const stored = await get(one.id)
      if (stored === undefined) throw new Error('it stands')
      await storeAs(overlay(stored, set(stored, 2, { category: 'crime' })))
      expect(await get(one.id)).toMatchObject({
        editedAt: at(20),
        revision: 2,
        tags: { category: { category: 'crime' } },
      })
    })

    it('taken back leave the mention as it was tagged, and no longer counted', async () => {
      const one = mention()
      await storeAs(overlay(one, set(one, 1, { category: 'news' })))
      const back = overlay(one, [
        ...set(one, 1, { category: 'news' }),
        ...set(one, 2, { category: 'news' }).map((row) => ({ ...row, value: null })),
      ])
      await storeAs(back)
      expect(await get(one.id)).toEqual({ ...one, revision: 2 })
      expect(await ids({ category: ['extortion'] })).toEqual([one.id])
      expect(await ids({ corrected: true })).toEqual([])
      expect(await ids({ corrected: false })).toEqual([one.id])
    })

    it('can be searched for, and are counted by tag, within a scope and a time; they are no measure of the tagger', async () => {
      const sure = makeTags({ language: { lang: 'ur', confidence: 0.4 }, districts: places('swat') })
      const one = mention({ receivedAt: at(0), tags: sure })
      const two = mention({ receivedAt: at(1) })
      const three = mention({ receivedAt: at(2) })
      await store(one, two, three)
      await storeAs(overlay(two, set(two, 1, { lang: 'ps', category: 'news', districts: ['peshawar', 'swat'] })))
      await storeAs(overlay(three, set(three, 1, { category: 'crime' })))
      expect(await ids({ corrected: true })).toEqual([three.id, two.id])
      expect(await ids({ corrected: false })).toEqual([one.id])
      expect(await ids({ corrected: true, q: 'بھتہ', district: ['swat'] })).toEqual([two.id])
      const all = await kit.under.search.count(at(0), at(9), ALL)
      expect(all.corrected).toBe(2)
      expect(all.correctedTags).toEqual([
        { tag: 'category', count: 2 },
        { tag: 'districts', count: 1 },
        { tag: 'lang', count: 1 },
      ])
      expect(all.confidence.language).toBeCloseTo((0.4 + 0.99) / 2)
      expect(all.confidence.category).toBeCloseTo(0.97)
      expect((await kit.under.search.count(at(2), at(9), ALL)).corrected).toBe(1)
      const swat = await kit.under.search.count(at(0), at(9), { districts: ['swat'] })
      expect([swat.totals.total, swat.corrected]).toEqual([2, 1])
    })
  })
}
