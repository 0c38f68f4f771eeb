import fc from 'fast-check'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { describe, expect, it } from 'vitest'
import { readWebhook } from '../../../channels/whatsapp/read-webhook.js'
import { prepareIntake } from '../../../ingest/publish.js'
import { readPayload } from '../../../ingest/read.js'
import { DeadLetter } from '../../../schemas/dead-letter.js'
import { Change } from '../../../schemas/mention.js'
import { OutboundUpdate } from '../../../schemas/outbound.js'
import { mangled, oddValue } from '../mangle.js'
import { RECEIVED_AT, valueWith, webhook, withMessage, WRITTEN_S } from './payloads.js'

const change = TypeCompiler.Compile(Change)
const update = TypeCompiler.Compile(OutboundUpdate)
const letter = TypeCompiler.Compile(DeadLetter)

const originals = [
  withMessage({ type: 'text', text: { body: 'متن' }, context: { id: 'wamid.Q' } }),
  withMessage({ type: 'image', image: { id: '1', mime_type: 'image/jpeg', sha256: 'x', caption: 'c', file_size: 3 } }),
  withMessage({ type: 'location', location: { latitude: 34, longitude: 71, name: 'n', address: 'a' } }),
  withMessage({ type: 'contacts', contacts: [{ name: { formatted_name: 'n' }, phones: [{ phone: '1' }] }] }),
  withMessage({ type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { response_json: '{"a":"b"}' } } }),
  withMessage({ type: 'order', order: { text: '', product_items: [{ quantity: 1, product_retailer_id: 'p' }] } }),
  withMessage({
    type: 'edit',
    edit: { original_message_id: 'wamid.O', message: { type: 'text', text: { body: 'b' } } },
  }),
  withMessage({ type: 'revoke', revoke: { original_message_id: 'wamid.O' } }),
  webhook(
    valueWith({
      statuses: [
        { id: 'o', status: 'failed', timestamp: WRITTEN_S, errors: [{ code: 1, error_data: { details: 'd' } }] },
      ],
    }),
  ),
]

describe('a mangled webhook body', () => {
  it('never throws, is accounted for, and what goes on fits its schema', () => {
    fc.assert(
      fc.property(fc.oneof(mangled(originals), oddValue), (payload) => {
        const reading = readWebhook(payload, { receivedAt: RECEIVED_AT })
        const count = reading.changes.length + reading.statuses.length + reading.skipped.length + reading.unread.length
        expect(count).toBeGreaterThan(0)
        const prepared = prepareIntake(reading, RECEIVED_AT)
        expect(prepared.collected.length + prepared.dead.length).toBe(reading.changes.length + reading.unread.length)
        for (const { key, value } of prepared.collected) {
          expect(change.Check(value)).toBe(true)
          expect(key).toMatch(/^whatsapp:/)
        }
        for (const { value } of prepared.statuses) expect(update.Check(value)).toBe(true)
        for (const value of prepared.dead) expect(letter.Check(value)).toBe(true)
      }),
      { seed: 7, numRuns: 3000 },
    )
  })

  it('prints at least one JSON line for whatever a file holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          mangled(originals).map((value) => JSON.stringify(value) ?? ''),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          const lines = readPayload('whatsapp', Buffer.from(text), { receivedAt: RECEIVED_AT })
          expect(lines.length).toBeGreaterThan(0)
          for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object')
        },
      ),
      { seed: 8, numRuns: 1500 },
    )
  })

  it('nested deeper than the stack is a letter, not an end', () => {
    const deep = `{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"messages":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}}]}]}`
    expect(readWebhook(JSON.parse(deep), { receivedAt: RECEIVED_AT }).unread).toHaveLength(1)
  })
})
