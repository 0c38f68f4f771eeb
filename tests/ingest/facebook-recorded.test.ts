/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call -- expectations are read out of payloads by path */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import { describe, expect, it } from 'vitest'
import { readFacebookPayload } from '../../ingest/read-facebook.js'
import { sanitiseChange } from '../../ingest/sanitise.js'
import { packagePath } from '../../runtime/package-root.js'
import { Change, type Mention } from '../../schemas/mention.js'
import { OutboundUpdate } from '../../schemas/outbound.js'

const folder = packagePath('../shared/fixtures/facebook')
const receivedAt = '2026-11-22T04:00:00.000Z'
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []

const load = (name: string): any => JSON.parse(readFileSync(join(folder, name), 'utf8'))
const iso = (epochMs: number) => new Date(epochMs).toISOString()

function mentionOf(name: string, type: 'written' | 'edited' = 'written'): Mention {
  const { changes, unread } = readFacebookPayload(load(name), receivedAt)
  const [change] = changes
  expect([changes.length, unread.length, change?.type]).toEqual([1, 0, type])
  if (change === undefined || change.type === 'deleted') throw new Error('no mention')
  return change.mention
}

describe.skipIf(files.length === 0)(
  'recorded payloads of Facebook (skipped where ../shared/fixtures is missing)',
  () => {
    it.each(files)('%s becomes something, or is set aside for a stated reason', (name) => {
      const reading = readFacebookPayload(load(name), receivedAt)
      expect(reading.unread).toEqual([])
      expect(reading.changes.length + reading.statuses.length + reading.skipped.length).toBeGreaterThan(0)
      for (const change of reading.changes) expect([...Value.Errors(Change, sanitiseChange(change))]).toEqual([])
      for (const status of reading.statuses) expect([...Value.Errors(OutboundUpdate, status)]).toEqual([])
      for (const { reason } of reading.skipped) expect(reason.length).toBeGreaterThan(10)
    })

    it('sets errors aside in the words of Facebook', () => {
      for (const name of ['exampleError.json', 'exampleErrorNew.json']) {
        const { error } = load(name)
        const [skip] = readFacebookPayload(load(name), receivedAt).skipped
        expect(skip?.reason).toContain(error.message)
        expect(skip?.reason).toContain(String(error.code))
      }
      const old = load('exampleOauthError.json')
      expect(readFacebookPayload(old, receivedAt).skipped[0]?.reason).toContain(old.error_message)
    })

    describe('field by field', () => {
      const posts = [
        ['webhooks_feed-post-add-25.json', 'written', 0],
        ['webhooks_feed-post-edit.json', 'edited', 1],
      ] as const
      it.each(posts)('%s', (name, type, laterMs) => {
        const [entry] = load(name).entry
        const { value } = entry.changes[0]
        const atMs = (value.created_time ?? entry.time) * 1000
        expect(mentionOf(name, type)).toEqual({
          schema: 'rabta.mention/1',
          id: `facebook:${value.post_id}`,
          channel: 'facebook',
          source: 'facebook',
          version: atMs + laterMs,
          kind: 'post',
          text: value.message,
          author: { id: String(value.from.id), name: value.from.name, handle: null, address: null, place: null },
          account: entry.id,
          conversation: `facebook:${value.post_id}`,
          private: false,
          inReplyTo: null,
          url: `https://www.facebook.com/${value.post_id}`,
          writtenAt: iso(atMs),
          receivedAt,
          media: [],
          location: null,
          mended: [],
        })
      })

      it('webhooks_mention-post-add-real.json: nobody says who wrote it', () => {
        const [entry] = load('webhooks_mention-post-add-real.json').entry
        const { value } = entry.changes[0]
        expect(mentionOf('webhooks_mention-post-add-real.json')).toMatchObject({
          id: `facebook:${value.post_id}`,
          version: value.created_time * 1000,
          kind: 'post',
          text: value.message,
          author: { id: null, name: null },
          account: entry.id,
          private: false,
          writtenAt: iso(value.created_time * 1000),
        })
      })

      it('webhooks_mention-comment-add.json', () => {
        const [entry] = load('webhooks_mention-comment-add.json').entry
        const { value } = entry.changes[0]
        expect(mentionOf('webhooks_mention-comment-add.json')).toMatchObject({
          id: `facebook:${value.comment_id}`,
          kind: 'comment',
          text: value.message,
          conversation: `facebook:${value.post_id}`,
          inReplyTo: `facebook:${value.post_id}`,
          url: `https://www.facebook.com/${value.post_id}?comment_id=${value.comment_id.split('_')[1]}`,
          writtenAt: iso(value.created_time * 1000),
        })
      })

      it('v10_0_tagged-post.json', () => {
        const post = load('v10_0_tagged-post.json')
        expect(mentionOf('v10_0_tagged-post.json')).toMatchObject({
          id: `facebook:${post.id}`,
          text: post.message,
          version: Date.parse(post.tagged_time),
          writtenAt: iso(Date.parse(post.tagged_time)),
          kind: 'post',
          author: { id: null },
        })
      })

      it.each([
        'webhooks_feed-post-remove-25.json',
        'webhooks_feed-photo-remove-25.json',
        'webhooks_feed-video-remove-25.json',
      ])('%s', (name) => {
        const { value } = load(name).entry[0].changes[0]
        expect(readFacebookPayload(load(name), receivedAt).changes).toEqual([
          {
            type: 'deleted',
            id: `facebook:${value.post_id}`,
            channel: 'facebook',
            conversation: `facebook:${value.post_id}`,
            version: value.created_time * 1000 + 2,
            receivedAt,
          },
        ])
      })

      it('webhooks_ratings-comment-remove-25.json', () => {
        const [entry] = load('webhooks_ratings-comment-remove-25.json').entry
        const { value } = entry.changes[0]
        expect(readFacebookPayload(load('webhooks_ratings-comment-remove-25.json'), receivedAt).changes).toMatchObject([
          {
            type: 'deleted',
            id: `facebook:${value.comment_id}`,
            conversation: `facebook:${value.post_id}`,
            version: entry.time * 1000 + 2,
          },
        ])
      })

      it('webhooks_ratings-rating-add-31.json: a review has words', () => {
        const [entry] = load('webhooks_ratings-rating-add-31.json').entry
        const { value } = entry.changes[0]
        expect(mentionOf('webhooks_ratings-rating-add-31.json')).toMatchObject({
          id: `facebook:${value.open_graph_story_id}`,
          text: value.review_text,
          author: { id: String(value.reviewer_id), name: value.reviewer_name },
          account: entry.id,
          writtenAt: iso(value.created_time * 1000),
        })
      })

      it.each([
        'webhooks_messaging-message-basic.json',
        'webhooks_messaging-message-nlp-2.json',
        'webhooks_messaging-message-nlp-url-2.json',
        'webhooks_messaging-message-quickreply.json',
        'webhooks_messaging-message-prior.json',
      ])('%s', (name) => {
        const [entry] = load(name).entry
        const [event] = entry.messaging
        expect(mentionOf(name)).toEqual({
          schema: 'rabta.mention/1',
          id: `facebook:${event.message.mid}`,
          channel: 'facebook',
          source: 'facebook',
          version: event.timestamp,
          kind: 'direct',
          text: event.message.text,
          author: { id: String(event.sender.id), name: null, handle: null, address: null, place: null },
          account: String(entry.id),
          conversation: `facebook:t:${entry.id}:${event.sender.id}`,
          private: true,
          inReplyTo: null,
          url: null,
          writtenAt: iso(event.timestamp),
          receivedAt,
          media: [],
          location: null,
          mended: [],
        })
      })

      it('webhooks_messaging-message-edits.json', () => {
        const [event] = load('webhooks_messaging-message-edits.json').entry[0].messaging
        expect(mentionOf('webhooks_messaging-message-edits.json', 'edited')).toMatchObject({
          id: `facebook:${event.message_edit.mid}`,
          text: event.message_edit.text,
          version: event.timestamp + Number(event.message_edit.num_edit),
        })
      })

      it('webhooks_messaging-message-reply-1.json', () => {
        const [event] = load('webhooks_messaging-message-reply-1.json').entry[0].messaging
        const { inReplyTo } = mentionOf('webhooks_messaging-message-reply-1.json')
        expect(inReplyTo).toBe(`facebook:${event.message.reply_to.mid}`)
      })

      it('webhooks_messaging-message-media-attachment.json', () => {
        const [event] = load('webhooks_messaging-message-media-attachment.json').entry[0].messaging
        const { media, text, mended } = mentionOf('webhooks_messaging-message-media-attachment.json')
        const [attachment] = event.message.attachments
        expect([text, mended]).toEqual(['', []])
        expect(media).toMatchObject([{ kind: attachment.type, url: attachment.payload.url }])
      })

      it('webhooks_messaging-message-sticker.json', () => {
        const [event] = load('webhooks_messaging-message-sticker.json').entry[0].messaging
        const { payload } = event.message.attachments[0]
        const { media } = mentionOf('webhooks_messaging-message-sticker.json')
        expect(media).toMatchObject([{ kind: 'sticker', id: String(payload.sticker_id), url: payload.url }])
      })

      it('webhooks_messaging-message-location-attachment.json', () => {
        const [event] = load('webhooks_messaging-message-location-attachment.json').entry[0].messaging
        const { lat, long } = event.message.attachments[0].payload.coordinates
        expect(mentionOf('webhooks_messaging-message-location-attachment.json').location).toMatchObject({
          latitude: lat,
          longitude: long,
        })
      })

      it('webhooks_messaging-message-isunsupported.json: a person must look', () => {
        const [event] = load('webhooks_messaging-message-isunsupported.json').entry[0].messaging
        expect(mentionOf('webhooks_messaging-message-isunsupported.json')).toMatchObject({
          id: `facebook:${event.message.mid}`,
          text: '',
          mended: ['content-unsupported'],
        })
      })

      it('webhooks_messaging-message-fallback-attachment.json: what was shared is what was said', () => {
        const [event] = load('webhooks_messaging-message-fallback-attachment.json').entry[0].messaging
        const [{ title, url }] = event.message.attachments
        expect(mentionOf('webhooks_messaging-message-fallback-attachment.json').text).toBe(`${title}\n${url}`)
      })

      it('webhooks_messaging-postback-chat.json: a visitor who has only a reference', () => {
        const [entry] = load('webhooks_messaging-postback-chat.json').entry
        const [event] = entry.messaging
        expect(mentionOf('webhooks_messaging-postback-chat.json')).toMatchObject({
          text: event.postback.payload,
          author: { id: null },
          conversation: `facebook:t:${entry.id}:ref-${event.sender.user_ref}`,
        })
      })

      it('webhooks_messaging-delivery-basic.json', () => {
        const [event] = load('webhooks_messaging-delivery-basic.json').entry[0].messaging
        const { statuses, changes } = readFacebookPayload(load('webhooks_messaging-delivery-basic.json'), receivedAt)
        expect(changes).toEqual([])
        expect(statuses).toEqual([
          {
            schema: 'rabta.outbound-update/1',
            id: null,
            channel: 'facebook',
            status: 'delivered',
            reason: null,
            platformId: event.delivery.mids[0],
            at: iso(event.delivery.watermark),
          },
        ])
      })

      it.each([
        ['webhooks_feed-comment-add-25.json', /page's own/],
        ['webhooks_feed-comment-hide.json', /hidden on the page/],
        ['webhooks_standby-message-basic-echo.json', /our own/],
        ['webhooks_messaging-read-basic.json', /names no message/],
        ['webhooks_messaging-reaction-1.json', /reaction/],
        ['webhooks_leadgen.json', /leadgen/],
        ['webhooks_permission-granted.wh-1.json', /permissions/],
      ])('%s is set aside, and says why', (name, reason) => {
        const { changes, statuses, skipped } = readFacebookPayload(load(name), receivedAt)
        expect([changes, statuses]).toEqual([[], []])
        expect(skipped[0]?.reason).toMatch(reason)
      })
    })
  },
)
