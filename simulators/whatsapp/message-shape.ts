import type { Json } from './wire.js'

const KINDS = new Set([
  'text',
  'template',
  'image',
  'audio',
  'video',
  'document',
  'sticker',
  'reaction',
  'location',
  'contacts',
  'interactive',
])
const TOP_LEVEL = new Set([
  ...KINDS,
  'messaging_product',
  'recipient_type',
  'to',
  'recipient',
  'type',
  'context',
  'biz_opaque_callback_data',
  'status',
  'message_id',
  'typing_indicator',
])
const MEDIA = new Set(['image', 'audio', 'video', 'document', 'sticker'])
const TEXT_MAX = 4096

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function contentFault(type: string, content: unknown): string | undefined {
  if (type === 'contacts') return Array.isArray(content) ? undefined : 'contacts must be a list'
  if (!isObject(content)) return `The parameter ${type} is required.`
  if (type === 'text') {
    const body = content['body']
    if (typeof body !== 'string' || body === '') return "The parameter text['body'] is required."
    if ([...body].length > TEXT_MAX) return `Param text['body'] must be at most ${TEXT_MAX} characters long.`
  }
  if (type === 'template') {
    const language = content['language']
    if (typeof content['name'] !== 'string') return "The parameter template['name'] is required."
    if (!isObject(language) || typeof language['code'] !== 'string') {
      return "The parameter template['language']['code'] is required."
    }
  }
  if (type === 'reaction' && (typeof content['message_id'] !== 'string' || typeof content['emoji'] !== 'string')) {
    return "The parameters reaction['message_id'] and reaction['emoji'] are required."
  }
  if (MEDIA.has(type) && (typeof content['id'] === 'string') === (typeof content['link'] === 'string')) {
    return `Param ${type} takes either an id or a link.`
  }
  return undefined
}

/** What is wrong with a body sent to `/messages`, in the words of `error_data.details`; undefined if nothing is. */
export function messageFault(body: unknown): string | undefined {
  if (!isObject(body)) return 'The body must be a JSON object.'
  for (const key of Object.keys(body)) if (!TOP_LEVEL.has(key)) return `Unexpected key "${key}" on param "message".`
  if (body['messaging_product'] !== 'whatsapp') return 'The parameter messaging_product is required.'
  if (body['status'] === 'read') {
    return typeof body['message_id'] === 'string' ? undefined : 'The parameter message_id is required.'
  }
  const { to, recipient } = body as { to?: unknown; recipient?: unknown }
  if (to === undefined && recipient === undefined) return 'The parameter to is required.'
  if (to !== undefined && !(typeof to === 'string' && /^\+?[\d ()-]{5,25}$/.test(to))) {
    return `Param to is not a valid phone number; a business-scoped user id goes into recipient.`
  }
  if (
    to === undefined &&
    !(typeof recipient === 'string' && /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(recipient))
  ) {
    return 'Param recipient is not a valid business-scoped user id.'
  }
  const context = body['context']
  if (context !== undefined && !(isObject(context) && typeof context['message_id'] === 'string')) {
    return "The parameter context['message_id'] is required."
  }
  const type = body['type'] ?? 'text'
  if (typeof type !== 'string' || !KINDS.has(type)) return `Param type must be one of {${[...KINDS].join(', ')}}.`
  return contentFault(type, body[type])
}
