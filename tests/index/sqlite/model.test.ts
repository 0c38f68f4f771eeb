import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { MentionReader } from '../../../index/sqlite/mention-reader.js'
import { MentionWriter } from '../../../index/sqlite/mention-writer.js'
import { fold } from '../../../runtime/fold.js'
import { Sqlite } from '../../../runtime/sqlite.js'
import { CHANNELS } from '../../../schemas/mention.js'
import type { EnrichedChange, EnrichedMention } from '../../../schemas/enriched-mention.js'
import type { MentionPage, MentionQuery } from '../../../schemas/search.js'
import { SENTIMENTS, SEVERITIES } from '../../../schemas/tags.js'
import type { Scope } from '../../../schemas/user.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { madeMention, PLACES, seeded } from '../made-mentions.js'

// Hundreds of searches, on machines that do other things too.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/** The index as one would write it in an afternoon: a list that is looked through. */
class Model {
  readonly live = new Map<string, { mention: EnrichedMention; seq: number; editedAt: string | undefined }>()
  readonly gone = new Map<string, number>()
  #seq = 0

  apply(change: EnrichedChange): void {
    const id = change.type === 'deleted' ? change.id : change.mention.id
    const version = change.type === 'deleted' ? change.version : change.mention.version
    const live = this.live.get(id)
    const known = live?.mention.version ?? this.gone.get(id) ?? -1
    if (change.type === 'deleted') {
      if (known > version) return
      this.live.delete(id)
      this.gone.set(id, version)
    } else if (known < version) {
      this.live.set(id, {
        mention: change.mention,
        seq: live?.seq ?? ++this.#seq,
        // The versions of these tests count, they are no instants: an edit is as old as its arrival.
        editedAt:
          change.type === 'edited' || (live !== undefined && live.mention.text !== change.mention.text)
            ? change.mention.receivedAt
            : live?.editedAt,
      })
      this.gone.delete(id)
    }
  }

  /** Ids of what answers, newest first; `but` leaves one filter out. */
  answer(query: MentionQuery, scope: Scope, but?: keyof MentionQuery): EnrichedMention[] {
    const asked = { ...query, ...(but === undefined ? {} : { [but]: undefined }) }
    return [...this.live.values()]
      .filter(({ mention }) => matches(mention, asked, scope))
      .sort((a, b) => Date.parse(b.mention.receivedAt) - Date.parse(a.mention.receivedAt) || b.seq - a.seq)
      .map(({ mention }) => mention)
  }
}

const districtsOf = ({ tags }: EnrichedMention) => {
  const known = tags.districts?.map((district) => district.id) ?? []
  return known.length === 0 ? ['unknown'] : known
}
const anyOf = (wanted: readonly string[] | undefined, ...values: (string | undefined)[]) =>
  wanted === undefined || wanted.length === 0 || values.some((value) => value !== undefined && wanted.includes(value))

function matches(mention: EnrichedMention, query: MentionQuery, scope: Scope): boolean {
  const { tags } = mention
  const districts = districtsOf(mention)
  return (
    (scope.districts === 'all' || districts.some((id) => scope.districts.includes(id))) &&
    anyOf(query.channel, mention.channel) &&
    anyOf(query.district, ...districts) &&
    anyOf(query.lang, tags.language?.lang) &&
    anyOf(query.category, tags.category?.category) &&
    anyOf(query.severity, tags.category?.severity) &&
    anyOf(query.sentiment, tags.sentiment?.sentiment) &&
    (query.alert === undefined || query.alert === (tags.category?.alert ?? false)) &&
    (query.unjudged === undefined || query.unjudged === (mention.unjudged !== null)) &&
    (query.from === undefined || mention.receivedAt >= query.from) &&
    (query.to === undefined || mention.receivedAt < query.to) &&
    words(mention, query.q)
  )
}

