import type { Client } from '@elastic/elasticsearch'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { Log } from '../../runtime/log.js'
import { MAPPING } from './document.js'
import { errorType, guarded, statusOf } from './errors.js'

/** One monthly index: `${name}-${generation}-${month}`. */
export interface MonthlyIndex {
  readonly index: string
  readonly generation: number
  /** `YYYY-MM`. */
  readonly month: string
}

/** What the alias said: which generation is written and searched, and which of its indices are there. */
export interface Live {
  readonly generation: number
  readonly indices: ReadonlySet<string>
}

export interface GenerationsParts {
  readonly client: Client
  /** The alias. */
  readonly name: string
  readonly shards: number
  readonly replicas: number
  readonly clock: Clock
  readonly log: Log
}

/** The month (UTC) of an instant in epoch milliseconds; throws a Failure for a time no index can be named by. */
export function monthOf(atMs: number): string {
  const month = new Date(atMs).toISOString().slice(0, 7)
  if (/^\d{4}-\d\d$/.test(month)) return month
  throw new Failure('invalid-payload', 'receivedAt is not of the years 0 to 9999', { retryable: false })
}

/** When a month ended. */
export function endOfMonth(month: string): number {
  const start = new Date(`${month}-01T00:00:00.000Z`)
  start.setUTCMonth(start.getUTCMonth() + 1)
  return start.getTime()
}

const FIRST_GENERATION = 1
/** A node that has not heard of a change for longer is put out of the cluster (`cluster.follower_lag.timeout`, 90 s). */
const LAGGING_NODE_MS = 120_000

/**
 * The monthly indices behind the alias. A generation is one mapping: its template is made with its first index and never changed, and names the alias
 * while the generation is the live one, so that whoever makes a month of it makes it searchable. Everything here may be done by several processes at once.
 */
export class Generations {
  readonly #parts: GenerationsParts
  readonly #pattern: RegExp

  constructor(parts: GenerationsParts) {
    this.#parts = parts
    this.#pattern = new RegExp(`^${parts.name.replace(/[^a-z0-9]/g, '\\$&')}-([1-9]\\d{0,8})-(\\d{4}-\\d\\d)$`)
  }

  get name(): string {
    return this.#parts.name
  }

  indexOf(generation: number, month: string): string {
    return `${this.name}-${generation}-${month}`
  }

  /** Every index of a generation. */
  everyIndexOf(generation: number): string {
    return `${this.name}-${generation}-*`
  }

  parse(index: string): MonthlyIndex | undefined {
    const [, generation, month] = this.#pattern.exec(index) ?? []
    return generation === undefined || month === undefined
      ? undefined
      : { index, generation: Number(generation), month }
  }

