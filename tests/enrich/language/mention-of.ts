import type { Mention } from '../../../schemas/mention.js'
import type { Tags } from '../../../schemas/tags.js'

export const NO_TAGS: Tags = {
  language: null,
  districts: null,
  threat: null,
  category: null,
  sentiment: null,
  fingerprint: null,
}

/** A public post that says `text`. */
export function mentionOf(text: string): Mention {
  return {
    schema: 'rabta.mention/1',
    id: 'x:1',
    channel: 'x',
    source: 'x-mentions',
    version: 0,
    kind: 'post',
    text,
    author: { id: null, name: null, handle: null, address: null, place: null },
    account: null,
    conversation: 'x:1',
    private: false,
    inReplyTo: null,
    url: null,
    writtenAt: '2026-01-01T00:00:00.000Z',
    receivedAt: '2026-01-01T00:00:00.000Z',
    media: [],
    location: null,
    mended: [],
  }
}
