import type { Client } from '@elastic/elasticsearch'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { IndexedChange, Rejection } from '../mention-index.js'
import { sendBulk, type Operation, type Refusal } from './bulk.js'
import { guarded } from './errors.js'
import type { Generations } from './generations.js'
import { idOf, KNOWN_FIELDS, reckon, withoutUnknown, type Known, type NextState, type Stored } from './states.js'

export interface WriterParts {
  readonly client: Client
  readonly clock: Clock
  readonly generations: Generations
  /** For tests: a source of chance in [0, 1). */
  readonly random?: () => number
}

/** Where a batch goes: a generation, under which name what it holds is looked up, and which of its indices are known to be there. */
interface Target {
  readonly generation: number
  readonly lookUpIn: string
  readonly made: Set<string>
}

interface ChangeOperation extends Operation {
  readonly at: number
}

const LOOK_UP_AT_ONCE = 1000
const LONGEST_ID = 512
/** The order of arrival within one millisecond. Times this, the clock stays a safe number until the year 2248. */
const ARRIVALS_A_MS = 1024

/** The writing half: `MentionIndex.write` and `districtsOf`. */
export class ElasticMentionWriter {
  readonly #parts: WriterParts
  #lastSeq = 0
  /** A write of this process, or of whoever was here before, may have been stored without anybody hearing of it. */
  #unseen = true

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  async write(batch: readonly IndexedChange[]): Promise<readonly Rejection[]> {
    const { generations } = this.#parts
    const { generation, indices } = await generations.live()
    const target = { generation, lookUpIn: generations.name, made: new Set(indices) }
    const { rejections, written } = await this.#store(batch, target)
    await generations.confirm(generation, written)
    return rejections
  }

  /** Writes into a generation that nobody searches yet. */
  async writeInto(generation: number, batch: readonly IndexedChange[]): Promise<readonly Rejection[]> {
    const lookUpIn = this.#parts.generations.everyIndexOf(generation)
    return (await this.#store(batch, { generation, lookUpIn, made: new Set() })).rejections
  }

  /** As `MentionIndex.districtsOf`. */
  async districtsOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const { generations } = this.#parts
    const stored = await this.#lookUp(new Set(ids), generations.name)
    return new Map([...stored].map(([id, { known }]) => [id, withoutUnknown(known.districts)]))
  }

  async #store(
    batch: readonly IndexedChange[],
    target: Target,
  ): Promise<{ rejections: readonly Rejection[]; written: ReadonlySet<string> }> {
    const stored = await this.#lookUp(new Set(batch.map(idOf)), target.lookUpIn)
    const refused = new Map<number, Rejection>()
    const written = new Set<string>()
    for (;;) {
      const { states, rejections } = reckon(batch, stored, () => this.#nextSeq(), new Set(refused.keys()))
      const again = await this.#send([...states.values()], target, written)
      if (again.length === 0)
        return { rejections: [...rejections, ...refused.values()].sort((a, b) => a.at - b.at), written }
      // What came before a refused state of the same mention must stand in its place.
      for (const rejection of again) refused.set(rejection.at, rejection)
    }
  }

  async #send(states: readonly NextState[], target: Target, written: Set<string>): Promise<readonly Rejection[]> {
    const { generations } = this.#parts
    const operations = states.map(({ at, month, document }): ChangeOperation & { month: string } => ({
      at,
      month,
      document,
      index: generations.indexOf(target.generation, month),
    }))
    for (const { index, month } of operations) {
      if (!target.made.has(index)) {
        await guarded(`making ${index}`, () => generations.makeMonth(target.generation, month))
        target.made.add(index)
      }
      written.add(index)
    }
    let refusals: ReadonlyMap<ChangeOperation, Refusal>
    try {
      refusals = await sendBulk(this.#parts, operations, { refresh: true })
    } catch (error) {
      this.#unseen = true
      throw error
    }
    await this.#checkMappings([...refusals.keys()])
    return [...refusals].map(([{ at, document }, refusal]) => ({ at, id: document.id, ...refusal }))
  }

  /** Refused because the index is not as this program makes it? Then it is the index that must be mended, and no mention becomes a dead letter. */
  async #checkMappings(refused: readonly Operation[]): Promise<void> {
    for (const index of new Set(refused.map((operation) => operation.index))) {
      if (await guarded('reading a mapping', () => this.#parts.generations.hasOurMapping(index))) continue
      throw new Failure('unexpected', `${index} has another mapping than this program writes: run rabta migrate`, {
        retryable: true,
      })
    }
  }

  async #lookUp(ids: ReadonlySet<unknown>, index: string): Promise<ReadonlyMap<string, Stored>> {
    const { client } = this.#parts
    // Others are refused before anything is made of them.
    const wanted = [...ids].filter((id): id is string => typeof id === 'string' && id !== '' && id.length <= LONGEST_ID)
    if (this.#unseen) {
      await guarded('refreshing the mention index', () =>
        client.indices.refresh({ index, allow_no_indices: true, ignore_unavailable: true }),
      )
      this.#unseen = false
    }
    const stored = new Map<string, Stored>()
    for (let at = 0; at < wanted.length; at += LOOK_UP_AT_ONCE)
      await this.#lookUpSome(wanted.slice(at, at + LOOK_UP_AT_ONCE), index, stored)
    return stored
  }

  async #lookUpSome(ids: readonly string[], index: string, stored: Map<string, Stored>): Promise<void> {
    const { client, generations } = this.#parts
    const { hits } = await guarded('looking up what stands', () =>
      client.search<Known>({
        index,
        query: { bool: { filter: { terms: { id: [...ids] } } } },
        _source: [...KNOWN_FIELDS],
        // Each id stands once; room for one that somebody restored twice, lest it push out another.
        size: ids.length * 2,
        track_total_hits: false,
        // What a missing shard holds would be taken for new, and stored a second time in another month.
        allow_partial_search_results: false,
      }),
    )
    for (const { _index, _source: known } of hits.hits) {
      const month = generations.parse(_index)?.month
      if (known === undefined || month === undefined) continue
      if ((stored.get(known.id)?.known.version ?? -1) < known.version) stored.set(known.id, { month, known })
    }
  }

  #nextSeq(): number {
    this.#lastSeq = Math.max(this.#lastSeq + 1, this.#parts.clock.now() * ARRIVALS_A_MS)
    return this.#lastSeq
  }
}
