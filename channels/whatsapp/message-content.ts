import type { Media, Mention } from '../../schemas/mention.js'
import { byteCount, fields, label, list, numeric, type Fields } from '../fields.js'

/** What a message says: its words, what came with it, and the pin. */
export interface Content {
  readonly text: string
  readonly media: readonly Media[]
  readonly location: Mention['location']
  /** Set where WhatsApp, or this reader, cannot show what was sent: the message stays a mention without words, for a person to look after. */
  readonly unsupported?: boolean
}

const CAPTIONED = new Map<string, Media['kind']>([
  ['image', 'image'],
  ['video', 'video'],
  ['document', 'document'],
  ['audio', 'audio'],
  ['voice', 'audio'],
  ['sticker', 'sticker'],
])

const KINDS = ['text', ...CAPTIONED.keys(), 'location', 'contacts', 'button', 'interactive', 'order'] as const

/** The message's kind, also where `type` is missing but its content names it. */
export function kindOf(message: Fields): string {
  return label(message['type']) ?? KINDS.find((kind) => message[kind] !== undefined) ?? 'unknown'
}

/** The content of a message of any kind; undefined where the part that should hold it is missing or of another shape. */
export function readContent(message: Fields, kind: string): Content | undefined {
  const body = message[kind]
  if (kind === 'contacts') return Array.isArray(body) ? words(readCards(body)) : undefined
  if (kind === 'unsupported' || kind === 'unknown') return { ...words(''), unsupported: true }
  const part = fields(body)
  const mediaKind = CAPTIONED.get(kind)
  if (mediaKind !== undefined) return part === undefined ? undefined : readMedia(part, mediaKind)
  if (part === undefined) return KINDS.some((known) => known === kind) ? undefined : { ...words(''), unsupported: true }
  switch (kind) {
    case 'text':
      return typeof part['body'] === 'string' ? words(part['body']) : undefined
    case 'location':
      return { ...words(''), location: readLocation(part) }
    case 'button':
      return words(label(part['text']) ?? label(part['payload']) ?? '')
    case 'interactive':
      return readInteractive(part)
    case 'order':
      return words(readOrder(part))
    default:
      return { ...words(anyWords(part)), unsupported: true }
  }
}

const words = (text: string): Content => ({ text, media: [], location: null })

function readMedia(part: Fields, kind: Media['kind']): Content {
  const media: Media = {
    kind,
    id: label(part['id']) ?? null,
    mimeType: label(part['mime_type']) ?? null,
    sha256: label(part['sha256']) ?? null,
    bytes: byteCount(part['file_size']) ?? null,
    fileName: label(part['filename']) ?? null,
    url: label(part['url']) ?? label(part['link']) ?? null,
  }
  return { text: label(part['caption']) ?? '', media: [media], location: null }
}

/** The pin's name and address stay with the pin: they are the map's words, not the citizen's. */
function readLocation(part: Fields): Mention['location'] {
  const latitude = numeric(part['latitude'])
  const longitude = numeric(part['longitude'])
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    return null
  return { latitude, longitude, name: label(part['name']) ?? null, address: label(part['address']) ?? null }
}

function readCards(cards: readonly unknown[]): string {
  return cards
    .map((value) => {
      const card = fields(value)
      const name = fields(card?.['name'])
      const org = fields(card?.['org'])
      const numbers = list(card?.['phones']).map(
        (phone) => label(fields(phone)?.['phone']) ?? label(fields(phone)?.['wa_id']),
      )
      const full =
        label(name?.['formatted_name']) ?? joined([label(name?.['first_name']), label(name?.['last_name'])], ' ')
      return joined([full, label(org?.['company']), ...numbers], ', ')
    })
    .filter((line) => line !== '')
    .join('\n')
}

function readInteractive(part: Fields): Content | undefined {
  const kind =
    label(part['type']) ?? ['button_reply', 'list_reply', 'nfm_reply'].find((name) => part[name] !== undefined) ?? ''
  const answer = fields(part[kind])
  if (answer === undefined) return undefined
  if (kind === 'nfm_reply') return words(readForm(answer))
  const text = joined([label(answer['title']), label(answer['description'])], '\n')
  return text === '' ? { ...words(anyWords(answer)), unsupported: true } : words(text)
}

/** A filled-in form: its answers are the citizen's words, its token is not. */
function readForm(answer: Fields): string {
  const json = answer['response_json']
  const filled = fields(typeof json === 'string' ? parseQuietly(json) : json)
  const lines = Object.entries(filled ?? {}).flatMap(([name, value]) => {
    const text = name === 'flow_token' ? '' : flatWords(value)
    return text === '' ? [] : `${name}: ${text}`
  })
  return lines.length > 0 ? lines.join('\n') : (label(answer['body']) ?? '')
}

function flatWords(value: unknown): string {
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value))
    return value
      .map((entry) => label(entry) ?? '')
      .filter((entry) => entry !== '')
      .join(', ')
  return label(value) ?? ''
}

function readOrder(part: Fields): string {
  const note = label(part['text'])
  if (note !== undefined) return note
  return list(part['product_items'])
    .map((item) => joined([label(fields(item)?.['quantity']), label(fields(item)?.['product_retailer_id'])], ' × '))
    .join('\n')
}

/** What a kind that is not known yet most likely calls its words. */
function anyWords(part: Fields): string {
  for (const name of ['body', 'text', 'caption', 'title', 'name', 'question']) {
    const value = part[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

const joined = (parts: readonly (string | undefined)[], separator: string): string =>
  parts.filter((part) => part !== undefined && part !== '').join(separator)

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
