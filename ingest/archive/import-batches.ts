import type { Unread } from '../../channels/unread.js'
import type { Change } from '../../schemas/mention.js'
import type { ArchiveEntry } from './archive-entry.js'
import type { ImportProgress } from './imports.js'

export interface ImportBatch {
  readonly changes: readonly Change[]
  readonly unread: readonly Unread[]
  /** Where the import stands once the bus has this batch. */
  readonly progress: ImportProgress
  /** The last one; it may hold nothing. */
  readonly isDone: boolean
}

export interface BatchOptions {
  readonly from: ImportProgress
  readonly batchSize: number
}

/** A batch travels through the local socket, which carries 64 MiB. */
const MAX_BATCH_UNITS = 4_000_000

/**
 * The entries of an archive behind where an import stands, in batches, each with the progress it makes. Reads no further than it is asked. The entries
 * before are read again and left: what ids count must be counted from the beginning.
 */
export async function* importBatches(
  entries: AsyncIterable<readonly ArchiveEntry[]>,
  { from, batchSize }: BatchOptions,
): AsyncGenerator<ImportBatch> {
  let seen = 0
  let { position, taken, setAside } = from
  let skipped: Record<string, number> = { ...from.skipped }
  let changes: Change[] = []
  let unread: Unread[] = []
  let units = 0
  let held = 0
  const batch = (isDone: boolean): ImportBatch => {
    const full = { changes, unread, progress: { position, taken, setAside, skipped }, isDone }
    changes = []
    unread = []
    skipped = { ...skipped }
    units = 0
    held = 0
    return full
  }
  for await (const some of entries) {
    for (const entry of some) {
      if (seen++ < from.position) continue
      position++
      held++
      if (entry.kind === 'change') {
        taken++
        changes.push(entry.change)
        units += entry.change.type === 'deleted' ? 0 : entry.change.mention.text.length
      } else if (entry.kind === 'unread') {
        setAside++
        unread.push(entry.unread)
        units += JSON.stringify(entry.unread.payload).length
      } else skipped[entry.reason] = (skipped[entry.reason] ?? 0) + 1
      if (held >= batchSize || units >= MAX_BATCH_UNITS) yield batch(false)
    }
  }
  yield batch(true)
}
