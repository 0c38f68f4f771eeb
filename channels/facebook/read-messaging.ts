import type { Change, Mention } from '../../schemas/mention.js'
import type { OutboundUpdate } from '../../schemas/outbound.js'
import { fields, label, list, numeric, type Fields } from '../fields.js'
import { epochOfSeconds, instant } from '../instants.js'
import { chatAttachment, together } from './attachments.js'
import { messageId, threadOf } from './ids.js'
import { person, type PartReading } from './part.js'

export interface MessagingContext {
  /** The page the entry is about. */
  readonly pageId: string | undefined
  readonly ownIds: ReadonlySet<string>
  readonly entryTime: unknown
  readonly receivedAt: string
}

const SET_ASIDE = new Map([
  ['reaction', 'a reaction to a message: it holds no words and asks for nothing'],
  ['optin', 'a consent to be written to, not a message'],
  ['referral', 'a link that led to the chat, not a message'],
  ['account_linking', 'an account linked or unlinked, not a message'],
  ['payment', 'a payment, not a message'],
  ['pre_checkout', 'a payment, not a message'],
  ['checkout_update', 'a payment, not a message'],
  ['order', 'an order, not a message'],
  ['pass_thread_control', 'the chat was handed to another app, not a message'],
  ['take_thread_control', 'another app took the chat, not a message'],
  ['request_thread_control', 'another app asks for the chat, not a message'],
  ['app_roles', 'a change of the apps of the page, not a message'],
  ['game_play', 'a game, not a message'],
  ['messaging_feedback', 'an answered survey, not a message'],
  ['message_context', 'a notice about a message, not a message'],
  ['typing', 'somebody types, not a message'],
])

/** Of versions within one moment the edit comes after the writing, and the withdrawal after all edits. */
const MAX_EDITS = 99
const WITHDRAWN_LATER_MS = 100

/** Reads one entry of `messaging` or `standby`; takes any value and never throws. */
export function readMessaging(value: unknown, context: MessagingContext): PartReading {
  const event = fields(value)
  if (event === undefined) return { unread: 'a Messenger event that is no object' }
  const message = fields(event['message'])
  if (message !== undefined) return readMessage(event, message, context)
  const edit = fields(event['message_edit'])
  if (edit !== undefined) return readEdit(event, edit, context)
  const postback = fields(event['postback'])
  if (postback !== undefined) return readPostback(event, postback, context)
  if (fields(event['delivery']) !== undefined) return readDelivery(event, context)
  if (fields(event['read']) !== undefined) return readRead(event, context)
  const policy = fields(event['policy-enforcement'] ?? event['policy_enforcement'])
  if (policy !== undefined) {
    const action = label(policy['action'])?.slice(0, 20) ?? 'act'
    return {
      skipped: `Facebook's policy on this page (${action}): an administrator must look into Meta Business Suite`,
    }
  }
  const named = [...SET_ASIDE.keys()].find((name) => event[name] !== undefined)
  if (named !== undefined) return { skipped: SET_ASIDE.get(named) ?? named }
  return { unread: 'a Messenger event of a kind that is not known' }
}

function readMessage(event: Fields, message: Fields, context: MessagingContext): PartReading {
  if (isOurs(event, message, context)) return { skipped: 'our own message, told back to us' }
  const mid = label(message['mid'])
  if (mid === undefined) return { unread: 'a message without an id' }
  if (message['is_deleted'] === true) return { change: withdrawal(event, mid, context) }
  const attached = together(list(message['attachments']).map(chatAttachment))
  const written = typeof message['text'] === 'string' ? message['text'] : ''
  const text = written === '' ? attached.words : written
  const isEmpty = text === '' && attached.media.length === 0 && attached.location === null
  const mention = mentionOf(event, mid, { text, laterMs: 0 }, context)
  const answers = label(fields(message['reply_to'])?.['mid'])
  return {
    change: {
      type: 'written',
      mention: {
        ...mention,
        inReplyTo: answers === undefined ? null : `facebook:${messageId(answers)}`,
        media: [...attached.media],
        location: attached.location,
        mended: [...mention.mended, ...(message['is_unsupported'] === true || isEmpty ? ['content-unsupported'] : [])],
      },
    },
  }
}

function readEdit(event: Fields, edit: Fields, context: MessagingContext): PartReading {
  if (isOurs(event, edit, context)) return { skipped: 'our own message, edited' }
  const mid = label(edit['mid'])
  if (mid === undefined) return { unread: 'an edit that does not name the message' }
  if (typeof edit['text'] !== 'string') return { unread: 'an edit without the new words' }
  const count = Math.min(MAX_EDITS, Math.max(1, Math.floor(numeric(edit['num_edit']) ?? 1)))
  return { change: { type: 'edited', mention: mentionOf(event, mid, { text: edit['text'], laterMs: count }, context) } }
}

