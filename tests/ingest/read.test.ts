import { describe, expect, it } from 'vitest'
import { readPayload } from '../../ingest/read.js'
import { pageOf, POST_ID } from '../channels/x/payloads.js'
import { RECEIVED_AT, valueWith, webhook, withMessage, WRITTEN_S } from '../channels/whatsapp/payloads.js'

type Printed = Record<string, unknown>
const read = (channel: 'x' | 'whatsapp', text: string) =>
  readPayload(channel, Buffer.from(text), { receivedAt: RECEIVED_AT }).map((line) => JSON.parse(line) as Printed)

const message = { id: 'wamid.A', from: '1', timestamp: WRITTEN_S, type: 'text', text: { body: 'آگ\u0000' } }
const status = { id: 'wamid.O', status: 'read', timestamp: WRITTEN_S }
const mention = { type: 'written', id: 'whatsapp:wamid.A', text: 'آگ', mended: ['control-removed'] }

describe('readPayload of WhatsApp', () => {
  const body = webhook(valueWith({ messages: [message], statuses: [status] }))

  it.each([
    ['a body', JSON.stringify(body), 2],
    ['a body over several lines, with a byte order mark', `\ufeff${JSON.stringify(body, null, 2)}`, 2],
    ['an array of bodies', JSON.stringify([body, body]), 4],
    ['JSON lines', `${JSON.stringify(body)}\r\n\n${JSON.stringify(body)}\n`, 4],
    ['named bodies', JSON.stringify({ 'Text Message': body, 'Another One': body }), 4],
    ['an entry', JSON.stringify(body['entry'] && (body['entry'] as unknown[])[0]), 2],
    [
      'a change',
      JSON.stringify({ field: 'messages', value: valueWith({ messages: [message], statuses: [status] }) }),
      2,
    ],
    ['a value', JSON.stringify(valueWith({ messages: [message], statuses: [status] })), 2],
  ])('%s', (_name, text, count) => {
    const lines = read('whatsapp', text)
    expect(lines).toHaveLength(count)
    expect(lines[0]).toMatchObject(mention)
    expect(lines.find(({ type }) => type === 'status')).toMatchObject({ platformId: 'wamid.O', status: 'read' })
  })

  it('a message or a status alone', () => {
    expect(read('whatsapp', JSON.stringify(message))).toMatchObject([mention])
    expect(read('whatsapp', JSON.stringify(status))).toMatchObject([{ type: 'status', status: 'read' }])
  })

  it.each([
    ['', 'an empty file'],
    ['not json', 'not JSON'],
    ['null', 'could not be read: a body that is no WhatsApp webhook'],
    ['[]', 'an empty file'],
    ['{}', 'could not be read'],
    [JSON.stringify(withMessage({ type: 'reaction', reaction: { emoji: '👍' } })), 'a reaction'],
    [JSON.stringify(withMessage({ type: 'text' })), 'could not be read: a message of kind "text"'],
  ])('%j is set aside with the reason', (text, reason) => {
    const lines = read('whatsapp', text)
    expect(lines).toHaveLength(1)
    expect(Object.keys(lines[0] ?? {})).toEqual(['skipped'])
    expect(lines[0]?.['skipped']).toContain(reason)
  })

  it('deletions are printed as they are', () => {
    expect(
      read('whatsapp', JSON.stringify(withMessage({ type: 'revoke', revoke: { original_message_id: 'wamid.B' } }))),
    ).toMatchObject([{ type: 'deleted', id: 'whatsapp:wamid.B' }])
  })
})

describe('readPayload of X', () => {
  const page = pageOf('post')
  const posts = page['data'] as unknown[]

  it.each([
    ['a page', JSON.stringify(page), 1],
    ['pages as JSON lines', `${JSON.stringify(page)}\n${JSON.stringify(pageOf('tweet'))}`, 2],
    ['a lookup', JSON.stringify({ data: posts[0] }), 1],
    ['a post alone', JSON.stringify(posts[0]), 1],
    ['posts alone', JSON.stringify(posts), 1],
  ])('%s', (_name, text, count) => {
    const lines = read('x', text)
    expect(lines).toHaveLength(count)
    expect(lines[0]).toMatchObject({ type: 'written', id: `x:${POST_ID}` })
  })

  it.each([
    ['{"meta":{"result_count":0}}', 'a page without posts'],
    ['{"title":"Unauthorized","status":401}', 'neither posts nor meta'],
    ['<html>', 'not JSON'],
    ['{"errors":[{"title":"Not Found Error","resource_type":"tweet"}]}', 'X could not give a tweet'],
  ])('%s is set aside with the reason', (text, reason) => {
    expect(read('x', text)).toMatchObject([{ skipped: expect.stringContaining(reason) as string }])
  })
})
