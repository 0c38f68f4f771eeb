import type { TextLine } from '../text-lines.js'

/** One record as it stands in the file, over as many lines as its quotes keep open. */
export interface CsvRecordText {
  readonly line: number
  readonly text: string
  /** Why it can be no record. */
  readonly bad: string | undefined
}

const MAX_LINES = 500
const MAX_UNITS = 200_000

/** Whether a quoted cell is open behind this line. A quote opens a cell only at its beginning, and closes it only at its end. */
export function isOpenAfter(line: string, delimiter: string, wasOpen: boolean): boolean {
  if (!wasOpen && !line.includes('"')) return false
  let isOpen = wasOpen
  let isStart = !wasOpen
  for (let at = 0; at < line.length; at++) {
    const unit = line[at]
    if (isOpen) {
      if (unit !== '"') continue
      if (line[at + 1] === '"') at++
      else if (at + 1 === line.length || line[at + 1] === delimiter) isOpen = false
    } else {
      if (isStart && unit === '"') isOpen = true
      isStart = unit === delimiter
    }
  }
  return isOpen
}

/**
 * Divides lines into records. A quote that nothing closes within what a cell may hold makes its own line a bad record, and the lines behind it are records
 * again: one stray quote must not swallow the rest of a file.
 */
export function createRecordLines(delimiter: string) {
  let number = 0
  let pending: { readonly line: number; readonly text: string }[] = []
  let isOpen = false
  let units = 0

  const close = (bad: string | undefined): CsvRecordText => {
    const record = { line: pending[0]?.line ?? number, text: pending.map(({ text }) => text).join('\n'), bad }
    pending = []
    units = 0
    isOpen = false
    return record
  }
  const add = (line: { line: number; text: string }, into: CsvRecordText[]) => {
    if (pending.length === 0 && line.text.trim() === '') return
    pending.push(line)
    units += line.text.length
    isOpen = isOpenAfter(line.text, delimiter, isOpen)
    if (!isOpen) into.push(close(undefined))
    else if (pending.length > MAX_LINES || units > MAX_UNITS) giveUp(into)
  }
  const giveUp = (into: CsvRecordText[]) => {
    const [stray, ...rest] = pending
    pending = stray === undefined ? [] : [stray]
    into.push(close('a quote is opened and never closed'))
    for (const line of rest) add(line, into)
  }
  return {
    take: (lines: readonly TextLine[]): CsvRecordText[] => {
      const records: CsvRecordText[] = []
      for (const { text, isCut } of lines) {
        number++
        if (isCut) {
          while (pending.length > 0) giveUp(records)
          records.push({ line: number, text: text.slice(0, MAX_UNITS), bad: 'longer than a line may be' })
        } else add({ line: number, text }, records)
      }
      return records
    },
    end: (): CsvRecordText[] => {
      const records: CsvRecordText[] = []
      while (pending.length > 0) giveUp(records)
      return records
    },
  }
}
