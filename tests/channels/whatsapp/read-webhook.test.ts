import { describe, expect, it } from 'vitest'
import { readWebhook } from '../../../channels/whatsapp/read-webhook.js'
import type { Mention } from '../../../schemas/mention.js'
import { RECEIVED_AT, valueWith, webhook, withMessage, WRITTEN_AT, WRITTEN_S, type Loose } from './payloads.js'

const read = (payload: unknown) => readWebhook(payload, { receivedAt: RECEIVED_AT })

function mentionOf(message: Loose): Mention {
  const { changes } = read(withMessage(message))
  expect(changes).toHaveLength(1)
  const [change] = changes
  if (change === undefined || change.type === 'deleted') throw new Error('no mention')
  return change.mention
}

describe('a text message', () => {
  it('becomes a mention with everything the platform said', () => {
    expect(mentionOf({ type: 'text', text: { body: 'السلام علیکم' } })).toEqual({
      schema: 'rabta.mention/1',
      id: 'whatsapp:wamid.A',
      channel: 'whatsapp',
      source: 'whatsapp',
      version: Number(WRITTEN_S) * 1000,
      kind: 'direct',
      text: 'السلام علیکم',
      author: { id: '923000000001', name: 'گل خان', handle: null, address: '923000000001', place: null },
      account: '920000000000',
      conversation: 'whatsapp:923000000001',
      private: true,
      inReplyTo: null,
      url: null,
      writtenAt: WRITTEN_AT,
      receivedAt: RECEIVED_AT,
      media: [],
      location: null,
      mended: [],
    })
  })

  it('takes the time as text, number or milliseconds, and goes on without one', () => {
    for (const timestamp of [WRITTEN_S, Number(WRITTEN_S), Number(WRITTEN_S) * 1000]) {
      expect(mentionOf({ type: 'text', text: { body: 'a' }, timestamp }).writtenAt).toBe(WRITTEN_AT)
    }
    for (const timestamp of [undefined, '', 'yesterday', null, {}, -1, 1e300]) {
      const mention = mentionOf({ type: 'text', text: { body: 'a' }, timestamp })
      expect(mention.writtenAt).toBe(RECEIVED_AT)
      expect(mention.mended).toEqual(['written-unknown'])
    }
  })

  it('is read where its kind is not named', () => {
    expect(mentionOf({ text: { body: 'a' } }).text).toBe('a')
  })

  it('names what it answers', () => {
    const mention = mentionOf({ type: 'text', text: { body: 'a' }, context: { from: '920000000000', id: 'wamid.Q' } })
    expect(mention.inReplyTo).toBe('whatsapp:wamid.Q')
  })
})

describe('a person', () => {
  const message = { id: 'wamid.B', timestamp: WRITTEN_S, type: 'text', text: { body: 'a' } }

  it('is known by the user id where there is no number', () => {
    const contacts = [{ profile: { name: 'Zar', username: 'zar.gul' }, user_id: 'PK.900100' }]
    const { changes } = read(webhook(valueWith({ contacts, messages: [{ ...message, from_user_id: 'PK.900100' }] })))
    expect(changes[0]).toMatchObject({
      mention: {
        author: { id: 'PK.900100', name: 'Zar', handle: 'zar.gul', address: null },
        conversation: 'whatsapp:PK.900100',
      },
    })
  })

  it('is known by the user id, and addressed by the number, where there are both', () => {
    const contacts = [
      { profile: { name: 'Other' }, wa_id: '923000000009', user_id: 'PK.2' },
      { profile: { name: 'Zar' }, wa_id: '923000000002', user_id: 'PK.1' },
    ]
    const { changes } = read(webhook(valueWith({ contacts, messages: [{ ...message, from: 923000000002 }] })))
    expect(changes[0]).toMatchObject({ mention: { author: { id: 'PK.1', name: 'Zar', address: '923000000002' } } })
  })

  it('may be unknown altogether: the message stands', () => {
    const { changes } = read(webhook({ messages: [message] }))
    expect(changes[0]).toMatchObject({
      mention: { author: { id: null, address: null }, conversation: 'whatsapp:message-wamid.B', account: null },
    })
  })

  it('is not guessed among several contacts', () => {
    const contacts = [{ wa_id: '1' }, { wa_id: '2' }]
    const { changes } = read(webhook(valueWith({ contacts, messages: [message] })))
    expect(changes[0]).toMatchObject({ mention: { author: { id: null } } })
  })
})

