import { createHash } from 'node:crypto'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { Records } from '../../runtime/records/tables.js'
import { inTransaction } from '../../runtime/records/transact.js'

/** What is asked to be taken in, and why the cell may read it. */
export interface ImportStart {
  readonly fileName: string
  /** SHA-256 of the file, in hex. */
  readonly fileHash: string
  readonly bytes: number
  readonly kind: string
  /** The group's or the archive's name. */
  readonly group: string
  readonly basis: string
  /** Who asked for it. */
  readonly by: string
  /** How it is to be read, as JSON: another reading of the same file is another import. */
  readonly options: string
}

export interface ImportProgress {
  /** Entries of the file that the bus has, or that were left out for a reason. */
  readonly position: number
  readonly taken: number
  readonly setAside: number
  /** How many were left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>
}

export interface ImportState extends ImportProgress {
  readonly id: string
  readonly startedAt: string
  /** Null while something of it is left. */
  readonly finishedAt: string | null
}

/**
 * What was imported, by whom, on what basis, and how far it came. Both methods throw a Failure that may be tried again where the records are away.
 * `begin` answers where an earlier, interrupted import of the same file stands, and notes in the audit who began or went on. `save` is called after the
 * bus has what it counts; it never goes back, and notes the end.
 */
export interface Imports {
  begin(start: ImportStart): Promise<ImportState>
  save(id: string, progress: ImportProgress, isDone: boolean): Promise<void>
}

export function createImports({ records, clock }: { records: Records; clock: Clock }): Imports {
  return {
    begin: (start) => guarded(() => beginImport(records, start, clock.iso())),
    save: (id, progress, isDone) => guarded(() => saveImport(records, { id, progress, isDone, at: clock.iso() })),
  }
}

/** The same file read in the same way is the same import, whoever asks and whatever the file is called. */
export const importId = ({ fileHash, kind, group, options }: ImportStart): string =>
  createHash('sha256')
    .update(JSON.stringify([fileHash, kind, group, options]))
    .digest('hex')
    .slice(0, 32)

function checkBasis({ basis, group }: ImportStart): void {
  if (basis.trim().length < 10)
    throw new Failure(
      'invalid-payload',
      'say on what basis the cell may read this, such as --basis "run by the media cell with notice to its members"',
      { retryable: false },
    )
  if (group.trim() === '')
    throw new Failure('invalid-payload', 'say which group it is: --group NAME', { retryable: false })
}

async function beginImport(records: Records, start: ImportStart, at: string): Promise<ImportState> {
  checkBasis(start)
  const id = importId(start)
  const { fileName, fileHash, bytes, kind, group, basis, by, options } = start
  return inTransaction(records, async (transaction) => {
    const row = {
      id,
      file_name: fileName,
      file_hash: fileHash,
      bytes,
      kind,
      group_name: group,
      basis,
      requested_by: by,
      options,
      position: 0,
      taken: 0,
      set_aside: 0,
      skipped: '{}',
      started_at: at,
      updated_at: at,
      finished_at: null,
    }
    await transaction
      .insertInto('imports')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const found = await transaction.selectFrom('imports').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const action =
      found.finished_at !== null ? 'import asked again' : found.position > 0 ? 'import resumed' : 'import begun'
    const detail = `${kind} ${group}: ${basis} (file ${fileName}, sha256 ${fileHash})`
    await transaction
      .insertInto('audit')
      .values({ at, actor: by, action, subject: `import ${id}`, detail })
      .execute()
    return {
      id,
      position: Number(found.position),
      taken: Number(found.taken),
      setAside: Number(found.set_aside),
      skipped: JSON.parse(found.skipped) as Record<string, number>,
      startedAt: found.started_at,
      finishedAt: found.finished_at,
    }
  })
}

async function saveImport(
  records: Records,
  { id, progress, isDone, at }: { id: string; progress: ImportProgress; isDone: boolean; at: string },
): Promise<void> {
  const { position, taken, setAside, skipped } = progress
  await inTransaction(records, async (transaction) => {
    const found = await transaction
      .selectFrom('imports')
      .select(['position', 'finished_at', 'requested_by'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (found === undefined)
      throw new Failure('not-found', `there is no import ${id}: begin it first`, { retryable: false })
    // A second rabta that imports the same file may be further: then nothing is lost by leaving it.
    if (Number(found.position) > position || found.finished_at !== null) return
    await transaction
      .updateTable('imports')
      .set({
        position,
        taken,
        set_aside: setAside,
        skipped: JSON.stringify(skipped),
        updated_at: at,
        ...(isDone ? { finished_at: at } : {}),
      })
      .where('id', '=', id)
      .execute()
    if (!isDone) return
    const left = Object.values(skipped).reduce((sum, count) => sum + count, 0)
    const detail = `${position} read, ${taken} taken, ${left} left out, ${setAside} set aside`
    const entry = { at, actor: found.requested_by, action: 'import finished', subject: `import ${id}`, detail }
    await transaction.insertInto('audit').values(entry).execute()
  })
}

async function guarded<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('unavailable', 'the import could not be recorded: look at the records database', {
      retryable: true,
      cause,
    })
  }
}
