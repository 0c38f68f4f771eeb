import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAndroidHook } from '../../../../channels/sms/android/hook.js'
import { ownNumber, readAndroidNumbers, simFor } from '../../../../channels/sms/android/own-numbers.js'
import { readAndroid } from '../../../../channels/sms/android/read.js'
import type { Mention } from '../../../../schemas/mention.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { hookRequest, RECEIVED_AT } from '../hook-request.js'

const KEY = 'signing-key'
const clock = new FakeClock()
const numbers = { bySim: new Map([['1', '923330000001']]) }
const hook = createAndroidHook({ signingKey: KEY, numbers, clock })

const received = {
  deviceId: 'ffffffffceb0b1db0000018e937c815b',
  event: 'sms:received',
  id: 'Ey6ECgOkVVFjz3CL48B8C',
  payload: {
    messageId: 'abc12345',
    message: 'سوات میں فائرنگ',
    phoneNumber: '03001234567',
    simNumber: 1,
    receivedAt: '2026-11-22T08:59:11.000+05:00',
  },
  webhookId: 'w1',
}

const event = (name: string, payload: object) => ({ ...received, event: name, payload })
const read = (payload: unknown) => readAndroid(payload, { receivedAt: RECEIVED_AT, numbers })

function mentionOf(payload: unknown): Mention {
  const [change] = read(payload).changes
  if (change?.type !== 'written') throw new Error('no message was read')
  return change.mention
}

describe('the signature of the phone', () => {
  const body = Buffer.from(JSON.stringify(received))
  const verify = (signature: string, timestamp: string, bytes = body) =>
    hook.verify(
      hookRequest({
        url: 'http://127.0.0.1/hooks/sms/android',
        body: bytes,
        headers: { 'x-signature': signature, 'x-timestamp': timestamp },
      }),
    )
  const sign = (timestamp: string, key = KEY) => createHmac('sha256', key).update(body).update(timestamp).digest('hex')
  const at = (offsetS: number) => String(Math.floor(clock.now() / 1000) + offsetS)

  it('is over body and time, within five minutes', () => {
    expect(verify(sign(at(0)), at(0))).toBe(true)
    expect(verify(sign(at(0)).toUpperCase(), at(0))).toBe(true)
    expect(verify(sign(at(-299)), at(-299))).toBe(true)
    expect(verify(sign(at(300)), at(300))).toBe(true)
    expect(verify(sign(at(-301)), at(-301))).toBe(false)
    expect(verify(sign(at(400)), at(400))).toBe(false)
  })

  it('refuses everything else', () => {
    expect(verify(sign(at(0)), at(1))).toBe(false)
    expect(verify(sign(at(0), 'other'), at(0))).toBe(false)
    expect(verify(sign(at(0)), at(0), Buffer.concat([body, Buffer.from(' ')]))).toBe(false)
    for (const wrong of ['', 'zz', sign(at(0)).slice(1), `${sign(at(0))}0`]) expect(verify(wrong, at(0))).toBe(false)
    for (const time of ['', 'now', '-1', '1e9', '9'.repeat(30)]) expect(verify(sign(time), time)).toBe(false)
    expect(hook.verify(hookRequest({ url: 'http://127.0.0.1/hooks/sms/android', body }))).toBe(false)
    const unset = createAndroidHook({ signingKey: '', numbers, clock })
    expect(
      unset.verify(
        hookRequest({
          url: 'http://127.0.0.1/',
          body,
          headers: { 'x-signature': sign(at(0), ''), 'x-timestamp': at(0) },
        }),
      ),
    ).toBe(false)
  })
})