describe('media', () => {
  it('keeps what describes it, and the caption as words', () => {
    const document = {
      id: '9',
      mime_type: 'application/pdf',
      sha256: 'abc=',
      filename: 'رسید.pdf',
      caption: 'یہ دیکھیں',
      file_size: 12,
    }
    expect(mentionOf({ type: 'document', document })).toMatchObject({
      text: 'یہ دیکھیں',
      media: [
        {
          kind: 'document',
          id: '9',
          mimeType: 'application/pdf',
          sha256: 'abc=',
          bytes: 12,
          fileName: 'رسید.pdf',
          url: null,
        },
      ],
    })
  })

  it('is a mention without words where there is no caption', () => {
    for (const [type, kind] of [
      ['image', 'image'],
      ['audio', 'audio'],
      ['voice', 'audio'],
      ['video', 'video'],
      ['sticker', 'sticker'],
    ] as const) {
      expect(mentionOf({ type, [type]: { id: '9', mime_type: 'x/y' } })).toMatchObject({
        text: '',
        media: [{ kind, id: '9' }],
      })
    }
  })

  it('may be a pin', () => {
    const location = { latitude: '34.0151', longitude: 71.5249, name: 'Saddar', address: 'Peshawar' }
    expect(mentionOf({ type: 'location', location })).toMatchObject({
      text: '',
      location: { latitude: 34.0151, longitude: 71.5249, name: 'Saddar', address: 'Peshawar' },
    })
    expect(mentionOf({ type: 'location', location: { latitude: 91, longitude: 0 } }).location).toBeNull()
  })
})

describe('other kinds', () => {
  it('give their words', () => {
    const form = {
      name: 'flow',
      response_json: '{"flow_token":"t","شکایت":"پانی","urgent":true,"when":["a","b"],"n":3}',
    }
    const cards = [
      { name: { formatted_name: 'Gul' }, org: { company: 'KP' }, phones: [{ phone: '+92 300' }, { wa_id: '92301' }] },
    ]
    for (const [message, text] of [
      [{ type: 'button', button: { payload: 'P', text: 'ہاں' } }, 'ہاں'],
      [{ type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: '1', title: 'Yes' } } }, 'Yes'],
      [
        { type: 'interactive', interactive: { type: 'list_reply', list_reply: { title: 'A', description: 'B' } } },
        'A\nB',
      ],
      [
        { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: form } },
        'شکایت: پانی\nurgent: true\nwhen: a, b\nn: 3',
      ],
      [
        { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { body: 'Sent', response_json: '{' } } },
        'Sent',
      ],
      [{ type: 'contacts', contacts: cards }, 'Gul, KP, +92 300, 92301'],
      [{ type: 'order', order: { text: '', product_items: [{ quantity: 2, product_retailer_id: 'p' }] } }, '2 × p'],
    ] as const) {
      expect(mentionOf(message).text).toBe(text)
    }
  })

  it('that WhatsApp or we cannot show stay mentions without words, for a person to look after', () => {
    for (const message of [
      { type: 'unsupported', errors: [{ code: 131051, title: 'Message type unknown' }] },
      { type: 'unknown' },
      { type: 'hologram', hologram: {} },
      { type: '__proto__' },
      { type: 'constructor' },
    ]) {
      expect(mentionOf(message)).toMatchObject({ text: '', mended: ['content-unsupported'] })
    }
    expect(mentionOf({ type: 'poll', poll: { question: 'کب؟' } }).text).toBe('کب؟')
  })

  it('are set aside with the reason where nobody said anything', () => {
    for (const message of [
      { type: 'reaction', reaction: { message_id: 'wamid.Q', emoji: '👍' } },
      { type: 'system', system: { body: 'changed', type: 'user_changed_number' } },
      { type: 'request_welcome' },
      { type: 'interactive', interactive: { type: 'call_permission_reply', call_permission_reply: {} } },
    ]) {
      const { changes, skipped, unread } = read(withMessage(message))
      expect([changes.length, skipped.length, unread.length]).toEqual([0, 1, 0])
      expect(skipped[0]?.reason).toMatch(/\w{5}/)
    }
  })
})

