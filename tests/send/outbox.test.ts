import { expect, test } from 'vitest'
import { Failure } from '../../runtime/failure.js'
import { makeOutbound, openStore, Platform, startProcess } from './house.js'

const busy = (retryAfterMs?: number) =>
  new Failure('rate-limited', 'too many messages', {
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
const MINUTE = 60_000

test('a message is sent once, told at every step, and marks the case as contacted', async () => {
  const store = await openStore()
  const platform = new Platform()
  const process = startProcess(store, platform)
  await store.records
    .insertInto('cases')
    .values({
      id: 'c',
      reference: 'KP-PSH-2611-00001',
      mention_id: 'whatsapp:wamid.TEST1',
      status: 'pending',
      unit: null,
      opened_at: store.clock.iso(),
      due_at: store.clock.iso(),
      contacted_at: null,
    })
    .execute()
  await process.take(makeOutbound())
  await process.take(makeOutbound())
  expect(platform.ids).toEqual(['out:1'])
  expect(store.bus.of('outbound.status').map((update) => update.status)).toEqual(['queued', 'sending', 'sent', 'sent'])
  expect(await process.states.getOutbound('out:1')).toMatchObject({
    status: 'sent',
    platformId: 'wamid.out:1',
    reason: null,
    text: 'thank you',
  })
  expect(await store.records.selectFrom('cases').select('status').execute()).toEqual([{ status: 'contacted' }])
  await process.platformSays('wamid.out:1', 'failed', 'the number is not on WhatsApp')
  expect(await store.records.selectFrom('cases').select(['status', 'contacted_at']).execute()).toEqual([
    { status: 'pending', contacted_at: null },
  ])
  await process.stop()
})

test.each([
  ['refused', false, 'failed'],
  ['forbidden', false, 'failed'],
  ['unauthorized', false, 'failed'],
  ['invalid-payload', false, 'failed'],
  ['not-found', false, 'failed'],
  ['too-large', false, 'failed'],
  ['timeout', false, 'unconfirmed'],
  ['timeout', true, 'unconfirmed'],
  ['unexpected', false, 'unconfirmed'],
  ['unknown-shape', false, 'unconfirmed'],
] as const)(
  'a platform that answers %s (retryable %s) leaves it %s, sent no second time',
  async (reason, retryable, wanted) => {
    const store = await openStore()
    const platform = new Platform()
    platform.plan.push(new Failure(reason, 'what the platform said', { retryable }))
    const process = startProcess(store, platform)
    await process.take(makeOutbound())
    await store.clock.advance(60 * MINUTE)
    await process.take(makeOutbound())
    const state = await process.states.getOutbound('out:1')
    expect(state?.status).toBe(wanted)
    expect(state?.reason).toContain('what the platform said')
    expect(platform.ids).toHaveLength(1)
    await process.stop()
  },
)

test('an error that nobody classified may have sent it', async () => {
  const store = await openStore()
  const platform = new Platform()
  platform.plan.push(new TypeError('a bug'))
  const process = startProcess(store, platform)
  await process.take(makeOutbound())
  expect(await process.stateOf('out:1')).toBe('unconfirmed')
  await process.stop()
})

test('what was not sent is tried again when the platform wishes, in order, and holds up nobody else', async () => {
  const store = await openStore()
  const platform = new Platform()
  platform.plan.push(busy(6 * MINUTE))
  const process = startProcess(store, platform)
  await process.take(makeOutbound({ id: 'a1' }))
  await process.take(makeOutbound({ id: 'a2' }), makeOutbound({ id: 'b1', to: '920000000002' }))
  expect(platform.ids).toEqual(['a1', 'b1'])
  expect(await process.states.getOutbound('a1')).toMatchObject({
    status: 'queued',
    reason: expect.stringContaining('too many messages') as string,
  })
  await store.clock.advance(6 * MINUTE - 10)
  await process.settled()
  expect(platform.ids).toHaveLength(2)
  await store.clock.advance(20)
  await process.settled()
  expect(platform.ids).toEqual(['a1', 'b1', 'a1', 'a2'])
  expect(await process.stateOf('a2')).toBe('sent')
  await process.stop()
})

test('a platform that is away for a day: given up and said, not sent out of the blue', async () => {
  const store = await openStore()
  const platform = new Platform()
  const process = startProcess(store, platform)
  for (let n = 0; n < 400; n++) platform.plan.push(new Failure('unavailable', 'down', { retryable: true }))
  await process.take(makeOutbound())
  for (let hour = 0; hour < 25; hour++) {
    for (let quarter = 0; quarter < 12; quarter++) {
      await store.clock.advance(5 * MINUTE)
      await process.settled()
    }
  }
  expect(await process.states.getOutbound('out:1')).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('given up') as string,
  })
  await process.stop()
})

test('a notification goes before any pile of answers, also while they hang', async () => {
  const store = await openStore()
  const platform = new Platform()
  platform.hangingReplies = 6
  const process = startProcess(store, platform)
  await process.take(...Array.from({ length: 20 }, (_, n) => makeOutbound({ id: `r${n}`, to: `9200000001${n}` })))
  await process.take(makeOutbound({ id: 'ring', kind: 'notification', to: '920000000009' }))
  // These begin together: which of them is there first, and when, is the records' affair.
  await expect
    .poll(() => [...platform.ids].sort(), { timeout: 10_000 })
    .toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'ring'])
  await expect.poll(() => process.stateOf('ring')).toBe('sent')
  for (const { resolve } of platform.waiting) resolve({ platformId: 'late' })
  await expect.poll(() => new Set(platform.ids).size, { timeout: 10_000 }).toBe(21)
  await process.stop()
})

test('no sender for a channel: it says so', async () => {
  const store = await openStore()
  const process = startProcess(store, new Platform())
  await process.take(makeOutbound({ channel: 'sms' }))
  expect(await process.states.getOutbound('out:1')).toMatchObject({
    status: 'failed',
    reason: 'messages by sms are not set up here',
  })
  await process.stop()
})

test('a clean stop waits for the answer of what is in flight, and starts nothing new', async () => {
  const store = await openStore()
  const platform = new Platform()
  platform.plan.push('hang')
  const process = startProcess(store, platform)
  await process.take(makeOutbound({ id: 'a1' }), makeOutbound({ id: 'a2' }))
  const stopped = process.stop()
  platform.waiting[0]?.resolve({ platformId: 'wamid.a1' })
  await stopped
  expect(await process.stateOf('a1')).toBe('sent')
  expect(await process.stateOf('a2')).toBe('queued')
  const next = startProcess(store, platform)
  await next.settled()
  expect(platform.ids).toEqual(['a1', 'a2'])
  await next.stop()
})

test('the disk fills up while the platform answers: the answer is written when there is room, nothing is sent twice', async () => {
  const store = await openStore()
  const platform = new Platform()
  platform.plan.push('hang')
  const process = startProcess(store, platform)
  await process.take(makeOutbound())
  store.sabotage(() => {
    throw new Failure('storage-full', 'the disk is full', { retryable: true })
  })
  platform.waiting[0]?.resolve({ platformId: 'wamid.1' })
  await process.settled()
  await store.clock.advance(2 * MINUTE)
  store.sabotage(undefined)
  expect(await process.stateOf('out:1')).toBe('sending')
  await store.clock.advance(MINUTE)
  await process.settled()
  expect(await process.states.getOutbound('out:1')).toMatchObject({ status: 'sent', platformId: 'wamid.1' })
  expect(platform.ids).toEqual(['out:1'])
  await process.stop()
})
