import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely'
import { guard, Sqlite } from '../sqlite.js'
import { migrate } from './migrate.js'
import type { Records, Tables } from './tables.js'

/** What kysely asks of a driver, over our connection: errors become Failures, and a rollback after a full disk does not hide it. */
function asKyselyDatabase(sqlite: Sqlite): SqliteDatabase {
  return {
    close: () => {
      sqlite.close()
    },
    prepare: (sql) => {
      if (sql === 'rollback') {
        return {
          reader: false,
          all: () => [],
          iterate: () => [][Symbol.iterator](),
          run: () => (sqlite.rollBack(), { changes: 0, lastInsertRowid: 0 }),
        }
      }
      const statement = sqlite.prepareOnce(sql === 'begin' ? 'begin immediate' : sql)
      const all = (parameters: readonly unknown[]) => guard(() => statement.all(parameters as never))
      return {
        reader: statement.reader,
        all,
        iterate: (parameters) => all(parameters)[Symbol.iterator]() as IterableIterator<unknown>,
        run: (parameters) => guard(() => statement.run(parameters as never)),
      }
    },
  }
}

/**
 * Opens the relational store of the embedded way (`:memory:` for tests) and brings its tables up to date. `sqlite` is the connection below,
 * for tests of a full disk. Throws what the first migration that fails throws; a migration is all or nothing.
 */
export async function openRecords(file: string): Promise<{ records: Records; sqlite: Sqlite }> {
  const sqlite = new Sqlite(file)
  const records = new Kysely<Tables>({ dialect: new SqliteDialect({ database: asKyselyDatabase(sqlite) }) })
  try {
    await migrate(records as Kysely<never>)
  } catch (error) {
    await records.destroy()
    throw error
  }
  return { records, sqlite }
}
