import type { Selectable } from 'kysely'
import { MAX_REVISION, type CorrectableTag, type Correction, type TagValue } from '../../schemas/correction.js'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Records, Tables } from '../records/tables.js'
import { inTransaction } from '../records/transact.js'

/** Tags of one mention set right at once. */
export interface NewCorrections {
  readonly mentionId: string
  readonly receivedAt: string
  readonly textHash: string
  /** The revision that they are made upon: the last one there is. */
  readonly upon: number
  readonly by: string
  readonly note: string
  readonly tags: readonly {
    readonly tag: CorrectableTag
    readonly was: TagValue | null
    readonly value: TagValue | null
  }[]
}

/** What the index and what rings need: reading, and letting go. */
export interface CorrectionsRead {
  /** All corrections of these mentions, in their order; mentions without any are left out. Throws the records' Failure. */
  ofMany(ids: readonly string[]): Promise<ReadonlyMap<string, readonly Correction[]>>
  /** Everything of these mentions goes: for what was withdrawn or has expired. */
  forget(ids: readonly string[]): Promise<void>
}

/**
 * The corrections in the records: the one place where they are true. `add` keeps them if `upon` is still the last revision, and resolves with the new
 * one; undefined where somebody else was faster. Throws a Failure `refused` beyond the last revision that a mention can have.
 */
export interface Corrections extends CorrectionsRead {
  add(made: NewCorrections): Promise<number | undefined>
  /** Mentions with a correction that the bus may not have, at most `limit`. */
  unsaid(limit: number): Promise<readonly { readonly id: string; readonly revision: number }[]>
  markSaid(said: readonly { readonly id: string; readonly revision: number }[]): Promise<void>
  /** All mentions corrected since then (ISO) are to be said once more; resolves with how many. For an index that was made anew. */
  sayAgain(since: string): Promise<number>
  /** Corrected mentions received before then, by id from `after` on, at most `limit`. */
  receivedBefore(before: string, after: string, limit: number): Promise<readonly string[]>
}

const AT_ONCE = 400

function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += AT_ONCE) yield items.slice(at, at + AT_ONCE)
}

const read = (json: string | null): TagValue | null => (json === null ? null : (JSON.parse(json) as TagValue))
const write = (value: TagValue | null): string | null => (value === null ? null : JSON.stringify(value))

function correctionOf(row: Selectable<Tables['corrections']>): Correction {
  const { mention_id, tag, was, value, text_hash, revision, by, at, note } = row
  return {
    mentionId: mention_id,
    revision,
    tag: tag as CorrectableTag,
    was: read(was),
    value: read(value),
    by,
    at,
    textHash: text_hash,
    note,
  }
}

export function createCorrections({ records, clock }: { records: Records; clock: Clock }): Corrections {
  async function ofMany(ids: readonly string[]): Promise<ReadonlyMap<string, readonly Correction[]>> {
    const found = new Map<string, Correction[]>()
    for (const chunk of chunksOf([...new Set(ids)])) {
      const rows = await records
        .selectFrom('corrections')
        .selectAll()
        .where('mention_id', 'in', chunk)
        .orderBy('mention_id')
        .orderBy('revision')
        .orderBy('tag')
        .execute()
      for (const row of rows) {
        const made = found.get(row.mention_id)
        if (made === undefined) found.set(row.mention_id, [correctionOf(row)])
        else made.push(correctionOf(row))
      }
    }
    return found
  }

  async function add(made: NewCorrections): Promise<number | undefined> {
    const { mentionId, receivedAt, textHash, upon, by, note, tags } = made
    const revision = upon + 1
    if (revision > MAX_REVISION)
      throw new Failure('refused', `this mention was corrected ${MAX_REVISION} times, and no more can be kept`, {
        retryable: false,
      })
    return inTransaction(records, async (transaction) => {
      const known = await transaction
        .selectFrom('corrected_mentions')
        .select('revision')
        .where('mention_id', '=', mentionId)
        .executeTakeFirst()
      if (known !== undefined && known.revision !== upon) return undefined
      const at = clock.iso()
      if (known === undefined)
        await transaction
          .insertInto('corrected_mentions')
          .values({ mention_id: mentionId, revision, due: 1, received_at: receivedAt, corrected_at: at })
          .execute()
      else
        await transaction
          .updateTable('corrected_mentions')
          .set({ revision, due: 1, corrected_at: at })
          .where('mention_id', '=', mentionId)
          .execute()
      const rows = tags.map(({ tag, was, value }) => ({
        mention_id: mentionId,
        revision,
        tag,
        was: write(was),
        value: write(value),
        by,
        at,
        text_hash: textHash,
        note,
      }))
      await transaction.insertInto('corrections').values(rows).execute()
      return revision
    })
  }

  async function forget(ids: readonly string[]): Promise<void> {
    for (const chunk of chunksOf(ids))
      await inTransaction(records, async (transaction) => {
        await transaction.deleteFrom('corrections').where('mention_id', 'in', chunk).execute()
        await transaction.deleteFrom('corrected_mentions').where('mention_id', 'in', chunk).execute()
      })
  }

  return {
    ofMany,
    add,
    forget,
    unsaid: async (limit) => {
      const rows = await records
        .selectFrom('corrected_mentions')
        .select(['mention_id', 'revision'])
        .where('due', '=', 1)
        .orderBy('mention_id')
        .limit(limit)
        .execute()
      return rows.map(({ mention_id, revision }) => ({ id: mention_id, revision }))
    },
    markSaid: async (said) => {
      for (const { id, revision } of said)
        await records
          .updateTable('corrected_mentions')
          .set({ due: 0 })
          .where('mention_id', '=', id)
          .where('revision', '=', revision)
          .execute()
    },
    sayAgain: async (since) => {
      const { numUpdatedRows } = await records
        .updateTable('corrected_mentions')
        .set({ due: 1 })
        .where('corrected_at', '>=', since)
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },
    receivedBefore: async (before, after, limit) => {
      const rows = await records
        .selectFrom('corrected_mentions')
        .select('mention_id')
        .where('received_at', '<', before)
        .where('mention_id', '>', after)
        .orderBy('mention_id')
        .limit(limit)
        .execute()
      return rows.map(({ mention_id }) => mention_id)
    },
  }
}
