import type { Sqlite } from '../../runtime/sqlite.js'
import type { Scope } from '../../schemas/user.js'
import type { ThreadMark, ThreadQuery } from '../mention-search.js'
import { epochMs, scopeDistricts } from '../query-parts.js'
import { anyOf, frameConditions, joinConditions, type Sql } from './conditions.js'
import { select } from './hits.js'

interface Row {
  readonly id: string
  readonly written_at: number
  readonly deleted_at: number | null
}

function conditionsOf(table: 'm' | 'd', { conversation, persons, before }: ThreadQuery): Sql[] {
  const conditions: Sql[] = [{ text: `${table}.conversation = ?`, values: [conversation] }]
  if (persons !== undefined) {
    const named = persons.filter((person) => person !== '')
    conditions.push({ text: `${table}.person IN (${anyOf(named)})`, values: named })
  }
  if (before !== undefined) conditions.push({ text: `${table}.written_at < ?`, values: [epochMs(before)] })
  return conditions
}

/** What is withdrawn is hinted at only to those who saw it. */
function deletionsInScope(scope: Scope): Sql[] {
  const districts = scopeDistricts(scope)
  if (districts === undefined) return []
  return [
    {
      text: `EXISTS (SELECT 1 FROM json_each(d.districts) place WHERE place.value IN (${anyOf(districts)}))`,
      values: districts,
    },
  ]
}

/** As `MentionSearch.thread`. */
export function threadOf(db: Sqlite, query: ThreadQuery, scope: Scope): readonly ThreadMark[] {
  const there = joinConditions([...conditionsOf('m', query), ...frameConditions({}, scope)])
  // An empty conversation is that of withdrawals whose place was let go.
  const gone = joinConditions([
    { text: "d.conversation <> ''", values: [] },
    ...conditionsOf('d', query),
    ...deletionsInScope(scope),
  ])
  const rows = select<Row>(
    db,
    `SELECT id, written_at, deleted_at FROM (
       SELECT m.id, m.written_at, NULL AS deleted_at FROM mentions m WHERE ${there.text}
       UNION ALL
       SELECT d.id, d.written_at, d.deleted_at FROM deletions d WHERE ${gone.text}
     ) ORDER BY written_at DESC, id DESC LIMIT ?`,
    [...there.values, ...gone.values, Math.max(0, Math.trunc(query.limit))],
  )
  return rows.reverse().map(({ id, written_at, deleted_at }) => ({
    id,
    writtenAt: new Date(written_at).toISOString(),
    deletedAt: deleted_at === null ? null : new Date(deleted_at).toISOString(),
  }))
}
