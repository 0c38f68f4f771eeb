import { fingerprint } from '../channels/unread.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Change } from '../schemas/mention.js'
import { readLines } from './lines.js'
import { readReplayLine } from './replay-line.js'
import type { UnreadPayload } from './source.js'

export interface BadLine {
  readonly line: number
  readonly detail: string
}

export interface ReplayBatch {
  readonly changes: readonly Change[]
  readonly bad: readonly BadLine[]
  /** The bad lines as dead letters want them. */
  readonly unread: readonly UnreadPayload[]
  /** The number of the last line looked at. */
  readonly lines: number
  /** The id of the last mention in `changes`, or of an earlier batch: where to go on. */
  readonly lastId: string | undefined
}

export interface ReplayReadOptions {
  readonly clock: Clock
  /** Names the file in dead letters. */
  readonly name: string
  readonly batchSize?: number
  /** Leaves out everything up to and with the line of this mention (`replay:…`, or without the prefix). */
  readonly afterId?: string | undefined
}

const DEFAULT_BATCH = 500
const MAX_KEPT_LINE = 100_000

/** The mentions of a stream of JSON lines, in batches: no further line is read before the batch was taken. Bad lines are told by number and end nothing. */
export async function* readReplay(
  stream: AsyncIterable<Uint8Array | string>,
  options: ReplayReadOptions,
): AsyncGenerator<ReplayBatch> {
  const { clock, name, batchSize = DEFAULT_BATCH, afterId } = options
  const origin = `replay/${name}`
  let isWaiting = afterId !== undefined
  let lastId: string | undefined
  let changes: Change[] = []
  let unread: UnreadPayload[] = []
  let bad: BadLine[] = []
  let lines = 0
  const batch = (): ReplayBatch => {
    const full = { changes, bad, unread, lines, lastId }
    changes = []
    unread = []
    bad = []
    return full
  }
  for await (const { number, text } of readLines(stream)) {
    lines = number
    if (text?.trim() === '') continue
    const reading =
      text === undefined ? { bad: 'longer than a line may be' } : readReplayLine(text, number, clock.iso())
    if (isWaiting) {
      if ('id' in reading) isWaiting = !(reading.id === afterId || reading.id === `replay:${afterId}`)
      continue
    }
    if ('change' in reading) {
      changes.push(reading.change)
      lastId = reading.id
    } else {
      bad.push({ line: number, detail: reading.bad })
      unread.push({
        id: `${origin}:${number}:${fingerprint(text ?? '')}`,
        origin,
        payload: text?.slice(0, MAX_KEPT_LINE) ?? null,
        detail: `line ${number}: ${reading.bad}`,
      })
    }
    if (changes.length + bad.length >= batchSize) yield batch()
  }
  if (isWaiting) {
    throw new Failure(
      'not-found',
      `no line has the id ${afterId}: nothing was replayed; look for it in the file, or start from the beginning`,
      { retryable: false },
    )
  }
  if (changes.length + bad.length > 0) yield batch()
}
