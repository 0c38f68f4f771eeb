import type { Sqlite } from '../../runtime/sqlite.js'
import type { MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import { readQuery, type QueryWords } from '../query-words.js'
import {
  districtConditions,
  frameConditions,
  ftsUnwanted,
  ftsWanted,
  joinConditions,
  tagConditions,
  type Sql,
  type Value,
} from './conditions.js'

/** What a search looks through and by what; `m` is the mention everywhere. */
export interface Hits {
  readonly source: string
  readonly words: QueryWords
  /** Whether hits can be ranked: there are words to rank them by. */
  readonly ranked: boolean
  /** Words, scope, time. */
  readonly frame: readonly Sql[]
  readonly districts: readonly Sql[]
  readonly tags: readonly Sql[]
}

const NO_WORDS: QueryWords = { all: [], none: [] }
const MENTION_ID = /^[a-z]+:\S+$/

/** Runs a SELECT made for one search. */
export function select<Row>(db: Sqlite, text: string, values: readonly Value[]): Row[] {
  return db.prepareOnce(text).all(values) as Row[]
}

export function hitsOf(db: Sqlite, query: MentionQuery, scope: Scope): Hits {
  const frame = frameConditions(query, scope)
  const filters = { districts: districtConditions(query), tags: tagConditions(query) }
  const q = query.q?.trim() ?? ''
  if (q === '') return { source: 'mentions m', words: NO_WORDS, ranked: false, frame, ...filters }
  if (MENTION_ID.test(q) && isVisible(db, q, scope)) {
    const frameOfOne = [...frame, { text: 'm.id = ?', values: [q] }]
    return { source: 'mentions m', words: NO_WORDS, ranked: false, frame: frameOfOne, ...filters }
  }
  const words = readQuery(q)
  const wanted = ftsWanted(words)
  if (wanted !== undefined) {
    const source = 'words CROSS JOIN mentions m ON m.seq = words.rowid'
    return { source, words, ranked: true, frame: [{ text: 'words MATCH ?', values: [wanted] }, ...frame], ...filters }
  }
  const without: Sql =
    words.none.length === 0
      ? { text: '0', values: [] }
      : { text: 'm.seq NOT IN (SELECT rowid FROM words WHERE words MATCH ?)', values: [ftsUnwanted(words.none)] }
  return { source: 'mentions m', words, ranked: false, frame: [without, ...frame], ...filters }
}

function isVisible(db: Sqlite, id: string, scope: Scope): boolean {
  const { text, values } = joinConditions([{ text: 'm.id = ?', values: [id] }, ...frameConditions({}, scope)])
  return select(db, `SELECT 1 FROM mentions m WHERE ${text}`, values).length > 0
}
