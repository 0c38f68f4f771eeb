import { errorIn, wordsOf } from '../channels/facebook/failures.js'
import { readComment, readListedMessage, readPost, type ObjectReading } from '../channels/facebook/read-objects.js'
import { readFacebookWebhook } from '../channels/facebook/read-webhook.js'
import { fields, label, list, type Fields } from '../channels/fields.js'
import type { Reading } from '../channels/hook.js'
import { unread } from '../channels/unread.js'
import type { Change } from '../schemas/mention.js'
import type { OutboundUpdate } from '../schemas/outbound.js'

const ORIGIN = 'read/facebook'
const MAX_DEPTH = 12

interface Sink {
  readonly changes: Change[]
  readonly statuses: OutboundUpdate[]
  readonly skipped: { reason: string }[]
  readonly unread: Reading['unread'][number][]
  readonly receivedAt: string
  readonly pageId: string | undefined
}

/**
 * What a recorded payload of Facebook holds: a webhook body or a part of one, an object or list of the Graph API, a batch answer, an error, or an array of
 * such. `pageId` is our page, where it is known: what it wrote itself is set aside. Takes any value and never throws; every part is a change, a status, a stated reason, or what could not be read.
 */
export function readFacebookPayload(payload: unknown, receivedAt: string, pageId?: string): Reading {
  const sink: Sink = { changes: [], statuses: [], skipped: [], unread: [], receivedAt, pageId }
  readAny(payload, sink, 0)
  return { changes: sink.changes, statuses: sink.statuses, skipped: sink.skipped, unread: sink.unread }
}

function readAny(payload: unknown, sink: Sink, depth: number): void {
  if (depth > MAX_DEPTH) return void sink.unread.push(unread(ORIGIN, null, 'nested too deeply'))
  if (Array.isArray(payload)) {
    if (payload.length === 0) sink.skipped.push({ reason: 'an empty list' })
    for (const part of payload as unknown[]) readAny(part, sink, depth + 1)
    return
  }
  const object = fields(payload)
  if (object === undefined) return void sink.unread.push(unread(ORIGIN, payload, 'no object and no list'))
  const webhook = asWebhook(object)
  if (webhook !== undefined) return add(readFacebookWebhook(webhook, { receivedAt: sink.receivedAt }), sink)
  const error = errorIn(object)
  if (error !== undefined) return void sink.skipped.push({ reason: `an error of Facebook: ${wordsOf(error)}` })
  if (isBatchPart(object)) return readAny(parsed(object['body']), sink, depth + 1)
  if (Array.isArray(object['data'])) return readList(object['data'] as unknown[], sink, depth)
  if (!readObject(object, sink, depth)) readNamed(object, sink, depth)
}

function add(reading: Reading, sink: Sink): void {
  sink.changes.push(...reading.changes)
  sink.statuses.push(...reading.statuses)
  sink.skipped.push(...reading.skipped)
  sink.unread.push(...reading.unread)
}

const CHAT_PARTS = ['message_edit', 'postback', 'delivery', 'read', 'reaction', 'optin', 'referral', 'account_linking']

/** A part of a webhook body, put back into what it was cut from; undefined where it is none. */
function asWebhook(object: Fields): unknown {
  if (Array.isArray(object['entry'])) return object
  const wrap = (entry: object) => ({ object: 'page', entry: [entry] })
  if (['changes', 'messaging', 'standby'].some((name) => Array.isArray(object[name]))) return wrap(object)
  if (typeof object['field'] === 'string') return wrap({ changes: [object] })
  if (object['item'] !== undefined && object['verb'] !== undefined)
    return wrap({ changes: [{ field: 'feed', value: object }] })
  const isChat =
    fields(object['message']) !== undefined || CHAT_PARTS.some((name) => fields(object[name]) !== undefined)
  const hasEnds = fields(object['sender']) !== undefined || fields(object['recipient']) !== undefined
  if (!isChat || !hasEnds) return undefined
  const page = label(fields(object['recipient'])?.['id'])
  return wrap({ ...(page === undefined ? {} : { id: page }), messaging: [object] })
}

function isBatchPart(object: Fields): boolean {
  return typeof object['body'] === 'string' && object['code'] !== undefined
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}

function readList(items: readonly unknown[], sink: Sink, depth: number): void {
  if (items.length === 0) sink.skipped.push({ reason: 'an empty page of a list' })
  for (const item of items) readAny(item, sink, depth + 1)
}

/** Reads an object of the Graph API with what is listed under it; false where it is none that we know. */
function readObject(object: Fields, sink: Sink, depth: number): boolean {
  const id = label(object['id'])
  if (id === undefined) return false
  const context = { source: 'read', pageId: sink.pageId, receivedAt: sink.receivedAt }
  const messages = fields(object['messages'])?.['data']
  if (Array.isArray(messages)) {
    readList(messages as unknown[], sink, depth + 1)
    return true
  }
  if (isMessage(object, id)) keep(readListedMessage(object, undefined, context), object, sink)
  else if (isComment(object)) keep(readComment(object, undefined, context), object, sink)
  else if (isPost(object)) keep(readPost(object, context), object, sink)
  else sink.skipped.push({ reason: 'an object of Facebook that says nothing: no post, comment or message' })
  for (const comment of list(fields(object['comments'])?.['data'])) {
    if (fields(comment) === undefined) sink.unread.push(unread(ORIGIN, comment, 'a comment that is no object'))
    else keep(readComment(comment, isPost(object) ? id : undefined, context), comment, sink)
  }
  return true
}

const isMessage = (object: Fields, id: string): boolean =>
  /^(m_|t_m|mid\.)/.test(id) || (fields(object['to']) !== undefined && object['permalink_url'] === undefined)

const isComment = (object: Fields): boolean =>
  ['parent', 'comment_count', 'can_reply_privately', 'can_comment', 'attachment', 'like_count'].some(
    (name) => object[name] !== undefined,
  ) || /[?&]comment_id=/.test(label(object['permalink_url']) ?? '')

const isPost = (object: Fields): boolean =>
  ['message', 'story', 'created_time', 'tagged_time', 'attachments', 'permalink_url'].some(
    (name) => object[name] !== undefined,
  )

function keep(reading: ObjectReading, payload: unknown, sink: Sink): void {
  if ('mention' in reading) sink.changes.push({ type: 'written', mention: reading.mention })
  else if ('skipped' in reading) sink.skipped.push({ reason: reading.skipped })
  else sink.unread.push(unread(ORIGIN, payload, reading.unread))
}

/** An object of named payloads, as a collection of examples is; anything else says nothing that we know. */
function readNamed(object: Fields, sink: Sink, depth: number): void {
  const parts = Object.values(object)
  if (parts.length > 0 && parts.every((part) => fields(part) !== undefined))
    for (const part of parts) readAny(part, sink, depth + 1)
  else sink.skipped.push({ reason: 'nothing of a webhook or the Graph API: no entry, no list, no object with an id' })
}
