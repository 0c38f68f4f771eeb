import type { Author, Change } from '../../schemas/mention.js'
import type { OutboundUpdate } from '../../schemas/outbound.js'
import { fields, label, type Fields } from '../fields.js'

/** What became of one part of what Facebook sent. */
export type PartReading =
  | { readonly change: Change }
  | { readonly updates: readonly OutboundUpdate[] }
  | { readonly skipped: string }
  | { readonly unread: string }

const NOBODY: Author = { id: null, name: null, handle: null, address: null, place: null }

/** Who wrote it, in the newer form (`from`) or the older ones; Facebook withholds it more often than not. */
export function authorOf(value: Fields): Author {
  const from = fields(value['from'])
  return {
    ...NOBODY,
    id: label(from?.['id']) ?? label(value['sender_id']) ?? label(value['reviewer_id']) ?? null,
    name:
      label(from?.['name']) ??
      label(value['from']) ??
      label(value['sender_name']) ??
      label(value['reviewer_name']) ??
      null,
    handle: label(from?.['username']) ?? null,
  }
}

export function person(id: string | undefined, name: string | undefined): Author {
  return { ...NOBODY, id: id ?? null, name: name ?? null }
}

/** The words, by the name they have, or had, or are likely to get. */
export function wordsIn(value: Fields): string {
  for (const name of ['message', 'text', 'review_text', 'body', 'caption']) {
    const words = value[name]
    if (typeof words === 'string' && words !== '') return words
  }
  return ''
}

/** A name out of a payload, short enough for a reason. */
export function quoted(name: string | undefined): string {
  return name === undefined ? 'without a name' : JSON.stringify(name.slice(0, 40))
}
