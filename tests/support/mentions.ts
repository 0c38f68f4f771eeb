import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { Mention } from '../../schemas/mention.js'
import type { Tags } from '../../schemas/tags.js'

/** A WhatsApp mention with plain values, for tests that care about one thing at a time. */
export function makeMention(overrides: Partial<Mention> = {}): Mention {
  return {
    schema: 'rabta.mention/1',
    id: 'whatsapp:wamid.TEST1',
    channel: 'whatsapp',
    source: 'whatsapp',
    version: Date.UTC(2026, 10, 22, 3, 59, 0),
    kind: 'direct',
    text: 'پشاور میں بھتہ کی کال آئی ہے',
    author: { id: '920000000001', name: 'Test Author', handle: null, address: '920000000001', place: null },
    account: '920000000000',
    conversation: 'whatsapp:920000000001',
    private: true,
    inReplyTo: null,
    url: null,
    writtenAt: '2026-11-22T03:59:00.000Z',
    receivedAt: '2026-11-22T04:00:00.000Z',
    media: [],
    location: null,
    mended: [],
    ...overrides,
  }
}

export function makeTags(overrides: Partial<Tags> = {}): Tags {
  return {
    language: { lang: 'ur', confidence: 0.99 },
    districts: [{ id: 'peshawar', confidence: 0.98, basis: 'text', evidence: [{ text: 'پشاور', start: 0, end: 5 }] }],
    threat: { keywords: [{ text: 'بھتہ', start: 10, end: 14, kind: 'extortion' }], threatening: 0.1, offensive: 0.02 },
    category: {
      category: 'extortion',
      categoryConfidence: 0.97,
      alert: true,
      alertConfidence: 0.98,
      severity: 'high',
      evidence: [{ text: 'بھتہ', start: 10, end: 14 }],
    },
    sentiment: { sentiment: 'neutral', score: 0 },
    fingerprint: { simhash: '0123456789abcdef', tokens: 7 },
    ...overrides,
  }
}

export function makeEnriched(overrides: Partial<EnrichedMention> = {}, tags: Partial<Tags> = {}): EnrichedMention {
  return {
    ...makeMention(),
    tags: makeTags(tags),
    failed: [],
    unjudged: null,
    enrichedAt: '2026-11-22T04:00:00.500Z',
    ...overrides,
    schema: 'rabta.enriched-mention/1',
  }
}
