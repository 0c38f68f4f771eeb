import { createHash } from 'node:crypto'
import { createReadStream, type ReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { CHANNELS, type Channel } from '../../schemas/mention.js'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { readLines } from '../lines.js'
import type { Archive, ArchiveEntry } from './archive-entry.js'
import { channelNamed, type ColumnMap } from './column-map.js'
import { createCsvReader, csvShape } from './csv/csv-rows.js'
import { dateReader } from './date-format.js'
import { createJsonReader } from './json/json-lines.js'
import { wallClockOf } from './local-time.js'
import { decodeText, textLines, type TextLine } from './text-lines.js'
import { groupKey } from './whatsapp-chat/chat-mentions.js'
import type { DateOrder } from './whatsapp-chat/head.js'
import { createChatReader, findForm } from './whatsapp-chat/read-whatsapp-chat.js'

export const ARCHIVE_KINDS = ['whatsapp-chat', 'csv', 'jsonl'] as const
export type ArchiveKind = (typeof ARCHIVE_KINDS)[number]

/** How a file is to be read; everything but `group` and `zone` may be left to the file. */
export interface ArchiveOptions {
  readonly kind: ArchiveKind
  /** The group's name, or the archive's: in ids, in `source` and on the desk. */
  readonly group: string
  readonly zone: string
  readonly encoding?: string | undefined
  readonly dateOrder?: DateOrder | undefined
  readonly authors?: readonly string[] | undefined
  readonly map?: ColumnMap | undefined
  readonly delimiter?: string | undefined
  readonly hasHeader?: boolean | undefined
  readonly dateFormat?: string | undefined
  readonly channel?: string | undefined
}

export interface OpenArchiveParts {
  readonly file: string
  readonly options: ArchiveOptions
  readonly clock: Clock
}

const refuse = (message: string): Failure => new Failure('invalid-payload', message, { retryable: false })

/** SHA-256 of a file, in hex, and its size. */
export async function fingerprintFile(file: string): Promise<{ hash: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { hash: hash.digest('hex'), bytes }
}

/**
 * Decides how a file is written, reading as much of it as that takes and holding no more than a message. Throws a Failure `invalid-payload` that says what
 * to write where it cannot be decided; a file system error where the file cannot be read.
 */
export async function openArchive({ file, options, clock }: OpenArchiveParts): Promise<Archive> {
  wallClockOf(options.zone)
  await refuseZip(file)
  let stream: ReadStream | undefined
  const fresh = (): ReadStream => (stream = createReadStream(file))
  // Opened when the first line is asked for: what is never read needs no file.
  async function* lines(): AsyncGenerator<readonly TextLine[]> {
    yield* textLines(decodeText(fresh() as AsyncIterable<Buffer>, options.encoding))
  }
  const bytesRead = () => stream?.bytesRead ?? 0
  switch (options.kind) {
    case 'whatsapp-chat':
      return { ...(await openChat(lines, options, clock)), bytesRead }
    case 'csv':
      return { ...(await openCsv(lines, options, clock)), bytesRead }
    case 'jsonl':
      return { ...openJson(fresh, options, clock), bytesRead }
  }
}

async function refuseZip(file: string): Promise<void> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    if (buffer[0] === 0x50 && buffer[1] === 0x4b && buffer[2] === 3 && buffer[3] === 4)
      throw refuse(
        'this is a zip: unpack it first, and name the text file in it (_chat.txt, or "WhatsApp Chat with ….txt")',
      )
  } finally {
    await handle.close()
  }
}

type Lines = () => AsyncGenerator<readonly TextLine[]>
type Opened = Omit<Archive, 'bytesRead'>

async function openChat(lines: Lines, options: ArchiveOptions, clock: Clock): Promise<Opened> {
  const form = await findForm(lines(), { ...options, nowMs: clock.now() })
  const { order, heads, otherHeads, colonNames, signature } = form
  return {
    form: `WhatsApp chat, ${signature.startsWith('[') ? 'as an iPhone writes it' : 'as Android writes it'}, dates ${order}, ${
      signature.endsWith('12') ? '12' : '24'
    } hours, ${heads} messages and notices, clock of ${options.zone}`,
    remarks: [
      ...(otherHeads === 0
        ? []
        : [`${otherHeads} lines begin like a message of another form: they stay words of the message they stand in`]),
      ...colonNames.map((name) => `"${name}" is taken for one name`),
    ],
    entries: () => byLines(lines(), createChatReader(form, { ...options, receivedAt: () => clock.iso() })),
  }
}

async function openCsv(lines: Lines, options: ArchiveOptions, clock: Clock): Promise<Opened> {
  const { map, delimiter, hasHeader = true } = options
  const rowOptions = plainOptions(options, clock)
  const shape = csvShape(await firstLines(lines()), { map, delimiter, hasHeader })
  const columns = [...shape.columns].map(([name, index]) => `${name} is column ${index + 1}`).join(', ')
  return {
    form: `CSV divided by ${JSON.stringify(shape.delimiter)}, ${shape.width} columns, ${columns}`,
    remarks: [],
    entries: () => byLines(lines(), createCsvReader(shape, rowOptions)),
  }
}

function openJson(fresh: () => ReadStream, options: ArchiveOptions, clock: Clock): Opened {
  const rowOptions = plainOptions(options, clock)
  async function* entries(): AsyncGenerator<readonly ArchiveEntry[]> {
    const read = createJsonReader(options.map, rowOptions)
    for await (const line of readLines(fresh() as AsyncIterable<Buffer>)) {
      const entry = read(line)
      if (entry !== undefined) yield [entry]
    }
  }
  return { form: options.map === undefined ? 'JSON lines' : 'JSON lines with a map of paths', remarks: [], entries }
}

function plainOptions({ group, channel, zone, dateFormat }: ArchiveOptions, clock: Clock) {
  const named: Channel | undefined = channel === undefined ? undefined : channelNamed(channel)
  if (channel !== undefined && named === undefined)
    throw refuse(`there is no channel ${channel}: write one of ${CHANNELS.join(', ')}`)
  return { name: groupKey(group), channel: named, dates: dateReader(dateFormat, zone), receivedAt: () => clock.iso() }
}

const ENOUGH_LINES = 600

async function firstLines(lines: AsyncGenerator<readonly TextLine[]>): Promise<readonly TextLine[]> {
  const first: TextLine[] = []
  for await (const some of lines) {
    first.push(...some)
    if (first.length >= ENOUGH_LINES) break
  }
  return first
}

interface LineReader {
  take(lines: readonly TextLine[]): ArchiveEntry[]
  end(): ArchiveEntry[]
}

async function* byLines(
  lines: AsyncGenerator<readonly TextLine[]>,
  reader: LineReader,
): AsyncGenerator<readonly ArchiveEntry[]> {
  for await (const some of lines) {
    const entries = reader.take(some)
    if (entries.length > 0) yield entries
  }
  const last = reader.end()
  if (last.length > 0) yield last
}