describe('what the phone brings', () => {
  it('is a message', () => {
    expect(mentionOf(received)).toMatchObject({
      source: 'sms-android',
      text: 'سوات میں فائرنگ',
      author: { id: '+923001234567', address: '+923001234567' },
      account: '+923330000001',
      conversation: 'sms:+923330000001:+923001234567',
      writtenAt: '2026-11-22T03:59:11.000Z',
      version: Date.parse('2026-11-22T03:59:11.000Z'),
      mended: [],
    })
    expect(mentionOf(received).id).toMatch(/^sms:abc12345-[0-9a-f]{16}$/)
  })

  it('has the same id when it comes again by another webhook, and another where only the gateway’s hash is the same', () => {
    const { id } = mentionOf(received)
    expect(mentionOf({ ...received, id: 'other', webhookId: 'w2' }).id).toBe(id)
    const sameHash = (change: object) => mentionOf(event('sms:received', { ...received.payload, ...change })).id
    expect(sameHash({ message: 'other words' })).not.toBe(id)
    expect(sameHash({ phoneNumber: '03007654321' })).not.toBe(id)
    expect(sameHash({ receivedAt: '2026-11-22T08:59:12.000+05:00' })).not.toBe(id)
    expect(sameHash({ receivedAt: '2026-11-22T03:59:11.000Z' })).toBe(id)
  })

  it('has the names of newer versions, and comes in batches', () => {
    const { phoneNumber, ...others } = received.payload
    const newer = { ...others, sender: phoneNumber, recipient: '+923330000001' }
    expect(mentionOf(event('sms:received', newer)).id).toBe(mentionOf(received).id)
    const batch = event('sms:batch:received', { messages: [newer, { ...newer, message: 'b' }, 7, { sender: '1' }] })
    const reading = read(batch)
    expect([reading.changes.length, reading.unread.length]).toEqual([2, 2])
    for (const { payload } of reading.unread) expect(read(payload).unread).toHaveLength(1)
    expect(read(event('sms:batch:received', { messages: [] })).skipped).toHaveLength(1)
  })

  it('is data, or a picture message, that a person must look at', () => {
    const payload = { ...received.payload, message: undefined }
    const data = mentionOf(
      event('sms:data-received', { ...payload, data: Buffer.from([0, 1, 2, 255]).toString('base64') }),
    )
    expect([data.text, data.mended]).toEqual(['', ['content-unsupported']])
    const words = mentionOf(event('sms:data-received', { ...payload, data: Buffer.from('مدد').toString('base64') }))
    expect(words.text).toBe('مدد')
    const notice = { ...payload, transactionId: 'T1', subject: 'Photo', size: 1234, contentClass: 'IMAGE_BASIC' }
    expect(mentionOf(event('mms:received', notice))).toMatchObject({ text: 'Photo', mended: ['content-unsupported'] })
    const attachments = [{ partId: 4, contentType: 'image/jpeg', name: 'a.jpg', size: 3, data: 'AQID' }]
    const downloaded = mentionOf(event('mms:downloaded', { ...payload, body: 'دیکھیں', subject: null, attachments }))
    expect(downloaded).toMatchObject({
      text: 'دیکھیں',
      media: [{ kind: 'image', id: '4', mimeType: 'image/jpeg', bytes: 3, fileName: 'a.jpg', url: null }],
    })
  })

  it('is a status of one of ours', () => {
    const state = (name: string, more: object) => read(event(name, { messageId: 'm1', phoneNumber: '+92300', ...more }))
    expect(state('sms:sent', { sentAt: '2026-11-22T09:00:00.000+05:00', partsCount: 1 }).statuses).toMatchObject([
      { platformId: 'm1', status: 'sent', at: '2026-11-22T04:00:00.000Z' },
    ])
    expect(state('sms:delivered', { deliveredAt: 'x' }).statuses).toMatchObject([
      { status: 'delivered', at: RECEIVED_AT },
    ])
    expect(state('sms:failed', { reason: 'Send result: RESULT_ERROR_NO_SERVICE' }).statuses[0]?.reason).toBe(
      'the phone could not send it: the phone has no network (Send result: RESULT_ERROR_NO_SERVICE)',
    )
    expect(state('sms:cancelled', {}).statuses).toMatchObject([
      { status: 'failed', reason: 'it was cancelled on the phone' },
    ])
    expect(read(event('sms:delivered', {})).unread).toHaveLength(1)
  })

  it('is a sign of life, or unknown', () => {
    expect(read(event('system:ping', { health: {} })).skipped).toHaveLength(1)
    for (const odd of [
      null,
      1,
      'a',
      [],
      {},
      { event: 'sms:received' },
      { ...received, payload: 1 },
      event('sms:eaten', {}),
    ])
      expect(read(odd).unread).toHaveLength(1)
    expect(read(event('sms:received', { ...received.payload, message: 7 })).unread).toHaveLength(1)
    expect(read(event('sms:received', { ...received.payload, message: '' })).changes).toHaveLength(1)
  })
})

describe('which SIM is which number of ours', () => {
  const table = readAndroidNumbers('1=923330000001,2=0333 0000002'.replace(' ', ''))

  it('by phone and slot, the narrowest first', () => {
    const wide = {
      bySim: new Map([
        ['*', 'a'],
        ['2', 'b'],
        ['D', 'c'],
        ['D:2', 'd'],
      ]),
    }
    expect(ownNumber({ deviceId: 'D' }, { simNumber: 2 }, wide)).toBe('d')
    expect(ownNumber({ deviceId: 'D' }, { simNumber: 1 }, wide)).toBe('c')
    expect(ownNumber({ deviceId: 'E' }, { simNumber: 2 }, wide)).toBe('b')
    expect(ownNumber({}, {}, wide)).toBe('a')
    expect(ownNumber({ deviceId: 'D' }, { recipient: '+92333', simNumber: 2 }, wide)).toBe('+92333')
    expect(ownNumber({}, {}, { bySim: new Map() })).toBeUndefined()
  })

  it('and back, to send from', () => {
    expect(table).toBeDefined()
    expect(simFor('+923330000002', table ?? numbers)).toEqual({ simNumber: 2 })
    expect(simFor('+923330000009', table ?? numbers)).toEqual({})
    expect(simFor('8333', readAndroidNumbers('DEV:1=8333') ?? numbers)).toEqual({ simNumber: 1, deviceId: 'DEV' })
    expect(simFor('8333', readAndroidNumbers('DEV=8333') ?? numbers)).toEqual({ deviceId: 'DEV' })
    expect(simFor('8333', readAndroidNumbers('*=8333') ?? numbers)).toEqual({})
    expect(readAndroidNumbers('1=abc')).toBeUndefined()
  })
})
