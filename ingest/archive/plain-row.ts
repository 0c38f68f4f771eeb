import { createHash } from 'node:crypto'
import { unread } from '../../channels/unread.js'
import type { Channel } from '../../schemas/mention.js'
import { readPlainFields } from '../replay-line.js'
import type { ArchiveEntry } from './archive-entry.js'
import { channelNamed, type Mapped } from './column-map.js'
import type { DateReader } from './date-format.js'

export interface PlainRow {
  readonly line: number
  /** The row or line as it stands in the file, for a dead letter. */
  readonly payload: unknown
  readonly cell: (name: Mapped) => string | undefined
}

export interface PlainRowOptions {
  readonly name: string
  readonly channel: Channel | undefined
  readonly dates: DateReader
  readonly receivedAt: () => string
}

/** Equal rows are told apart by their number among the last so many. */
const MAX_REMEMBERED = 100_000

/**
 * Makes mentions of the cells of a row. A row without an id of its own is known by what it says and when (counting equal ones), or, without a time, by
 * its place in the file. A row that does not fit is an unread part with its line.
 */
export function createPlainRows({ name, channel, dates, receivedAt }: PlainRowOptions) {
  const prefix = `archive:${name}`
  const seen = new Map<string, number>()
  const occurrence = (key: string): number => {
    const count = (seen.get(key) ?? 0) + 1
    seen.delete(key)
    seen.set(key, count)
    const oldest = seen.size > MAX_REMEMBERED ? seen.keys().next().value : undefined
    if (oldest !== undefined) seen.delete(oldest)
    return count
  }
  const misfit = (row: PlainRow, why: string): ArchiveEntry => ({
    kind: 'unread',
    line: row.line,
    unread: unread(`archive/${name}`, { line: row.line, row: row.payload }, `line ${row.line}: ${why}`),
  })

  return (row: PlainRow): ArchiveEntry => {
    const cell = (mapped: Mapped): string | undefined => row.cell(mapped)?.trim() || undefined
    const text = row.cell('text') ?? ''
    if (text.trim() === '') return { kind: 'skipped', line: row.line, reason: 'a row without words' }
    const named = cell('channel')
    const found = named === undefined ? channel : channelNamed(named)
    if (found === undefined)
      return misfit(row, named === undefined ? 'it names no channel' : 'it names a channel that is none of ours')
    const at = cell('at')
    const writtenMs = at === undefined ? undefined : dates(at)
    if (at !== undefined && writtenMs === undefined) return misfit(row, 'its date is not of the stated format')
    const author = {
      id: cell('authorId'),
      name: cell('author'),
      handle: cell('handle'),
      address: cell('address'),
      place: cell('place'),
    }
    const who = [author.id, author.handle, author.name, author.address].find((part) => part !== undefined) ?? ''
    const content = digest([found, who, writtenMs ?? '', text])
    const id =
      cell('id') ?? digest(writtenMs === undefined ? [content, 'row', row.line] : [content, 'of', occurrence(content)])
    const plain = {
      id,
      text,
      channel: found,
      author,
      ...(writtenMs === undefined ? {} : { writtenAt: new Date(writtenMs).toISOString() }),
      url: cell('url'),
      account: cell('account'),
      conversation: conversation(prefix, cell('conversation')),
      inReplyTo: conversation(prefix, cell('inReplyTo')),
    }
    const read = readPlainFields(plain, { lineNumber: row.line, receivedAt: receivedAt(), source: prefix, prefix })
    return 'change' in read ? { kind: 'change', line: row.line, change: read.change } : misfit(row, read.bad)
  }
}

/** What a column names is of this archive, unless it is an id of the desk's already. */
const conversation = (prefix: string, given: string | undefined): string | undefined =>
  given === undefined
    ? undefined
    : /^(?:x|facebook|whatsapp|sms|news|archive|replay):./.test(given)
      ? given
      : `${prefix}:${given}`

const digest = (parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24)
