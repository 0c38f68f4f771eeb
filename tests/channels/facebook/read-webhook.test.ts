import { describe, expect, it } from 'vitest'
import { readFacebookWebhook } from '../../../channels/facebook/read-webhook.js'
import { createFacebookHook } from '../../../channels/facebook/webhook.js'
import type { Mention } from '../../../schemas/mention.js'
import { signature } from '../../../simulators/whatsapp/wire.js'
import { chatBody, COMMENT, feedBody, MESSAGE, PAGE, POST, RECEIVED_AT, WRITTEN_S } from './payloads.js'

const read = (body: unknown, ownIds: string[] = []) => readFacebookWebhook(body, { receivedAt: RECEIVED_AT, ownIds })

function only(body: unknown): { type: string; mention: Mention } {
  const { changes, statuses, skipped, unread } = read(body)
  expect([changes.length, statuses.length, skipped.length, unread.length]).toEqual([1, 0, 0, 0])
  const [change] = changes
  if (change === undefined || change.type === 'deleted') throw new Error('no mention')
  return change
}

const skip = (body: unknown, ownIds: string[] = []) => {
  const { changes, skipped, unread } = read(body, ownIds)
  expect([changes.length, skipped.length, unread.length]).toEqual([0, 1, 0])
  return skipped[0]?.reason
}

