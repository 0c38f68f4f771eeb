import { createHash } from 'node:crypto'
import type { Mention } from '../schemas/mention.js'

/** A message as the enrichers want it, with nothing known but its text. */
export function textMention(id: string, text: string, now: string): Mention {
  return {
    schema: 'rabta.mention/1',
    id: `tag:${createHash('sha256').update(id).digest('hex').slice(0, 16)}`,
    channel: 'whatsapp',
    source: 'tag',
    version: 0,
    kind: 'direct',
    text,
    author: { id: null, name: null, handle: null, address: null, place: null },
    account: null,
    conversation: 'tag:0',
    private: true,
    inReplyTo: null,
    url: null,
    writtenAt: now,
    receivedAt: now,
    media: [],
    location: null,
    mended: [],
  }
}
