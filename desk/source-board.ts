import type { Bus, Position } from '../runtime/bus.js'
import type { SourceHealth } from '../schemas/source-health.js'
import { checkValue } from '../runtime/stage.js'

/** Every source speaks about each minute: what is older says nothing of how it does now. */
const LOOK_BACK = 2_000

/** How every source does, as it last said on the bus. */
export class SourceBoard {
  readonly #bus: Bus
  readonly #bySource = new Map<string, SourceHealth>()
  #position: Position | undefined

  constructor(bus: Bus) {
    this.#bus = bus
  }

  async list(): Promise<readonly SourceHealth[]> {
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
    return [...this.#bySource.values()].sort((a, b) => a.source.localeCompare(b.source))
  }
}
