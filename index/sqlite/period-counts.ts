import type { Sqlite } from '../../runtime/sqlite.js'
import type { SentimentCounts } from '../../schemas/report.js'
import type { Scope } from '../../schemas/user.js'
import type { PeriodCounts } from '../mention-search.js'
import { correctedTagsOf, scopeDistricts, TAG_COLUMNS } from '../query-parts.js'
import { anyOf, frameConditions, joinConditions, type Sql } from './conditions.js'
import { select } from './hits.js'
import { UNKNOWN } from '../mention-row.js'

interface TagRow {
  readonly channel: string
  readonly lang: string
  readonly category: string
  readonly sentiment: string
  readonly alert: number
  readonly unjudged: number
  readonly n: number
  readonly languageSum: number
  readonly languageN: number
  readonly categorySum: number
  readonly categoryN: number
}

interface DistrictRow {
  readonly district: string
  readonly sentiment: string
  readonly alert: number
  readonly n: number
}

type Counts = { -readonly [Name in keyof SentimentCounts]: number }
const none = (): Counts => ({ total: 0, positive: 0, neutral: 0, negative: 0, alerts: 0 })

function add(counts: Counts, row: { readonly sentiment: string; readonly alert: number; readonly n: number }): void {
  counts.total += row.n
  if (row.sentiment === 'positive' || row.sentiment === 'neutral' || row.sentiment === 'negative')
    counts[row.sentiment] += row.n
  if (row.alert === 1) counts.alerts += row.n
}

function breakdown<Row extends TagRow | DistrictRow>(rows: readonly Row[], valueOf: (row: Row) => string) {
  const byValue = new Map<string, Counts>()
  for (const row of rows) {
    const value = valueOf(row)
    const counts = byValue.get(value) ?? none()
    add(counts, row)
    byValue.set(value, counts)
  }
  return [...byValue]
    .map(([value, counts]) => ({ value, ...counts }))
    .sort((a, b) => b.total - a.total || (a.value < b.value ? -1 : 1))
}

const sumOf = <Row>(rows: readonly Row[], of: (row: Row) => number) => rows.reduce((sum, row) => sum + of(row), 0)
const mean = (sum: number, n: number) => (n === 0 ? null : sum / n)

/**
 * The counts of a time. A mention whose language, category or district nobody could give is in the row `unknown` of that table
 * (`und` is a language judged to be none, `other` a category judged to be none of the others); one whose sentiment nobody could give
 * is in `total` alone. A mention of two districts is in the rows of both, and once in the totals.
 */
export function periodCounts(db: Sqlite, from: string, to: string, scope: Scope): PeriodCounts {
  const conditions = frameConditions({ from, to }, scope)
  const rows = countTags(db, conditions)
  const districts = countDistricts(db, conditions, scope)
  const totals = none()
  for (const row of rows) add(totals, row)
  return {
    totals,
    unjudged: sumOf(rows, (row) => (row.unjudged === 1 ? row.n : 0)),
    districtUnknown: sumOf(districts, (row) => (row.district === UNKNOWN ? row.n : 0)),
    ...countCorrected(db, conditions),
    confidence: {
      language: mean(
        sumOf(rows, (row) => row.languageSum),
        sumOf(rows, (row) => row.languageN),
      ),
      category: mean(
        sumOf(rows, (row) => row.categorySum),
        sumOf(rows, (row) => row.categoryN),
      ),
    },
    byDistrict: breakdown(districts, (row) => row.district),
    byLanguage: breakdown(rows, (row) => row.lang),
    byChannel: breakdown(rows, (row) => row.channel),
    byCategory: breakdown(rows, (row) => row.category),
  }
}

function countTags(db: Sqlite, conditions: readonly Sql[]): TagRow[] {
  const { text, values } = joinConditions(conditions)
  return select<TagRow>(
    db,
    `SELECT ${TAG_COLUMNS.join(', ')}, unjudged, n, languageSum, languageN, categorySum, categoryN FROM (
       SELECT m.tagset, count(*) AS n,
         total(m.language_confidence) AS languageSum, count(m.language_confidence) AS languageN,
         total(m.category_confidence) AS categorySum, count(m.category_confidence) AS categoryN
       FROM mentions m WHERE ${text} GROUP BY m.tagset
     ) JOIN tagsets ON tagsets.id = tagset`,
    values,
  )
}

function countCorrected(db: Sqlite, conditions: readonly Sql[]): Pick<PeriodCounts, 'corrected' | 'correctedTags'> {
  const { text, values } = joinConditions(conditions)
  const source = `FROM mention_corrections c CROSS JOIN mentions m ON m.seq = c.seq WHERE ${text}`
  const [all] = select<{ n: number }>(db, `SELECT count(DISTINCT c.seq) AS n ${source}`, values)
  const rows = select<{ tag: string; n: number }>(db, `SELECT c.tag, count(*) AS n ${source} GROUP BY c.tag`, values)
  return { corrected: all?.n ?? 0, correctedTags: correctedTagsOf(new Map(rows.map(({ tag, n }) => [tag, n]))) }
}

function countDistricts(db: Sqlite, conditions: readonly Sql[], scope: Scope): DistrictRow[] {
  const own = scopeDistricts(scope)
  const { text, values } = joinConditions(
    own === undefined ? conditions : [...conditions, { text: `f.district IN (${anyOf(own)})`, values: own }],
  )
  return select<DistrictRow>(
    db,
    `SELECT district, sentiment, alert, sum(n) AS n FROM (
       SELECT f.district, m.tagset, count(*) AS n FROM mentions m CROSS JOIN mention_districts f ON f.seq = m.seq
       WHERE ${text} GROUP BY f.district, m.tagset
     ) JOIN tagsets ON tagsets.id = tagset GROUP BY district, sentiment, alert`,
    values,
  )
}
