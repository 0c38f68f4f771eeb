import type { Client } from '@elastic/elasticsearch'
import type { Bus, Position } from '../../runtime/bus.js'
import { Failure } from '../../runtime/failure.js'
import { checkValue } from '../../runtime/stage.js'
import type { Corrections } from '../../runtime/corrections/correction-store.js'
import { overlay } from '../../runtime/corrections/overlay.js'
import type { IndexedChange } from '../mention-index.js'
import { createElasticClient } from './client.js'
import { copyGeneration } from './copying.js'
import type { ElasticMentionIndexOptions } from './elastic-mention-index.js'
import { failureOf, guarded } from './errors.js'
import { Generations, monthOf } from './generations.js'
import { MigrationTurn, type Unfinished } from './migration-turn.js'
import { ElasticMentionWriter } from './writer.js'

export interface MigrateOptions extends ElasticMentionIndexOptions {
  readonly bus: Bus
  readonly corrections: Pick<Corrections, 'ofMany' | 'sayAgain'>
  /** One line on how far it is. */
  readonly say: (line: string) => void
  readonly signal: AbortSignal
  /** Leaves the indices of the old generation, which nobody searches any more. */
  readonly keepOld?: boolean
  /** How long searches that began before the switch may take. */
  readonly graceMs?: number
}

export interface Migrated {
  /** Mentions and withdrawals copied. */
  readonly copied: number
  /** Records of the bus that were written again. */
  readonly caughtUp: number
  /** The old and the new generation, as `name-generation`. */
  readonly from: string
  readonly to: string
}

const TOPIC = 'mentions.enriched'
/** The consumer group of the index stage. */
const GROUP = 'index'
const GRACE_MS = 30_000
/** The bus keeps a week: a migration that takes longer has to begin anew. */
const CORRECTED_WITHIN_MS = 8 * 86_400_000
const READ_AT_ONCE = 500
/** While more than this arrived during the last round, another round before the switch makes the last one shorter. */
const FEW = 200
const MOST_ROUNDS = 20

/**
 * Brings the mentions into a new generation of indices, made by today's code, while search and writing go on; resolves when the alias is moved and nothing is
 * missing. Throws a Failure `conflict` while another migration is at work. What was killed midway is begun anew, or finished if the alias had moved.
 */
export async function migrateMentions(options: MigrateOptions): Promise<Migrated> {
  const client = createElasticClient(options)
  try {
    return await new Migration(client, options).run()
  } catch (error) {
    if (options.signal.aborted) throw error
    throw failureOf(error, 'migrating mentions')
  } finally {
    await client.close()
  }
}

class Migration {
  readonly #client: Client
  readonly #options: MigrateOptions
  readonly #generations: Generations
  readonly #writer: ElasticMentionWriter
  #caughtUp = 0

  constructor(client: Client, options: MigrateOptions) {
    const { name, shards, replicas, clock, log } = options
    this.#client = client
    this.#options = options
    this.#generations = new Generations({ client, name, shards, replicas, clock, log })
    this.#writer = new ElasticMentionWriter({ client, clock, generations: this.#generations })
  }

