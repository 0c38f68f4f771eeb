import type { Bus, Position } from '../runtime/bus.js'
import type { SourceHealth } from '../schemas/source-health.js'
import { checkValue } from '../runtime/stage.js'
import { adviceOn, type SourceAdvice } from './source-advice.js'

/** Every source speaks about each minute: what is older says nothing of how it does now. */
const LOOK_BACK = 2_000

/** What the records know of a source beyond what it last said; its process forgets its last item when it starts anew. */
export type KnownOfSource = Required<Pick<SourceHealth, 'usualGapMs' | 'silentAfterMs' | 'silentSince'>> & {
  readonly lastItemAt: string | null
}

export type SourceOnBoard = SourceHealth & { readonly advice: readonly SourceAdvice[] }

/** How every source does, as it last said on the bus, with what is known of it from before. */
export class SourceBoard {
  readonly #bus: Bus
  readonly #known: (() => Promise<ReadonlyMap<string, KnownOfSource>>) | undefined
  readonly #now: (() => number) | undefined
  readonly #bySource = new Map<string, SourceHealth>()
  #position: Position | undefined

  constructor(
    bus: Bus,
    more: { known?: () => Promise<ReadonlyMap<string, KnownOfSource>>; clock?: { now(): number } } = {},
  ) {
    this.#bus = bus
    this.#known = more.known
    const { clock } = more
    this.#now = clock === undefined ? undefined : () => clock.now()
  }

  async list(): Promise<readonly SourceOnBoard[]> {
    this.#position ??= Object.fromEntries(
      Object.entries(await this.#bus.end('sources.health')).map(([partition, end]) => [
        partition,
        Math.max(0, end - LOOK_BACK),
      ]),
    )
    for (;;) {
      const records = await this.#bus.read('sources.health', this.#position)
      if (records.length === 0) break
      for (const record of records) {
        this.#position = { ...this.#position, [record.partition]: record.offset + 1 }
        const checked = checkValue('sources.health', record.value)
        if ('value' in checked) this.#bySource.set(checked.value.source, checked.value)
      }
    }
    const known = (await this.#known?.()) ?? new Map<string, KnownOfSource>()
    return [...this.#bySource.values()]
      .sort((a, b) => a.source.localeCompare(b.source))
      .map((health) => this.#withKnown(health, known.get(health.source)))
  }

  #withKnown(health: SourceHealth, known: KnownOfSource | undefined): SourceOnBoard {
    const whole: SourceHealth =
      known === undefined ? health : { ...health, ...known, lastItemAt: health.lastItemAt ?? known.lastItemAt }
    return { ...whole, advice: adviceOn(whole, this.#now?.() ?? Date.parse(health.at)) }
  }
}
