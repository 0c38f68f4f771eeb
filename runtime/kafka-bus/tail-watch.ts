import type { Topic } from '../../schemas/topics.js'
import { backOffMs } from '../back-off.js'
import type { Clock } from '../clock.js'
import { kafkaErrorType } from './failures.js'
import type { FetchPlace, Link, SharedLink } from './link.js'

export interface TailWatchParts {
  /** Its own: a question that waits for news holds up whatever comes behind it on the same connection. */
  readonly link: SharedLink
  readonly nameOf: (topic: Topic) => string
  readonly clock: Clock
}

interface Waiter {
  readonly topics: readonly Topic[]
  /** The end of each topic as it was known at the call; absent where it was not known yet. */
  readonly before: ReadonlyMap<Topic, string>
  readonly wake: () => void
}

/** A topic that somebody begins to wait for is looked at after this at the latest. */
const WAIT_MS = 250
const LIMITS = { waitMs: WAIT_MS, bytesPerPartition: 1, bytes: 1 }
const MAX_BACK_OFF_MS = 2_000

/**
 * Wakes who waits for something new in a topic. What counts is the end that was known when the wait began, never one asked for afterwards: what was
 * published in between would be missed. Where none is known yet, the wait ends with the first answer: one time too many does no harm.
 */
export class TailWatch {
  readonly #parts: TailWatchParts
  readonly #closing = new AbortController()
  readonly #ends = new Map<Topic, Map<number, number>>()
  readonly #waiters = new Set<Waiter>()
  #running: Promise<void> | undefined

  constructor(parts: TailWatchParts) {
    this.#parts = parts
  }

  changed(topics: readonly Topic[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const wake = () => {
        this.#waiters.delete(waiter)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const before = new Map(topics.flatMap((topic) => (this.#ends.has(topic) ? [[topic, this.#printEnd(topic)]] : [])))
      const waiter: Waiter = { topics, before, wake }
      this.#waiters.add(waiter)
      signal.addEventListener('abort', wake, { once: true })
      if (!this.#closing.signal.aborted) this.#running ??= this.#run()
    })
  }

  /** This process itself published: its own waiters need not wait for the brokers to say so. */
  published(topic: Topic): void {
    for (const waiter of [...this.#waiters]) if (waiter.topics.includes(topic)) waiter.wake()
  }

  /** Nobody is woken by it: whoever still waits ends with its signal. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the bus is closed'))
    this.#parts.link.close()
    await this.#running
  }

  #printEnd(topic: Topic): string {
    return JSON.stringify([...(this.#ends.get(topic) ?? [])])
  }

  async #run(): Promise<void> {
    const { link, clock } = this.#parts
    let failures = 0
    while (this.#waiters.size > 0 && !this.#closing.signal.aborted) {
      let used: Link | undefined
      try {
        used = await link.get()
        await this.#look(used)
        failures = 0
      } catch (error) {
        used?.kill()
        // The log is shorter than it was, or begins later: what the ends are must be asked anew.
        if (kafkaErrorType(error) === 'OFFSET_OUT_OF_RANGE') this.#ends.clear()
        const waitMs = backOffMs(failures++, Math.random, 100, MAX_BACK_OFF_MS)
        await clock.sleep(waitMs, this.#closing.signal).catch(() => undefined)
      }
    }
    this.#running = undefined
  }

  async #look(link: Link): Promise<void> {
    const { nameOf } = this.#parts
    const topics = [...new Set([...this.#waiters].flatMap((waiter) => waiter.topics))]
    const places: FetchPlace[] = []
    const topicOf = new Map(topics.map((topic) => [nameOf(topic), topic]))
    for (const topic of topics) {
      const partitions = await link.partitions(nameOf(topic))
      const known = this.#ends.get(topic)
      const unknown = partitions.filter((partition) => known?.has(partition) !== true)
      if (known === undefined || unknown.length > 0) {
        const found = await link.offsets(nameOf(topic), unknown, 'next')
        this.#ends.set(topic, new Map([...(known ?? []), ...found]))
        this.#wake(topic)
      }
      for (const [partition, from] of this.#ends.get(topic) ?? [])
        places.push({ topic: nameOf(topic), partition, from })
    }
    await Promise.all(
      [...link.byLeader(places)].map(async ([node, led]) => {
        for (const { topic: name, partition, highWatermark } of await link.fetch(node, led, LIMITS)) {
          const topic = topicOf.get(name)
          const end = topic === undefined ? undefined : this.#ends.get(topic)
          if (topic === undefined || end === undefined || highWatermark <= (end.get(partition) ?? 0)) continue
          end.set(partition, highWatermark)
          this.#wake(topic)
        }
      }),
    )
  }

  #wake(topic: Topic): void {
    const now = this.#printEnd(topic)
    for (const waiter of [...this.#waiters])
      if (waiter.topics.includes(topic) && waiter.before.get(topic) !== now) waiter.wake()
  }
}