  async run(): Promise<Migrated> {
    const { name, replicas, clock, say, signal } = this.#options
    const turn = await MigrationTurn.take({ client: this.#client, name, replicas, clock, say }, signal)
    try {
      const { generation } = await this.#generations.ensure()
      const { unfinished } = turn
      if (unfinished?.to === generation) {
        say(`generation ${generation} is searched already: finishing what was interrupted`)
        return await this.#finish(turn, unfinished, 0, unfinished.since)
      }
      return await this.#migrate(turn, generation)
    } finally {
      await turn.release().catch(() => undefined)
    }
  }

  async #migrate(turn: MigrationTurn, from: number): Promise<Migrated> {
    const { clock, say } = this.#options
    const generations = this.#generations
    const to = from + 1
    const signal = AbortSignal.any([this.#options.signal, turn.lost])
    await guarded('preparing the new generation', async () => {
      // Of an earlier try, or kept by hand: the new one begins empty.
      const left = (await generations.all()).filter(({ generation }) => generation > from)
      await generations.remove(left.map(({ index }) => index))
      // A try that ended amid the switch may have left it without the alias.
      await generations.putTemplate(from, true)
      await generations.putTemplate(to, false)
      await generations.makeMonth(to, monthOf(clock.now()))
    })
    const unfinished: Unfinished = { from, to, since: await this.#startOfCatchingUp() }
    await turn.remember(unfinished)
    say(`copying generation ${from} into ${to}`)
    const { copied, asItStood } = await copyGeneration(
      { client: this.#client, clock, generations, say, signal },
      from,
      to,
    )
    if (asItStood > 0) say(`${asItStood} of ${copied} were copied as they stood: today's code refuses them`)
    else say(`${copied} copied`)
    let position = unfinished.since
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const before = this.#caughtUp
      position = await this.#catchUp(to, position, signal)
      if (this.#caughtUp - before <= FEW) break
    }
    await guarded('refreshing the new generation', () =>
      this.#client.indices.refresh({ index: generations.everyIndexOf(to) }),
    )
    signal.throwIfAborted()
    await turn.confirm()
    await guarded('moving the alias', () => generations.switch(from, to))
    say(`generation ${to} is searched now`)
    return this.#finish(turn, unfinished, copied, position)
  }

  /** After the switch: what was acknowledged under the old generation was on the bus before now, for a writer confirms the generation after each write. */
  async #finish(turn: MigrationTurn, { from, to }: Unfinished, copied: number, position: Position): Promise<Migrated> {
    const { clock, say, keepOld = false, graceMs = GRACE_MS } = this.#options
    const generations = this.#generations
    const signal = AbortSignal.any([this.#options.signal, turn.lost])
    await this.#catchUp(to, position, signal)
    say(`${this.#caughtUp} caught up from the bus`)
    await this.#sayCorrectionsAgain()
    if (!keepOld) {
      await clock.sleep(graceMs, signal)
      await guarded('removing the old generation', async () => {
        const old = (await generations.all()).filter(({ generation }) => generation <= from)
        await generations.remove(old.map(({ index }) => index))
        for (const generation of new Set(old.map((one) => one.generation))) await generations.removeTemplate(generation)
      })
      say(`generation ${from} is removed`)
    }
    await turn.remember(undefined)
    const nameOf = (generation: number) => `${generations.name}-${generation}`
    return { copied, caughtUp: this.#caughtUp, from: nameOf(from), to: nameOf(to) }
  }

  /**
   * A position before everything that the index stage has not written yet. The end alone would leave out what lies between its position and the end;
   * no partition lags by more than all of them together.
   */
  async #startOfCatchingUp(): Promise<Position> {
    const { bus } = this.#options
    const end = await bus.end(TOPIC)
    const lag = await bus.lag(TOPIC, GROUP)
    return Object.fromEntries(Object.entries(end).map(([partition, offset]) => [partition, Math.max(0, offset - lag)]))
  }

  /** Writes what the bus holds from `position` to its present end into a generation; resolves with the position after it. */
  async #catchUp(to: number, position: Position, signal: AbortSignal): Promise<Position> {
    const { bus } = this.#options
    const end = await bus.end(TOPIC)
    const next: Record<number, number> = { ...position }
    const isBehind = () => Object.entries(end).some(([partition, offset]) => (next[Number(partition)] ?? 0) < offset)
    while (isBehind()) {
      signal.throwIfAborted()
      const records = await bus.read(TOPIC, next, READ_AT_ONCE)
      if (records.length === 0) break
      const batch: IndexedChange[] = []
      for (const { partition, offset, value } of records) {
        next[partition] = Math.max(next[partition] ?? 0, offset + 1)
        const checked = checkValue(TOPIC, value)
        // The stage has set aside what is not of the schema; nothing of it stands in the old generation.
        if ('value' in checked) batch.push(checked.value)
      }
      await this.#write(to, batch, signal)
      this.#caughtUp += records.length
    }
    return next
  }

  /**
   * What was corrected meanwhile was laid over the old generation alone. The index stage hears of it again and lays it over the new one: of all that was
   * corrected since the longest that a migration may take, for one that was interrupted does not know when it began.
   */
  async #sayCorrectionsAgain(): Promise<void> {
    const { clock, corrections, say } = this.#options
    const again = await corrections.sayAgain(new Date(clock.now() - CORRECTED_WITHIN_MS).toISOString())
    if (again > 0) say(`${again} corrections of the last days are said again`)
  }

  /** With the corrections that the index stage lays over. The rejected are those of the index stage, which has set them aside. */
  async #write(to: number, batch: readonly IndexedChange[], signal: AbortSignal): Promise<void> {
    const { clock, corrections, say } = this.#options
    const ids = batch.flatMap((change) => (change.type === 'deleted' ? [] : [change.mention.id]))
    for (let attempt = 0; ; attempt++) {
      try {
        const made = await corrections.ofMany(ids)
        const corrected = batch.map((change): IndexedChange =>
          change.type === 'deleted'
            ? change
            : { type: change.type, mention: overlay(change.mention, made.get(change.mention.id) ?? []) },
        )
        await this.#writer.writeInto(to, corrected)
        return
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable || attempt === 60) throw error
        say(`waiting: ${error.message}`)
        await clock.sleep(5000, signal)
      }
    }
  }
}
