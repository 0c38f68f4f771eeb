import fc from 'fast-check'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { expect, it } from 'vitest'
import { readComment, readListedMessage, readPost } from '../../../channels/facebook/read-objects.js'
import { readFacebookWebhook } from '../../../channels/facebook/read-webhook.js'
import { prepareIntake } from '../../../ingest/publish.js'
import { readFacebookPayload } from '../../../ingest/read-facebook.js'
import { DeadLetter } from '../../../schemas/dead-letter.js'
import { Change } from '../../../schemas/mention.js'
import { OutboundUpdate } from '../../../schemas/outbound.js'
import { mangled, oddValue } from '../mangle.js'
import { chatBody, COMMENT, feedBody, MESSAGE, PAGE, POST, RECEIVED_AT } from './payloads.js'

const change = TypeCompiler.Compile(Change)
const update = TypeCompiler.Compile(OutboundUpdate)
const letter = TypeCompiler.Compile(DeadLetter)

const bodies = [
  feedBody(POST),
  feedBody(COMMENT),
  feedBody({ ...COMMENT, verb: 'remove' }),
  feedBody({ ...POST, verb: 'edited', photos: ['https://x.test/a.jpg'] }),
  chatBody({ message: MESSAGE }),
  chatBody({
    message: { ...MESSAGE, attachments: [{ type: 'location', payload: { coordinates: { lat: 34, long: 71 } } }] },
  }),
  chatBody({ message_edit: { mid: 'm_1', text: 'x', num_edit: 1 } }),
  chatBody({ delivery: { mids: ['m_1', 'm_2'], watermark: 1_795_000_000_000 } }),
  chatBody({ postback: { title: 'Start', payload: 'GO', mid: 'm_3' } }),
]
const objects = [
  {
    id: '1_2',
    message: 'x',
    from: { id: '3', name: 'n' },
    created_time: '2026-11-22T03:00:00+0000',
    place: { location: { latitude: 34, longitude: 71 } },
  },
  {
    id: '2_4',
    message: 'x',
    parent: { id: '2_3' },
    attachment: { type: 'photo', media: { image: { src: 'https://x.test/a' } } },
  },
  {
    id: 'm_1',
    message: 'x',
    from: { id: '3' },
    to: { data: [{ id: PAGE }] },
    attachments: { data: [{ mime_type: 'image/png', image_data: { url: 'https://x.test/a' } }] },
  },
  { data: [{ id: '1_2', message: 'x', attachments: { data: [{ subattachments: { data: [{ type: 'photo' }] } }] } }] },
]

it('never throws, loses nothing, and what goes on fits its schema', () => {
  fc.assert(
    fc.property(fc.oneof(mangled(bodies), oddValue), (body) => {
      const reading = readFacebookWebhook(body, { receivedAt: RECEIVED_AT })
      const parts = reading.changes.length + reading.statuses.length + reading.skipped.length + reading.unread.length
      expect(parts).toBeGreaterThan(0)
      const prepared = prepareIntake(reading, RECEIVED_AT)
      for (const { value } of prepared.collected) expect(change.Check(value)).toBe(true)
      for (const { value } of prepared.statuses) expect(update.Check(value)).toBe(true)
      for (const value of prepared.dead) expect(letter.Check(value)).toBe(true)
      expect(readFacebookWebhook(body, { receivedAt: RECEIVED_AT })).toEqual(reading)
      for (const { payload } of reading.unread) {
        const again = readFacebookWebhook(payload, { receivedAt: RECEIVED_AT })
        expect(again.unread.length).toBeGreaterThan(0)
      }
    }),
    { seed: 4, numRuns: 3000 },
  )
})

it('reads any object of a list, and any file', () => {
  const context = { source: 'facebook-feed', pageId: PAGE, receivedAt: RECEIVED_AT }
  fc.assert(
    fc.property(fc.oneof(mangled([...bodies, ...objects]), oddValue), (value) => {
      for (const reading of [
        readPost(value, context),
        readComment(value, '1_2', context),
        readListedMessage(value, '9', context),
      ]) {
        if (!('mention' in reading)) continue
        const prepared = prepareIntake(
          { changes: [{ type: 'written', mention: reading.mention }], unread: [] },
          RECEIVED_AT,
        )
        expect(prepared.collected.length + prepared.dead.length).toBe(1)
      }
      const { changes, statuses, skipped, unread } = readFacebookPayload(value, RECEIVED_AT)
      expect(changes.length + statuses.length + skipped.length + unread.length).toBeGreaterThan(0)
    }),
    { seed: 5, numRuns: 3000 },
  )
})

it('is not brought down by depth or size', () => {
  let deep: unknown = { id: '1' }
  for (let level = 0; level < 20_000; level++) deep = { data: [deep], entry: level }
  expect(() => readFacebookPayload(deep, RECEIVED_AT)).not.toThrow()
  expect(() => readFacebookWebhook(feedBody({ ...POST, message: deep }), { receivedAt: RECEIVED_AT })).not.toThrow()
  const many = { object: 'page', entry: Array.from({ length: 5_000 }, () => feedBody(COMMENT).entry[0]) }
  expect(readFacebookWebhook(many, { receivedAt: RECEIVED_AT }).changes).toHaveLength(5_000)
})
