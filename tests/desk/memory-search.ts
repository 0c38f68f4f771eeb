import type { MentionSearch, PeriodCounts } from '../../index/mention-search.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { MentionPage, MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'

const inScope = ({ tags }: EnrichedMention, { districts }: Scope) =>
  districts === 'all' || (tags.districts ?? []).some(({ id }) => districts.includes(id))

/** Stands in for the index where a test is about the desk: it finds by id and scope, and remembers what it was asked. */
export class MemorySearch implements MentionSearch {
  readonly mentions: EnrichedMention[] = []
  readonly asked: { query: MentionQuery; scope: Scope }[] = []

  async search(query: MentionQuery, scope: Scope): Promise<MentionPage> {
    this.asked.push({ query, scope })
    const found = this.mentions.filter((mention) => inScope(mention, scope))
    return {
      items: found.map((mention) => ({ mention, highlights: [] })),
      total: found.length,
      facets: { channel: [], district: [], lang: [], category: [], severity: [], sentiment: [], alert: [] },
      histogram: { stepMs: 60_000, buckets: [] },
      next: null,
    }
  }

  async get(id: string, scope: Scope): Promise<EnrichedMention | undefined> {
    return this.mentions.find((mention) => mention.id === id && inScope(mention, scope))
  }

  async conversation(conversation: string, scope: Scope, limit: number): Promise<readonly EnrichedMention[]> {
    return this.mentions
      .filter((mention) => mention.conversation === conversation && inScope(mention, scope))
      .slice(-limit)
  }

  async count(): Promise<PeriodCounts> {
    const none = { total: 0, positive: 0, neutral: 0, negative: 0, alerts: 0 }
    return {
      totals: none,
      unjudged: 0,
      districtUnknown: 0,
      confidence: { language: null, category: null },
      byDistrict: [],
      byLanguage: [],
      byChannel: [],
      byCategory: [],
    }
  }
}