/** `q` of the tests below: words and -words, of letters and digits alone. */
function words({ text, author }: EnrichedMention, q: string | undefined): boolean {
  const said = ` ${fold(`${text} | ${author.name ?? ''} ${author.handle ?? ''}`).replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')} `
  return (q ?? '')
    .split(' ')
    .filter(Boolean)
    .every((word) => {
      const plain = fold(word.replace(/^-|\*$/g, ''))
      const found = said.includes(word.endsWith('*') ? ` ${plain}` : ` ${plain} `)
      return word.startsWith('-') ? !found : found
    })
}

function count(values: readonly string[]) {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .map(([value, n]) => ({ value, count: n }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}

function facets(model: Model, query: MentionQuery, scope: Scope): MentionPage['facets'] {
  const of = (facet: keyof MentionPage['facets'], values: (mention: EnrichedMention) => (string | undefined)[]) =>
    count(
      model
        .answer(query, scope, facet)
        .flatMap(values)
        .filter((value) => value !== undefined),
    )
  return {
    channel: of('channel', (one) => [one.channel]),
    district: of('district', (one) =>
      districtsOf(one).filter((id) => scope.districts === 'all' || scope.districts.includes(id)),
    ),
    lang: of('lang', (one) => [one.tags.language?.lang]),
    category: of('category', (one) => [one.tags.category?.category]),
    severity: of('severity', (one) => [one.tags.category?.severity]),
    sentiment: of('sentiment', (one) => [one.tags.sentiment?.sentiment]),
    alert: of('alert', (one) => [String(one.tags.category?.alert ?? false)]),
  }
}

const some = <Value>(values: readonly Value[], maxLength = 3) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength })
const instant = fc
  .integer({ min: 0, max: 7 * 96 })
  .map((quarter) => new Date(Date.UTC(2026, 10, 15) + quarter * 900_000).toISOString())
const term = fc.constantFrom(
  'پولیس',
  'پشاور',
  'پشا*',
  'میں',
  'ميں',
  'مین',
  '-میں',
  'lafz1*',
  '-شکریہ',
  'شكريه',
  'police',
  'Writer',
  'abhi',
  'ABHI',
  '-peshawar',
  'nowhere',
  'بهته',
)
const query: fc.Arbitrary<MentionQuery> = fc.record(
  {
    q: fc.array(term, { minLength: 1, maxLength: 3 }).map((terms) => terms.join(' ')),
    channel: some(CHANNELS),
    district: some(['unknown', 'nowhere', ...PLACES.map(([id]) => id)]),
    lang: some(['ur', 'ps', 'en', 'ur-Latn', 'hi', 'sd'] as const),
    category: some(['other', 'news', 'praise', 'crime', 'missing', 'terrorism'] as const),
    severity: some(SEVERITIES),
    sentiment: some(SENTIMENTS, 2),
    alert: fc.boolean(),
    unjudged: fc.boolean(),
    from: instant,
    to: instant,
  },
  { requiredKeys: [] },
)
const scope: fc.Arbitrary<Scope> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Scope>({ districts: 'all' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      districts: some(
        PLACES.map(([id]) => id),
        2,
      ),
    }),
  },
)

