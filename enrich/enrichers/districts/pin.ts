import { readFileSync } from 'node:fs'
import { packagePath } from '../../../runtime/package-root.js'

/** Says which district a point on the map is in. */
export interface PinMap {
  /** Undefined outside the province and where nobody lives. */
  districtAt(latitude: number, longitude: number): { id: string; confidence: number } | undefined
}

const FILE = 'enrich/enrichers/districts/pin-grid.txt'
/** A cell whose neighbours are of another district lies on a border that the grid knows only roughly. */
const INNER_CONFIDENCE = 0.95
const BORDER_CONFIDENCE = 0.7

/**
 * Reads a grid: a line `south west step`, lines `letter district`, an empty line, then one row a line from south to north, a letter a cell,
 * `.` where it is no district of ours. Throws if it is not that.
 */
export function parsePinGrid(text: string, districtIds: ReadonlySet<string>): PinMap {
  const [head = '', body = ''] = text.trimEnd().split('\n\n')
  const [first = '', ...legend] = head.split('\n')
  const [south, west, step] = first.split(' ').map(Number)
  const ids = new Map(legend.map((line) => [line.charAt(0), line.slice(2)]))
  const rows = body.split('\n')
  const unknown = [...ids.values()].filter((id) => !districtIds.has(id))
  if (south === undefined || west === undefined || step === undefined || !(step > 0) || unknown.length > 0) {
    throw new Error(`${FILE}: not a grid${unknown.length > 0 ? `, no district ${unknown.join(', ')}` : ''}`)
  }
  const at = (row: number, column: number): string | undefined => ids.get(rows[row]?.[column] ?? '.')
  return {
    districtAt(latitude, longitude) {
      const row = Math.floor((latitude - south) / step)
      const column = Math.floor((longitude - west) / step)
      const id = at(row, column)
      if (id === undefined) return undefined
      const inner = [-1, 0, 1].every((down) => [-1, 0, 1].every((right) => at(row + down, column + right) === id))
      return { id, confidence: inner ? INNER_CONFIDENCE : BORDER_CONFIDENCE }
    },
  }
}

export function loadPinMap(districtIds: ReadonlySet<string>): PinMap {
  return parsePinGrid(readFileSync(packagePath(FILE), 'utf8'), districtIds)
}
