import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createTwilioHook } from '../../../../channels/sms/twilio/hook.js'
import { readTwilio } from '../../../../channels/sms/twilio/read.js'
import { hookRequest, RECEIVED_AT } from '../hook-request.js'

const TOKEN = '12345'
const hook = createTwilioHook({ authToken: TOKEN, publicUrl: 'https://desk.example/' })
const PUBLIC = 'https://desk.example/hooks/sms/twilio'
const CALLED = 'http://10.0.0.7:4100/hooks/sms/twilio'

const message = {
  ToCountry: 'PK',
  MessageSid: 'SM0123456789abcdef0123456789abcdef',
  SmsSid: 'SM0123456789abcdef0123456789abcdef',
  AccountSid: 'AC1',
  From: '+923001234567',
  To: '+92919210333',
  Body: 'پشاور میں بھتہ & 50%+',
  NumMedia: '0',
  NumSegments: '1',
  SmsStatus: 'received',
  ApiVersion: '2010-04-01',
}

function sign(url: string, form: URLSearchParams, token = TOKEN): string {
  const names = [...new Set(form.keys())].sort()
  return createHmac('sha1', token)
    .update(url + names.map((name) => name + (form.get(name) ?? '')).join(''))
    .digest('base64')
}

function request(form: Record<string, string>, header: string | undefined, url = CALLED) {
  const headers = header === undefined ? {} : { 'x-twilio-signature': header }
  return hookRequest({ url, body: new URLSearchParams(form).toString(), headers })
}

describe('the signature of Twilio', () => {
  const form = new URLSearchParams(message)

  it('fits the example of its documents', () => {
    const example = createTwilioHook({ authToken: TOKEN, publicUrl: '' })
    const fields = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    }
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2'
    expect(example.verify(request(fields, 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', url))).toBe(true)
    expect(example.verify(request({ ...fields, Digits: '1235' }, 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', url))).toBe(false)
  })

  it('is over the address that Twilio called, not the one behind the proxy', () => {
    expect(hook.verify(request(message, sign(PUBLIC, form)))).toBe(true)
    expect(hook.verify(request(message, sign(CALLED, form)))).toBe(false)
    expect(hook.verify(request(message, sign(`${PUBLIC}?a=b%20c`, form), `${CALLED}?a=b%20c`))).toBe(true)
    expect(hook.verify(request(message, sign(PUBLIC, form), `${CALLED}?a=b`))).toBe(false)
    expect(hook.verify(request(message, sign('https://desk.example:443/hooks/sms/twilio', form)))).toBe(true)
  })

  it('refuses what was not signed so', () => {
    const good = sign(PUBLIC, form)
    for (const wrong of [undefined, '', 'x', good.slice(1), `${good}A`, sign(PUBLIC, form, 'other'), 'é'.repeat(300)])
      expect(hook.verify(request(message, wrong))).toBe(false)
    expect(hook.verify(request({ ...message, Body: 'b' }, good))).toBe(false)
    expect(hook.verify(request({ ...message, Extra: '' }, good))).toBe(false)
    const empty = createTwilioHook({ authToken: '', publicUrl: 'https://desk.example' })
    expect(empty.verify(request(message, sign(PUBLIC, form, '')))).toBe(false)
  })

  it('is made in time for a form of a stranger with a hundred thousand names', () => {
    const body = Array.from({ length: 100_000 }, (_, index) => index.toString(36)).join('&')
    const started = performance.now()
    expect(hook.verify(hookRequest({ url: CALLED, body, headers: { 'x-twilio-signature': 'AAAA' } }))).toBe(false)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('is answered with empty instructions', () => {
    expect(hook.stored).toMatchObject({ status: 200, type: 'text/xml; charset=utf-8' })
    expect(hook.stored?.body).toContain('<Response/>')
  })
})

describe('what Twilio brings', () => {
  const read = (form: unknown) => readTwilio(form, { receivedAt: RECEIVED_AT })

  it('is a message, with pictures', () => {
    const media = {
      NumMedia: '2',
      MediaContentType0: 'image/jpeg',
      MediaUrl0: 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME0a1b',
      MediaContentType1: 'audio/amr',
      MediaUrl1: 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME0a1c',
    }
    const parsed = hook.parse(request({ ...message, ...media }, undefined))
    expect(read(parsed).changes).toEqual([
      {
        type: 'written',
        mention: expect.objectContaining({
          id: `sms:${message.MessageSid}`,
          source: 'sms-twilio',
          version: 0,
          text: message.Body,
          account: '+92919210333',
          conversation: 'sms:+92919210333:+923001234567',
          private: true,
          kind: 'direct',
          writtenAt: RECEIVED_AT,
          mended: ['written-unknown'],
          media: [
            expect.objectContaining({ kind: 'image', id: 'ME0a1b', mimeType: 'image/jpeg', url: media.MediaUrl0 }),
            expect.objectContaining({ kind: 'audio', id: 'ME0a1c', mimeType: 'audio/amr', url: media.MediaUrl1 }),
          ],
        }) as unknown,
      },
    ])
  })

  it('is a status of one of ours', () => {
    const state = (MessageStatus: string, more: object = {}) =>
      read({ MessageSid: 'SM9', MessageStatus, SmsStatus: MessageStatus, From: '+1', To: '+2', ...more })
    for (const [name, status] of [
      ['sent', 'sent'],
      ['delivered', 'delivered'],
      ['read', 'read'],
      ['failed', 'failed'],
      ['undelivered', 'failed'],
      ['canceled', 'failed'],
    ] as const)
      expect(state(name).statuses).toMatchObject([{ id: null, platformId: 'SM9', status }])
    expect(state('undelivered', { ErrorCode: '30003' }).statuses[0]?.reason).toBe(
      'the phone could not be reached: it may be off or abroad (error 30003)',
    )
    expect(state('failed', { ErrorCode: '39999', ErrorMessage: 'Odd' }).statuses[0]?.reason).toBe('Odd (error 39999)')
    for (const name of ['queued', 'accepted', 'sending', 'scheduled']) expect(state(name).skipped).toHaveLength(1)
    expect(state('teleported').unread).toHaveLength(1)
  })

  it('has the same id when it comes again; without a sid, within the hour', () => {
    const unnamed = { ...message, MessageSid: undefined, SmsSid: undefined }
    const idOf = (form: object) => {
      const [change] = read(form).changes
      return change?.type === 'written' ? change.mention.id : undefined
    }
    expect(idOf(unnamed)).toMatch(/^sms:[0-9a-f]{32}$/)
    expect(idOf(unnamed)).toBe(idOf({ ...unnamed }))
    expect(idOf({ ...unnamed, Body: 'other' })).not.toBe(idOf(unnamed))
    expect(idOf({ ...message, Body: '' })).toBe(`sms:${message.MessageSid}`)
  })

  it('that is nothing of this is kept', () => {
    for (const odd of [
      null,
      7,
      'a',
      [],
      {},
      { From: 1 },
      { MessageSid: 'SM1' },
      { MessageStatus: 'sent' },
      { From: 'a', Body: {} },
    ])
      expect(read(odd).unread).toHaveLength(1)
    expect(() => hook.parse(hookRequest({ url: CALLED, body: '' }))).toThrow()
  })
})
