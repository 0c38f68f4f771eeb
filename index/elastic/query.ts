import type { MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import type { QueryWords, Term } from '../query-words.js'
import { epochMs, scopeDistricts, wantedTags, type TagColumn } from '../query-parts.js'

/** A query as Elasticsearch spells it; the client's own type for it and exact optional properties do not go together. */
export type Clause = Readonly<Record<string, unknown>>
export type Facet = TagColumn | 'district'

/** Where words are looked for: one of the text counts for more than one of its second reading or of the author's name. */
const FIELDS = [
  ['text', 1],
  ['parted', 0.5],
  ['author', 0.5],
] as const

/** The longest token that Elasticsearch's `whitespace` analyzer makes: a longer word becomes several, one after the other. */
const MAX_TOKEN_LENGTH = 255

/**
 * How many words the open end of a phrase may stand for, in one shard. FTS5 knows no such bound; this one is above the number of different words that
 * begin alike in a month of a whole province, and low enough that the lists of them fit beside everything else in a small node's memory.
 */
const MAX_PHRASE_ENDINGS = 50_000

/** What a search asks for, in the parts that are counted apart. */
export interface Asked {
  /** Words, scope, time: what no facet leaves out. */
  readonly frame: readonly Clause[]
  /** The filters that facets are made of. */
  readonly filters: ReadonlyMap<Facet, Clause>
}

function inField(term: Term, field: string, boost: number): Clause {
  const [word = ''] = term.words
  if (term.words.length === 1 && word.length <= MAX_TOKEN_LENGTH)
    return term.prefix ? { prefix: { [field]: { value: word, boost } } } : { term: { [field]: { value: word, boost } } }
  const query = term.words.join(' ')
  if (term.prefix) return { match_phrase_prefix: { [field]: { query, boost, max_expansions: MAX_PHRASE_ENDINGS } } }
  return { match_phrase: { [field]: { query, boost } } }
}

/** Half a letter, which Elasticsearch refuses to read. */
const LONE_SURROGATE = /\p{Surrogate}/gu
/** Elasticsearch keeps no longer value, and refuses to look for one. */
const MAX_VALUE_BYTES = 32_766

/** Exactly one of these values. Half a letter becomes the sign for what is no letter, as in SQLite. */
export function oneOf(field: string, values: readonly string[]): Clause {
  const findable = values
    .map((value) => value.replace(LONE_SURROGATE, '\ufffd'))
    .filter((value) => Buffer.byteLength(value) <= MAX_VALUE_BYTES)
  return { terms: { [field]: findable } }
}

/** At least one of the terms, each within one field. */
function anyTerm(terms: readonly Term[]): Clause {
  const should = terms.flatMap((term) => FIELDS.map(([field, boost]) => inField(term, field, boost)))
  return { bool: { should, minimum_should_match: 1 } }
}

/** What the words of a query ask for; undefined where it has words for nothing that could be found. */
export function wordsClause({ all, none }: QueryWords): Clause | undefined {
  if (all.length === 0 && none.length === 0) return undefined
  return {
    bool: {
      ...(all.length === 0 ? {} : { must: all.map(anyTerm) }),
      ...(none.length === 0 ? {} : { must_not: [anyTerm(none)] }),
    },
  }
}

/** Mentions that stand. */
const STANDING: Clause = { term: { deleted: false } }

/** Mentions with a correction that stands. */
export const CORRECTED: Clause = { exists: { field: 'corrected' } }

/** Who may see it, always; mentions without a district are nobody's but theirs who see all. */
export function scopeClauses(scope: Scope): Clause[] {
  const districts = scopeDistricts(scope)
  return districts === undefined ? [] : [oneOf('districts', districts)]
}

/** Mentions that stand, of this time, that somebody may see; throws a Failure `invalid-payload` for an instant that is none. */
export function frameClauses({ from, to, unjudged, corrected }: MentionQuery, scope: Scope): Clause[] {
  const clauses: Clause[] = [STANDING, ...scopeClauses(scope)]
  if (from !== undefined) clauses.push({ range: { receivedAt: { gte: epochMs(from) } } })
  if (to !== undefined) clauses.push({ range: { receivedAt: { lt: epochMs(to) } } })
  if (unjudged !== undefined) clauses.push({ term: { unjudged } })
  if (corrected !== undefined) clauses.push(corrected ? CORRECTED : { bool: { must_not: [CORRECTED] } })
  return clauses
}

/** What each tag and the district must be one of; a filter that is absent asks for nothing. */
export function filterClauses(query: MentionQuery): ReadonlyMap<Facet, Clause> {
  const filters = new Map<Facet, Clause>()
  for (const [tag, values] of wantedTags(query))
    filters.set(tag, tag === 'alert' ? { term: { alert: values.includes(1) } } : oneOf(tag, values.map(String)))
  if (query.district !== undefined && query.district.length > 0)
    filters.set('district', oneOf('districts', query.district))
  return filters
}

/** Every filter but that of one facet. */
export function filtersBut(filters: Asked['filters'], but?: Facet): Clause[] {
  return [...filters].filter(([facet]) => facet !== but).map(([, clause]) => clause)
}

/** All of them, unscored. */
export const allOf = (clauses: readonly Clause[]): Clause =>
  clauses.length === 0 ? { match_all: {} } : { bool: { filter: [...clauses] } }

/** Everything that was asked, as one query. */
export const answerClause = ({ frame, filters }: Asked): Clause => allOf([...frame, ...filtersBut(filters)])
