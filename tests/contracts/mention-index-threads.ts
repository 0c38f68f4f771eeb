import { describe, expect, it } from 'vitest'
import type { ThreadQuery } from '../../index/mention-search.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { Author } from '../../schemas/mention.js'
import type { Scope } from '../../schemas/user.js'
import { ALL, at, deleted, edited, mention, places, written, type IndexKit } from './mention-index-kit.js'

const TALK = 'whatsapp:talk'
const SWAT: Scope = { districts: ['swat'] }
const by = (author: Partial<Author>): Author => ({
  id: null,
  name: null,
  handle: null,
  address: null,
  place: null,
  ...author,
})

/** What a conversation is made of, who may know of it, what of it was changed or taken back. */
export function threadsContract(kit: IndexKit): void {
  const { store, ids } = kit
  const write = async (...changes: Parameters<typeof kit.under.index.write>[0]) =>
    expect(await kit.under.index.write(changes)).toEqual([])
  const thread = async (query: Partial<ThreadQuery> = {}, scope: Scope = ALL) =>
    kit.under.search.thread({ conversation: TALK, persons: undefined, limit: 50, ...query }, scope)
  const threadIds = async (query: Partial<ThreadQuery> = {}, scope: Scope = ALL) =>
    (await thread(query, scope)).map(({ id }) => id)
  const many = async (wanted: readonly string[], scope: Scope = ALL) =>
    (await kit.under.search.getMany(wanted, scope)).map(({ id }) => id).sort()
  const here = (id: string, minute: number, overrides: Partial<EnrichedMention> = {}) =>
    mention({ id: `whatsapp:${id}`, conversation: TALK, writtenAt: at(minute), receivedAt: at(50), ...overrides })

  describe('a thread', () => {
    it('is in the order in which it was written, the last of it, and of no other conversation', async () => {
      await store(here('c', 3), here('a', 1), here('b', 2), here('x', 2, { conversation: 'whatsapp:other' }))
      expect(await thread()).toEqual([
        { id: 'whatsapp:a', writtenAt: at(1), deletedAt: null },
        { id: 'whatsapp:b', writtenAt: at(2), deletedAt: null },
        { id: 'whatsapp:c', writtenAt: at(3), deletedAt: null },
      ])
      expect(await threadIds({ limit: 2 })).toEqual(['whatsapp:b', 'whatsapp:c'])
      expect(await threadIds({ limit: 0 })).toEqual([])
      expect(await threadIds({ before: at(3) })).toEqual(['whatsapp:a', 'whatsapp:b'])
      expect(await threadIds({ before: at(3), limit: 1 })).toEqual(['whatsapp:b'])
      expect(await threadIds({ before: at(1) })).toEqual([])
      expect(await threadIds({ conversation: 'whatsapp:none' })).toEqual([])
      await kit.reopen()
      expect(await threadIds()).toEqual(['whatsapp:a', 'whatsapp:b', 'whatsapp:c'])
    })

    it('is of the persons asked for, by id, else by handle in any case, else by address', async () => {
      await store(
        here('id', 1, { author: by({ id: '7', handle: 'Gul', address: '92300' }) }),
        here('handle', 2, { author: by({ handle: 'Zar_Meen', address: '92301' }) }),
        here('address', 3, { author: by({ address: '92302', name: 'Gul' }) }),
        here('withheld', 4, { author: by({ name: 'Gul' }) }),
      )
      expect(await threadIds({ persons: ['7'] })).toEqual(['whatsapp:id'])
      expect(await threadIds({ persons: ['zar_meen', '92302'] })).toEqual(['whatsapp:handle', 'whatsapp:address'])
      expect(await threadIds({ persons: ['gul', 'Gul', '92300', '92301'] })).toEqual([])
      // Who withholds who they are is nobody in particular, least of all everybody else who does.
      expect(await threadIds({ persons: [''] })).toEqual([])
      expect(await threadIds({ persons: [] })).toEqual([])
      expect((await threadIds()).length).toBe(4)
    })

    it('shows where something was taken back, and of whom, over a restart', async () => {
      const gone = here('gone', 2, { version: 10, author: by({ id: '7' }) })
      await store(here('a', 1), gone, here('c', 3))
      await write(deleted({ ...gone, receivedAt: at(60) }, 20))
      await kit.reopen()
      const marks = await thread()
      expect(marks.map(({ id }) => id)).toEqual(['whatsapp:a', 'whatsapp:gone', 'whatsapp:c'])
      expect(marks[1]).toEqual({ id: gone.id, writtenAt: at(2), deletedAt: at(60) })
      expect(await threadIds({ persons: ['7'] })).toEqual([gone.id])
      expect(await threadIds({ persons: ['8'] })).toEqual([])
      expect(await many([gone.id, 'whatsapp:a'])).toEqual(['whatsapp:a'])
    })

    it('keeps what its writer said again once, as it stands', async () => {
      const one = here('one', 1, { version: 10 })
      await store(one)
      await write(deleted(one, 20))
      await store({ ...one, version: 30, text: 'دوبارہ' })
      expect(await thread()).toEqual([{ id: one.id, writtenAt: at(1), deletedAt: null }])
      expect((await kit.under.search.get(one.id, ALL))?.text).toBe('دوبارہ')
    })

    it('takes the platform’s word for when it was taken back, where it is an instant', async () => {
      const one = here('one', 1, { version: Date.parse(at(1)) })
      const unseen = here('unseen', 2)
      await store(one)
      await write(
        deleted({ ...one, receivedAt: at(60) }, Date.parse(at(40))),
        deleted({ ...unseen, receivedAt: at(61) }, 7),
      )
      expect(await thread()).toEqual([
        { id: one.id, writtenAt: at(1), deletedAt: at(40) },
        { id: unseen.id, writtenAt: at(61), deletedAt: at(61) },
      ])
    })
  })

  describe('many at once', () => {
    it('are those that are there, once each', async () => {
      const [a, b, c] = [mention({ version: 10 }), mention(), mention()]
      await store(a, b, c)
      await write(deleted(a, 20))
      expect(await many([a.id, b.id, c.id, b.id, 'whatsapp:none', "x' OR 1=1 --"])).toEqual([b.id, c.id].sort())
      expect(await many([])).toEqual([])
      expect(await kit.under.search.getMany([b.id], ALL)).toEqual([b])
    })

    it('are found among as many ids as a long conversation has', async () => {
      const one = mention()
      await store(one)
      expect(await many([...Array.from({ length: 1000 }, (_, n) => `whatsapp:none.${n}`), one.id])).toEqual([one.id])
    })
  })

  describe('somebody of one district', () => {
    const seen = async (scope: Scope) => [
      await threadIds({}, scope),
      await many(['whatsapp:s', 'whatsapp:p', 'whatsapp:n'], scope),
    ]

    it('learns nothing of another by a thread or by ids, and of what is withdrawn only what they saw', async () => {
      const swat = mention(
        { id: 'whatsapp:s', conversation: TALK, writtenAt: at(1), version: 10 },
        { districts: places('swat', 'mardan') },
      )
      const peshawar = mention({ id: 'whatsapp:p', conversation: TALK, writtenAt: at(2), version: 10 })
      const nowhere = mention(
        { id: 'whatsapp:n', conversation: TALK, writtenAt: at(3), version: 10 },
        { districts: null },
      )
      await store(swat, peshawar, nowhere)
      const strangers: Scope[] = [{ districts: [] }, { districts: ['unknown'] }, { districts: ['tank'] }]
      expect(await seen(SWAT)).toEqual([['whatsapp:s'], ['whatsapp:s']])
      for (const who of strangers) expect(await seen(who)).toEqual([[], []])

      await write(deleted(swat, 20), deleted(peshawar, 20), deleted(nowhere, 20))
      expect(await seen(ALL)).toEqual([['whatsapp:s', 'whatsapp:p', 'whatsapp:n'], []])
      expect(await seen(SWAT)).toEqual([['whatsapp:s'], []])
      for (const who of strangers) expect(await seen(who)).toEqual([[], []])
    })

    it('loses sight of what an edit moves elsewhere', async () => {
      const one = here('s', 1, { version: 10, tags: mention({}, { districts: places('swat') }).tags })
      await store(one)
      expect(await seen(SWAT)).toEqual([['whatsapp:s'], ['whatsapp:s']])
      await write(edited({ ...one, version: 20, tags: mention().tags }))
      expect(await seen(SWAT)).toEqual([[], []])
      await write(deleted(one, 30))
      expect(await seen(SWAT)).toEqual([[], []])
    })
  })

  describe('the districts of', () => {
    it('what stands, and the last of what was withdrawn; nothing of what is not known', async () => {
      const [two, none, gone] = [
        mention({ version: 10 }, { districts: places('swat', 'mardan') }),
        mention({}, { districts: null }),
        mention({ version: 10 }, { districts: places('bannu') }),
      ]
      await store(two, none, gone)
      await write(
        edited({ ...gone, version: 20, tags: mention({}, { districts: places('tank') }).tags }),
        deleted(gone, 30),
      )
      const asked = async () => {
        const known = await kit.under.index.districtsOf([two.id, none.id, gone.id, 'whatsapp:none', two.id])
        return [...known].map(([id, districts]) => [id, [...districts].sort()])
      }
      const expected = [
        [two.id, ['mardan', 'swat']],
        [none.id, []],
        [gone.id, ['tank']],
      ]
      expect(await asked()).toEqual(expected)
      await kit.reopen()
      expect(await asked()).toEqual(expected)
      expect(await kit.under.index.districtsOf([])).toEqual(new Map())
    })
  })

  describe('when something was edited', () => {
    const V = Date.parse(at(0))
    const editedAt = async (id: string) => (await kit.under.search.get(id, ALL))?.editedAt ?? null

    it('is the instant of the edit, everywhere it is read', async () => {
      const one = mention({ version: V, writtenAt: at(0), receivedAt: at(1), conversation: TALK })
      await store(one)
      expect(await editedAt(one.id)).toBeNull()
      await write(edited({ ...one, version: V + 5 * 60_000, receivedAt: at(6), text: 'دوسرا' }))
      expect(await editedAt(one.id)).toBe(at(5))
      expect((await kit.find({ q: 'دوسرا' })).items[0]?.mention.editedAt).toBe(at(5))
      expect((await kit.under.search.getMany([one.id], ALL))[0]?.editedAt).toBe(at(5))
      expect((await kit.under.search.conversation(TALK, ALL, 5))[0]?.editedAt).toBe(at(5))
      expect((await thread())[0]).toEqual({ id: one.id, writtenAt: at(0), deletedAt: null })
    })

    it('is when it came where the version is no instant of this time', async () => {
      for (const version of [3, Date.parse(at(500))]) {
        const one = mention({ version, receivedAt: at(6) })
        await write(edited(one))
        expect(await editedAt(one.id)).toBe(at(6))
      }
    })

    it('is told of a later state in other words, and stays when the same words come again', async () => {
      const one = mention({ version: V, receivedAt: at(1) })
      await store(one)
      await store({ ...one, version: V + 1 })
      expect(await editedAt(one.id)).toBeNull()
      await store({ ...one, version: V + 60_000, text: 'دوسرا' })
      expect(await editedAt(one.id)).toBe(at(1))
      await store({ ...one, version: V + 70_000, text: 'دوسرا' })
      expect(await editedAt(one.id)).toBe(at(1))
    })

    it('is not moved by an older version, written, edited or withdrawn', async () => {
      const one = mention({ version: V, receivedAt: at(9), text: 'پہلا' })
      const last = { ...one, version: V + 3 * 60_000, text: 'تیسرا' }
      await write(
        edited(last),
        written(one),
        edited({ ...one, version: V + 60_000, text: 'دوسرا' }),
        deleted(one, V + 2 * 60_000),
      )
      await write(edited({ ...last, text: 'چوتھا' }))
      expect(await kit.under.search.get(one.id, ALL)).toEqual({ ...last, editedAt: at(3) })
      expect(await ids({ q: 'پہلا OR دوسرا OR چوتھا' })).toEqual([])
      expect((await kit.under.index.districtsOf([one.id])).get(one.id)).toEqual(['peshawar'])
    })
  })

  describe('a rejection', () => {
    it('names which of two changes of one id was wrong', async () => {
      const one = mention({ version: 10, text: 'درست' })
      const wrong = { ...one, version: 20, receivedAt: 'yesterday', text: 'غلط' }
      for (const [batch, place] of [
        [[edited(wrong), written(one)], 0],
        [[written(one), edited(wrong), written(one)], 1],
      ] as const) {
        const rejections = await kit.under.index.write(batch)
        expect(rejections).toMatchObject([{ at: place, id: one.id, reason: 'invalid-payload' }])
        expect(await kit.under.search.get(one.id, ALL)).toEqual(one)
        expect(await ids({ q: 'غلط' })).toEqual([])
      }
    })

    it('of a withdrawal leaves what stands as it is', async () => {
      const one = mention({ version: 10 })
      await store(one)
      const rejections = await kit.under.index.write([deleted(one, Number.NaN), written(mention()), deleted(one, -1)])
      expect(rejections.map(({ at: place, id }) => [place, id])).toEqual([
        [0, one.id],
        [2, one.id],
      ])
      expect(await kit.under.search.get(one.id, ALL)).toEqual(one)
    })
  })
}
