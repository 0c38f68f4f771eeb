import { afterEach, beforeEach, expect } from 'vitest'
import type { IndexedChange, MentionIndex } from '../../index/mention-index.js'
import type { MentionSearch } from '../../index/mention-search.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { Deletion } from '../../schemas/mention.js'
import type { IndexedMention, MentionPage, MentionQuery } from '../../schemas/search.js'
import type { DistrictTag, Tags } from '../../schemas/tags.js'
import type { Scope } from '../../schemas/user.js'
import { makeEnriched } from '../support/mentions.js'

export interface IndexUnderTest {
  readonly index: MentionIndex
  readonly search: MentionSearch
  /** Closes both and opens them again on the same storage. */
  reopen(): Promise<IndexUnderTest>
  destroy(): Promise<void>
}

export const ALL: Scope = { districts: 'all' }
const T0 = Date.UTC(2026, 10, 22, 4)
/** So many minutes into the morning of the tests. */
export const at = (minutes: number): string => new Date(T0 + minutes * 60_000).toISOString()
export const places = (...ids: string[]): DistrictTag[] =>
  ids.map((id) => ({ id, confidence: 0.9, basis: 'text', evidence: [] }))

export const written = (one: IndexedMention) => ({ type: 'written', mention: one }) satisfies IndexedChange
export const edited = (one: IndexedMention) => ({ type: 'edited', mention: one }) satisfies IndexedChange
export const deleted = (one: EnrichedMention, version: number): Deletion => ({
  type: 'deleted',
  id: one.id,
  channel: one.channel,
  conversation: one.conversation,
  version,
  receivedAt: one.receivedAt,
})

let made = 0
/** A mention of its own id. */
export const mention = (overrides: Partial<EnrichedMention> = {}, tags: Partial<Tags> = {}): EnrichedMention =>
  makeEnriched({ id: `whatsapp:made.${++made}`, conversation: 'whatsapp:talk', ...overrides }, tags)

export interface IndexKit {
  readonly under: IndexUnderTest
  readonly reopen: () => Promise<void>
  readonly store: (...mentions: EnrichedMention[]) => Promise<void>
  readonly find: (query: MentionQuery, scope?: Scope) => Promise<MentionPage>
  readonly ids: (query: MentionQuery, scope?: Scope) => Promise<string[]>
}

/** A fresh, empty index for each test of the suite this is called in, and short names for what the tests do with it. */
export function indexKit(open: () => Promise<IndexUnderTest>): IndexKit {
  let under: IndexUnderTest
  beforeEach(async () => {
    under = await open()
  })
  afterEach(() => under.destroy())
  const find = async (query: MentionQuery, scope: Scope = ALL) => under.search.search(query, scope)
  return {
    get under() {
      return under
    },
    reopen: async () => {
      under = await under.reopen()
    },
    store: async (...mentions) => {
      expect(await under.index.write(mentions.map(written))).toEqual([])
    },
    find,
    ids: async (query, scope) => (await find(query, scope)).items.map((item) => item.mention.id),
  }
}
