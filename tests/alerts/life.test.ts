import { describe, expect, test } from 'vitest'
import type { DeadLetter } from '../../schemas/dead-letter.js'
import { makeEnriched, makeTags } from '../support/mentions.js'
import { ALL, at, MINUTE, openHouse, START, tell, type Story } from './house.js'

describe('edits and deletions', () => {
  test('an edit into an alert rings', async () => {
    const house = await openHouse()
    await house.write(tell({ id: 'a', alert: false }))
    await house.edit(tell({ id: 'a', version: START + 1 }))
    expect(await house.alerts()).toMatchObject([{ id: 'alert:x:a', status: 'ringing' }])
  })

  test('an edit into no alert leaves the group; the last one stays to be looked at, in its present words, and draws in nobody', async () => {
    const house = await openHouse()
    await house.write(tell({ id: 'a' }), tell({ id: 'b', minute: 1 }))
    await house.edit(tell({ id: 'b', minute: 1, alert: false, version: START + 1 }))
    expect(await house.alerts()).toMatchObject([{ count: 1, mentionIds: ['x:a'], version: 3 }])
    await house.edit(tell({ id: 'a', alert: false, version: START + 1, text: 'it was a cylinder' }))
    expect(await house.alerts()).toMatchObject([
      { count: 1, status: 'ringing', severity: 'critical', lead: { text: 'it was a cylinder', evidence: [] } },
    ])
    await house.write(tell({ id: 'c', minute: 2 }))
    expect(await house.alerts()).toMatchObject([{ id: 'alert:x:c', status: 'ringing' }, { id: 'alert:x:a' }])
  })

  test('an old edit that comes late, or again, changes nothing', async () => {
    const house = await openHouse()
    await house.edit(tell({ id: 'a', alert: false, version: START + 5 }))
    await house.write(tell({ id: 'a', version: START }))
    expect(await house.alerts()).toEqual([])
    await house.edit(tell({ id: 'a', version: START + 6 }))
    await house.edit(tell({ id: 'a', alert: false, version: START + 5 }))
    expect(await house.alerts()).toMatchObject([{ count: 1 }])
  })

  test('the lead edited is shown as it is now; an edit that is graver, or somewhere else, rings again', async () => {
    const house = await openHouse()
    await house.write(tell({ id: 'a', severity: 'high' }))
    await house.store.acknowledge('alert:x:a', 'duty', ALL)
    await house.edit(tell({ id: 'a', severity: 'high', version: START + 1, text: 'spelled better' }))
    expect(await house.alerts()).toMatchObject([{ status: 'acknowledged', lead: { text: 'spelled better' } }])
    await house.edit(tell({ id: 'a', severity: 'critical', version: START + 2 }))
    expect(await house.alerts()).toMatchObject([{ status: 'ringing', severity: 'critical', count: 1 }])
    await house.store.acknowledge('alert:x:a', 'duty', ALL)
    await house.edit(tell({ id: 'a', severity: 'critical', version: START + 3, places: ['swat'] }))
    expect(await house.alerts()).toMatchObject([{ status: 'ringing', districts: ['peshawar', 'swat'] }])
  })

  test('a deletion empties the words of the lead, here and in what is announced, and keeps none of them', async () => {
    const house = await openHouse()
    const deletion = {
      type: 'deleted',
      id: 'x:a',
      channel: 'x',
      conversation: 'x:thread-a',
      version: START,
      receivedAt: at(2),
    } as const
    await house.write(tell({ id: 'a', text: 'SECRETWORDS' }))
    await house.feed(deletion)
    expect(house.rung().at(-1)).toMatchObject({ version: 2, status: 'ringing', lead: { text: '', evidence: [] } })
    expect(JSON.stringify(await house.records.selectFrom('alerts').selectAll().execute())).not.toContain('SECRETWORDS')
    expect(await house.records.selectFrom('alert_mentions').selectAll().execute()).toMatchObject([
      { author: '', simhash: '' },
    ])
    await house.write(tell({ id: 'a', text: 'SECRETWORDS' }))
    await house.feed(deletion)
    expect(await house.alerts()).toMatchObject([{ version: 2, lead: { text: '' } }])
  })

  test('a deletion that overtakes its message keeps it from being shown', async () => {
    const house = await openHouse()
    await house.feed({
      type: 'deleted',
      id: 'x:a',
      channel: 'x',
      conversation: 'x:thread-a',
      version: START + 1,
      receivedAt: at(2),
    })
    await house.write(tell({ id: 'a' }))
    expect(await house.alerts()).toEqual([])
  })
})

