import { sql, type Transaction } from 'kysely'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import type { Channel } from '../schemas/mention.js'

/** One thing that a platform charged for: its kind and id, and the price in millionths of a dollar. */
export interface ChargedItem {
  readonly kind: string
  readonly id: string
  readonly microDollars: number
}

export interface MonthSpend {
  /** UTC, `2026-11`. */
  readonly month: string
  readonly dollars: number
}

/**
 * What reading a platform has cost since the UTC month began. `record` resolves once it is stored; an item counts once a UTC day, at the price of its first
 * reading, whoever reads it. Both methods throw a Failure that may be tried again where the records are away.
 */
export interface SpendMeter {
  record(items: readonly ChargedItem[]): Promise<void>
  month(): Promise<MonthSpend>
}

const ROWS_AT_ONCE = 100
const DAY_MS = 86_400_000
const MICRO = 1_000_000

export function createSpendMeter(options: { records: Records; clock: Clock; platform: Channel }): SpendMeter {
  const { records, clock, platform } = options
  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  let sweptDay: string | undefined

  async function record(items: readonly ChargedItem[]): Promise<void> {
    const day = dayOf(clock.now())
    const unique = new Map(items.map((item) => [`${item.kind} ${item.id}`, item]))
    if (unique.size === 0) return
    await guarded('counted', () =>
      inTransaction(records, async (transaction) => {
        const microDollars = await chargeNew(transaction, day, [...unique.values()])
        if (microDollars > 0) await addToMonth(transaction, day.slice(0, 7), microDollars)
      }),
    )
    await sweep(day)
  }

  /** Stores what was not read today yet, and answers what it costs. Items of one price are stored together, for only their number comes back. */
  async function chargeNew(transaction: Transaction<Tables>, day: string, items: readonly ChargedItem[]) {
    let sum = 0
    for (const price of new Set(items.map(({ microDollars }) => microDollars))) {
      const rows = items
        .filter(({ microDollars }) => microDollars === price)
        .map(({ kind, id }) => ({ platform, day, kind, id }))
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
        const { numInsertedOrUpdatedRows = 0n } = await transaction
          .insertInto('spend_items')
          .values(rows.slice(from, from + ROWS_AT_ONCE))
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow()
        sum += Number(numInsertedOrUpdatedRows) * price
      }
    }
    return sum
  }

  async function addToMonth(transaction: Transaction<Tables>, month: string, microDollars: number): Promise<void> {
    await transaction
      .insertInto('spend_months')
      .values({ platform, month, micro_dollars: microDollars })
      .onConflict((conflict) =>
        conflict
          .columns(['platform', 'month'])
          .doUpdateSet({ micro_dollars: sql<number>`spend_months.micro_dollars + ${microDollars}` }),
      )
      .execute()
  }

  /** Once a day, what is older than yesterday is forgotten: it no longer makes a repeat free. */
  async function sweep(day: string): Promise<void> {
    if (sweptDay === day) return
    const before = dayOf(clock.now() - DAY_MS)
    await guarded('swept', () =>
      records.deleteFrom('spend_items').where('platform', '=', platform).where('day', '<', before).execute(),
    )
    sweptDay = day
  }

  return {
    record,
    month: async () => {
      const month = dayOf(clock.now()).slice(0, 7)
      const row = await guarded('read', () =>
        records
          .selectFrom('spend_months')
          .select('micro_dollars')
          .where('platform', '=', platform)
          .where('month', '=', month)
          .executeTakeFirst(),
      )
      return { month, dollars: Number(row?.micro_dollars ?? 0) / MICRO }
    },
  }
}

async function guarded<T>(verb: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('unavailable', `what reading costs could not be ${verb}: look at the records database`, {
      retryable: true,
      cause,
    })
  }
}
