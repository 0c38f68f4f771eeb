import fc from 'fast-check'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { describe, expect, it } from 'vitest'
import { readAndroid } from '../../channels/sms/android/read.js'
import type { Reading } from '../../channels/hook.js'
import { readKannel } from '../../channels/sms/kannel/read.js'
import { readTwilio } from '../../channels/sms/twilio/read.js'
import { prepareIntake } from '../../ingest/publish.js'
import { readSmsPayload } from '../../ingest/read-sms.js'
import { Change } from '../../schemas/mention.js'
import { OutboundUpdate } from '../../schemas/outbound.js'
import { mangled, oddValue } from '../channels/mangle.js'

const AT = '2026-11-22T04:00:00.000Z'
const change = TypeCompiler.Compile(Change)
const update = TypeCompiler.Compile(OutboundUpdate)
const texts = (reading: Reading) => reading.changes.map((one) => (one.type === 'deleted' ? '' : one.mention.text))

describe('a recorded payload', () => {
  it('of Kannel is an address or a query a line, or a line of an access log', () => {
    const file = `/hooks/sms/kannel?secret=x&from=0300&to=8333&text=a+b&id=1&time=1795320000
from=0301&to=8333&text=%D9%85%D8%AF%D8%AF&id=2

http://127.0.0.1:4100/hooks/sms/kannel?from=0302&text=c&id=3
10.0.0.1 - - [22/Nov/2026] "GET /hooks/sms/kannel?from=0303&text=d&id=4 HTTP/1.1" 200
{"from":"0304","text":"e","id":"5"}
nothing`
    const reading = readSmsPayload('sms-kannel', file, AT)
    expect(texts(reading)).toEqual(['a b', 'مدد', 'c', 'd', 'e'])
    expect(reading.unread).toHaveLength(1)
  })

  it('of Twilio is a form, or its parameters as JSON', () => {
    const one = { MessageSid: 'SM1', From: '+92300', To: '+92333', Body: 'مدد' }
    expect(texts(readSmsPayload('sms-twilio', new URLSearchParams(one).toString(), AT))).toEqual(['مدد'])
    expect(texts(readSmsPayload('sms-twilio', JSON.stringify([one, one]), AT))).toEqual(['مدد', 'مدد'])
    expect(
      texts(
        readSmsPayload('sms-twilio', JSON.stringify({ headers: {}, body: new URLSearchParams(one).toString() }), AT),
      ),
    ).toEqual(['مدد'])
    expect(readSmsPayload('sms-twilio', 'MessageSid=SM1&MessageStatus=delivered', AT).statuses).toHaveLength(1)
    expect(readSmsPayload('sms-twilio', 'hello', AT).unread).toHaveLength(1)
  })

  it('of the phone is an event, events, or an event a line', () => {
    const event = { event: 'sms:received', payload: { messageId: '1', message: 'مدد', phoneNumber: '0300' } }
    expect(texts(readSmsPayload('sms-android', JSON.stringify(event, null, 2), AT))).toEqual(['مدد'])
    expect(
      texts(readSmsPayload('sms-android', `${JSON.stringify(event)}\n${JSON.stringify(event)}\n`, AT)),
    ).toHaveLength(2)
    expect(texts(readSmsPayload('sms-android', JSON.stringify({ a: event, b: event }), AT))).toHaveLength(2)
    expect(readSmsPayload('sms-android', 'not json', AT).unread).toHaveLength(1)
  })
})

const originals = {
  kannel: [
    { query: 'from=1&to=2&text=a&id=3&time=4&charset=UTF-8&coding=0' },
    { dlr: '2', outbound: 'YQ', reason: 'stat:X', time: '1' },
  ],
  twilio: [
    {
      MessageSid: 'SM1',
      From: '+1',
      To: '+2',
      Body: 'b',
      NumMedia: '1',
      MediaUrl0: 'https://a/Media/ME1',
      MediaContentType0: 'image/png',
    },
    { MessageSid: 'SM1', MessageStatus: 'failed', ErrorCode: '30003', ErrorMessage: 'x' },
  ],
  android: [
    {
      event: 'sms:received',
      deviceId: 'd',
      payload: { messageId: '1', message: 'a', phoneNumber: '1', simNumber: 1, receivedAt: AT },
    },
    {
      event: 'mms:downloaded',
      payload: {
        messageId: '1',
        sender: '1',
        body: 'a',
        attachments: [{ partId: 1, contentType: 'a/b', data: 'AA==' }],
      },
    },
    { event: 'sms:batch:received', payload: { messages: [{ messageId: '1', message: 'a', sender: '1' }] } },
    { event: 'sms:failed', payload: { messageId: '1', failedAt: AT, reason: 'r' } },
  ],
}

describe.each([
  ['sms-kannel', originals.kannel, (payload: unknown) => readKannel(payload, { receivedAt: AT })],
  ['sms-twilio', originals.twilio, (payload: unknown) => readTwilio(payload, { receivedAt: AT })],
  [
    'sms-android',
    originals.android,
    (payload: unknown) => readAndroid(payload, { receivedAt: AT, numbers: { bySim: new Map() } }),
  ],
] as const)('a mangled payload of %s', (gateway, whole, read) => {
  it('never throws, is accounted for, and what goes on fits its schema', () => {
    fc.assert(
      fc.property(fc.oneof(mangled(whole), oddValue), (payload) => {
        const reading = read(payload)
        const count = reading.changes.length + reading.statuses.length + reading.skipped.length + reading.unread.length
        expect(count).toBeGreaterThan(0)
        const prepared = prepareIntake(reading, AT)
        expect(prepared.collected.length + prepared.dead.length).toBe(reading.changes.length + reading.unread.length)
        for (const { key, value } of prepared.collected) {
          expect(change.Check(value)).toBe(true)
          expect(key).toMatch(/^sms:/)
        }
        for (const { value } of prepared.statuses) expect(update.Check(value)).toBe(true)
      }),
      { seed: 9, numRuns: 1500 },
    )
  })

  it('any file is read without a throw', () => {
    const file = fc.oneof(
      fc.string({ unit: 'binary' }),
      mangled(whole).map((value) => JSON.stringify(value) ?? ''),
    )
    fc.assert(
      fc.property(file, (text) => void readSmsPayload(gateway, text, AT)),
      { seed: 10, numRuns: 500 },
    )
  })
})
