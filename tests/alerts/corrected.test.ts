import { expect, test } from 'vitest'
import { createAlertsHandler } from '../../alerts/alerts-handler.js'
import { createCorrectedAlertsHandler } from '../../alerts/corrected-handler.js'
import { AlertsMemory } from '../../alerts/memory.js'
import { createCorrections } from '../../runtime/corrections/correction-store.js'
import { textHashOf } from '../../runtime/corrections/overlay.js'
import type { CorrectableTag, TagValue } from '../../schemas/correction.js'
import type { EnrichedChange, EnrichedMention } from '../../schemas/enriched-mention.js'
import { makeTags } from '../support/mentions.js'
import { ALL, openHouse as openAlerts, tell } from './house.js'

const { category: judged } = makeTags()
if (judged === null) throw new Error('makeTags has a category')
/** What the tagger takes for nothing to act on. */
const quiet = (mention: EnrichedMention): EnrichedMention => ({
  ...mention,
  tags: { ...mention.tags, category: { ...judged, category: 'crime', alert: false, severity: 'low' } },
})

/** Both handlers of one active member, on real records; the index is what stands in `standing`. */
async function openHouse() {
  const house = await openAlerts()
  const { records, bus, clock, metrics, rules } = house
  const corrections = createCorrections({ records, clock })
  const standing = new Map<string, EnrichedMention>()
  const search = { getMany: async (ids: readonly string[]) => ids.flatMap((id) => standing.get(id) ?? []) }
  const start = () => {
    const parts = { records, bus, clock, metrics, rules, memory: new AlertsMemory() }
    return { said: createAlertsHandler(parts), corrected: createCorrectedAlertsHandler({ ...parts, search }) }
  }
  let handlers = start()
  let offset = 0
  const place = () => ({ partition: 0, offset: offset++ })
  const signal = new AbortController().signal
  const feed = async (...changes: EnrichedChange[]) => {
    await handlers.said(
      changes.map((value) => ({ key: 'k', value, ...place() })),
      signal,
    )
  }
  const notice = async (id: string) => {
    const value = { schema: 'rabta.corrected/1' as const, id, revision: 1 }
    await handlers.corrected([{ key: id, value, ...place() }], signal)
  }
  return {
    ...house,
    corrections,
    standing,
    feed,
    notice,
    restart: () => {
      handlers = start()
    },
    write: async (...mentions: EnrichedMention[]) => {
      for (const mention of mentions) standing.set(mention.id, mention)
      await feed(...mentions.map((mention) => ({ type: 'written' as const, mention })))
    },
    correct: async (mention: EnrichedMention, values: Partial<Record<CorrectableTag, TagValue | null>>, upon = 0) => {
      await corrections.add({
        mentionId: mention.id,
        receivedAt: mention.receivedAt,
        textHash: textHashOf(mention.text),
        upon,
        by: 'analyst',
        note: '',
        tags: Object.entries(values).map(([tag, value]) => ({ tag: tag as CorrectableTag, was: null, value })),
      })
    },
  }
}

const YES = { alert: true, severity: 'high', category: 'extortion', districts: ['swat'] }

test('what an analyst calls an alert rings at once, once, as corrected; again after a restart it is the same', async () => {
  const house = await openHouse()
  const one = quiet(tell({ id: 'a' }))
  await house.write(one)
  expect(await house.alerts()).toEqual([])
  await house.correct(one, YES)
  await house.clock.advance(3 * 3_600_000)
  await house.notice(one.id)
  const [alert, ...others] = await house.alerts()
  expect(others).toEqual([])
  expect(alert).toMatchObject({
    id: `alert:${one.id}`,
    rule: 'danger',
    status: 'ringing',
    category: 'extortion',
    severity: 'high',
    districts: ['swat'],
    confidence: 1,
    count: 1,
    rangAt: house.clock.iso(),
    lead: { mentionId: one.id, text: one.text },
  })
  expect(house.rung()).toEqual([alert])
  // The hours until somebody corrected it are not the stage's.
  expect(await house.metrics.registry.metrics()).not.toContain('rabta_latency_seconds_count{stage="alerts"}')
  await house.notice(one.id)
  house.restart()
  await house.notice(one.id)
  expect(await house.alerts()).toEqual([alert])
  expect(new Set(house.rung().map(({ version }) => version))).toEqual(new Set([1]))
})

