import type { DistrictTable } from '../runtime/district-table.js'
import type { DailyReport, SentimentCounts } from '../schemas/report.js'
import { correctedRows, reportTables } from './report-tables.js'

/** What a spreadsheet would run as a formula is given a quote in front, so that it stays words. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && /^\s*[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const csvLine = (cells: readonly (string | number)[]) => `${cells.map(cell).join(',')}\r\n`

const numbers = ({ total, positive, neutral, negative, alerts }: SentimentCounts) => [
  total,
  positive,
  neutral,
  negative,
  alerts,
]

/** The report as RFC 4180: one line a row of each table, in UTF-8 with a mark by which spreadsheets know it. */
export function toCsv(report: DailyReport, districts: DistrictTable): string {
  const head = [
    'day',
    'complete',
    'table',
    'value',
    'name',
    'name_ur',
    'total',
    'positive',
    'neutral',
    'negative',
    'alerts',
  ]
  const of = [report.day, report.complete ? 'yes' : 'no']
  const single = (value: string, count: number) => [...of, 'all', value, '', '', count, '', '', '', '']
  const lines = [
    head,
    [...of, 'all', 'total', 'All mentions', '', ...numbers(report.totals)],
    single('unjudged', report.unjudged),
    single('district_unknown', report.districtUnknown),
    single('corrected', report.corrected),
    ...correctedRows(report).map(({ tag, name, count }) => [...of, 'corrected', tag, name, '', count, '', '', '', '']),
    ...reportTables(report, districts).flatMap(({ id, rows }) =>
      rows.map((row) => [...of, id, row.value, row.name, row.nameUr ?? '', ...numbers(row)]),
    ),
  ]
  return `\ufeff${lines.map(csvLine).join('')}`
}