/** A button that was pressed says its title; where it has none, what we called it ourselves. */
function readPostback(event: Fields, postback: Fields, context: MessagingContext): PartReading {
  if (isOurs(event, postback, context)) return { skipped: 'our own button, told back to us' }
  const text = label(postback['title']) ?? label(postback['text']) ?? label(postback['payload'])
  if (text === undefined) return { skipped: 'a button without words' }
  const at = eventMs(event, context)
  const mid = label(postback['mid']) ?? `postback-${pageOf(event, context)}-${partnerOf(event) ?? 'unknown'}-${at}`
  return { change: { type: 'written', mention: mentionOf(event, mid, { text, laterMs: 0 }, context) } }
}

function readDelivery(event: Fields, context: MessagingContext): PartReading {
  const mids = list(fields(event['delivery'])?.['mids']).flatMap((mid) => label(mid) ?? [])
  if (mids.length === 0) return { skipped: 'a delivery receipt up to a moment: it names no message' }
  const at = epochOfSeconds(fields(event['delivery'])?.['watermark'])
  return { updates: mids.map((mid) => updateOf(mid, 'delivered', at, event, context)) }
}

/** Messenger says up to which moment was read; only a newer form names the message, and only that can be matched with one of ours. */
function readRead(event: Fields, context: MessagingContext): PartReading {
  const read = fields(event['read'])
  const mid = label(read?.['mid'])
  if (mid === undefined) return { skipped: 'a read receipt up to a moment: it names no message' }
  return { updates: [updateOf(mid, 'read', epochOfSeconds(event['timestamp']), event, context)] }
}

function updateOf(
  mid: string,
  status: OutboundUpdate['status'],
  atMs: number | undefined,
  event: Fields,
  context: MessagingContext,
): OutboundUpdate {
  return {
    schema: 'rabta.outbound-update/1',
    id: null,
    channel: 'facebook',
    status,
    reason: null,
    platformId: messageId(mid),
    at: instant(atMs ?? eventMs(event, context)),
  }
}

function isOurs(event: Fields, part: Fields, context: MessagingContext): boolean {
  if (part['is_echo'] === true) return true
  const sender = label(fields(event['sender'])?.['id'])
  return sender !== undefined && (sender === context.pageId || context.ownIds.has(sender))
}

const eventMs = (event: Fields, { entryTime, receivedAt }: MessagingContext): number =>
  epochOfSeconds(event['timestamp']) ?? epochOfSeconds(entryTime) ?? Date.parse(receivedAt)

const pageOf = (event: Fields, { pageId }: MessagingContext): string =>
  pageId ?? label(fields(event['recipient'])?.['id']) ?? 'unknown'

/** Who writes: the page-scoped id, or the reference of a visitor of a website's chat who has none. */
function partnerOf(event: Fields): string | undefined {
  const sender = fields(event['sender'])
  const reference = label(sender?.['user_ref'])
  return label(sender?.['id']) ?? (reference === undefined ? undefined : `ref-${reference}`)
}

function withdrawal(event: Fields, mid: string, context: MessagingContext): Change {
  const partner = partnerOf(event) ?? `message-${messageId(mid)}`
  return {
    type: 'deleted',
    id: `facebook:${messageId(mid)}`,
    channel: 'facebook',
    conversation: threadOf(pageOf(event, context), partner),
    version: eventMs(event, context) + WITHDRAWN_LATER_MS,
    receivedAt: context.receivedAt,
  }
}

function mentionOf(
  event: Fields,
  mid: string,
  of: { text: string; laterMs: number },
  context: MessagingContext,
): Mention {
  const atMs = epochOfSeconds(event['timestamp']) ?? epochOfSeconds(context.entryTime)
  const sender = fields(event['sender'])
  const partner = partnerOf(event) ?? `message-${messageId(mid)}`
  return {
    schema: 'rabta.mention/1',
    id: `facebook:${messageId(mid)}`,
    channel: 'facebook',
    source: 'facebook',
    version: (atMs ?? Date.parse(context.receivedAt)) + of.laterMs,
    kind: 'direct',
    text: of.text,
    author: person(label(sender?.['id']), label(sender?.['name'])),
    account: pageOf(event, context),
    conversation: threadOf(pageOf(event, context), partner),
    private: true,
    inReplyTo: null,
    url: null,
    writtenAt: atMs === undefined ? context.receivedAt : instant(atMs),
    receivedAt: context.receivedAt,
    media: [],
    location: null,
    mended: atMs === undefined ? ['written-unknown'] : [],
  }
}
