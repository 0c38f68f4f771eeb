import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely'
import { DiskRoom } from '../disk-room.js'
import { guard, Sqlite } from '../sqlite.js'
import { migrate } from './migrate.js'
import type { Records, Tables } from './tables.js'

const WRITES = /^\s*(insert|update|delete)\b/i

/** What kysely asks of a driver, over our connection: errors become Failures, and a rollback after a full disk does not hide it. */
function asKyselyDatabase(sqlite: Sqlite, room: DiskRoom): SqliteDatabase {
  let changed = false
  const watched = <Result>(sql: string, work: () => Result, changes: (result: Result) => number): Result => {
    try {
      const result = guard(work)
      changed ||= WRITES.test(sql) && changes(result) > 0
      if (changed && !sqlite.inTransaction) {
        changed = false
        room.wrote()
      }
      return result
    } catch (error) {
      room.failed(error)
      throw error
    }
  }
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
          run: () => {
            changed = false
            sqlite.rollBack()
            return { changes: 0, lastInsertRowid: 0 }
          },
        }
      }
      const statement = sqlite.prepareOnce(sql === 'begin' ? 'begin immediate' : sql)
      const all = (parameters: readonly unknown[]) =>
        watched(
          sql,
          () => statement.all(parameters as never),
          (rows) => rows.length,
        )
      return {
        reader: statement.reader,
        all,
        iterate: (parameters) => all(parameters)[Symbol.iterator]() as IterableIterator<unknown>,
        run: (parameters) =>
          watched(
            sql,
            () => statement.run(parameters as never),
            ({ changes }) => changes,
          ),
      }
    },
  }
}

/**
 * Opens the relational store of the embedded way (`:memory:` for tests) and brings its tables up to date. `sqlite` is the connection below,
 * for tests of a full disk; `problem` says what keeps it from taking what is written, undefined while it takes it. Throws what the first migration that fails throws; a migration is all or nothing.
 */
export async function openRecords(file: string): Promise<{
  records: Records
  sqlite: Sqlite
  problem: () => string | undefined
}> {
  const room = new DiskRoom()
  const sqlite = new Sqlite(file)
  const records = new Kysely<Tables>({ dialect: new SqliteDialect({ database: asKyselyDatabase(sqlite, room) }) })
  try {
    await migrate(records as Kysely<never>)
  } catch (error) {
    await records.destroy()
    throw error
  }
  return { records, sqlite, problem: () => room.problem() }
}
