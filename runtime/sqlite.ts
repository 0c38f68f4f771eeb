import Database from 'libsql'
import { Failure } from './failure.js'

type SqlValue = string | number | bigint | null | Uint8Array

interface NativeStatement {
  readonly reader: boolean
  run(parameters: readonly SqlValue[]): { changes: number; lastInsertRowid: number | bigint }
  all(parameters: readonly SqlValue[]): unknown[]
}

interface NativeDatabase {
  readonly inTransaction: boolean
  exec(sql: string): void
  prepare(sql: string): NativeStatement
  interrupt(): void
  close(): void
}

export interface SqliteOptions {
  /** Refuses every write on this connection. */
  readonly readOnly?: boolean
  /** Opens the file as a lock: no waiting, no WAL. */
  readonly lockOnly?: boolean
  /** Grows the file no further than this; for tests of a full disk. */
  readonly maxPages?: number
}

/**
 * One connection to a SQLite file: WAL, `synchronous=FULL` (what was committed survives a power cut), deleted content overwritten.
 * All calls are synchronous; SQL text is prepared once and kept, so it must be a closed set of strings (values go into parameters).
 * Errors come out as Failures: `storage-full` and `unavailable` are retryable, everything else is a bug and is thrown as it is.
 */
export class Sqlite {
  readonly #db: NativeDatabase
  readonly #statements = new Map<string, NativeStatement>()

  constructor(file: string, options: SqliteOptions = {}) {
    this.#db = guard(
      () => new Database(file, { timeout: options.lockOnly === true ? 0 : 5000 }) as unknown as NativeDatabase,
    )
    if (options.lockOnly === true) return
    if (options.readOnly === true) {
      this.exec('PRAGMA query_only = ON')
      return
    }
    this.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON',
    )
    if (options.maxPages !== undefined) this.limitPages(options.maxPages)
  }

  /** For tests of a full disk: the file grows no further than `pages`, or freely with 0. */
  limitPages(pages: number): void {
    this.exec(`PRAGMA max_page_count = ${pages === 0 ? 1_073_741_823 : pages}`)
  }

  exec(sql: string): void {
    guard(() => this.#db.exec(sql))
  }

  all<Row>(sql: string, ...parameters: SqlValue[]): Row[] {
    return guard(() => this.#prepare(sql).all(parameters)) as Row[]
  }

  first<Row>(sql: string, ...parameters: SqlValue[]): Row | undefined {
    return this.all<Row>(sql, ...parameters)[0]
  }

  /** The number of rows changed. */
  run(sql: string, ...parameters: SqlValue[]): number {
    return guard(() => this.#prepare(sql).run(parameters)).changes
  }

  /** `work` in one transaction that takes the write lock at once: all of it, or, if it throws, nothing. */
  transaction<Result>(work: () => Result): Result {
    this.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.exec('COMMIT')
      return result
    } catch (error) {
      this.rollBack()
      throw error
    }
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction
  }

  /** A full disk rolls back by itself; a second ROLLBACK would hide the first error. */
  rollBack(): void {
    if (this.#db.inTransaction) this.exec('ROLLBACK')
  }

  /** Ends the query that runs on this connection, from another thread or a progress check. */
  interrupt(): void {
    this.#db.interrupt()
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  /** A statement that is not kept: for callers that make their SQL as they go. */
  prepareOnce(sql: string): NativeStatement {
    return guard(() => this.#db.prepare(sql))
  }

  #prepare(sql: string): NativeStatement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

/** Runs `work` and gives SQLite's errors the reasons of Failure. */
export function guard<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw classify(error)
  }
}

function classify(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const words = error instanceof Error ? error.message : String(error)
  if (code === 'SQLITE_FULL' || /disk is full/i.test(words)) {
    return new Failure(
      'storage-full',
      'the disk of the data folder is full: free some space, nothing acknowledged is lost',
      { retryable: true, cause: error },
    )
  }
  if (
    code.startsWith('SQLITE_IOERR') ||
    code === 'SQLITE_BUSY' ||
    code === 'SQLITE_LOCKED' ||
    code === 'SQLITE_CANTOPEN' ||
    code === 'SQLITE_READONLY'
  ) {
    return new Failure('unavailable', `the data folder cannot be used right now (${code})`, {
      retryable: true,
      cause: error,
    })
  }
  return error
}