  /** Makes what a first start needs, alias, template and one index, where it is not there yet. */
  async ensure(): Promise<Live> {
    return guarded('opening the mention index', async () => {
      const there = await this.#aliased()
      if (there !== undefined) {
        await this.#ensureTemplate(there.generation)
        return there
      }
      const generations = new Set((await this.all()).map(({ generation }) => generation))
      if (generations.size > 1) {
        throw new Failure(
          'unavailable',
          `generations ${[...generations].join(', ')} of ${this.name} stand without an alias: add the alias ${this.name} to the indices of the right one`,
          { retryable: true },
        )
      }
      const [generation = FIRST_GENERATION] = generations
      await this.putTemplate(generation, true)
      if (generations.size === 1) await this.#addAlias(generation)
      await this.makeMonth(generation, monthOf(this.#parts.clock.now()))
      const made = await this.#aliased()
      if (made === undefined)
        throw new Failure('unavailable', `the alias ${this.name} is not there yet`, { retryable: true })
      return made
    })
  }

  /** Which generation is live now, by one cheap call; makes it where the alias is gone. */
  async live(): Promise<Live> {
    return (await guarded('asking for the live generation', () => this.#aliased())) ?? this.ensure()
  }

  /**
   * Throws a retryable Failure unless `generation` is still the live one and every index of `written` is searched. Asked after a write and before it counts:
   * whatever was acknowledged under the old generation was on the bus before the alias moved, and a migration catches up to there.
   */
  async confirm(generation: number, written: ReadonlySet<string>): Promise<void> {
    const now = await this.live()
    if (now.generation !== generation)
      throw new Failure('unavailable', `the mention index moved to generation ${now.generation} during a write`, {
        retryable: true,
        retryAfterMs: 0,
      })
    for (const index of written) {
      if (!now.indices.has(index))
        throw new Failure('unavailable', `${index} is not under the alias ${this.name}: a migration may be at work`, {
          retryable: true,
        })
    }
  }

  /** Makes one month. There already is as good. */
  async makeMonth(generation: number, month: string): Promise<string> {
    const { client } = this.#parts
    const index = this.indexOf(generation, month)
    try {
      // The alias comes by the template alone, which knows whether this generation is the live one.
      await client.indices.create({ index, settings: this.#settings(), mappings: MAPPING })
    } catch (error) {
      if (errorType(error) !== 'resource_already_exists_exception') throw error
    }
    return index
  }

  /** Writes the template of a generation; `isLive` is whether its new months come under the alias. */
  async putTemplate(generation: number, isLive: boolean): Promise<void> {
    await this.#parts.client.indices.putIndexTemplate({
      name: this.#template(generation),
      index_patterns: [this.everyIndexOf(generation)],
      priority: 500,
      template: {
        settings: this.#settings(),
        mappings: MAPPING,
        ...(isLive ? { aliases: { [this.name]: {} } } : {}),
      },
    })
  }

  /** Every monthly index of this name, of every generation, under the alias or not. */
  async all(): Promise<MonthlyIndex[]> {
    const found = await this.#parts.client.indices.get({
      index: `${this.name}-*`,
      expand_wildcards: ['open', 'closed', 'hidden'],
      allow_no_indices: true,
      features: ['aliases'],
    })
    return Object.keys(found)
      .map((index) => this.parse(index))
      .filter((one) => one !== undefined)
      .sort((a, b) => a.generation - b.generation || (a.month < b.month ? -1 : 1))
  }

  /** Moves the alias from one generation to another at once; a search has either the one or the other. */
  async switch(from: number, to: number): Promise<void> {
    const { client, clock } = this.#parts
    // First of all, so that a month of the old generation made from now on does not come under the alias after it moved.
    await this.putTemplate(from, false)
    try {
      await this.putTemplate(to, true)
      const { acknowledged } = await client.indices.updateAliases({
        actions: [
          { remove: { index: this.everyIndexOf(from), alias: this.name, must_exist: true } },
          { add: { index: this.everyIndexOf(to), alias: this.name } },
        ],
      })
      if (!acknowledged) await clock.sleep(LAGGING_NODE_MS)
    } catch (error) {
      if ((await this.#aliased())?.generation !== to) await this.putTemplate(from, true)
      throw error
    }
  }

  /** Deletes indices; those already gone are no error. */
  async remove(indices: readonly string[]): Promise<void> {
    for (let at = 0; at < indices.length; at += 50)
      await this.#parts.client.indices.delete({
        index: indices.slice(at, at + 50),
        ignore_unavailable: true,
      })
  }

  async removeTemplate(generation: number): Promise<void> {
    try {
      await this.#parts.client.indices.deleteIndexTemplate({ name: this.#template(generation) })
    } catch (error) {
      if (statusOf(error) !== 404) throw error
    }
  }

  /** Whether an index has this program's mapping; one of another release may hold other types. */
  async hasOurMapping(index: string): Promise<boolean> {
    const { [index]: found } = await this.#parts.client.indices.getMapping({ index })
    const properties: Readonly<Record<string, { type?: string }>> = found?.mappings.properties ?? {}
    return Object.entries(MAPPING.properties).every(([field, { type }]) => properties[field]?.type === type)
  }

  async #aliased(): Promise<Live | undefined> {
    let found: Record<string, unknown>
    try {
      found = await this.#parts.client.indices.getAlias({ name: this.name })
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
    const parsed = Object.keys(found)
      .map((index) => this.parse(index))
      .filter((one) => one !== undefined)
    if (parsed.length === 0) return undefined
    const generation = Math.max(...parsed.map((one) => one.generation))
    return {
      generation,
      indices: new Set(parsed.filter((one) => one.generation === generation).map((one) => one.index)),
    }
  }

  async #ensureTemplate(generation: number): Promise<void> {
    const { client, log } = this.#parts
    try {
      const { index_templates: found } = await client.indices.getIndexTemplate({ name: this.#template(generation) })
      const fields = found[0]?.index_template.template?.mappings?.properties ?? {}
      const isOurs = Object.entries(MAPPING.properties).every(
        ([field, { type }]) => (fields[field] as { type?: string } | undefined)?.type === type,
      )
      if (!isOurs)
        log.warn('mention index has the mapping of another release: run rabta migrate', {
          index: this.name,
          generation,
        })
    } catch (error) {
      if (statusOf(error) !== 404) throw error
      await this.putTemplate(generation, true)
    }
  }

  async #addAlias(generation: number): Promise<void> {
    await this.#parts.client.indices.updateAliases({
      actions: [{ add: { index: this.everyIndexOf(generation), alias: this.name } }],
    })
  }

  #template(generation: number): string {
    return `${this.name}-${generation}`
  }

  #settings() {
    const { shards, replicas } = this.#parts
    return {
      number_of_shards: shards,
      number_of_replicas: replicas,
      // What is acknowledged is on the disk.
      translog: { durability: 'request' as const },
    }
  }
}
