import type { MentionSearch, PeriodCounts, ThreadMark, ThreadQuery } from '../../index/mention-search.js'
import { personOf } from '../../runtime/person.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { MentionPage, MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'

const inScope = ({ tags }: EnrichedMention, { districts }: Scope) =>
  districts === 'all' || (tags.districts ?? []).some(({ id }) => districts.includes(id))

/** Stands in for the index where a test is about the desk: it finds by id and scope, and remembers what it was asked. */
export class MemorySearch implements MentionSearch {
  readonly mentions: EnrichedMention[] = []
  /** What was withdrawn, with the conversation it was of. */
  readonly withdrawn: (ThreadMark & { conversation: string })[] = []
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

  async getMany(ids: readonly string[], scope: Scope): Promise<readonly EnrichedMention[]> {
    return this.mentions.filter((mention) => ids.includes(mention.id) && inScope(mention, scope))
  }

  async thread({ conversation, persons, before, limit }: ThreadQuery, scope: Scope): Promise<readonly ThreadMark[]> {
    const marks: ThreadMark[] = this.mentions
      .filter((mention) => mention.conversation === conversation && inScope(mention, scope))
      .filter((mention) => persons === undefined || persons.includes(personOf(mention) ?? ''))
      .map(({ id, writtenAt }) => ({ id, writtenAt, deletedAt: null }))
    const all = [...marks, ...this.withdrawn.filter((one) => one.conversation === conversation)]
    return all
      .filter(({ writtenAt }) => before === undefined || writtenAt < before)
      .sort((a, b) => (a.writtenAt < b.writtenAt ? -1 : 1))
      .slice(-limit)
  }

  async count(): Promise<PeriodCounts> {
    const none = { total: 0, positive: 0, neutral: 0, negative: 0, alerts: 0 }
    return {
      totals: none,
      unjudged: 0,
      districtUnknown: 0,
      corrected: 0,
      correctedTags: [],
      confidence: { language: null, category: null },
      byDistrict: [],
      byLanguage: [],
      byChannel: [],
      byCategory: [],
    }
  }
}
