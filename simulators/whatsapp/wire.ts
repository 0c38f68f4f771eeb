import { createHmac } from 'node:crypto'

export type Json = Record<string, unknown>

/**
 * A person on WhatsApp. `waId` is the number in digits and may be withheld since usernames came; `userId` is the business-scoped
 * id (`PK.` and digits). One of the two must be there.
 */
export interface WhatsAppContact {
  name?: string
  waId?: string
  userId?: string
  username?: string
}

interface MediaInput {
  mimeType: string
  bytes?: Buffer
}

/** What a person sends, in one of the forms in which it reaches a webhook. */
export type WhatsAppContent =
  | { type: 'text'; body: string }
  | ({ type: 'image' | 'video'; caption?: string } & MediaInput)
  | ({ type: 'audio'; voice?: boolean } & MediaInput)
  | ({ type: 'document'; filename?: string; caption?: string } & MediaInput)
  | ({ type: 'sticker'; animated?: boolean } & MediaInput)
  | { type: 'location'; latitude: number; longitude: number; name?: string; address?: string }
  | { type: 'reaction'; messageId: string; emoji: string }
  | { type: 'button'; text: string; payload: string }
  | { type: 'unsupported' }
  | { type: 'raw'; message: Json }

export type WhatsAppMessageInput = WhatsAppContent & {
  from: WhatsAppContact
  /** The id of the message it answers (swipe to reply). */
  inReplyTo?: string
  forwarded?: 'once' | 'often'
  /** Epoch milliseconds at which it was written. Default now. */
  writtenAtMs?: number
}

/** The part of a message that depends on its kind; `media` is what the media store answered for its file. */
export function renderContent(content: WhatsAppContent, media: { id: string; sha256Base64: string } | undefined): Json {
  const file = media === undefined ? {} : { sha256: media.sha256Base64, id: media.id }
  switch (content.type) {
    case 'text':
      return { type: 'text', text: { body: content.body } }
    case 'image':
    case 'video': {
      const caption = content.caption === undefined ? {} : { caption: content.caption }
      return { type: content.type, [content.type]: { ...caption, mime_type: content.mimeType, ...file } }
    }
    case 'audio':
      return { type: 'audio', audio: { mime_type: content.mimeType, ...file, voice: content.voice ?? false } }
    case 'document': {
      const caption = content.caption === undefined ? {} : { caption: content.caption }
      const filename = content.filename === undefined ? {} : { filename: content.filename }
      return { type: 'document', document: { ...caption, ...filename, mime_type: content.mimeType, ...file } }
    }
    case 'sticker':
      return { type: 'sticker', sticker: { mime_type: content.mimeType, ...file, animated: content.animated ?? false } }
    case 'location': {
      const { latitude, longitude, name, address } = content
      return {
        type: 'location',
        location: {
          ...(address === undefined ? {} : { address }),
          latitude,
          longitude,
          ...(name === undefined ? {} : { name }),
        },
      }
    }
    case 'reaction':
      return { type: 'reaction', reaction: { message_id: content.messageId, emoji: content.emoji } }
    case 'button':
      return { type: 'button', button: { payload: content.payload, text: content.text } }
    case 'unsupported':
      return {
        type: 'unsupported',
        errors: [
          {
            code: 131051,
            title: 'Message type unknown',
            message: 'Message type unknown',
            error_data: { details: 'Message type is currently not supported.' },
          },
        ],
      }
    case 'raw':
      return content.message
  }
}

export function renderContact(contact: WhatsAppContact): Json {
  const profile: Json = {}
  if (contact.name !== undefined) profile['name'] = contact.name
  if (contact.username !== undefined) profile['username'] = contact.username
  return {
    profile,
    ...(contact.waId === undefined ? {} : { wa_id: contact.waId }),
    ...(contact.userId === undefined ? {} : { user_id: contact.userId }),
  }
}

/** JSON as Meta writes it: everything beyond ASCII as lower-case `\uxxxx`, slashes escaped. Parsing and printing it again changes the bytes. */
export function metaJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The value of `X-Hub-Signature-256` over exactly these bytes. */
export function signature(appSecret: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`
}
