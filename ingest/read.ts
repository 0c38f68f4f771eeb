import { fields, type Fields } from '../channels/fields.js'
import { readWebhook } from '../channels/whatsapp/read-webhook.js'
import { readPosts } from '../channels/x/read.js'
import type { Reading } from '../channels/hook.js'
import type { Change } from '../schemas/mention.js'
import { readWhatsAppChat } from './archive/whatsapp-chat/read-whatsapp-chat.js'
import { readFacebookPayload } from './read-facebook.js'
import { readNewsPayload } from './read-news.js'
import { readSmsPayload, type SmsGateway } from './read-sms.js'
import { sanitiseChange } from './sanitise.js'

/**
 * What a recorded payload becomes, one JSON line each: a mention (`type` written or edited, with the fields of a mention), a deletion, a status
 * (`type` status, with the fields of an outbound update), or `{"skipped": reason}`. The file may hold one webhook body or API answer, an array of them,
 * an object of named ones, JSON lines, or a part of one (a message, a change, a post). Never throws on content, and never answers nothing.
 */
export function readPayload(
  channel: ReadableChannel,
  bytes: Buffer,
  options: { readonly receivedAt: string },
): string[] {
  const lines = READERS[channel](bytes, options.receivedAt)
  return lines.length > 0 ? lines : [skipped('nothing in it: no message, no change, no status')]
}

type Reader = (bytes: Buffer, receivedAt: string) => string[]

/** Each payload of a file of JSON by itself. */
const eachPayload =
  (read: (payload: unknown, receivedAt: string) => string[]): Reader =>
  (bytes, receivedAt) => {
    const payloads = split(bytes.toString('utf8'))
    if (payloads.length === 0) return [skipped('an empty file')]
    return payloads.flatMap((payload) => {
      if (payload === UNREADABLE) return [skipped('not JSON')]
      const lines = read(payload, receivedAt)
      return lines.length > 0 ? lines : [skipped('nothing in it: no message, no change, no status')]
    })
  }

const smsReader =
  (gateway: SmsGateway): Reader =>
  (bytes, receivedAt) =>
    linesOf(readSmsPayload(gateway, bytes.toString('utf8'), receivedAt))

const READERS = {
  x: eachPayload(readX),
  facebook: eachPayload((payload, receivedAt) => linesOf(readFacebookPayload(payload, receivedAt))),
  whatsapp: eachPayload((payload, receivedAt) => linesOf(readWebhook(asWebhook(payload), { receivedAt }))),
  'sms-kannel': smsReader('sms-kannel'),
  'sms-twilio': smsReader('sms-twilio'),
  'sms-android': smsReader('sms-android'),
  news: (bytes, receivedAt) => linesOf(readNewsPayload(bytes, receivedAt)),
  'whatsapp-chat': (bytes, receivedAt) => linesOf(readWhatsAppChat(chatText(bytes), receivedAt)),
} as const satisfies Record<string, Reader>

export type ReadableChannel = keyof typeof READERS
export const READABLE_CHANNELS = Object.keys(READERS) as ReadableChannel[]

const UNREADABLE = Symbol('unreadable')

function split(text: string): unknown[] {
  const whole = parse(text.replace(/^\ufeff/, ''))
  if (whole !== UNREADABLE) return unfold(whole)
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .flatMap((line) => unfold(parse(line.replace(/^\ufeff/, ''))))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return UNREADABLE
  }
}

const ENVELOPE_KEYS = [
  'object',
  'entry',
  'data',
  'meta',
  'errors',
  'id',
  'changes',
  'field',
  'value',
  'messages',
  'statuses',
  'type',
  'text',
]

/** An array is its items; an object whose own names are none that a platform uses is a collection of named payloads. */
function unfold(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[]
  const object = fields(value)
  if (object === undefined || ENVELOPE_KEYS.some((key) => Object.hasOwn(object, key))) return [value]
  const parts = Object.values(object)
  return parts.length > 0 && parts.every((part) => fields(part) !== undefined) ? parts : [value]
}

function linesOf({ changes, statuses, skipped: setAside, unread }: Reading): string[] {
  return [
    ...changes.map(changeLine),
    ...statuses.map((status) => print({ type: 'status', ...status })),
    ...setAside.map(({ reason }) => skipped(reason)),
    ...unread.map(({ detail }) => skipped(`could not be read: ${detail}`)),
  ]
}

/** A part of a webhook body, put back into what it was cut from. */
function asWebhook(payload: unknown): unknown {
  const object = fields(payload)
  if (object === undefined || Array.isArray(object['entry'])) return payload
  if (Array.isArray(object['changes'])) return body([object])
  if (fields(object['value']) !== undefined) return body([{ changes: [object] }])
  if (Array.isArray(object['messages']) || Array.isArray(object['statuses']))
    return body([{ changes: [{ field: 'messages', value: object }] }])
  if (!isMessage(object)) return payload
  const list = typeof object['status'] === 'string' && object['type'] === undefined ? 'statuses' : 'messages'
  return body([{ changes: [{ field: 'messages', value: { [list]: [object] } }] }])
}

const isMessage = (object: Fields): boolean => object['id'] !== undefined && object['timestamp'] !== undefined

const body = (entry: readonly unknown[]): unknown => ({ object: 'whatsapp_business_account', entry })

function readX(payload: unknown, receivedAt: string): string[] {
  const object = fields(payload)
  const isPost = object !== undefined && object['data'] === undefined && typeof object['text'] === 'string'
  const { changes, unread, errors } = readPosts(isPost ? { data: [object] } : payload, {
    source: 'read',
    account: null,
    receivedAt,
  })
  const lines = [
    ...changes.map(changeLine),
    ...errors.map(({ title, resource }) => skipped(`X could not give a ${resource}: ${title}`)),
    ...unread.map(({ detail }) => skipped(`could not be read: ${detail}`)),
  ]
  if (lines.length > 0) return lines
  if (fields(object?.['meta']) !== undefined) return [skipped('a page without posts')]
  return [skipped('neither posts nor meta: not an answer of the X API')]
}

function changeLine(raw: Change): string {
  const change = sanitiseChange(raw)
  return print(change.type === 'deleted' ? change : { type: change.type, ...change.mention })
}

const skipped = (reason: string): string => print({ skipped: reason })

const print = (value: object): string => JSON.stringify(value)

/** Phones write UTF-8, some programs UTF-16; the mark at the start tells. */
function chatText(bytes: Buffer): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder('utf-8').decode(bytes)
}