test('a copy that comes after joins it, as does one that was there before', async () => {
  const house = await openHouse()
  const [one, copy] = [quiet(tell({ id: 'a', copyOf: 'the same' })), tell({ id: 'b', copyOf: 'the same', minute: 1 })]
  await house.write(one)
  await house.correct(one, { alert: true, severity: 'high' })
  await house.notice(one.id)
  await house.write(copy)
  expect(await house.alerts()).toMatchObject([{ id: `alert:${one.id}`, count: 2 }])
  const late = quiet(tell({ id: 'c', copyOf: 'the same', minute: 2 }))
  await house.write(late)
  await house.correct(late, { alert: true, severity: 'high' })
  await house.notice(late.id)
  expect(await house.alerts()).toMatchObject([{ id: `alert:${one.id}`, count: 3 }])
})

test('it stays through an edit of the same words, and goes by the tagger’s word when the words are others', async () => {
  const house = await openHouse()
  const one = quiet(tell({ id: 'a' }))
  await house.write(one)
  await house.correct(one, { alert: true, severity: 'high' })
  await house.notice(one.id)
  await house.feed({ type: 'edited', mention: { ...one, version: one.version + 1 } })
  expect(await house.store.ofMention(one.id, ALL)).toBe(`alert:${one.id}`)
  await house.feed({ type: 'edited', mention: { ...one, version: one.version + 2, text: 'nothing happened' } })
  expect(await house.store.ofMention(one.id, ALL)).toBeUndefined()
})

test('an edit that the alerts have seen and the index has not yet does not keep it from ringing', async () => {
  const house = await openHouse()
  const one = quiet(tell({ id: 'a' }))
  await house.write(one)
  await house.feed({ type: 'edited', mention: { ...one, version: one.version + 1 } })
  await house.correct(one, { alert: true, severity: 'high' })
  await house.notice(one.id)
  expect(await house.alerts()).toMatchObject([{ id: `alert:${one.id}`, status: 'ringing' }])
})

test('what could not be judged, and a person calls an alert, rings as a danger', async () => {
  const house = await openHouse()
  const said = tell({ id: 'a' })
  const one: EnrichedMention = { ...said, unjudged: 'threat-failed', tags: { ...said.tags, category: null } }
  await house.write(one)
  await house.correct(one, YES)
  await house.notice(one.id)
  expect(await house.store.ofMention(one.id, ALL)).toBe(`alert:${one.id}`)
})

test('no other correction touches an alert: not a no, not a district, not one of other words, not one taken back', async () => {
  const house = await openHouse()
  const one = tell({ id: 'a' })
  await house.write(one)
  const [before] = await house.alerts()
  expect(before?.status).toBe('ringing')
  await house.correct(one, { alert: false, severity: 'none', districts: ['swat'], category: 'news' })
  await house.notice(one.id)
  await house.feed({ type: 'edited', mention: { ...one, version: one.version + 1 } })
  expect(await house.alerts()).toMatchObject([{ ...before, version: expect.any(Number) as number }])

  const two = quiet(tell({ id: 'b', minute: 90 }))
  await house.write(two)
  await house.correct({ ...two, text: 'other words' }, { alert: true, severity: 'high' })
  await house.notice(two.id)
  const three = quiet(tell({ id: 'c', minute: 200 }))
  await house.write(three)
  await house.correct(three, { alert: true, severity: 'high' })
  await house.correct(three, { alert: null, severity: null }, 1)
  await house.notice(three.id)
  expect(await house.alerts()).toHaveLength(1)
})

test('what was withdrawn meanwhile does not ring, whichever came first', async () => {
  const house = await openHouse()
  const one = quiet(tell({ id: 'a' }))
  const { id, channel, conversation, version, receivedAt } = one
  const gone = { type: 'deleted' as const, id, channel, conversation, version, receivedAt }
  await house.write(one)
  await house.correct(one, { alert: true, severity: 'high' })
  await house.feed(gone)
  await house.notice(one.id)
  house.standing.delete(one.id)
  await house.notice(one.id)
  expect(await house.alerts()).toEqual([])
})

test('both handlers at once open one group for one event', async () => {
  const house = await openHouse()
  const one = quiet(tell({ id: 'a', copyOf: 'the same' }))
  await house.write(one)
  await house.correct(one, { alert: true, severity: 'high' })
  const copies = Array.from({ length: 5 }, (_, n) => tell({ id: `copy-${n}`, copyOf: 'the same', minute: 1 }))
  await Promise.all([house.write(...copies), house.notice(one.id)])
  expect(await house.alerts()).toMatchObject([{ count: 6 }])
})