describe('the wall', () => {
  it('reads a comment, and an answer to a comment', () => {
    expect(only(feedBody(COMMENT)).mention).toMatchObject({
      id: 'facebook:55_66',
      kind: 'comment',
      text: 'شکریہ',
      account: PAGE,
      author: { id: '7001', name: 'Amna' },
      conversation: `facebook:${PAGE}_55`,
      inReplyTo: `facebook:${PAGE}_55`,
      url: `https://www.facebook.com/${PAGE}_55?comment_id=66`,
      private: false,
      version: WRITTEN_S * 1000,
    })
    const reply = only(feedBody({ ...COMMENT, comment_id: '55_77', parent_id: '55_66' })).mention
    expect(reply).toMatchObject({
      id: 'facebook:55_77',
      inReplyTo: 'facebook:55_66',
      conversation: `facebook:${PAGE}_55`,
    })
  })

  it('gives ids without owner the same ids as those with one', () => {
    const bare = { ...COMMENT, post_id: '55', comment_id: '66', parent_id: '55', post: undefined }
    expect(only(feedBody(bare)).mention).toEqual(only(feedBody({ ...COMMENT, post: undefined })).mention)
  })

  it('takes the author in each form, or none', () => {
    const anonymous = { ...POST, from: undefined }
    expect(only(feedBody(anonymous)).mention.author).toMatchObject({ id: null, name: null })
    const old = { ...anonymous, sender_id: 8423678347823, sender_name: 'Joe' }
    expect(only(feedBody(old)).mention.author).toMatchObject({ id: '8423678347823', name: 'Joe' })
  })

  it.each(['edited', 'edit'])(
    'counts an edit (%s) after the writing of the same second, and a removal after both',
    (verb) => {
      const at = { time: WRITTEN_S }
      const { type, mention } = only(feedBody({ ...COMMENT, verb, message: 'anew' }, at))
      expect([type, mention.text, mention.version]).toEqual(['edited', 'anew', WRITTEN_S * 1000 + 1])
      const { changes } = read(feedBody({ ...COMMENT, verb: 'remove' }, at))
      expect(changes).toMatchObject([{ type: 'deleted', id: 'facebook:55_66', version: WRITTEN_S * 1000 + 2 }])
    },
  )

  it('stamps an edit by the entry where the part still says when it was written', () => {
    const { mention } = only(feedBody({ ...POST, verb: 'edited' }, { time: WRITTEN_S + 600 }))
    expect([mention.version, mention.writtenAt]).toEqual([
      (WRITTEN_S + 600) * 1000 + 1,
      new Date(WRITTEN_S * 1000).toISOString(),
    ])
  })

  it('reads pictures and videos in each form', () => {
    const kinds = (value: object) =>
      only(feedBody({ ...POST, ...value })).mention.media.map(({ kind, url, id }) => [kind, url, id])
    const url = 'https://x.test/a'
    expect(kinds({ item: 'photo', link: url, photo_id: 5 })).toEqual([['image', url, '5']])
    expect(kinds({ item: 'video', link: url, video_id: '6' })).toEqual([['video', url, '6']])
    expect(kinds({ photos: [url, { url, id: 7 }] })).toEqual([
      ['image', url, null],
      ['image', url, '7'],
    ])
    expect(kinds({ item: 'album', photo_ids: [8] })).toEqual([['image', null, '8']])
    expect(kinds({ ...COMMENT, photo: url })).toEqual([['image', url, null]])
    expect(kinds({ ...COMMENT, video: url })).toEqual([['video', url, null]])
  })

  it('keeps a post without words, for a person to look', () => {
    const { mention } = only(feedBody({ ...POST, message: undefined }))
    expect([mention.text, mention.kind]).toEqual(['', 'post'])
  })

  it("sets the page's own words aside, also those of our other pages", () => {
    expect(skip(feedBody({ ...POST, from: { id: PAGE, name: 'KP Police' } }))).toMatch(/page's own status/)
    expect(skip(feedBody({ ...COMMENT, from: { id: '200' } }), ['200'])).toMatch(/page's own comment/)
  })

  it.each(['hide', 'unhide'])('%s is our own moderation: the mention stays', (verb) => {
    expect(skip(feedBody({ ...COMMENT, verb }))).toMatch(/on the page/)
  })

  it.each(['like', 'reaction', 'event'])('sets a %s aside', (item) => {
    expect(skip(feedBody({ ...POST, item, verb: 'add' }))).toMatch(/not a message/)
  })

  it('reads a kind of post it does not know, if it has words; else says what it was', () => {
    expect(only(feedBody({ ...POST, item: 'hologram' })).mention.text).toBe(POST.message)
    expect(skip(feedBody({ ...POST, item: 'hologram', message: undefined }))).toMatch(/hologram/)
  })

  it('makes a dead letter of a comment without an id, that reads the same again', () => {
    const { unread } = read(feedBody({ ...COMMENT, comment_id: undefined }))
    expect(unread).toHaveLength(1)
    expect(read(unread[0]?.payload).unread[0]?.id).toBe(unread[0]?.id)
  })

  it('reads the others where one part is bad', () => {
    const body = feedBody(POST)
    const [entry] = body.entry
    const changes = [null, { field: 'feed' }, ...(entry?.changes ?? []), { field: 'feed', value: COMMENT }]
    const { changes: read_, unread } = read({ ...body, entry: [7, { ...entry, changes }] })
    expect([read_.length, unread.length]).toEqual([2, 3])
  })
})

describe('Messenger', () => {
  it('keeps a conversation to a page and a person', () => {
    expect(only(chatBody({ message: MESSAGE })).mention).toMatchObject({
      id: 'facebook:m_abc',
      kind: 'direct',
      private: true,
      conversation: `facebook:t:${PAGE}:7001`,
      author: { id: '7001' },
      version: WRITTEN_S * 1000 + 123,
    })
  })

  it('reads single events as the test button of the Meta app sends them', () => {
    const [value] = (chatBody({ message: MESSAGE }).entry[0] as unknown as { messaging: object[] }).messaging
    expect(only(feedBody(value ?? {}, { field: 'messages' })).mention.id).toBe('facebook:m_abc')
  })

  it('reads what other apps hold while they have the chat', () => {
    expect(only(chatBody({ message: MESSAGE }, 'standby')).mention.text).toBe('مدد کریں')
  })

  it('counts edits after the writing, in their order, and the withdrawal after all', () => {
    const versions = [1, 2].map(
      (num_edit) => only(chatBody({ message_edit: { mid: 'm_abc', text: 'x', num_edit } })).mention.version,
    )
    const [gone] = read(chatBody({ message: { mid: 'm_abc', is_deleted: true } })).changes
    expect(gone).toMatchObject({ type: 'deleted', id: 'facebook:m_abc', conversation: `facebook:t:${PAGE}:7001` })
    const at = WRITTEN_S * 1000 + 123
    expect([...versions, gone?.type === 'deleted' ? gone.version : 0]).toEqual([at + 1, at + 2, at + 100])
  })

  it('reads what is attached', () => {
    const attached = (...attachments: object[]) => only(chatBody({ message: { mid: 'm_1', attachments } })).mention
    const url = 'https://x.test/a'
    const media = attached(
      ...['image', 'audio', 'video', 'file'].map((type) => ({ type, payload: { url, attachment_id: 9 } })),
    ).media
    expect(media.map(({ kind, id }) => [kind, id])).toEqual(
      ['image', 'audio', 'video', 'document'].map((kind) => [kind, '9']),
    )
    const pin = attached({
      type: 'location',
      title: 'Board Bazaar',
      payload: { coordinates: { lat: '34.0', long: 71.47 } },
    })
    expect(pin.location).toEqual({ latitude: 34, longitude: 71.47, name: 'Board Bazaar', address: null })
    expect(attached({ type: 'fallback', title: 'A page', url }).text).toBe(`A page\n${url}`)
    expect(attached({ type: 'hologram' })).toMatchObject({ text: '', mended: ['content-unsupported'] })
    expect(attached({ type: 'location', payload: { coordinates: { lat: 340, long: 71 } } }).location).toBeNull()
  })

  it('takes a button for its title, and the same press for the same mention', () => {
    const press = chatBody({ postback: { title: 'شکایت', payload: 'COMPLAINT' } })
    expect(only(press).mention.text).toBe('شکایت')
    expect(only(press).mention.id).toBe(only(press).mention.id)
    expect(only(chatBody({ postback: { title: 'x', mid: 'm_p' } })).mention.id).toBe('facebook:m_p')
  })

  it('sets echoes and what the page itself sends aside', () => {
    expect(skip(chatBody({ message: { ...MESSAGE, is_echo: true } }))).toMatch(/our own/)
    expect(skip(chatBody({ sender: { id: PAGE }, message: MESSAGE }))).toMatch(/our own/)
  })

  it('tells of deliveries and reads by the id of the message, in the form in which it was sent', () => {
    const { statuses } = read(chatBody({ delivery: { mids: ['m_mid.$1', 'm_2'], watermark: 1_795_000_000_000 } }))
    expect(statuses.map(({ platformId, status }) => [platformId, status])).toEqual([
      ['mid.$1', 'delivered'],
      ['m_2', 'delivered'],
    ])
    expect(read(chatBody({ read: { mid: 'm_2' } })).statuses).toMatchObject([{ platformId: 'm_2', status: 'read' }])
    expect(skip(chatBody({ read: { watermark: 1 } }))).toMatch(/names no message/)
  })

  it('keeps an event of a kind that nobody knows', () => {
    expect(read(chatBody({ telepathy: {} })).unread).toHaveLength(1)
  })
})

describe('the door', () => {
  const hook = createFacebookHook({ appSecret: 'secret', verifyToken: 'token' })
  const request = (parts: object) => ({
    method: 'POST' as const,
    url: 'https://desk.test/hooks/facebook',
    query: {},
    headers: {},
    rawBody: Buffer.alloc(0),
    ...parts,
  })

  it('shakes hands with who knows the token alone', () => {
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'token', 'hub.challenge': '123' }
    expect(hook.handshake?.(request({ method: 'GET', query }))).toEqual({ status: 200, body: '123' })
    expect(hook.handshake?.(request({ method: 'GET', query: { ...query, 'hub.verify_token': 'x' } }))?.status).toBe(403)
    expect(hook.handshake?.(request({}))).toBeUndefined()
  })

  it('takes signed bytes alone', () => {
    const rawBody = Buffer.from(JSON.stringify(feedBody(POST)))
    const signed = { rawBody, headers: { 'x-hub-signature-256': signature('secret', rawBody) } }
    expect(hook.verify(request(signed))).toBe(true)
    expect(hook.verify(request({ ...signed, rawBody: Buffer.concat([rawBody, Buffer.from(' ')]) }))).toBe(false)
    expect(hook.verify(request({ rawBody }))).toBe(false)
    expect(hook.read(hook.parse(request(signed)), { receivedAt: RECEIVED_AT }).changes).toHaveLength(1)
    expect(() => hook.parse(request({ rawBody: Buffer.from('{') }))).toThrow(SyntaxError)
  })
})
