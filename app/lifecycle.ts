import type { Clock } from '../runtime/clock.js'
import type { Log } from '../runtime/log.js'

/** Something that was started, by name, and how to stop it. */
interface Started {
  readonly name: string
  readonly stop: () => Promise<void> | void
}

const STOP_EACH_MS = 4_000
/** Whoever stops a service waits ten seconds before it is killed. */
const STOP_ALL_MS = 8_000
/** The stores come last and must have their turn, whatever hung before them. */
const STOP_LEAST_MS = 100

/** Stops what was started in reverse order: doors first, stores last. Each has its share of the time; one that hangs does not keep the rest. */
export class Lifecycle {
  readonly #started: Started[] = []
  readonly #clock: Clock
  readonly #log: Log
  #stopping: Promise<void> | undefined

  constructor({ clock, log }: { clock: Clock; log: Log }) {
    this.#clock = clock
    this.#log = log
  }

  /** Remembers how to stop what was just started. */
  add(name: string, stop: () => Promise<void> | void): void {
    this.#started.push({ name, stop })
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    const deadline = this.#clock.now() + STOP_ALL_MS
    for (let part = this.#started.pop(); part !== undefined; part = this.#started.pop()) {
      const { name, stop } = part
      const patience = new AbortController()
      const waitMs = Math.max(STOP_LEAST_MS, Math.min(STOP_EACH_MS, deadline - this.#clock.now()))
      const tooLong = this.#clock
        .sleep(waitMs, patience.signal)
        .then(() => this.#log.error('part did not stop in time, going on without it', { part: name }))
        .catch(() => undefined)
      try {
        await Promise.race([Promise.resolve(stop()), tooLong])
      } catch (error) {
        this.#log.error('part did not stop cleanly', {
          part: name,
          error: error instanceof Error ? error.name : 'unknown',
        })
      }
      patience.abort(new Error('stopped in time'))
    }
  }
}
