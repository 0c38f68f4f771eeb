import type { MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import type { QueryWords, Term } from '../query-words.js'
import { epochMs, isSet, scopeDistricts, wantedTags } from '../query-parts.js'

export type Value = string | number

/** A piece of SQL with the values of its parameters, in order. */
export interface Sql {
  readonly text: string
  readonly values: readonly Value[]
}

export const anyOf = (values: readonly Value[]) => values.map(() => '?').join(', ')

export function joinConditions(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return { text: '1', values: [] }
  return {
    text: conditions.map((condition) => condition.text).join(' AND '),
    values: conditions.flatMap((condition) => condition.values),
  }
}

/** FTS5's spelling of a term. Words are letters, marks and digits alone, so that nothing in them can be syntax. */
function ftsTerm(term: Term): string {
  return `"${term.words.join(' ')}"${term.prefix ? ' *' : ''}`
}

/** The full-text expression of what must be found; undefined where nothing must. */
export function ftsWanted({ all, none }: QueryWords): string | undefined {
  if (all.length === 0) return undefined
  const wanted = all.map((group) => `(${group.map(ftsTerm).join(' OR ')})`).join(' AND ')
  return none.length === 0 ? wanted : `(${wanted}) NOT (${ftsUnwanted(none)})`
}

export function ftsUnwanted(none: readonly Term[]): string {
  return none.map(ftsTerm).join(' OR ')
}

function inDistricts(districts: readonly string[]): Sql {
  return {
    text: `EXISTS (SELECT 1 FROM mention_districts d WHERE d.seq = m.seq AND d.district IN (${anyOf(districts)}))`,
    values: districts,
  }
}

/** Who may see it, always; and when it came. */
export function frameConditions(query: MentionQuery, scope: Scope): Sql[] {
  const conditions: Sql[] = []
  const districts = scopeDistricts(scope)
  if (districts !== undefined) conditions.push(inDistricts(districts))
  if (query.from !== undefined) conditions.push({ text: 'm.received_at >= ?', values: [epochMs(query.from)] })
  if (query.to !== undefined) conditions.push({ text: 'm.received_at < ?', values: [epochMs(query.to)] })
  if (query.unjudged !== undefined) {
    conditions.push({
      text: 'm.tagset IN (SELECT id FROM tagsets WHERE unjudged = ?)',
      values: [query.unjudged ? 1 : 0],
    })
  }
  if (query.corrected !== undefined) {
    const is = query.corrected ? 'IN' : 'NOT IN'
    conditions.push({ text: `m.seq ${is} (SELECT seq FROM mention_corrections)`, values: [] })
  }
  return conditions
}

export function districtConditions(query: MentionQuery): Sql[] {
  return isSet(query.district) ? [inDistricts(query.district)] : []
}

export function tagConditions(query: MentionQuery): Sql[] {
  const wanted = [...wantedTags(query)]
  if (wanted.length === 0) return []
  const { text, values } = joinConditions(
    wanted.map(([column, allowed]) => ({ text: `${column} IN (${anyOf(allowed)})`, values: allowed })),
  )
  return [{ text: `m.tagset IN (SELECT id FROM tagsets WHERE ${text})`, values }]
}
