import { Presets, SingleBar } from 'cli-progress'
import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { readReplay, type BadLine } from '../../ingest/replay.js'
import type { Clock } from '../../runtime/clock.js'
import { EXIT } from '../exit-codes.js'
import type { Operations } from '../operations.js'

const LINES_AT_ONCE = 200
/** The file waits while a stage has more than this to do, so that live messages are not stuck behind an archive. */
const MAX_LAG = 1000
const LOOK_AGAIN_MS = 100
const SHOWN_BAD_LINES = 20

/** A bar on a terminal, a line now and then elsewhere. */
export function progressOn(stream: NodeJS.WriteStream, totalBytes: number) {
  const bar = new SingleBar(
    {
      stream,
      format: '{bar} {percentage}% | {lines} lines | {waiting} being processed | {duration_formatted}',
      noTTYOutput: true,
      notTTYSchedule: 5000,
      hideCursor: true,
    },
    Presets.shades_classic,
  )
  bar.start(totalBytes, 0, { lines: 0, waiting: 0 })
  return {
    update: (bytes: number, lines: number, waiting: number) =>
      bar.update(Math.min(bytes, totalBytes), { lines, waiting }),
    done: () => bar.stop(),
  }
}

/** Waits until no stage has more than `most` records to do, telling how many wait. */
export async function waitForStages(
  operations: Pick<Operations, 'lag'>,
  clock: Clock,
  most: number,
  tell: (waiting: number) => void,
): Promise<void> {
  for (;;) {
    const waiting = Math.max(0, ...Object.values(await operations.lag()))
    tell(waiting)
    if (waiting <= most) return
    await clock.sleep(LOOK_AGAIN_MS)
  }
}

export interface ReplayCommand {
  readonly file: string
  /** Goes on after the line of this id. */
  readonly afterId: string | undefined
  readonly operations: Operations
  readonly clock: Clock
  readonly output: NodeJS.WritableStream
  readonly errors: NodeJS.WriteStream
}

/** Feeds a file of JSON lines into the flow and waits until every stage is through with it. */
export async function replay({ file, afterId, operations, clock, output, errors }: ReplayCommand): Promise<number> {
  const progress = progressOn(errors, Math.max(1, statSync(file).size))
  const startedAt = clock.now()
  const stream = createReadStream(file)
  const bad: BadLine[] = []
  let lines = 0
  let accepted = 0

  const settle = (most: number) =>
    waitForStages(operations, clock, most, (waiting) => progress.update(stream.bytesRead, lines, waiting))
  for await (const batch of readReplay(stream, { clock, name: basename(file), batchSize: LINES_AT_ONCE, afterId })) {
    await operations.takeIn({ changes: batch.changes, unread: batch.unread })
    lines = batch.lines
    accepted += batch.changes.length
    bad.push(...batch.bad)
    await settle(MAX_LAG)
  }
  await settle(0)
  progress.done()

  const seconds = (clock.now() - startedAt) / 1000
  for (const { line, detail } of bad.slice(0, SHOWN_BAD_LINES)) errors.write(`line ${line}: ${detail}\n`)
  if (bad.length > SHOWN_BAD_LINES) errors.write(`… and ${bad.length - SHOWN_BAD_LINES} more lines\n`)
  const rate = Math.round(accepted / Math.max(seconds, 0.001))
  output.write(
    `${accepted} mentions went through the whole flow in ${seconds.toFixed(1)} s, ${rate} a second; ${bad.length} lines could not be read\n`,
  )
  return bad.length === 0 ? EXIT.done : EXIT.failed
}
