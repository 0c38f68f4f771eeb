import type { DistrictTable } from '../runtime/district-table.js'
import type { DailyReport, SentimentCounts } from '../schemas/report.js'
import { correctedRows, reportTables, type ReportRow, type ReportTable } from './report-tables.js'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)

const STYLE = `
:root { color-scheme: light; font: 14px/1.45 "Noto Sans", system-ui, sans-serif; color: #1c2733; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; background: #fff; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .4rem; }
p { margin: .3rem 0; } .note { color: #4a5866; } .open { font-weight: 600; }
table { border-collapse: collapse; inline-size: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; border-block-end: 1px solid #d5dce3; text-align: end; }
th:first-child, td:first-child { text-align: start; } thead th { border-block-end: 2px solid #8795a3; }
[lang=ur] { font-family: "Noto Nastaliq Urdu", serif; line-height: 2.1; margin-inline-start: .6rem; }
tr { break-inside: avoid; } thead { display: table-header-group; }
@media print { body { margin: 0; max-width: none; } @page { margin: 15mm; } }`

const time = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Karachi', dateStyle: 'medium', timeStyle: 'short' })
const share = (part: number, whole: number) => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`)
const percent = (value: number | null) => (value === null ? 'no mention' : `${Math.round(value * 100)} %`)

const cells = ({ total, positive, neutral, negative, alerts }: SentimentCounts) =>
  [total, positive, neutral, negative, share(negative, total), alerts].map((value) => `<td>${value}</td>`).join('')

function row(item: ReportRow): string {
  const urdu = item.nameUr === null ? '' : ` <span lang="ur" dir="rtl">${escapeHtml(item.nameUr)}</span>`
  return `<tr><td><bdi>${escapeHtml(item.name)}</bdi>${urdu}</td>${cells(item)}</tr>`
}

function table({ title, rows }: ReportTable): string {
  const body = rows.length === 0 ? '<tr><td colspan="7">Nothing on this day.</td></tr>' : rows.map(row).join('\n')
  const head = ['', 'n', 'positive', 'neutral', 'negative', 'negative of n', 'alerts']
    .map((name) => `<th scope="col">${name}</th>`)
    .join('')
  return `<h2>${title}</h2>\n<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`
}

/** In which tags, where any was. */
function correctedIn(report: DailyReport): string {
  const rows = correctedRows(report)
  return rows.length === 0 ? '' : ` (${rows.map(({ name, count }) => `${name} ${count}`).join(', ')})`
}

/** The report as one page that prints well: no script, nothing fetched, everything escaped. */
export function toHtml(report: DailyReport, districts: DistrictTable): string {
  const { day, totals, confidence, complete } = report
  const state = complete
    ? `Made ${time.format(new Date(report.madeAt))}.`
    : `<span class="open">The day is not over: counted so far, until ${time.format(new Date(report.madeAt))}.</span>`
  const title = `Rabta: report of ${escapeHtml(day)}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>What the public said on ${escapeHtml(day)}</h1>
<p class="note">Khyber Pakhtunkhwa Police, media cell. Midnight to midnight in Asia/Karachi, by arrival. ${state}</p>
<p>${totals.total} mentions: ${totals.positive} positive, ${totals.neutral} neutral, ${totals.negative} negative; ${totals.alerts} of them alerts.</p>
<p>${report.unjudged} unjudged, ${report.districtUnknown} of unknown district, ${report.corrected} corrected by hand${correctedIn(report)}.
Mean confidence: language ${percent(confidence.language)}, category ${percent(confidence.category)}; what was corrected by hand is not in it.</p>
<p class="note">A mention of several districts counts in each of them.</p>
${reportTables(report, districts).map(table).join('\n')}
</body>
</html>
`
}
