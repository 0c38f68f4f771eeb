import { sql } from 'kysely'
import type { DeadLetter } from '../schemas/dead-letter.js'
import { TOPICS, type Topic } from '../schemas/topics.js'
import type { Bus } from './bus.js'
import type { Clock } from './clock.js'
import { Failure } from './failure.js'
import type { Records, Tables } from './records/tables.js'
import { inTransaction } from './records/transact.js'
import type { StageHandler } from './stage.js'

export interface KeptLetter {
  readonly letter: DeadLetter
  readonly replayedAt: string | null
}

export interface ReplayOutcome {
  readonly replayed: number
  /** Letters that could not be put back, with why. */
  readonly failed: readonly { id: string; detail: string }[]
}

/** Puts the payload of a letter whose origin is no topic back in at the door it came by; throws a Failure if it is still not readable. */
export type Reopen = (letter: DeadLetter) => Promise<void>

/** What nobody could process: kept in the records until somebody puts it back. */
export interface DeadLetters {
  readonly handle: StageHandler<'mentions.dead'>
  /** The waiting ones, newest first. With `maxValueBytes`, of those that are larger only the heading: their value is null, and the detail says so. */
  list(page: {
    limit: number
    offset: number
    maxValueBytes?: number
  }): Promise<{ items: readonly KeptLetter[]; total: number }>
  /** Puts letters back where they came from, each once; `undefined` means all that wait. One that cannot be put back keeps no other from it. */
  replay(ids: readonly string[] | undefined): Promise<ReplayOutcome>
}

const isTopic = (origin: string): origin is Topic => Object.hasOwn(TOPICS, origin)

export function createDeadLetters(parts: {
  records: Records
  bus: Bus
  clock: Clock
  /** By origin (`hooks/whatsapp`). */
  /** The door that letters of this origin came in by; undefined where there is none. */
  reopen: (origin: string) => Reopen | undefined
}): DeadLetters {
  const { records, bus, clock, reopen } = parts

  async function putBack(letter: DeadLetter): Promise<void> {
    const open = reopen(letter.origin)
    if (open !== undefined) return open(letter)
    if (isTopic(letter.origin)) return bus.publish(letter.origin, [{ key: letter.key, value: letter.value }])
    throw new Failure('not-found', `nothing takes payloads of ${letter.origin} back`, { retryable: false })
  }

  async function putBackById(id: string): Promise<string | undefined> {
    const row = await records
      .selectFrom('dead_letters')
      .select('body')
      .where('id', '=', id)
      .where('replayed_at', 'is', null)
      .executeTakeFirst()
    if (row === undefined) return 'no dead letter of this id waits'
    try {
      await putBack(JSON.parse(row.body) as DeadLetter)
    } catch (error) {
      return error instanceof Failure ? error.message : `an error nobody expected (${nameOf(error)})`
    }
    await records.updateTable('dead_letters').set({ replayed_at: clock.iso() }).where('id', '=', id).execute()
    return undefined
  }

  return {
    handle: async (batch) => {
      await inTransaction(records, async (transaction) => {
        for (const { value } of batch) {
          const { id, origin, reason, detail, attempts, at } = value
          const row = { id, origin, reason, detail, attempts, at, replayed_at: null, body: JSON.stringify(value) }
          await transaction
            .insertInto('dead_letters')
            .values(row)
            // The same record twice changes nothing; the same payload set aside again after it was put back waits again.
            .onConflict((conflict) => conflict.column('id').doUpdateSet(row).where('dead_letters.replayed_at', '<', at))
            .execute()
        }
      })
    },

    list: async ({ limit, offset, maxValueBytes = Number.MAX_SAFE_INTEGER }) => {
      const waiting = records.selectFrom('dead_letters').where('replayed_at', 'is', null)
      const rows = await waiting
        .select(['id', 'origin', 'reason', 'detail', 'attempts', 'at', 'replayed_at'])
        .select(sql<number>`length(body)`.as('bytes'))
        .orderBy('at', 'desc')
        .orderBy('id')
        .limit(limit)
        .offset(offset)
        .execute()
      const small = rows.filter(({ bytes }) => bytes <= maxValueBytes).map(({ id }) => id)
      const bodies = await records
        .selectFrom('dead_letters')
        .select(['id', 'body'])
        .where('id', 'in', small.length === 0 ? [''] : small)
        .execute()
      const bodyOf = new Map(bodies.map(({ id, body }) => [id, JSON.parse(body) as DeadLetter]))
      const { total } = await waiting
        .select((count) => count.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow()
      return {
        items: rows.map((row) => ({ letter: bodyOf.get(row.id) ?? headingOf(row), replayedAt: row.replayed_at })),
        total: Number(total),
      }
    },

    replay: async (ids) => {
      const asked = ids === undefined ? await waitingIds() : [...new Set(ids)]
      const failed: { id: string; detail: string }[] = []
      for (const id of asked) {
        const detail = await putBackById(id)
        if (detail !== undefined) failed.push({ id, detail })
      }
      return { replayed: asked.length - failed.length, failed }
    },
  }

  /** The ids alone: all that waits may not fit into memory. */
  async function waitingIds(): Promise<string[]> {
    const rows = await records
      .selectFrom('dead_letters')
      .select('id')
      .where('replayed_at', 'is', null)
      .orderBy('at')
      .orderBy('id')
      .execute()
    return rows.map(({ id }) => id)
  }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error)

type LetterRow = Pick<Tables['dead_letters'], 'id' | 'origin' | 'reason' | 'detail' | 'attempts' | 'at'>

function headingOf({ bytes, ...row }: LetterRow & { bytes: number }): DeadLetter {
  return {
    schema: 'rabta.dead-letter/1',
    id: row.id,
    origin: row.origin,
    key: '',
    value: null,
    reason: row.reason as DeadLetter['reason'],
    detail: `${row.detail} (${Math.ceil(bytes / 1024)} kB, not shown here)`,
    attempts: row.attempts,
    at: row.at,
  }
}
