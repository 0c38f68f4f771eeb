import { afterEach, describe, expect, it } from 'vitest'
import { parseFacebookCursor } from '../../ingest/facebook-cursor.js'
import type { Mention } from '../../schemas/mention.js'
import { openHouse } from './facebook-house.js'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const houses: Awaited<ReturnType<typeof openHouse>>[] = []
const amna = { id: '7001', name: 'Amna' }
const khan = { id: '7002', name: 'Khan', isHidden: true }

afterEach(async () => {
  for (const house of houses.splice(0)) await house.close()
})

async function open(...parts: Parameters<typeof openHouse>) {
  const house = await openHouse(...parts)
  houses.push(house)
  return house
}

const textsOf = (held: ReadonlyMap<string, Mention | 'deleted'>) =>
  [...held.values()].map((state) => (state === 'deleted' ? state : state.text)).sort()

describe('the feed', () => {
  it.each(['cursor', 'time'] as const)(
    'brings every post, comment and reply over many pages (%s)',
    async (feedPaging) => {
      const house = await open({ feedPaging, pageMax: 3 })
      const expected: string[] = []
      for (let post = 0; post < 8; post++) {
        const text = `post ${post}`
        const from = post % 2 === 0 ? undefined : amna
        const id = house.page.post({ text, isTold: false, ...(from === undefined ? {} : { from }) })
        if (from !== undefined) expected.push(text)
        for (let comment = 0; comment < post; comment++) {
          await house.clock.advance(1_000)
          const on = house.page.comment({ on: id, from: khan, text: `comment ${post}.${comment}`, isTold: false })
          house.page.comment({ on, from: amna, text: `reply ${post}.${comment}`, isTold: false })
          expected.push(`comment ${post}.${comment}`, `reply ${post}.${comment}`)
        }
      }
      await house.sweep('facebook-feed')
      expect(textsOf(house.held())).toEqual(expected.sort())
      const again = await house.sweep('facebook-feed')
      expect(again.flatMap(({ changes }) => changes)).toEqual([])
    },
  )

  it('gives an item the same id by webhook and by poll, and the poll changes nothing', async () => {
    const house = await open()
    const own = house.page.post({ text: 'a notice' })
    const post = house.page.post({ text: 'پوسٹ', from: amna })
    const comment = house.page.comment({ on: own, from: khan, text: 'تبصرہ' })
    house.page.comment({ on: comment, from: amna, text: 'جواب' })
    house.page.tag({ text: 'they are named', from: amna })
    house.page.message({ text: 'مدد', from: amna })
    await house.delivered()
    const byWebhook = house.held()
    expect(byWebhook.size).toBe(5)
    house.restart()
    for (const name of ['facebook-feed', 'facebook-tagged', 'facebook-messages'] as const) await house.sweep(name)
    expect(house.held()).toEqual(byWebhook)
    const polled = house
      .changes()
      .slice(5)
      .flatMap((change) => (change.type === 'deleted' ? [] : [change.mention]))
    expect(polled).toHaveLength(5)
    for (const mention of polled) {
      const told = byWebhook.get(mention.id)
      if (told === undefined || told === 'deleted') throw new Error(`${mention.id} came by the poll alone`)
      const { text, conversation, inReplyTo, kind, account } = told
      expect(mention).toMatchObject({ text, conversation, inReplyTo, kind, account, private: told.private })
      expect(mention.author.id).toBe(told.author.id)
    }
    expect(byWebhook.get(`facebook:${post}`)).toMatchObject({ author: { name: 'Amna' } })
  })

  it('finds a late comment under an older post, and asks only for what moved', async () => {
    const house = await open()
    const ids = Array.from({ length: 6 }, (_, index) =>
      house.page.post({ text: `notice ${index}`, atMs: house.clock.now() - index * DAY_MS, isTold: false }),
    )
    await house.sweep('facebook-feed')
    await house.clock.advance(30 * MINUTE_MS)
    house.page.comment({ on: ids[4] ?? '', from: amna, text: 'late', isTold: false })
    const before = house.page.requests().length
    await house.sweep('facebook-feed')
    expect(textsOf(house.held())).toEqual(['late'])
    expect(
      house.page
        .requests()
        .slice(before)
        .filter((path) => path.endsWith('/comments')),
    ).toEqual([0, 4].map((index) => `/v26.0/${ids[index]}/comments`))
  })

  it('loses no comment that comes while a sweep stands still for hours', async () => {
    const house = await open({ pageMax: 2 })
    const ids = Array.from({ length: 6 }, (_, index) =>
      house.page.post({ text: `notice ${index}`, atMs: house.clock.now() - index * MINUTE_MS, isTold: false }),
    )
    await house.sweep('facebook-feed')
    await house.clock.advance(30 * MINUTE_MS)
    house.page.comment({ on: ids[5] ?? '', from: amna, text: 'first', isTold: false })
    await house.turn('facebook-feed')
    await house.clock.advance(5 * MINUTE_MS)
    house.page.comment({ on: ids[0] ?? '', from: amna, text: 'while it stood', isTold: false })
    await house.clock.advance(3 * 3_600_000)
    house.page.comment({ on: ids[5] ?? '', from: amna, text: 'after hours', isTold: false })
    await house.sweep('facebook-feed')
    await house.sweep('facebook-feed')
    expect(textsOf(house.held())).toEqual(['after hours', 'first', 'while it stood'])
  })

  it('leaves posts older than its window alone, but not after having been away for longer', async () => {
    const house = await open({}, 2 * DAY_MS)
    const old = house.page.post({ text: 'old', from: amna, atMs: house.clock.now() - 3 * DAY_MS, isTold: false })
    house.page.comment({ on: old, from: amna, text: 'under the old', isTold: false })
    house.page.post({ text: 'new', from: amna, isTold: false })
    await house.sweep('facebook-feed')
    expect(textsOf(house.held())).toEqual(['new'])
    await house.clock.advance(DAY_MS)
    house.page.post({ text: 'while away', from: amna, isTold: false })
    await house.clock.advance(5 * DAY_MS)
    await house.sweep('facebook-feed')
    expect(textsOf(house.held())).toEqual(['new', 'while away'])
  })

  it('shows an edit that no webhook told, once, and a removal after it wins', async () => {
    const house = await open()
    const id = house.page.post({ text: 'before', from: amna })
    await house.delivered()
    await house.sweep('facebook-feed')
    await house.clock.advance(2 * MINUTE_MS)
    house.page.swapNext()
    house.page.edit(id, 'after')
    const [edited] = (await house.sweep('facebook-feed')).flatMap(({ changes }) => changes)
    expect(edited).toMatchObject({ type: 'edited', mention: { id: `facebook:${id}`, text: 'after' } })
    expect((await house.sweep('facebook-feed')).flatMap(({ changes }) => changes)).toEqual([])
    house.page.remove(id)
    await house.delivered()
    expect([...house.held().values()]).toEqual(['deleted'])
  })

  it('says until when the token holds, and what to do once it ended', async () => {
    const tokenEndsAtMs = Date.UTC(2026, 11, 24)
    const house = await open({ tokenEndsAtMs })
    const [first] = await house.sweep('facebook-feed')
    expect(first?.details?.tokenExpiresAt).toBe(new Date(tokenEndsAtMs).toISOString())
    house.page.expireToken()
    await expect(house.turn('facebook-feed')).rejects.toMatchObject({
      reason: 'unauthorized',
      message: expect.stringMatching(/expired: sign in again.*RABTA_FACEBOOK_PAGE_TOKEN/) as string,
    })
    house.page.renewToken()
    house.page.post({ text: 'well again', from: amna, isTold: false })
    await house.sweep('facebook-feed')
    expect(textsOf(house.held())).toEqual(['well again'])
  })

  it('goes on where a post may not be read, and says so', async () => {
    const house = await open()
    const ids = ['a', 'b'].map((text) => house.page.post({ text, isTold: false }))
    for (const on of ids) house.page.comment({ on, from: amna, text: `under ${on}`, isTold: false })
    house.page.fail({ kind: 'code', code: 10, path: `${ids[0]}/comments` })
    const polls = await house.sweep('facebook-feed')
    expect(polls.at(-1)?.details?.remark).toMatch(/under 1 items/)
    expect(textsOf(house.held())).toEqual([`under ${ids[1]}`])
    await house.clock.advance(2 * 3_600_000)
    await house.sweep('facebook-feed')
    expect(house.held().size).toBe(2)
  })

  it('reads the words where their name has changed', async () => {
    const house = await open()
    house.page.post({ text: 'renamed', from: amna, isTold: false })
    house.page.fail({ kind: 'renamed', path: '/feed' })
    await house.sweep('facebook-feed')
    expect(textsOf(house.held())).toEqual(['renamed'])
  })

  it('begins a list again where its place is not known any more', async () => {
    const house = await open({ pageMax: 2 })
    const ids = Array.from({ length: 5 }, (_, index) =>
      house.page.post({ text: `post ${index}`, from: amna, atMs: house.clock.now() + index * 1000, isTold: false }),
    )
    await house.turn('facebook-feed')
    house.page.remove(ids[3] ?? '')
    await house.sweep('facebook-feed')
    const held = house.held()
    for (const id of ids) expect(held.has(`facebook:${id}`)).toBe(true)
  })
})

