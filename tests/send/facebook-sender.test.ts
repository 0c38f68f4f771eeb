import { expect, it } from 'vitest'
import { Failure } from '../../runtime/failure.js'
import type { Outbound } from '../../schemas/outbound.js'
import { createFacebookSender } from '../../send/senders/facebook-sender.js'

const never = new AbortController().signal

const outbound = (parts: Partial<Outbound>): Outbound => ({
  schema: 'rabta.outbound/1',
  id: 'o1',
  kind: 'reply',
  channel: 'facebook',
  to: null,
  text: 'شکریہ',
  inReplyTo: '5_6',
  mentionId: 'facebook:5_6',
  alertId: null,
  unit: null,
  requestedBy: 'officer',
  requestedAt: '2026-11-22T04:00:00.000Z',
  ...parts,
})

function page(pageId: string) {
  const calls: unknown[] = []
  return {
    calls,
    pageId,
    reply: async (id: string, text: string) => (calls.push(['reply', id, text]), { platformId: 'r1' }),
    sendMessage: async (message: object) => (calls.push(['message', message]), { platformId: 'm_1' }),
  }
}

it('answers under the comment where there is no recipient, else on Messenger', async () => {
  const first = page('100')
  const sender = createFacebookSender([first])
  expect(await sender.send(outbound({}), never)).toEqual({ platformId: 'r1' })
  expect(await sender.send(outbound({ to: '42', inReplyTo: 'm_9' }), never)).toEqual({ platformId: 'm_1' })
  expect(first.calls).toEqual([
    ['reply', '5_6', 'شکریہ'],
    ['message', { to: '42', text: 'شکریہ' }],
  ])
})

it('answers from the page that was written to, and from no other', async () => {
  const [first, second] = [page('100'), page('200')]
  const sender = createFacebookSender([first, second])
  await sender.send(outbound({ account: '200' }), never)
  await sender.send(outbound({ account: null }), never)
  expect([first.calls.length, second.calls.length]).toEqual([1, 1])
  const failure: unknown = await sender.send(outbound({ account: '300' }), never).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Failure)
  expect(failure).toMatchObject({ reason: 'forbidden', retryable: false })
})

it('refuses what answers nothing', async () => {
  const only = page('100')
  await expect(createFacebookSender([only]).send(outbound({ inReplyTo: null }), never)).rejects.toMatchObject({
    reason: 'invalid-payload',
  })
  expect(only.calls).toEqual([])
})
