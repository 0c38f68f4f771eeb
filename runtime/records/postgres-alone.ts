import { createHash } from 'node:crypto'
import type { Alone } from '../alone.js'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Log } from '../log.js'

/** A connection of its own, on which locks live as long as it does. */
export interface LockConnection {
  /** Rejects with a Failure. */
  query(sql: string, parameters: readonly unknown[]): Promise<readonly unknown[]>
  /** Closes it at once, whatever it is doing; its locks are free when the server notices. */
  close(): void
}

export interface AdvisoryAloneParts {
  /** `onEnd` is called once when the connection ends by itself. */
  readonly connect: (onEnd: () => void) => Promise<LockConnection>
  /** Names in different schemas are different names. */
  readonly schema: string
  readonly clock: Clock
  readonly log: Log
}

const LOOK_EVERY_MS = 1000
const BEAT_EVERY_MS = 2000
const ANSWER_WITHIN_MS = 3000
const AFTER_A_LOSS_MS = 200

/** `Alone` over locks of a PostgreSQL session, and the means to end it. */
export interface AdvisoryAlone extends Alone {
  /** Ends all terms, and from now on every `hold` ends. */
  close(): void
}

/**
 * One connection holds all the names of this process: the server has few connections and a deployment many processes, and the connection that is lost
 * is lost for every name alike. While it is open a heartbeat finds out within 5 s that it is dead, sooner than the server gives its locks to another.
 */
export function createAdvisoryAlone(parts: AdvisoryAloneParts): AdvisoryAlone {
  const locks = new AdvisoryLocks(parts)
  return { hold: (name, work, signal) => locks.hold(name, work, signal), close: () => locks.close() }
}

const keyOf = (schema: string, name: string) =>
  createHash('sha256')
    .update(JSON.stringify(['rabta alone', schema, name]))
    .digest()
    .readBigInt64BE(0)
    .toString()

const stopped = () => new Failure('stopped', 'the records are closed', { retryable: false })

class AdvisoryLocks {
  readonly #parts: AdvisoryAloneParts
  #session: Promise<LockSession> | undefined
  /** Held in this process: to its own session the server would give a lock a second time. */
  readonly #held = new Set<string>()
  readonly #closed = new AbortController()
  #isAway = false

  constructor(parts: AdvisoryAloneParts) {
    this.#parts = parts
  }

  async hold(name: string, work: (term: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts
    for (;;) {
      const session = await this.#take(name, signal)
      if (session === undefined) return
      const term = AbortSignal.any([signal, session.lost])
      try {
        if (!term.aborted) await work(term)
      } catch (error) {
        if (!term.aborted) throw error
      } finally {
        // Not before the work has ended: until then nobody else may have the turn, in this process either.
        await this.#give(name, session)
      }
      if (signal.aborted || !term.aborted) return
      log.warn('a turn was lost with its connection', { name })
      await clock.sleep(AFTER_A_LOSS_MS, signal).catch(() => undefined)
    }
  }

  close(): void {
    this.#closed.abort(stopped())
    void this.#session?.then(
      (session) => session.lose(stopped()),
      () => undefined,
    )
  }

  /** The session that now holds the name; undefined where the signal aborted first. */
  async #take(name: string, signal: AbortSignal): Promise<LockSession | undefined> {
    while (!signal.aborted) {
      if (this.#closed.signal.aborted) throw stopped()
      const session = await this.#tryToTake(name)
      if (session !== undefined) return session
      const waits = AbortSignal.any([signal, this.#closed.signal])
      await this.#parts.clock.sleep(LOOK_EVERY_MS, waits).catch(() => undefined)
    }
    return undefined
  }

  async #tryToTake(name: string): Promise<LockSession | undefined> {
    if (this.#held.has(name)) return undefined
    this.#held.add(name)
    try {
      const session = await this.#connected()
      const [row] = await session.query('select pg_try_advisory_lock($1::bigint) as got', [this.#key(name)])
      this.#say(undefined)
      if ((row as { got?: boolean } | undefined)?.got === true) return session
    } catch (error) {
      this.#say(error)
    }
    this.#held.delete(name)
    return undefined
  }

  async #give(name: string, session: LockSession): Promise<void> {
    // An unlock that is not answered closes the session, and with it the lock.
    if (!session.lost.aborted)
      await session.query('select pg_advisory_unlock($1::bigint)', [this.#key(name)]).catch(() => undefined)
    this.#held.delete(name)
  }

  #connected(): Promise<LockSession> {
    this.#session ??= LockSession.open(this.#parts).then(
      (session) => {
        session.lost.addEventListener('abort', () => (this.#session = undefined), { once: true })
        if (this.#closed.signal.aborted) session.lose(stopped())
        return session
      },
      (error: unknown) => {
        this.#session = undefined
        throw error
      },
    )
    return this.#session
  }

  #key(name: string): string {
    return keyOf(this.#parts.schema, name)
  }

  #say(error: unknown): void {
    const isAway = error !== undefined
    if (isAway === this.#isAway || this.#closed.signal.aborted) return
    this.#isAway = isAway
    const { log } = this.#parts
    if (!isAway) return log.info('turns are asked for again')
    log.warn('no turn can be had: the records are away', {
      reason: error instanceof Failure ? error.reason : 'unexpected',
      detail: error instanceof Failure ? error.message : undefined,
    })
  }
}

/** One connection, with the beat that tells whether it lives. */
class LockSession {
  readonly #connection: LockConnection
  readonly #clock: Clock
  readonly #lost = new AbortController()

  private constructor(connection: LockConnection, clock: Clock) {
    this.#connection = connection
    this.#clock = clock
  }

  static async open({ connect, clock }: AdvisoryAloneParts): Promise<LockSession> {
    const ended = new AbortController()
    const session = new LockSession(await connect(() => ended.abort()), clock)
    const onEnd = () => session.lose(lostConnection())
    if (ended.signal.aborted) onEnd()
    ended.signal.addEventListener('abort', onEnd, { once: true })
    void session.#beat()
    return session
  }

  /** Aborts when the locks of this session may be somebody else's. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** What is not answered in time, or fails, is the end of the session: whether a lock was taken is then nobody's guess. */
  async query(sql: string, parameters: readonly unknown[]): Promise<readonly unknown[]> {
    this.#lost.signal.throwIfAborted()
    const answered = new AbortController()
    const late = this.#clock.sleep(ANSWER_WITHIN_MS, AbortSignal.any([answered.signal, this.#lost.signal])).then(
      () => {
        throw lostConnection()
      },
      () => {
        if (this.#lost.signal.aborted) throw this.#lost.signal.reason as Error
        return [] as readonly unknown[]
      },
    )
    try {
      return await Promise.race([this.#connection.query(sql, parameters), late])
    } catch (error) {
      this.lose(error instanceof Error ? error : lostConnection())
      throw error
    } finally {
      answered.abort()
      late.catch(() => undefined)
    }
  }

  lose(why: Error): void {
    if (this.#lost.signal.aborted) return
    this.#connection.close()
    this.#lost.abort(why)
  }

  async #beat(): Promise<void> {
    try {
      for (;;) {
        await this.#clock.sleep(BEAT_EVERY_MS, this.#lost.signal)
        await this.query('select 1', [])
      }
    } catch {
      this.lose(lostConnection())
    }
  }
}

const lostConnection = () =>
  new Failure('unavailable', 'the connection that held the turn is lost', { retryable: true })