describe('Messenger', () => {
  it('finds what the webhook did not bring, in every conversation, and none of our own', async () => {
    const house = await open({ pageMax: 2 })
    const people = Array.from({ length: 5 }, (_, index) => ({ id: `80${index}`, name: `Person ${index}` }))
    const expected: string[] = []
    for (const from of people) {
      await house.clock.advance(20 * MINUTE_MS)
      for (let count = 0; count < 4; count++) {
        await house.clock.advance(1_000)
        house.page.message({ from, text: `${from.name}: ${count}`, isTold: false })
        expected.push(`${from.name}: ${count}`)
      }
    }
    await house.settle(house.client.sendMessage({ to: '800', text: 'our answer' }, new AbortController().signal))
    await house.sweep('facebook-messages')
    expect(textsOf(house.held())).toEqual(expected.sort())
    for (const state of house.held().values()) {
      if (state === 'deleted') throw new Error('nothing was deleted')
      expect(state).toMatchObject({ private: true, kind: 'direct', account: house.page.pageId })
      expect(state.conversation).toBe(`facebook:t:${house.page.pageId}:${state.author.id}`)
    }
    await house.clock.advance(20 * MINUTE_MS)
    house.page.message({ from: { id: '803', name: 'Person 3' }, text: 'once more', isTold: false })
    const before = house.page.requests().length
    await house.sweep('facebook-messages')
    expect(house.held().size).toBe(21)
    expect(
      house.page
        .requests()
        .slice(before)
        .filter((path) => path.endsWith('/messages')).length,
    ).toBeLessThan(6)
  })
})

it('reads a broken cursor as a beginning', () => {
  const beginning = { markMs: undefined, deepAt: undefined, sweep: undefined }
  for (const broken of [undefined, '', '{', 'null', '[]', '{"v":2,"markMs":5}', '{"markMs":5}'])
    expect(parseFacebookCursor(broken)).toEqual(beginning)
  expect(parseFacebookCursor('{"v":1,"markMs":"x","sweep":{"queue":7}}')).toEqual(beginning)
})
