import type { Sqlite } from '../../runtime/sqlite.js'
import type { MentionPage, MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import { scopeDistricts, TAG_COLUMNS, wantedTags, type TagColumn } from '../query-parts.js'
import { anyOf, joinConditions, type Sql, type Value } from './conditions.js'
import { select, type Hits } from './hits.js'
import { UNKNOWN } from '../mention-row.js'

export type Facets = MentionPage['facets']

/** How many hits carry this combination of tags, and when the first and last of them came. */
export type TagCounts = Readonly<Record<TagColumn, Value>> & {
  readonly n: number
  readonly first: number
  readonly last: number
}

/** Counts the hits of every combination of tags, whatever the tag filters say. */
export function countByTags(db: Sqlite, hits: Hits): readonly TagCounts[] {
  const { text, values } = joinConditions([...hits.frame, ...hits.districts])
  return select<TagCounts>(
    db,
    `SELECT ${TAG_COLUMNS.join(', ')}, n, first, last FROM (
       SELECT m.tagset, count(*) AS n, min(m.received_at) AS first, max(m.received_at) AS last
       FROM ${hits.source} WHERE ${text} GROUP BY m.tagset
     ) JOIN tagsets ON tagsets.id = tagset`,
    values,
  )
}

type Wanted = ReturnType<typeof wantedTags>

const passes = (row: TagCounts, wanted: Wanted, but?: TagColumn): boolean =>
  [...wanted].every(([column, values]) => column === but || values.includes(row[column]))

/** The combinations that pass every tag filter. */
export function answering(counts: readonly TagCounts[], query: MentionQuery): readonly TagCounts[] {
  const wanted = wantedTags(query)
  return counts.filter((row) => passes(row, wanted))
}

/**
 * Each facet is counted with every filter but its own, so that what else could be chosen stays in sight.
 * Mentions whose tag nobody could give are in no row of its facet; `district` has a row `unknown`, for that can be searched for.
 */
export function facetsOf(
  db: Sqlite,
  hits: Hits,
  counts: readonly TagCounts[],
  query: MentionQuery,
  scope: Scope,
): Facets {
  const wanted = wantedTags(query)
  const facet = (column: TagColumn) => {
    const byValue = new Map<string, number>()
    for (const row of counts) {
      if (row[column] === UNKNOWN || !passes(row, wanted, column)) continue
      const value = column === 'alert' ? String(row.alert === 1) : String(row[column])
      byValue.set(value, (byValue.get(value) ?? 0) + row.n)
    }
    return [...byValue].map(([value, count]) => ({ value, count })).sort(mostFirst)
  }
  return {
    channel: facet('channel'),
    district: districtFacet(db, hits, scope),
    lang: facet('lang'),
    category: facet('category'),
    severity: facet('severity'),
    sentiment: facet('sentiment'),
    alert: facet('alert'),
  }
}

const mostFirst = (a: Facets['lang'][number], b: Facets['lang'][number]) =>
  b.count - a.count || (a.value < b.value ? -1 : 1)

/** A mention of two districts counts in both; somebody limited to districts gets rows of those alone. */
function districtFacet(db: Sqlite, hits: Hits, scope: Scope): Facets['district'] {
  const conditions: Sql[] = [...hits.frame, ...hits.tags]
  const own = scopeDistricts(scope)
  if (conditions.length === 0) {
    const all = select<Facets['district'][number]>(
      db,
      'SELECT district AS value, count(*) AS count FROM mention_districts GROUP BY district',
      [],
    )
    return all.sort(mostFirst)
  }
  if (own !== undefined) conditions.push({ text: `f.district IN (${anyOf(own)})`, values: own })
  const { text, values } = joinConditions(conditions)
  return select<Facets['district'][number]>(
    db,
    `SELECT f.district AS value, count(*) AS count FROM ${hits.source} CROSS JOIN mention_districts f ON f.seq = m.seq
     WHERE ${text} GROUP BY f.district`,
    values,
  ).sort(mostFirst)
}
