import { describe, expect, it } from 'vitest'
import { Failure } from '../../runtime/failure.js'
import type { MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import { at, deleted, mention, type IndexKit } from './mention-index-kit.js'

/** How the answer is cut into pages, and ordered. */
export function pagesContract(kit: IndexKit): void {
  const { store, find, ids } = kit

  describe('pages', () => {
    const walk = async (query: MentionQuery, between?: (page: number) => Promise<unknown>): Promise<string[]> => {
      const seen: string[] = []
      let cursor: string | null = null
      for (let page = 0; page < 100; page++) {
        const { items, next } = await find({ ...query, ...(cursor === null ? {} : { cursor }) })
        seen.push(...items.map((item) => item.mention.id))
        if (next === null) return seen
        expect(next.length).toBeLessThanOrEqual(500)
        cursor = next
        await between?.(page)
      }
      throw new Error('pages without end')
    }
    const many = (count: number, minute: (n: number) => number, text = 'بھتہ') =>
      Array.from({ length: count }, (_, n) =>
        mention({ receivedAt: at(minute(n)), text: `${text} ${'لفظ '.repeat(n % 5)}` }),
      )

    it('are of 50, the newest first, unless asked otherwise', async () => {
      const all = many(60, (n) => n)
      await store(...all)
      const page = await find({})
      expect(page.items.map((item) => item.mention.id)).toEqual(
        all
          .map((one) => one.id)
          .reverse()
          .slice(0, 50),
      )
      expect(page.total).toBe(60)
      expect((await find({ limit: 7 })).items.length).toBe(7)
      expect((await find({ limit: 60 })).next).toBeNull()
    })

    for (const sort of ['new', 'best'] as const) {
      it(`neither repeat nor miss what was there, sorted ${sort}, while more arrives`, async () => {
        const all = many(43, (n) => Math.floor(n / 10))
        await store(...all)
        const seen = await walk({ q: 'بھتہ', sort, limit: 5 }, async (page) =>
          store(...many(9, () => 100 + page, 'بھتہ بھتہ'), ...many(3, () => 0, 'لاہور')),
        )
        expect(new Set(seen).size).toBe(seen.length)
        expect([...seen].sort()).toEqual(all.map((one) => one.id).sort())
      })

      it(`leave out what is withdrawn between them, sorted ${sort}`, async () => {
        const all = many(20, (n) => n)
        await store(...all)
        const seen = await walk({ q: 'بھتہ', sort, limit: 5 }, async () =>
          kit.under.index.write(all.map((one) => deleted(one, one.version + 1))),
        )
        expect(seen.length).toBe(5)
      })

      it(`keep the order of one long page, sorted ${sort}`, async () => {
        await store(...many(57, (n) => (n * 7) % 10))
        const whole = await ids({ q: 'بھتہ', sort, limit: 200 })
        expect(await walk({ q: 'بھتہ', sort, limit: 4 })).toEqual(whole)
      })
    }

    it('keep their order though words become frequent that were rare', async () => {
      const rare = many(6, (n) => n, 'نایاب')
      const frequent = many(20, (n) => n, 'عام')
      await store(...frequent, ...rare)
      const whole = await ids({ q: 'نایاب OR عام', sort: 'best', limit: 200 })
      const query: MentionQuery = { q: 'نایاب OR عام', sort: 'best', limit: 4 }
      expect(await walk(query, async () => store(...many(100, () => 200, 'نایاب')))).toEqual(whole)
    })

    it('rank a short mention full of the word above a long one that names it once', async () => {
      const full = mention({ text: 'دھماکہ دھماکہ بازار', receivedAt: at(0) })
      const once = mention({ text: `دھماکہ ${'اور بہت سی باتیں '.repeat(20)}`, receivedAt: at(5) })
      await store(once, full, mention({ text: 'کچھ اور' }))
      expect(await ids({ q: 'دھماکہ', sort: 'best' })).toEqual([full.id, once.id])
      expect(await ids({ q: 'دھماکہ', sort: 'new' })).toEqual([once.id, full.id])
    })

    it('sort by time where there is nothing to rank by', async () => {
      const all = many(12, (n) => n)
      await store(...all)
      expect(await walk({ sort: 'best', limit: 5 })).toEqual(all.map((one) => one.id).reverse())
    })

    it('refuse a cursor that is not of this search', async () => {
      await store(...many(12, (n) => n))
      const { next } = await find({ q: 'بھتہ', limit: 5 })
      const own = next ?? ''
      expect((await find({ q: 'بھتہ', limit: 3, cursor: own })).items.length).toBe(3)
      const foreign: [MentionQuery, Scope?][] = [
        [{ q: 'لفظ', cursor: own }],
        [{ q: 'بھتہ', sort: 'best', cursor: own }],
        [{ q: 'بھتہ', channel: ['x'], cursor: own }],
        [{ q: 'بھتہ', cursor: own }, { districts: ['peshawar'] }],
        ...[
          'x',
          '',
          'e30',
          'bnVsbA',
          own.slice(0, -4),
          `${own}AAAA`,
          Buffer.from('[1,"k","new",1,1]').toString('base64url'),
          '\0',
        ].map((cursor): [MentionQuery] => [{ q: 'بھتہ', cursor }]),
      ]
      for (const [query, scope] of foreign) {
        const failure: unknown = await find(query, scope).catch((error: unknown) => error)
        expect(failure).toBeInstanceOf(Failure)
        expect(failure).toMatchObject({ reason: 'invalid-payload', retryable: false })
      }
    })

    it('refuse a time that is none', async () => {
      for (const query of [{ from: 'yesterday' }, { to: '' }])
        await expect(find(query)).rejects.toMatchObject({ reason: 'invalid-payload' })
    })
  })
}