describe('what nobody could judge', () => {
  const voice = (id: string, minute: number) =>
    makeEnriched(
      { id: `whatsapp:${id}`, text: '', unjudged: 'no-words', receivedAt: at(minute), writtenAt: at(minute) },
      { category: { ...(makeTags().category ?? never()), alert: false, category: 'other', severity: 'none' } },
    )

  test('rings, once an hour of arrival, when nobody answered for ten minutes, also after a restart', async () => {
    const house = await openHouse()
    await house.write(voice('a', 0), voice('b', 3))
    await house.clock.advance(10 * MINUTE - 1)
    await house.ticks.tick()
    expect(house.rung()).toEqual([])
    expect(await house.alerts()).toEqual([])
    expect(await house.store.get('alert:unjudged:mentions:2026-11-22T04', ALL)).toBeUndefined()
    await house.clock.advance(1)
    await house.ticks.tick()
    await house.ticks.tick()
    expect(house.rung()).toMatchObject([
      { rule: 'unjudged', severity: 'medium', status: 'ringing', count: 2, rangAt: at(10) },
    ])
  })

  test('one more after it was acknowledged waits its own ten minutes and rings again', async () => {
    const house = await openHouse()
    await house.write(voice('a', 0))
    await house.clock.advance(11 * MINUTE)
    await house.ticks.tick()
    const [alert] = await house.alerts()
    await house.store.acknowledge(alert?.id ?? '', 'duty', ALL)
    await house.clock.advance(9 * MINUTE)
    await house.write(voice('b', 20))
    expect(await house.alerts()).toMatchObject([{ status: 'acknowledged', count: 2 }])
    await house.clock.advance(10 * MINUTE)
    await house.ticks.tick()
    expect(await house.alerts()).toMatchObject([{ status: 'ringing', rangAt: at(30), acknowledgedBy: null }])
  })

  test('what was answered does not ring, what was not does', async () => {
    const house = await openHouse()
    await house.write(voice('a', 0), voice('b', 5))
    const answer = (id: string, status: string) => ({
      id,
      kind: 'reply',
      channel: 'whatsapp',
      mention_id: `whatsapp:${id}`,
      unit: null,
      status,
      reason: null,
      platform_id: null,
      requested_by: 'x',
      requested_at: at(1),
      updated_at: at(1),
      published: 1,
      body: '{}',
    })
    await house.records
      .insertInto('outbound')
      .values([answer('a', 'sent'), answer('b', 'failed')])
      .execute()
    await house.clock.advance(12 * MINUTE)
    await house.ticks.tick()
    expect(house.rung()).toEqual([])
    await house.clock.advance(3 * MINUTE)
    await house.ticks.tick()
    expect(house.rung()).toHaveLength(1)
    await house.write(voice('c', 61))
    await house.records.insertInto('outbound').values(answer('c', 'queued')).execute()
    await house.clock.advance(60 * MINUTE)
    await house.ticks.tick()
    expect(house.rung()).toHaveLength(1)
    expect(await house.records.selectFrom('alerts').select('status').orderBy('opened_at').execute()).toEqual([
      { status: 'ringing' },
      { status: 'answered' },
    ])
  })

  test('a category nobody could name is unjudged; judged later, even in the same version, it rings as what it is', async () => {
    const house = await openHouse()
    const blind = tell({ id: 'a' })
    await house.write({ ...blind, tags: { ...blind.tags, category: null }, failed: ['category'] })
    await house.write(tell({ id: 'a' }))
    expect(await house.alerts()).toMatchObject([{ id: 'alert:x:a', rule: 'danger' }])
    await house.write({ ...blind, tags: { ...blind.tags, category: null }, failed: ['category'] })
    await house.clock.advance(60 * MINUTE)
    await house.ticks.tick()
    expect(await house.alerts()).toMatchObject([{ id: 'alert:x:a', count: 1 }])
  })

  test('judged harmless meanwhile, it does not ring', async () => {
    const house = await openHouse()
    await house.write(voice('a', 0))
    await house.write({ ...voice('a', 0), unjudged: null })
    await house.clock.advance(60 * MINUTE)
    await house.ticks.tick()
    expect(house.rung()).toEqual([])
  })

  const letter = (id: string, origin: string): DeadLetter => ({
    schema: 'rabta.dead-letter/1',
    id,
    origin,
    key: 'k',
    value: null,
    reason: 'unknown-shape',
    detail: 'no entry',
    attempts: 1,
    at: at(0),
  })
  const post = async (house: Awaited<ReturnType<typeof openHouse>>, ...letters: DeadLetter[]) =>
    house.letters(
      letters.map((value, offset) => ({ key: value.id, value, partition: 0, offset })),
      new AbortController().signal,
    )

  test('dead letters that may hold a message ring once, those of our own answers do not; one put back is done', async () => {
    const house = await openHouse()
    await post(
      house,
      letter('h1', 'hooks/whatsapp'),
      letter('m1', 'mentions.collected'),
      letter('o1', 'messages.outbound'),
    )
    await post(house, letter('h1', 'hooks/whatsapp'))
    await house.clock.advance(10 * MINUTE)
    await house.ticks.tick()
    expect(house.rung()).toMatchObject([
      { count: 2, mentionIds: ['dead:h1', 'dead:m1'], channels: ['whatsapp', 'news'], severity: 'medium' },
    ])
    const second = await openHouse()
    await post(second, letter('h1', 'hooks/x'))
    await second.records
      .insertInto('dead_letters')
      .values({
        id: 'h1',
        origin: 'hooks/x',
        reason: 'r',
        detail: '',
        attempts: 1,
        at: at(0),
        replayed_at: at(1),
        body: '{}',
      })
      .execute()
    await second.clock.advance(10 * MINUTE)
    await second.ticks.tick()
    expect(second.rung()).toEqual([])
  })
})