describe('edits and withdrawals', () => {
  it('change the original, later than it even within the second', () => {
    const edit = {
      original_message_id: 'wamid.A',
      message: { type: 'text', text: { body: 'نیا' }, context: { id: 'wamid.Q' } },
    }
    expect(read(withMessage({ id: 'wamid.E', type: 'edit', edit })).changes).toMatchObject([
      {
        type: 'edited',
        mention: {
          id: 'whatsapp:wamid.A',
          text: 'نیا',
          version: Number(WRITTEN_S) * 1000 + 1,
          conversation: 'whatsapp:923000000001',
          inReplyTo: 'whatsapp:wamid.Q',
        },
      },
    ])
    expect(
      read(withMessage({ id: 'wamid.R', type: 'revoke', revoke: { original_message_id: 'wamid.A' } })).changes,
    ).toEqual([
      {
        type: 'deleted',
        id: 'whatsapp:wamid.A',
        channel: 'whatsapp',
        conversation: 'whatsapp:923000000001',
        version: Number(WRITTEN_S) * 1000 + 2,
        receivedAt: RECEIVED_AT,
      },
    ])
  })

  it('that name no original are unread', () => {
    for (const message of [
      { type: 'edit', edit: {} },
      { type: 'edit' },
      { type: 'revoke' },
      { type: 'edit', edit: { original_message_id: 'a' } },
    ]) {
      expect(read(withMessage(message)).unread).toHaveLength(1)
    }
  })
})

describe('statuses', () => {
  const status = (parts: Loose) =>
    read(webhook(valueWith({ statuses: [{ id: 'wamid.O', timestamp: WRITTEN_S, recipient_id: '1', ...parts }] })))

  it('tell how far a message got', () => {
    for (const name of ['sent', 'delivered', 'read'] as const) {
      expect(status({ status: name }).statuses).toEqual([
        {
          schema: 'rabta.outbound-update/1',
          id: null,
          channel: 'whatsapp',
          status: name,
          reason: null,
          platformId: 'wamid.O',
          at: WRITTEN_AT,
        },
      ])
    }
  })

  it('carry the words of a failure with what to do', () => {
    const errors = [{ code: 131047, title: 'Re-engagement message', error_data: { details: 'More than 24 hours' } }]
    const [update] = status({ status: 'failed', errors }).statuses
    expect(update?.reason).toMatch(/^Re-engagement message: More than 24 hours \(#131047\)\. .*template/)
    expect(status({ status: 'failed' }).statuses[0]?.reason).toMatch(/no reason/)
  })

  it('of other names are set aside', () => {
    expect(status({ status: 'warning' }).skipped).toHaveLength(1)
    expect(status({ status: undefined }).unread).toHaveLength(1)
  })
})

describe('a body', () => {
  it('may hold several entries, changes, messages and statuses; a bad one does not hold up the others', () => {
    const good = (id: string) => ({ id, from: '1', timestamp: WRITTEN_S, type: 'text', text: { body: id } })
    const payload = {
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [
            { field: 'messages', value: valueWith({ messages: [good('a'), { type: 'text' }, null, good('b')] }) },
          ],
        },
        'rubbish',
        {
          id: '2',
          changes: [
            { field: 'messages', value: valueWith({ messages: [good('c')], statuses: [{ id: 'o', status: 'read' }] }) },
            7,
          ],
        },
      ],
    }
    const { changes, statuses, unread } = read(payload)
    expect(changes.map((change) => (change.type === 'deleted' ? '' : change.mention.text))).toEqual(['a', 'b', 'c'])
    expect(statuses).toHaveLength(1)
    expect(unread).toHaveLength(4)
    for (const { payload: kept } of unread) expect(read(kept).unread).toHaveLength(1)
  })

  it('names the same unread part the same', () => {
    const first = read(withMessage({ type: 'text', text: 7 })).unread[0]
    const second = read(withMessage({ type: 'text', text: 7 })).unread[0]
    expect(first?.id).toBe(second?.id)
    expect(first?.origin).toBe('hooks/whatsapp')
  })

  it('of another field is set aside with the reason', () => {
    for (const field of [
      'account_update',
      'message_template_status_update',
      'group_lifecycle_update',
      'calls',
      'history',
      'smb_message_echoes',
      'new_in_2027',
    ]) {
      const { changes, skipped, unread } = read(webhook(valueWith({ messages: [{ id: 'a' }] }), field))
      expect([changes.length, unread.length, skipped.length]).toEqual([0, 0, 1])
      expect(skipped[0]?.reason).toContain(field)
    }
  })

  it('of an unknown shape is unread, whole', () => {
    for (const payload of [
      null,
      7,
      'a',
      [],
      {},
      { entry: {} },
      { object: 'page', entry: [] },
      { object: 'whatsapp_business_account' },
    ]) {
      const { unread, changes } = read(payload)
      expect(changes).toHaveLength(0)
      expect(unread).toHaveLength(1)
      expect(unread[0]?.payload).toBe(payload)
    }
  })

  it('that reports an error of the account says so', () => {
    const { skipped } = read(webhook({ errors: [{ code: 130429, title: 'Rate limit hit' }] }))
    expect(skipped[0]?.reason).toContain('Rate limit hit (#130429)')
  })
})
