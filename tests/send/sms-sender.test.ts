import { expect, it } from 'vitest'
import type { OutgoingSms } from '../../channels/sms/client.js'
import type { Outbound } from '../../schemas/outbound.js'
import { createSmsSender } from '../../send/senders/sms-sender.js'

const never = new AbortController().signal
const outbound: Outbound = {
  schema: 'rabta.outbound/1',
  id: 'out:1',
  kind: 'reply',
  channel: 'sms',
  to: '0300 1234567',
  text: 'شکریہ',
  account: '923330000001',
  inReplyTo: 'abc',
  mentionId: 'sms:abc',
  alertId: null,
  unit: null,
  requestedBy: 'admin',
  requestedAt: '2026-11-22T04:00:00.000Z',
}

function recording(defaultFrom?: string) {
  const sent: OutgoingSms[] = []
  const client = { send: async (sms: OutgoingSms) => (sent.push(sms), { platformId: 'p1' }) }
  return { sent, sender: createSmsSender({ client, defaultFrom }) }
}

it('answers from the number that was written to', async () => {
  const { sent, sender } = recording('+923330000009')
  expect(await sender.send(outbound, never)).toEqual({ platformId: 'p1' })
  expect(sent).toEqual([{ from: '+923330000001', to: '+923001234567', text: 'شکریہ', id: 'out:1' }])
})

it('forwards and rings from the central number', async () => {
  const { sent, sender } = recording('8333')
  await sender.send({ ...outbound, kind: 'forward', account: null }, never)
  const absent = Object.fromEntries(Object.entries(outbound).filter(([name]) => name !== 'account')) as Outbound
  await sender.send({ ...absent, kind: 'notification' }, never)
  expect(sent.map(({ from }) => from)).toEqual(['8333', '8333'])
})

it('says what cannot be sent, before anything leaves', async () => {
  const { sent, sender } = recording()
  await expect(sender.send({ ...outbound, to: null }, never)).rejects.toMatchObject({ reason: 'invalid-payload' })
  await expect(sender.send({ ...outbound, to: 'KP Police' }, never)).rejects.toMatchObject({
    reason: 'refused',
    retryable: false,
  })
  await expect(sender.send({ ...outbound, account: null }, never)).rejects.toMatchObject({ reason: 'invalid-payload' })
  expect(sent).toEqual([])
})