describe('the list', () => {
  test('ringing before acknowledged, then the gravest, then the newest; only what is in scope', async () => {
    const house = await openHouse()
    const rows: Story[] = [
      { id: 'old', severity: 'high', places: ['swat'] },
      { id: 'new', severity: 'high', minute: 5, places: ['mardan'] },
      { id: 'grave', severity: 'critical', minute: 1 },
      { id: 'seen', severity: 'critical', minute: 9, places: [] },
    ]
    await house.write(...rows.map((row) => tell({ ...row, category: 'crime' })))
    expect(await house.store.acknowledge('alert:x:seen', 'duty', { districts: ['swat'] })).toBe('not-found')
    expect(await house.store.acknowledge('alert:x:seen', 'duty', ALL)).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'duty',
      acknowledgedAt: at(0),
    })
    const ids = async (...page: Parameters<typeof house.store.list>) =>
      (await house.store.list(...page)).map((alert) => alert.id.slice(8))
    expect(await ids(ALL, { limit: 10 })).toEqual(['grave', 'new', 'old', 'seen'])
    expect(await ids(ALL, { limit: 2 })).toEqual(['grave', 'new'])
    expect(await ids(ALL, { limit: 10, status: 'acknowledged' })).toEqual(['seen'])
    expect(await ids({ districts: ['swat', 'peshawar'] }, { limit: 10 })).toEqual(['grave', 'old'])
    expect(await ids({ districts: [] }, { limit: 10 })).toEqual([])
    expect(await house.store.get('alert:x:old', { districts: ['mardan'] })).toBeUndefined()
    expect(await house.store.get('alert:x:old', { districts: ['swat'] })).toMatchObject({ id: 'alert:x:old' })
  })

  test('acknowledged once: audited, announced, a second person is told so, the same person may repeat it', async () => {
    const house = await openHouse()
    await house.write(tell({ id: 'a' }))
    house.bus.failNext = 1
    await expect(house.store.acknowledge('alert:x:a', 'one', ALL)).rejects.toMatchObject({ retryable: true })
    expect(house.rung()).toHaveLength(1)
    expect(await house.store.acknowledge('alert:x:a', 'two', ALL)).toBe('conflict')
    expect(await house.store.acknowledge('alert:x:a', 'one', ALL)).toMatchObject({ version: 2 })
    expect(house.rung().at(-1)).toMatchObject({ version: 2, status: 'acknowledged' })
    expect(await house.records.selectFrom('audit').select(['actor', 'action', 'subject']).execute()).toEqual([
      { actor: 'one', action: 'alert.acknowledge', subject: 'alert:x:a' },
    ])
    expect(await house.store.acknowledge('alert:none', 'one', ALL)).toBe('not-found')
  })

  test('acknowledged and then a crash: said again at the next start', async () => {
    const house = await openHouse()
    await house.write(tell({ id: 'a' }))
    house.bus.failNext = 1
    await house.store.acknowledge('alert:x:a', 'one', ALL).catch(() => undefined)
    await house.clock.advance(2 * 1440 * MINUTE)
    await house.ticks.announceAgain()
    expect(house.rung().at(-1)).toMatchObject({ version: 2, status: 'acknowledged' })
  })
})

function never(): never {
  throw new Error('the makers always give a category')
}
