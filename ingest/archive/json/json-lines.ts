import { unread } from '../../../channels/unread.js'
import { fields, label } from '../../../channels/fields.js'
import type { Line } from '../../lines.js'
import { readReplayLine } from '../../replay-line.js'
import type { ArchiveEntry } from '../archive-entry.js'
import type { ColumnMap, Mapped } from '../column-map.js'
import { createPlainRows, type PlainRowOptions } from '../plain-row.js'

const MAX_KEPT_UNITS = 100_000

/**
 * Reads JSON lines. Without a map a line is what `rabta replay` takes, with the same ids; with one, each field is found by its path (`.body.text`, a number
 * for a place in an array). A line that cannot be read is an unread part with its number.
 */
export function createJsonReader(map: ColumnMap | undefined, options: PlainRowOptions) {
  const asEntry = createPlainRows(options)
  const bad = ({ number, text }: Line, why: string): ArchiveEntry => ({
    kind: 'unread',
    line: number,
    unread: unread(
      `archive/${options.name}`,
      { line: number, row: text?.slice(0, MAX_KEPT_UNITS) ?? null },
      `line ${number}: ${why}`,
    ),
  })
  return (line: Line): ArchiveEntry | undefined => {
    const { number, text } = line
    if (text === undefined) return bad(line, 'longer than a line may be')
    if (text.trim() === '') return undefined
    if (map === undefined) {
      const read = readReplayLine(text, number, options.receivedAt(), `archive:${options.name}`)
      return 'change' in read ? { kind: 'change', line: number, change: read.change } : bad(line, read.bad)
    }
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return bad(line, 'not JSON')
    }
    if (fields(value) === undefined) return bad(line, 'not a JSON object')
    const cell = (name: Mapped) => {
      const path = map[name]
      return path === undefined ? undefined : label(at(value, path))
    }
    if (cell('text') === undefined) return bad(line, 'no words where the map says')
    return asEntry({ line: number, payload: value, cell })
  }
}

/** A field that is called as the whole path goes first: exports flatten names with dots in them. */
function at(value: unknown, path: string): unknown {
  const plain = path.startsWith('.') ? path.slice(1) : path
  const whole = fields(value)
  if (whole !== undefined && Object.hasOwn(whole, plain)) return whole[plain]
  let found = value
  for (const part of plain.split('.')) {
    if (Array.isArray(found)) found = /^\d+$/.test(part) ? (found[Number(part)] as unknown) : undefined
    else {
      const object = fields(found)
      found = object !== undefined && Object.hasOwn(object, part) ? object[part] : undefined
    }
  }
  return found
}
