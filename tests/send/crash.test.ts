import { describe, expect, test } from 'vitest'
import { Failure } from '../../runtime/failure.js'
import { notOnSqlite } from '../support/test-records.js'
import { makeOutbound, openStore, Platform, startProcess } from './house.js'

describe("a crash at every statement of a message's way", () => {
  test('it is sent at most once; what may have been sent is shown so, the rest goes out after the restart', async () => {
    const seen = new Set<string>()
    for (let step = 1; step < 40; step++) {
      const store = await openStore()
      const platform = new Platform()
      const first = startProcess(store, platform)
      await first.settled()
      let left = step
      let died = false
      store.sabotage((sql) => {
        if (sql !== 'rollback' && --left <= 0) died = true
        if (died && sql !== 'rollback') throw new Error('killed here')
      })
      await first.take(makeOutbound()).catch(() => undefined)
      await first.settled()
      await first.stop().catch(() => undefined)
      store.sabotage(undefined)

      const second = startProcess(store, platform)
      await second.take(makeOutbound())
      const status = await second.stateOf('out:1')
      expect(platform.handed.length, `step ${step}`).toBeLessThanOrEqual(1)
      expect(['sent', 'unconfirmed']).toContain(status)
      if (platform.handed.length === 0) expect(status).toBe('unconfirmed')
      seen.add(`${status} ${platform.handed.length}`)
      await second.stop()
      if (!died) break
    }
    expect(seen).toContain('sent 1')
    expect(seen).toContain('unconfirmed 1')
  })
})

test('killed while the platform had it: unconfirmed, with words for the officer, and never sent again', async () => {
  const store = await openStore()
  await store.records
    .insertInto('outbound')
    .values({
      id: 'out:1',
      kind: 'reply',
      channel: 'whatsapp',
      mention_id: 'm',
      unit: null,
      status: 'sending',
      reason: null,
      platform_id: null,
      requested_by: 'o',
      requested_at: store.clock.iso(),
      updated_at: store.clock.iso(),
      published: 1,
      body: JSON.stringify(makeOutbound()),
    })
    .execute()
  const platform = new Platform()
  const process = startProcess(store, platform)
  await process.settled()
  await process.take(makeOutbound())
  expect(await process.states.getOutbound('out:1')).toMatchObject({
    status: 'unconfirmed',
    reason: expect.stringContaining('may have been sent') as string,
  })
  expect(store.bus.of('outbound.status').at(-1)).toMatchObject({ id: 'out:1', status: 'unconfirmed' })
  expect(platform.ids).toEqual([])
  await process.stop()
})

test('the bus is away: the message goes out all the same, and its state is said later', async () => {
  const store = await openStore()
  const process = startProcess(store, new Platform())
  await process.settled()
  store.bus.failNext = 3
  await process.take(makeOutbound())
  expect(await process.stateOf('out:1')).toBe('sent')
  expect(store.bus.of('outbound.status')).toEqual([])
  await store.clock.advance(60_000)
  await process.settled()
  expect(store.bus.of('outbound.status').at(-1)).toMatchObject({ id: 'out:1', status: 'sent' })
  await process.stop()
})

describe('what the platform says', () => {
  test('never goes backwards, in whatever order it comes, and is said under our id', async () => {
    const store = await openStore()
    const process = startProcess(store, new Platform())
    await process.take(makeOutbound())
    for (const said of ['read', 'delivered', 'sent', 'failed'] as const) await process.platformSays('wamid.out:1', said)
    expect(await process.stateOf('out:1')).toBe('read')
    expect(store.bus.of('outbound.status').filter((update) => update.status === 'read')).toMatchObject([
      { id: 'out:1', platformId: 'wamid.out:1' },
    ])
    await process.stop()
  })

  test('may come before we know that it was sent, and over a restart', async () => {
    const store = await openStore()
    const platform = new Platform()
    platform.plan.push('hang')
    const process = startProcess(store, platform)
    await process.take(makeOutbound())
    await process.platformSays('wamid.early', 'delivered')
    await process.platformSays('wamid.early', 'sent')
    expect(await process.states.getOutbound('unmatched:whatsapp:wamid.early')).toBeUndefined()
    platform.waiting[0]?.resolve({ platformId: 'wamid.early' })
    await process.settled()
    expect(await process.states.getOutbound('out:1')).toMatchObject({ status: 'delivered', platformId: 'wamid.early' })
    expect(await store.records.selectFrom('outbound').select('id').execute()).toEqual([{ id: 'out:1' }])
    await process.stop()
  })

  test.each(['before', 'after'] as const)(
    'that names our own id settles what nobody was sure of, told %s it stood so',
    async (when) => {
      const store = await openStore()
      const platform = new Platform()
      platform.plan.push('hang')
      const process = startProcess(store, platform)
      await process.take(makeOutbound())
      if (when === 'before') await process.platformSays('out:1', 'delivered')
      platform.waiting[0]?.reject(new Failure('timeout', 'it may have been sent', { retryable: false }))
      await process.settled()
      if (when === 'after') {
        expect(await process.stateOf('out:1')).toBe('unconfirmed')
        await process.platformSays('out:1', 'delivered')
      }
      expect(await process.states.getOutbound('out:1')).toMatchObject({ status: 'delivered', platformId: 'out:1' })
      expect(await store.records.selectFrom('outbound').select('id').execute()).toEqual([{ id: 'out:1' }])
      expect(platform.handed).toHaveLength(1)
      await process.stop()
    },
  )

  test('of messages that are not ours is kept a week, and shown nowhere', async () => {
    const store = await openStore()
    const process = startProcess(store, new Platform())
    await process.platformSays('wamid.a', 'sent')
    await process.platformSays('wamid.a', 'read')
    await store.clock.advance(8 * 86_400_000)
    await process.platformSays('wamid.b', 'failed', 'no such number')
    expect(await store.records.selectFrom('outbound').select('platform_id').execute()).toEqual([
      { platform_id: 'wamid.b' },
    ])
    expect(store.bus.of('outbound.status')).toEqual([])
    await process.stop()
  })

  test('fails after it was sent: the officer reads why', async () => {
    const store = await openStore()
    const process = startProcess(store, new Platform())
    await process.take(makeOutbound())
    await process.platformSays('wamid.out:1', 'failed', 'undeliverable (131026)')
    expect(await process.states.getOutbound('out:1')).toMatchObject({
      status: 'failed',
      reason: 'undeliverable (131026)',
    })
    expect((await process.states.listForMention('whatsapp:wamid.TEST1')).map((state) => state.id)).toEqual(['out:1'])
    await process.stop()
  })
})

test.skipIf(notOnSqlite)(
  'a claim that was recorded though its answer was lost (planted in SQLite): the message goes out all the same, once',
  async () => {
    const store = await openStore()
    const platform = new Platform()
    const process = startProcess(store, platform)
    let isLost = false
    store.sabotage((sql) => {
      if (isLost || !sql.startsWith('update "outbound" set "status"')) return
      isLost = true
      store.sqlite?.run("update outbound set status = 'sending' where id = 'out:1'")
      throw new Failure('unavailable', 'the connection was lost', { retryable: true })
    })
    await process.take(makeOutbound())
    expect(isLost).toBe(true)
    await store.clock.advance(120_000)
    await process.settled()
    expect(platform.ids).toEqual(['out:1'])
    expect(await process.stateOf('out:1')).toBe('sent')
    await process.stop()
  },
)
