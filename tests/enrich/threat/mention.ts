import type { Mention } from '../../../schemas/mention.js'
import type { DistrictTag, Tags } from '../../../schemas/tags.js'

/** A public post with this text, written on a fixed day. */
export function mentionOf(text: string, changes: Partial<Mention> = {}): Mention {
  return {
    schema: 'rabta.mention/1',
    id: 'x:1',
    channel: 'x',
    source: 'test',
    version: 1,
    kind: 'post',
    text,
    author: { id: null, name: null, handle: null, address: null, place: null },
    account: null,
    conversation: 'x:1',
    private: false,
    inReplyTo: null,
    url: null,
    writtenAt: '2026-11-22T08:00:00.000Z',
    receivedAt: '2026-11-22T08:00:01.000Z',
    media: [],
    location: null,
    mended: [],
    ...changes,
  }
}

/** No tags yet, but for districts named in the text. */
export function tagsWith(districts: readonly string[] = []): Tags {
  const named = districts.map((id): DistrictTag => ({ id, confidence: 0.9, basis: 'text', evidence: [] }))
  return { language: null, districts: named, threat: null, category: null, sentiment: null, fingerprint: null }
}
