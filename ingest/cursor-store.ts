import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Records } from '../runtime/records/tables.js'

/** Where each source stands. Both methods throw a Failure that may be tried again where the records are away; `save` resolves once it is stored. */
export interface CursorStore {
  load(source: string): Promise<string | undefined>
  save(source: string, value: string): Promise<void>
}

export function createCursorStore(records: Records, clock: Clock): CursorStore {
  return {
    load: async (source) => {
      const row = await guarded('read', source, () =>
        records.selectFrom('cursors').select('value').where('source', '=', source).executeTakeFirst(),
      )
      return row?.value
    },
    save: async (source, value) => {
      const row = { source, value, saved_at: clock.iso() }
      await guarded('saved', source, () =>
        records
          .insertInto('cursors')
          .values(row)
          .onConflict((conflict) => conflict.column('source').doUpdateSet({ value: row.value, saved_at: row.saved_at }))
          .execute(),
      )
    },
  }
}

async function guarded<T>(verb: string, source: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('unavailable', `the cursor of ${source} could not be ${verb}: look at the records database`, {
      retryable: true,
      cause,
    })
  }
}
