import { randomUUID } from 'node:crypto'
import type { Selectable, Transaction } from 'kysely'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { VocabularyEntry, type VocabularyItem } from '../../schemas/vocabulary.js'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Records, Tables } from '../records/tables.js'
import { inTransaction } from '../records/transact.js'

/** Each swap reads them all, and a person must be able to look through them. */
export const MOST_ENTRIES = 10_000
const ONE_ROW = 'all'

/** What stands, in the order in which it was added, and the revision it is of. */
export interface VocabularyState {
  readonly revision: number
  readonly items: readonly VocabularyItem[]
}

/** What administrators added to districts, places and words. Nothing is deleted: an entry that is retired stays, out of use. */
export interface VocabularyStore {
  /** Grows with each change; one row of one column, to be asked for every few seconds. */
  revision(): Promise<number>
  read(): Promise<VocabularyState>
  /** Those that were retired too, the newest first, `limit` at most. */
  history(limit: number): Promise<readonly VocabularyItem[]>
  /**
   * Keeps the entry that `judge` makes of what stands at that moment; what `judge` throws is thrown, and nothing is kept. It may be called more than once.
   * Throws a Failure `refused` where there are `MOST_ENTRIES` already.
   */
  add(by: string, judge: (standing: readonly VocabularyItem[]) => VocabularyEntry): Promise<VocabularyItem>
  /** Takes an entry out of use. Throws a Failure `not-found`, or `conflict` where it was retired before. */
  retire(id: string, by: string): Promise<VocabularyItem>
}

const check = TypeCompiler.Compile(VocabularyEntry)

function entryOf(body: string): VocabularyEntry | null {
  try {
    const value: unknown = JSON.parse(body)
    return check.Check(value) ? value : null
  } catch {
    return null
  }
}

function toItem(row: Selectable<Tables['vocabulary']>): VocabularyItem {
  const entry = entryOf(row.body)
  return {
    id: row.id,
    kind: row.kind,
    entry,
    by: row.added_by,
    at: row.added_at,
    retiredAt: row.retired_at,
    retiredBy: row.retired_by,
    problem: entry === null ? 'what is kept is no entry of this version of Rabta: retire it and add it anew' : null,
  }
}

const revisionOf = async (db: Records | Transaction<Tables>): Promise<number> =>
  (await db.selectFrom('vocabulary_revision').select('revision').executeTakeFirst())?.revision ?? 0

const standing = async (db: Records | Transaction<Tables>): Promise<readonly VocabularyItem[]> =>
  (
    await db
      .selectFrom('vocabulary')
      .selectAll()
      .where('retired_at', 'is', null)
      .orderBy('added_at')
      .orderBy('id')
      .execute()
  ).map(toItem)

/** In the same transaction as the change, so that whoever sees the number sees the change. */
const grow = (transaction: Transaction<Tables>) =>
  transaction
    .insertInto('vocabulary_revision')
    .values({ id: ONE_ROW, revision: 1 })
    .onConflict((on) =>
      on.column('id').doUpdateSet((set) => ({ revision: set('vocabulary_revision.revision', '+', 1) })),
    )
    .execute()

export function createVocabularyStore({ records, clock }: { records: Records; clock: Clock }): VocabularyStore {
  return {
    revision: () => revisionOf(records),

    read: () =>
      inTransaction(records, async (transaction) => ({
        revision: await revisionOf(transaction),
        items: await standing(transaction),
      })),

    history: async (limit) =>
      (
        await records
          .selectFrom('vocabulary')
          .selectAll()
          .orderBy('added_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
      ).map(toItem),

    add: (by, judge) =>
      inTransaction(records, async (transaction) => {
        await grow(transaction)
        const known = await standing(transaction)
        if (known.length >= MOST_ENTRIES)
          throw new Failure('refused', `there are ${MOST_ENTRIES} entries already: retire some first`, {
            retryable: false,
          })
        const entry = judge(known)
        const row = {
          id: randomUUID(),
          kind: entry.kind,
          body: JSON.stringify(entry),
          added_by: by,
          added_at: clock.iso(),
          retired_at: null,
          retired_by: null,
        }
        await transaction.insertInto('vocabulary').values(row).execute()
        return toItem(row)
      }),

    retire: (id, by) =>
      inTransaction(records, async (transaction) => {
        await grow(transaction)
        const row = await transaction.selectFrom('vocabulary').selectAll().where('id', '=', id).executeTakeFirst()
        if (row === undefined) throw new Failure('not-found', 'there is no such entry', { retryable: false })
        if (row.retired_at !== null)
          throw new Failure('conflict', `it was retired already, by ${row.retired_by ?? 'somebody'}`, {
            retryable: false,
          })
        const retired = { retired_at: clock.iso(), retired_by: by }
        await transaction.updateTable('vocabulary').set(retired).where('id', '=', id).execute()
        return toItem({ ...row, ...retired })
      }),
  }
}
