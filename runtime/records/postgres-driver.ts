import {
  PostgresAdapter,
  PostgresQueryCompiler,
  sql,
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  type SchemaMetadata,
  type TableMetadata,
  type TransactionSettings,
} from 'kysely'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import { classifyConnecting, classifyPostgres, isConnectionOver } from './postgres-failures.js'
import { conflictWaitMs } from './transact.js'

/** What is needed of a connection of the pool. */
export interface PooledClient {
  query(sql: string, parameters: readonly unknown[]): Promise<PooledResult>
  /** Gives it back; with `true` it is closed instead. */
  release(isBroken: boolean): void
}

export interface PooledResult {
  readonly command: string
  readonly rowCount: number | null
  readonly rows: unknown[]
}

export interface PostgresDriverParts {
  readonly connect: () => Promise<PooledClient>
  readonly close: () => Promise<void>
  readonly clock: Pick<Clock, 'sleep'>
  /** Told how every use ended: undefined, or why it failed. */
  readonly told: (error: Error | undefined) => void
  readonly random?: () => number
}

const TRIES = 12
const COUNTED = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/**
 * PostgreSQL below kysely. Errors come out as Failures. A statement outside a transaction that lost against another one is run again here; a transaction
 * that lost comes out as a Failure `conflict`, and whoever ran it begins it again.
 */
export function postgresDialect(parts: PostgresDriverParts): Dialect {
  return {
    createDriver: () => new PostgresDriver(parts),
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new SchemaIntrospector(db),
  }
}

/** What the migrator asks: which tables are in our schema. kysely's own looks through the whole database, and fails where a neighbour's schema is dropped meanwhile. */
class SchemaIntrospector implements DatabaseIntrospector {
  readonly #db: Kysely<unknown>

  constructor(db: Kysely<unknown>) {
    this.#db = db
  }

  async getSchemas(): Promise<SchemaMetadata[]> {
    return (await sql<SchemaMetadata>`select nspname as name from pg_namespace`.execute(this.#db)).rows
  }

  async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<{ name: string; schema: string }>`select tablename as name, schemaname as schema
      from pg_tables where schemaname = current_schema()`.execute(this.#db)
    return rows.map((row) => ({ ...row, isView: false, columns: [] }))
  }

  async getMetadata(): Promise<{ tables: TableMetadata[] }> {
    return { tables: await this.getTables() }
  }
}

class PostgresDriver implements Driver {
  readonly #parts: PostgresDriverParts

  constructor(parts: PostgresDriverParts) {
    this.#parts = parts
  }

  init(): Promise<void> {
    return Promise.resolve()
  }

  async acquireConnection(): Promise<PostgresConnection> {
    try {
      return new PostgresConnection(await this.#parts.connect(), this.#parts)
    } catch (error) {
      const failure = classifyConnecting(error)
      this.#parts.told(failure)
      throw failure
    }
  }

  async beginTransaction(connection: PostgresConnection, settings: TransactionSettings): Promise<void> {
    const { isolationLevel, accessMode } = settings
    await connection.begin(
      ['begin', ...(isolationLevel === undefined ? [] : ['isolation level', isolationLevel]), accessMode ?? '']
        .join(' ')
        .trim(),
    )
  }

  commitTransaction(connection: PostgresConnection): Promise<void> {
    return connection.commit()
  }

  rollbackTransaction(connection: PostgresConnection): Promise<void> {
    return connection.rollBack()
  }

  releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release()
    return Promise.resolve()
  }

  destroy(): Promise<void> {
    return this.#parts.close()
  }
}

class PostgresConnection implements DatabaseConnection {
  readonly #client: PooledClient
  readonly #parts: PostgresDriverParts
  #isBroken = false
  /** The transaction that runs, with its first failure: all that comes after says only that it failed. */
  #transaction: { failed?: Error } | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(client: PooledClient, parts: PostgresDriverParts) {
    this.#client = client
    this.#parts = parts
  }

  executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return this.#inTurn(async () => {
      const result = await (this.#transaction === undefined ? this.#alone(sql, parameters) : this.#run(sql, parameters))
      const { command, rowCount, rows } = result
      return {
        rows: rows as Row[],
        ...(COUNTED.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}),
      }
    })
  }

  // eslint-disable-next-line require-yield -- it is part of the interface, and nothing here streams
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the records are not streamed')
  }

  begin(sql: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#run(sql, [])
      this.#transaction = {}
    })
  }

  commit(): Promise<void> {
    return this.#inTurn(async () => {
      // To a transaction that failed the server answers COMMIT with a quiet ROLLBACK.
      const failed = this.#transaction?.failed
      if (failed !== undefined) throw failed
      const { command } = await this.#run('commit', [])
      this.#transaction = undefined
      if (command !== 'COMMIT') throw new Error(`a transaction ended with ${command}`)
    })
  }

  /** Never throws: the failure that led here is the one to be told, and a connection that cannot be rolled back is closed. */
  rollBack(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isBroken) return
      try {
        await this.#client.query('rollback', [])
        this.#transaction = undefined
      } catch {
        this.#isBroken = true
      }
    })
  }

  release(): void {
    this.#client.release(this.#isBroken || this.#transaction !== undefined)
  }

  /** One after the other, as they were asked for. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work)
    this.#last = mine.catch(() => undefined)
    return mine
  }

  /** A statement on its own is its own transaction: what lost against another one has changed nothing. */
  async #alone(sql: string, parameters: readonly unknown[]): Promise<PooledResult> {
    const { clock, random = Math.random } = this.#parts
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#run(sql, parameters)
      } catch (error) {
        if (!(error instanceof Failure) || error.reason !== 'conflict' || attempt >= TRIES) throw error
        await clock.sleep(conflictWaitMs(attempt, random))
      }
    }
  }

  async #run(sql: string, parameters: readonly unknown[]): Promise<PooledResult> {
    const failed = this.#transaction?.failed
    if (failed !== undefined) throw failed
    try {
      const result = await this.#client.query(sql, parameters)
      this.#parts.told(undefined)
      return result
    } catch (error) {
      if (isConnectionOver(error)) this.#isBroken = true
      const failure = classifyPostgres(error)
      if (this.#transaction !== undefined) this.#transaction.failed = failure
      this.#parts.told(failure)
      throw failure
    }
  }
}
