import type { Transaction } from 'kysely'
import { systemClock, type Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Records, Tables } from './tables.js'

/** A row's key was taken by somebody else. Between two transactions that both looked first, it is how PostgreSQL tells a conflict; else it is a bug. */
export class KeyTaken extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'KeyTaken'
  }
}

const TRIES = 15
const FIRST_WAIT_MS = 5
const MAX_WAIT_MS = 250

const mayPass = (error: unknown) =>
  error instanceof KeyTaken || (error instanceof Failure && error.reason === 'conflict' && error.retryable)

/** How long to keep out of the others' way before the next try: up to twice as long each time, by chance. */
export const conflictWaitMs = (attempt: number, random: () => number) =>
  random() * Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt)

/**
 * `work` in one transaction, all of it or nothing, and again from its beginning where another transaction got in its way (which happens on PostgreSQL
 * alone: on SQLite they queue). So `work` may have no effect but by its transaction. Throws what `work` throws; where others are in the way again and
 * again, a retryable Failure `unavailable`.
 */
export async function inTransaction<Result>(
  records: Records,
  work: (transaction: Transaction<Tables>) => Promise<Result>,
  { clock = systemClock, random = Math.random }: { clock?: Pick<Clock, 'sleep'>; random?: () => number } = {},
): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await records.transaction().execute(work)
    } catch (error) {
      if (!mayPass(error)) throw error
      if (attempt + 1 >= TRIES) {
        if (error instanceof KeyTaken) throw error
        throw new Failure('unavailable', 'too many write the same records at once: try again in a moment', {
          retryable: true,
          retryAfterMs: 200,
          cause: error,
        })
      }
      await clock.sleep(conflictWaitMs(attempt, random))
    }
  }
}
