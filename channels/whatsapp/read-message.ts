import type { Author, Change, Mention } from '../../schemas/mention.js'
import { fields, label, list, type Fields } from '../fields.js'
import { epochOfSeconds, instant } from '../instants.js'
import { kindOf, readContent } from './message-content.js'

export interface MessageContext {
  /** `metadata` and `contacts` of the change the message came in. */
  readonly value: Fields
  readonly receivedAt: string
}

/** What became of one message: a change, or why it is set aside, or why it could not be read. */
export type MessageReading = { readonly change: Change } | { readonly skipped: string } | { readonly unread: string }

const SET_ASIDE = new Map([
  ['reaction', 'a reaction to a message: it holds no words and asks for nothing'],
  ['system', 'a system notice (a changed number or identity), not a message'],
  ['request_welcome', 'a chat was opened for the first time; no message yet'],
  ['ephemeral', 'a notice about disappearing messages, not a message'],
])

/** Reads one entry of `messages`; takes any value and never throws. */
export function readMessage(value: unknown, context: MessageContext): MessageReading {
  const message = fields(value)
  if (message === undefined) return { unread: 'a message that is no object' }
  const kind = kindOf(message)
  const setAside = SET_ASIDE.get(kind)
  if (setAside !== undefined) return { skipped: setAside }
  if (kind === 'interactive' && fields(message['interactive'])?.['type'] === 'call_permission_reply') {
    return { skipped: 'an answer to a request to call, not a message' }
  }
  const id = label(message['id'])
  if (kind === 'revoke' || kind === 'edit') return readLater(message, kind, context)
  if (id === undefined) return { unread: `a message of kind ${quoted(kind)} without an id` }
  const mention = readMention(message, { id, kind, sender: message, laterMs: 0 }, context)
  return mention === undefined
    ? { unread: `a message of kind ${quoted(kind)} whose content is missing or of another shape` }
    : { change: { type: 'written', mention } }
}

/**
 * An edit or a withdrawal names the message it changes. WhatsApp stamps whole seconds, so that a change within the second of writing would
 * carry the same version: an edit counts one millisecond later, a withdrawal two.
 */
function readLater(message: Fields, kind: 'edit' | 'revoke', context: MessageContext): MessageReading {
  const part = fields(message[kind])
  const id = label(part?.['original_message_id'])
  if (part === undefined || id === undefined)
    return { unread: `a message of kind ${kind} that does not name the original` }
  if (kind === 'revoke') {
    const at = epochOfSeconds(message['timestamp']) ?? Date.parse(context.receivedAt)
    const conversation = conversationOf(message, readAuthor(message, context.value), id)
    return {
      change: {
        type: 'deleted',
        id: `whatsapp:${id}`,
        channel: 'whatsapp',
        conversation,
        version: at + 2,
        receivedAt: context.receivedAt,
      },
    }
  }
  const edited = fields(part['message'])
  if (edited === undefined) return { unread: 'an edit without the new message' }
  const content = { ...edited, timestamp: message['timestamp'] }
  const mention = readMention(content, { id, kind: kindOf(edited), sender: message, laterMs: 1 }, context)
  return mention === undefined
    ? { unread: 'an edit whose new content is missing or of another shape' }
    : { change: { type: 'edited', mention } }
}

function readMention(
  message: Fields,
  of: { id: string; kind: string; sender: Fields; laterMs: number },
  context: MessageContext,
): Mention | undefined {
  const content = readContent(message, of.kind)
  if (content === undefined) return undefined
  const writtenMs = epochOfSeconds(message['timestamp'])
  const metadata = fields(context.value['metadata'])
  const author = readAuthor(of.sender, context.value)
  const answers = label(fields(message['context'])?.['id'])
  return {
    schema: 'rabta.mention/1',
    id: `whatsapp:${of.id}`,
    channel: 'whatsapp',
    source: 'whatsapp',
    version: (writtenMs ?? Date.parse(context.receivedAt)) + of.laterMs,
    kind: 'direct',
    text: content.text,
    author,
    account: label(metadata?.['display_phone_number']) ?? label(metadata?.['phone_number_id']) ?? null,
    conversation: conversationOf(of.sender, author, of.id),
    private: true,
    inReplyTo: answers === undefined ? null : `whatsapp:${answers}`,
    url: null,
    writtenAt: writtenMs === undefined ? context.receivedAt : instant(writtenMs),
    receivedAt: context.receivedAt,
    media: [...content.media],
    location: content.location,
    mended: [
      ...(writtenMs === undefined ? ['written-unknown'] : []),
      ...(content.unsupported === true ? ['content-unsupported'] : []),
    ],
  }
}

/** Since usernames came a person may have no visible number: the user id is the key, the number only an address. */
function readAuthor(message: Fields, value: Fields): Author {
  const contact = contactOf(message, value)
  const profile = fields(contact?.['profile'])
  const userId = label(message['from_user_id']) ?? label(contact?.['user_id'])
  const waId = label(contact?.['wa_id'])
  const from = label(message['from'])
  return {
    id: userId ?? waId ?? from ?? null,
    name: label(profile?.['name']) ?? null,
    handle: label(profile?.['username']) ?? null,
    address: from ?? waId ?? null,
    place: null,
  }
}

function contactOf(message: Fields, value: Fields): Fields | undefined {
  const contacts = list(value['contacts'])
    .map(fields)
    .filter((contact) => contact !== undefined)
  const from = label(message['from'])
  const userId = label(message['from_user_id'])
  const own = contacts.find(
    (contact) =>
      (userId !== undefined && label(contact['user_id']) === userId) ||
      (from !== undefined && label(contact['wa_id']) === from),
  )
  return own ?? (contacts.length === 1 ? contacts[0] : undefined)
}

function conversationOf(message: Fields, author: Author, messageId: string): string {
  return `whatsapp:${label(message['group_id']) ?? author.id ?? `message-${messageId}`}`
}

function quoted(kind: string): string {
  return `"${kind.slice(0, 40)}"`
}
