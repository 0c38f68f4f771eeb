import { readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { basename } from 'node:path'
import { parseMap, parseMapFile, type ColumnMap } from '../../ingest/archive/column-map.js'
import { importBatches } from '../../ingest/archive/import-batches.js'
import type { ImportProgress, ImportStart } from '../../ingest/archive/imports.js'
import { ARCHIVE_KINDS, fingerprintFile, openArchive, type ArchiveOptions } from '../../ingest/archive/open-archive.js'
import type { Archive } from '../../ingest/archive/archive-entry.js'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { EXIT } from '../exit-codes.js'
import type { Operations } from '../operations.js'
import { progressOn, waitForStages } from './replay.js'

const AT_ONCE = 200
/** The file waits while a stage has more than this to do, so that live messages are not stuck behind an archive. */
const MAX_LAG = 1000
const SHOWN_SET_ASIDE = 20

/** As commander gives them. */
export interface ImportFlags {
  readonly kind?: string
  readonly group?: string
  readonly basis?: string
  readonly by?: string
  readonly zone: string
  readonly encoding?: string
  readonly dateOrder?: string
  readonly author?: readonly string[]
  readonly map?: string
  readonly mapFile?: string
  readonly delimiter?: string
  readonly header: boolean
  readonly dateFormat?: string
  readonly channel?: string
  readonly dryRun: boolean
  readonly first: string
}

export type ImportOperations = Pick<Operations, 'lag' | 'beginImport' | 'takeImport'>

export interface ImportCommand {
  readonly file: string
  readonly flags: ImportFlags
  /** Does work on the desk; not called in a dry run. */
  readonly withOperations: (work: (operations: ImportOperations) => Promise<number>) => Promise<number>
  readonly clock: Clock
  readonly output: NodeJS.WritableStream
  readonly errors: NodeJS.WriteStream
}

const refuse = (message: string): Failure => new Failure('invalid-payload', message, { retryable: false })

/** Takes an archive into the flow: a WhatsApp group's exported chat, a CSV file, JSON lines. Answers the exit code. */
export async function importFile(command: ImportCommand): Promise<number> {
  const { file, flags, clock } = command
  const options = readFlags(flags)
  const basis = flags.basis?.trim() ?? ''
  if (basis.length < 10)
    throw refuse('say on what basis the cell may read this: --basis "run by the media cell with notice to its members"')
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new Failure('not-found', `${file} is no file that can be read`, { retryable: false })
  const archive = await openArchive({ file, options, clock })
  command.errors.write(`${archive.form}\n${archive.remarks.map((remark) => `${remark}\n`).join('')}`)
  if (flags.dryRun) return show(command, archive)

  const { hash, bytes } = await fingerprintFile(file)
  const { kind, group } = options
  const by = flags.by?.trim() || `command:${userInfo().username}`
  const start = {
    fileName: basename(file),
    fileHash: hash,
    bytes,
    kind,
    group,
    basis,
    by,
    options: JSON.stringify(options),
  }
  return command.withOperations((operations) => take(command, { archive, start, operations }))
}

interface Taking {
  readonly archive: Archive
  readonly start: ImportStart
  readonly operations: ImportOperations
}

async function take({ output, errors, clock }: ImportCommand, { archive, start, operations }: Taking): Promise<number> {
  const from = await operations.beginImport(start)
  if (from.finishedAt !== null) {
    output.write(`this file was imported already, finished ${from.finishedAt}: ${from.taken} mentions; nothing to do\n`)
    return EXIT.done
  }
  if (from.position > 0) errors.write(`going on behind ${from.position} that are in already\n`)
  const bar = progressOn(errors, Math.max(1, start.bytes))
  const startedAt = clock.now()
  const setAside: string[] = []
  let last: ImportProgress = from
  const settle = (most: number) =>
    waitForStages(operations, clock, most, (waiting) => bar.update(archive.bytesRead(), last.position, waiting))
  try {
    for await (const { changes, unread, progress, isDone } of importBatches(archive.entries(), {
      from,
      batchSize: AT_ONCE,
    })) {
      await operations.takeImport(from.id, { changes, unread }, progress, isDone)
      last = progress
      for (const { detail } of unread) if (setAside.length < SHOWN_SET_ASIDE) setAside.push(detail)
      await settle(MAX_LAG)
    }
    await settle(0)
  } finally {
    bar.done()
  }
  const seconds = (clock.now() - startedAt) / 1000
  output.write(summary(last, seconds))
  for (const detail of setAside) errors.write(`set aside, ${detail}\n`)
  return last.setAside === 0 ? EXIT.done : EXIT.failed
}

function summary({ position, taken, setAside, skipped }: ImportProgress, seconds: number): string {
  const reasons = Object.entries(skipped).sort(([, one], [, other]) => other - one)
  const left = reasons.reduce((sum, [, count]) => sum + count, 0)
  return [
    `${position} read, ${taken} taken, ${left} left out, ${setAside} set aside as dead letters, in ${seconds.toFixed(1)} s`,
    ...reasons.map(([reason, count]) => `  left out ${count}: ${reason}`),
    '',
  ].join('\n')
}

async function show({ flags, output }: ImportCommand, archive: Archive): Promise<number> {
  const most = Number(flags.first)
  let shown = 0
  let last: ImportProgress | undefined
  const from = { position: 0, taken: 0, setAside: 0, skipped: {} }
  for await (const { changes, unread, progress } of importBatches(archive.entries(), { from, batchSize: AT_ONCE })) {
    for (const change of changes) if (shown++ < most) output.write(`${JSON.stringify(change)}\n`)
    for (const { detail } of unread) if (shown++ < most) output.write(`${JSON.stringify({ unread: detail })}\n`)
    last = progress
  }
  if (last !== undefined) output.write(`dry run, nothing was taken in: ${summary(last, 0)}`)
  return EXIT.done
}

function readFlags(flags: ImportFlags): ArchiveOptions {
  const kind = ARCHIVE_KINDS.find((known) => known === flags.kind)
  if (kind === undefined) throw refuse(`say what the file is: --kind ${ARCHIVE_KINDS.join(', --kind ')}`)
  const group = flags.group?.trim() ?? ''
  if (group === '') throw refuse('say whose words these are: --group NAME, the name of the group or archive')
  const dateOrder = (['dmy', 'mdy', 'ymd'] as const).find((order) => order === flags.dateOrder)
  if (flags.dateOrder !== undefined && dateOrder === undefined)
    throw refuse(`there is no order of dates ${flags.dateOrder}: write dmy, mdy or ymd`)
  if (!/^\d{1,6}$/.test(flags.first)) throw refuse('--first is a number')
  const { zone, encoding, author, dateFormat, channel, header } = flags
  return {
    kind,
    group,
    zone,
    encoding,
    dateOrder,
    authors: author,
    map: readMap(flags),
    delimiter: readDelimiter(flags.delimiter),
    hasHeader: header,
    dateFormat,
    channel,
  }
}

function readMap({ map, mapFile }: ImportFlags): ColumnMap | undefined {
  if (map !== undefined && mapFile !== undefined) throw refuse('write --map or --map-file, not both')
  if (map !== undefined) return parseMap(map)
  if (mapFile === undefined) return undefined
  try {
    return parseMapFile(readFileSync(mapFile, 'utf8'))
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('not-found', `the map file ${mapFile} cannot be read`, { retryable: false, cause })
  }
}

function readDelimiter(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const delimiter = given === 'tab' || given === '\\t' ? '\t' : given
  if (delimiter.length !== 1 || delimiter === '"') throw refuse('--delimiter is one character, or tab')
  return delimiter
}
