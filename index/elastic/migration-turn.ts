import { randomUUID } from 'node:crypto'
import type { Client } from '@elastic/elasticsearch'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { Position } from '../../runtime/bus.js'
import { errorType, failureOf, guarded, statusOf } from './errors.js'

/** A migration that is not finished: kept in the engine, so that whoever starts the next one knows. */
export interface Unfinished {
  readonly from: number
  readonly to: number
  /** Where in `mentions.enriched` catching up begins. */
  readonly since: Position
}

interface TurnDocument {
  /** Whose turn it is; null when nobody migrates. */
  readonly holder: string | null
  /** Counts up while the holder lives. */
  readonly beat: number
  /** As JSON. */
  readonly unfinished: string | null
}

interface Found {
  readonly document: TurnDocument
  readonly seqNo: number
  readonly primaryTerm: number
}

export interface TurnParts {
  readonly client: Client
  readonly name: string
  readonly replicas: number
  readonly clock: Clock
  readonly say: (line: string) => void
}

const ID = 'turn'
const BEAT_MS = 3000
/** A holder whose beat was not seen for so long is dead. Measured here, so that no two clocks need agree. */
const DEAD_AFTER_MS = 15_000
const LOOK_MS = 1000

/** Migrations take turns: one at a time of one alias. Lost when somebody else takes it for dead; `lost` aborts then. */
export class MigrationTurn {
  readonly #parts: TurnParts
  readonly #holder = randomUUID()
  readonly #ending = new AbortController()
  readonly #losing = new AbortController()
  #found: Found
  #last: Promise<void> = Promise.resolve()

  private constructor(parts: TurnParts, found: Found) {
    this.#parts = parts
    this.#found = found
  }

  /** Throws a Failure `conflict` while another migration lives; waits until it is sure that one is dead. */
  static async take(parts: TurnParts, signal: AbortSignal): Promise<MigrationTurn> {
    await guarded('preparing the migration', () => makeIndex(parts))
    const turn = new MigrationTurn(parts, await waitForEnd(parts, signal))
    await turn.#write({ holder: turn.#holder, beat: 0 }).catch((error: unknown) => {
      throw statusOf(error) === 409 ? anotherAtWork() : failureOf(error, 'taking the turn to migrate')
    })
    void turn.#beat()
    return turn
  }

  get lost(): AbortSignal {
    return this.#losing.signal
  }

  get unfinished(): Unfinished | undefined {
    const { unfinished } = this.#found.document
    return unfinished === null ? undefined : (JSON.parse(unfinished) as Unfinished)
  }

  /** Remembers how far it came; throws a Failure if the turn was lost. */
  async remember(unfinished: Unfinished | undefined): Promise<void> {
    await this.#change({ unfinished: unfinished === undefined ? null : JSON.stringify(unfinished) })
  }

  /** Throws a Failure if the turn was lost. */
  async confirm(): Promise<void> {
    await this.#change({})
  }

  async release(): Promise<void> {
    this.#ending.abort()
    if (!this.lost.aborted) await this.#change({ holder: null })
  }

  /** One change after the other: each is made upon what the one before left. */
  #change(change: Partial<TurnDocument>): Promise<void> {
    const next = this.#last.then(async () => {
      this.lost.throwIfAborted()
      try {
        await this.#write({ ...change, beat: this.#found.document.beat + 1 })
      } catch (error) {
        if (statusOf(error) !== 409) throw failureOf(error, 'keeping the turn to migrate')
        this.#losing.abort(anotherAtWork())
        this.lost.throwIfAborted()
      }
    })
    this.#last = next.catch(() => undefined)
    return next
  }

  async #write(change: Partial<TurnDocument>): Promise<void> {
    const document = { ...this.#found.document, ...change }
    const { _seq_no: seqNo, _primary_term: primaryTerm } = await this.#parts.client.index({
      index: indexOf(this.#parts.name),
      id: ID,
      document,
      if_seq_no: this.#found.seqNo,
      if_primary_term: this.#found.primaryTerm,
    })
    this.#found = { document, seqNo: seqNo ?? -1, primaryTerm: primaryTerm ?? -1 }
  }

  async #beat(): Promise<void> {
    while (!this.#ending.signal.aborted && !this.lost.aborted) {
      try {
        await this.#parts.clock.sleep(BEAT_MS, this.#ending.signal)
        await this.#change({})
      } catch {
        // Away for a moment, or ended, or lost: the next step of the migration finds out.
      }
    }
  }
}

const indexOf = (name: string) => `${name}-migration`

const anotherAtWork = () =>
  new Failure('conflict', 'another migration of this index is at work: wait for its end', { retryable: false })

async function makeIndex({ client, name, replicas }: TurnParts): Promise<void> {
  const index = indexOf(name)
  try {
    await client.indices.create({
      index,
      settings: { number_of_shards: 1, number_of_replicas: replicas },
      mappings: { dynamic: false },
    })
  } catch (error) {
    if (errorType(error) !== 'resource_already_exists_exception') throw error
  }
  try {
    const document: TurnDocument = { holder: null, beat: 0, unfinished: null }
    await client.create({ index, id: ID, document })
  } catch (error) {
    if (statusOf(error) !== 409) throw error
  }
}

async function waitForEnd({ client, name, clock, say }: TurnParts, signal: AbortSignal): Promise<Found> {
  const look = () =>
    guarded('asking whose turn it is', async (): Promise<Found> => {
      const found = await client.get<TurnDocument>({ index: indexOf(name), id: ID })
      if (found._source === undefined) throw new Failure('unavailable', 'the turn is not there', { retryable: true })
      return { document: found._source, seqNo: found._seq_no ?? -1, primaryTerm: found._primary_term ?? -1 }
    })
  const first = await look()
  if (first.document.holder === null) return first
  say('another migration was begun: looking whether it still lives')
  for (const until = clock.now() + DEAD_AFTER_MS; clock.now() < until;) {
    await clock.sleep(LOOK_MS, signal)
    const now = await look()
    if (now.document.holder === null) return now
    if (now.seqNo !== first.seqNo) throw anotherAtWork()
  }
  return first
}
