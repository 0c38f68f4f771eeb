import type { Change } from '../../schemas/mention.js'
import type { OutboundUpdate } from '../../schemas/outbound.js'
import { fields, label, type Fields } from '../fields.js'
import type { Reading } from '../hook.js'
import { unread, type Unread } from '../unread.js'
import { quoted, type PartReading } from './part.js'
import { readFeedChange } from './read-feed.js'
import { readMessaging } from './read-messaging.js'

export const FACEBOOK_ORIGIN = 'hooks/facebook'

export interface WebhookReadOptions {
  readonly receivedAt: string
  /** Our pages beside the one the entry names: what they write is not the public's word. */
  readonly ownIds?: readonly string[]
}

const WALL = new Set(['feed', 'mention', 'mentions', 'ratings', 'group_feed'])

/** Fields by which the Meta app's test button, and some versions, send single Messenger events. */
const CHAT = new Set([
  'messages',
  'message_edits',
  'message_echoes',
  'message_deliveries',
  'message_reads',
  'message_reactions',
  'messaging_postbacks',
  'standby',
])

interface Sink {
  readonly changes: Change[]
  readonly statuses: OutboundUpdate[]
  readonly skipped: { readonly reason: string }[]
  readonly unread: Unread[]
  readonly receivedAt: string
  readonly ownIds: ReadonlySet<string>
}

/** Reads a webhook body of a Facebook page: takes any value, never throws, and one bad part does not hold up the others. */
export function readFacebookWebhook(payload: unknown, options: WebhookReadOptions): Reading {
  const sink: Sink = {
    changes: [],
    statuses: [],
    skipped: [],
    unread: [],
    receivedAt: options.receivedAt,
    ownIds: new Set(options.ownIds),
  }
  const body = fields(payload)
  const entries = body?.['entry']
  const object = label(body?.['object'])
  if (body === undefined || !Array.isArray(entries)) {
    sink.unread.push(unread(FACEBOOK_ORIGIN, payload, 'a body that is no Facebook webhook'))
  } else if (object !== undefined && object !== 'page') {
    sink.skipped.push({ reason: `a notice about a ${quoted(object)}, not about the page` })
  } else {
    if (entries.length === 0) sink.skipped.push({ reason: 'a webhook body without entries' })
    for (const entry of entries as unknown[]) readEntry(entry, sink)
  }
  return { changes: sink.changes, statuses: sink.statuses, skipped: sink.skipped, unread: sink.unread }
}

function readEntry(value: unknown, sink: Sink): void {
  const entry = fields(value)
  const before = accounted(sink)
  if (entry !== undefined) {
    for (const change of partsOf(entry, 'changes', sink)) readChange(change, entry, sink)
    for (const name of ['messaging', 'standby'] as const)
      for (const event of partsOf(entry, name, sink)) readEvent(event, name, entry, sink)
  }
  if (accounted(sink) > before) return
  const isEmpty = entry !== undefined && ['changes', 'messaging', 'standby'].some((name) => Array.isArray(entry[name]))
  if (isEmpty) sink.skipped.push({ reason: 'an entry whose lists are empty' })
  else sink.unread.push(unread(FACEBOOK_ORIGIN, wrap(value), 'an entry without changes and messages'))
}

function partsOf(entry: Fields, name: string, sink: Sink): readonly unknown[] {
  const parts = entry[name]
  if (parts === undefined || parts === null) return []
  if (Array.isArray(parts)) return parts as unknown[]
  sink.unread.push(unread(FACEBOOK_ORIGIN, wrap({ ...bare(entry), [name]: parts }), `${name} that are no list`))
  return []
}

function readChange(value: unknown, entry: Fields, sink: Sink): void {
  const change = fields(value)
  const field = label(change?.['field'])
  const keep = () => wrap({ ...bare(entry), changes: [value] })
  if (change === undefined) return take({ unread: 'a change that is no object' }, keep, sink)
  if (field !== undefined && !WALL.has(field) && !CHAT.has(field)) {
    return take({ skipped: `field ${quoted(field)}: a notice about the page, not a message` }, keep, sink)
  }
  const part = fields(change['value'])
  if (part === undefined) return take({ unread: 'a change without a value' }, keep, sink)
  const context = contextOf(entry, sink)
  const isChat = field === undefined ? part['item'] === undefined && part['sender'] !== undefined : CHAT.has(field)
  const reading = isChat ? readMessaging(part, context) : readFeedChange(part, { ...context, field: field ?? 'feed' })
  take(reading, keep, sink)
}

function readEvent(value: unknown, name: 'messaging' | 'standby', entry: Fields, sink: Sink): void {
  take(readMessaging(value, contextOf(entry, sink)), () => wrap({ ...bare(entry), [name]: [value] }), sink)
}

function contextOf(entry: Fields, sink: Sink) {
  return {
    pageId: label(entry['id']),
    ownIds: sink.ownIds,
    entryTime: entry['time'],
    receivedAt: sink.receivedAt,
  }
}

function take(reading: PartReading, keep: () => unknown, sink: Sink): void {
  if ('change' in reading) sink.changes.push(reading.change)
  else if ('updates' in reading) sink.statuses.push(...reading.updates)
  else if ('skipped' in reading) sink.skipped.push({ reason: reading.skipped })
  else sink.unread.push(unread(FACEBOOK_ORIGIN, keep(), reading.unread))
}

const accounted = (sink: Sink): number =>
  sink.changes.length + sink.statuses.length + sink.skipped.length + sink.unread.length

function bare(entry: Fields): Fields {
  return Object.fromEntries(
    Object.entries(entry).filter(([name]) => name !== 'changes' && name !== 'messaging' && name !== 'standby'),
  )
}

/** What could not be read is kept as a webhook body of its own, so that reading it again is the same call. */
function wrap(entry: unknown): unknown {
  return { object: 'page', entry: [entry] }
}
