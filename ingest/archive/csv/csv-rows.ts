import { parse } from 'csv-parse/sync'
import { unread } from '../../../channels/unread.js'
import { Failure } from '../../../runtime/failure.js'
import type { ArchiveEntry } from '../archive-entry.js'
import { MAPPED, type ColumnMap, type Mapped } from '../column-map.js'
import { createPlainRows, type PlainRowOptions } from '../plain-row.js'
import type { TextLine } from '../text-lines.js'
import { createRecordLines, type CsvRecordText } from './record-lines.js'

export const DELIMITERS = [',', ';', '\t', '|'] as const

export interface CsvShape {
  readonly delimiter: string
  /** Where each field stands in a row. */
  readonly columns: ReadonlyMap<Mapped, number>
  readonly hasHeader: boolean
  readonly width: number
}

const cellsOf = (text: string, delimiter: string): string[][] =>
  parse(text, { delimiter, relax_quotes: true, relax_column_count: true, bom: true, skip_empty_lines: true })

const plainName = (name: string): string => name.normalize('NFC').trim().toLowerCase().replace(/\s+/g, ' ')

/**
 * Decides the delimiter and where the mapped columns stand, from the first record. Throws a Failure `invalid-payload` that names the columns of the file
 * where the map does not fit them.
 */
export function csvShape(
  first: readonly TextLine[],
  options: { map: ColumnMap | undefined; delimiter: string | undefined; hasHeader: boolean },
): CsvShape {
  const tries = (options.delimiter === undefined ? DELIMITERS : [options.delimiter]).map((delimiter) => {
    const lines = createRecordLines(delimiter)
    const record = [...lines.take(first), ...lines.end()][0]
    return { delimiter, cells: record === undefined ? [] : (quietly(record.text, delimiter) ?? []) }
  })
  // The one that makes the most columns; but first of all, one under which the map fits.
  const byWidth = [...tries].sort((one, other) => other.cells.length - one.cells.length)
  let problem: Failure | undefined
  for (const { delimiter, cells } of byWidth) {
    const found = columnsOf(cells, options)
    if (!(found instanceof Failure))
      return { delimiter, columns: found, hasHeader: options.hasHeader, width: cells.length }
    problem ??= found
  }
  throw problem ?? refuse('the file is empty')
}

const refuse = (message: string): Failure => new Failure('invalid-payload', message, { retryable: false })

/** Without a map, columns that are called as the fields are. */
const OWN_NAMES: readonly (readonly [string, Mapped])[] = [
  ...MAPPED.map((name) => [plainName(name), name] as const),
  ['writtenat', 'at'],
]

function columnsOf(
  cells: readonly string[],
  { map, hasHeader }: { map: ColumnMap | undefined; hasHeader: boolean },
): ReadonlyMap<Mapped, number> | Failure {
  const header = hasHeader ? cells.map(plainName) : []
  const columns = new Map<Mapped, number>()
  if (map === undefined) {
    for (const [name, mapped] of OWN_NAMES) if (header.includes(name)) columns.set(mapped, header.indexOf(name))
    if (columns.has('text')) return columns
    return refuse(`say which column is what: --map text=Column,at=Column,… The file has: ${listed(cells)}`)
  }
  for (const mapped of MAPPED) {
    const wanted = map[mapped]
    if (wanted === undefined) continue
    const position = /^#(\d{1,4})$/.exec(wanted)?.[1]
    const index = position === undefined ? header.indexOf(plainName(wanted)) : Number(position) - 1
    if (index < 0 || index >= cells.length)
      return refuse(
        hasHeader
          ? `there is no column "${wanted}" for ${mapped}. The file has: ${listed(cells)}`
          : `without a header, columns are #1 to #${cells.length}; "${wanted}" is none of them`,
      )
    if (position === undefined && header.indexOf(plainName(wanted), index + 1) >= 0)
      return refuse(`the file has two columns "${wanted}": name it by its place, such as ${mapped}=#${index + 1}`)
    columns.set(mapped, index)
  }
  return columns
}

/** Names of columns, as long as they look like such: without a header these would be somebody's words. */
const listed = (cells: readonly string[]): string =>
  cells
    .slice(0, 40)
    .map((cell) => `"${cell.slice(0, 40)}"`)
    .join(', ')

function quietly(text: string, delimiter: string): string[] | undefined {
  try {
    const rows = cellsOf(text, delimiter)
    return rows.length === 1 ? rows[0] : undefined
  } catch {
    return undefined
  }
}

/** Reads a CSV file by its lines. Every record is a mention, a row without words, or an unread part with its line; nothing stops the reading. */
export function createCsvReader(shape: CsvShape, options: PlainRowOptions) {
  const records = createRecordLines(shape.delimiter)
  const asEntry = createPlainRows(options)
  let isHeader = shape.hasHeader

  const bad = (record: CsvRecordText, why: string): ArchiveEntry => ({
    kind: 'unread',
    line: record.line,
    unread: unread(`archive/${options.name}`, { line: record.line, row: record.text }, `line ${record.line}: ${why}`),
  })
  const readRecord = (record: CsvRecordText, cells: readonly string[] | undefined): ArchiveEntry => {
    if (record.bad !== undefined || cells === undefined)
      return bad(record, record.bad ?? 'its quotes do not fit together')
    const isLonger = cells.slice(shape.width).some((cell) => cell.trim() !== '')
    if (cells.length < shape.width || isLonger)
      return bad(record, `it has ${cells.length} cells, where the file has ${shape.width}`)
    const cell = (name: Mapped) => {
      const index = shape.columns.get(name)
      return index === undefined ? undefined : cells[index]
    }
    return asEntry({ line: record.line, payload: record.text, cell })
  }
  const read = (found: readonly CsvRecordText[]): ArchiveEntry[] => {
    const rest = isHeader ? found.slice(1) : found
    if (found.length > 0) isHeader = false
    const cells = cellsOfAll(rest, shape.delimiter)
    return rest.map((record, index) => readRecord(record, cells[index]))
  }
  return { take: (lines: readonly TextLine[]) => read(records.take(lines)), end: () => read(records.end()) }
}

/** All at once, which is fast; one by one where that does not give one row for each. */
function cellsOfAll(records: readonly CsvRecordText[], delimiter: string): readonly (string[] | undefined)[] {
  const good = records.filter(({ bad }) => bad === undefined)
  let rows: string[][] | undefined
  try {
    rows = cellsOf(good.map(({ text }) => text).join('\n'), delimiter)
  } catch {
    rows = undefined
  }
  const isWhole = rows?.length === good.length
  let next = 0
  return records.map((record) => {
    if (record.bad !== undefined) return undefined
    const index = next++
    return isWhole ? rows?.[index] : quietly(record.text, delimiter)
  })
}