describe('the embedded index beside a list that is looked through', () => {
  const folder = temporaryFolder()
  const file = `${folder.path}/mentions.sqlite`
  const writer = new MentionWriter(new Sqlite(file))
  const reader = new MentionReader(new Sqlite(file, { readOnly: true }))
  const model = new Model()

  beforeAll(() => {
    const random = seeded(7)
    for (let batch = 0; batch < 30; batch++) {
      const changes = Array.from({ length: 60 }, () => madeChange(random))
      expect(writer.write(changes)).toEqual([])
      for (const change of changes) model.apply(change)
    }
  })
  afterAll(() => {
    reader.close()
    writer.close()
    folder.remove()
  })

  /** Of 700 ids: written, edited to something else, deleted, out of order. */
  function madeChange(random: () => number): EnrichedChange {
    const n = Math.floor(random() * 700)
    const version = Math.floor(random() * 20)
    const mention = { ...madeMention(n, random), id: `made:${n}`, version }
    if (random() > 0.2) return { type: random() > 0.5 ? 'written' : 'edited', mention }
    return {
      type: 'deleted',
      id: mention.id,
      channel: mention.channel,
      conversation: mention.conversation,
      version,
      receivedAt: mention.receivedAt,
    }
  }

  it('holds the same mentions', () => {
    expect(model.live.size).toBeGreaterThan(300)
    expect(model.gone.size).toBeGreaterThan(30)
    const live = [...model.live.values()]
    expect(live.filter(({ editedAt }) => editedAt !== undefined).length).toBeGreaterThan(100)
    expect(live.filter(({ editedAt }) => editedAt === undefined).length).toBeGreaterThan(10)
    for (const { mention, editedAt } of live)
      expect(reader.get(mention.id, { districts: 'all' })).toEqual(
        editedAt === undefined ? mention : { ...mention, editedAt },
      )
    for (const id of model.gone.keys()) expect(reader.get(id, { districts: 'all' })).toBeUndefined()
  })

  it('finds the same, in the same order, with the same counts', () => {
    fc.assert(
      fc.property(query, scope, fc.integer({ min: 1, max: 200 }), (asked, who, limit) => {
        const expected = model.answer(asked, who)
        const page = reader.search({ ...asked, limit }, who)
        expect(page.items.map((item) => item.mention.id)).toEqual(expected.slice(0, limit).map((one) => one.id))
        expect(page.total).toBe(expected.length)
        expect(page.next === null).toBe(expected.length <= limit)
        expect(page.facets).toEqual(facets(model, asked, who))
        const { stepMs, buckets } = page.histogram
        expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(expected.length)
        for (const bucket of buckets) {
          const start = Date.parse(bucket.at)
          const inside = expected.filter(
            (one) => Date.parse(one.receivedAt) >= start && Date.parse(one.receivedAt) < start + stepMs,
          )
          expect(bucket.count).toBe(inside.length)
          expect(bucket.alerts).toBe(inside.filter((one) => one.tags.category?.alert === true).length)
        }
      }),
      { seed: 11, numRuns: 400 },
    )
  })

  it('gives the same whole in pages, new and best', () => {
    fc.assert(
      fc.property(
        query,
        scope,
        fc.integer({ min: 3, max: 60 }),
        fc.constantFrom('new' as const, 'best' as const),
        (asked, who, limit, sort) => {
          const seen: string[] = []
          let cursor: string | null = null
          do {
            const page: MentionPage = reader.search(
              { ...asked, sort, limit, ...(cursor === null ? {} : { cursor }) },
              who,
            )
            seen.push(...page.items.map((item) => item.mention.id))
            cursor = page.next
          } while (cursor !== null)
          expect([...seen].sort()).toEqual(
            model
              .answer(asked, who)
              .map((one) => one.id)
              .sort(),
          )
        },
      ),
      { seed: 12, numRuns: 60 },
    )
  })

  it('counts a time the same', () => {
    fc.assert(
      fc.property(instant, instant, scope, (from, to, who) => {
        const there = model.answer({ from, to }, who)
        const counts = reader.count(from, to, who)
        expect(counts.totals).toEqual({
          total: there.length,
          ...Object.fromEntries(
            SENTIMENTS.map((value) => [value, there.filter((one) => one.tags.sentiment?.sentiment === value).length]),
          ),
          alerts: there.filter((one) => one.tags.category?.alert === true).length,
        })
        const rows = (values: string[]) => count(values).map(({ value, count: total }) => [value, total])
        expect(counts.byLanguage.map((row) => [row.value, row.total])).toEqual(
          rows(there.map((one) => one.tags.language?.lang ?? 'unknown')),
        )
        expect(counts.byCategory.map((row) => [row.value, row.total])).toEqual(
          rows(there.map((one) => one.tags.category?.category ?? 'unknown')),
        )
        expect(counts.byDistrict.map((row) => [row.value, row.total])).toEqual(
          rows(there.flatMap(districtsOf).filter((id) => who.districts === 'all' || who.districts.includes(id))),
        )
        expect(counts.unjudged).toBe(there.filter((one) => one.unjudged !== null).length)
      }),
      { seed: 13, numRuns: 60 },
    )
  })
})
