import type { Bus, BusMessage, BusRecord, Position, SubscribeOptions, Subscription } from '../../runtime/bus.js'
import type { Topic } from '../../schemas/topics.js'

/** A bus in memory, for tests of what stands beside it. `beforePublish` may throw, as a full disk would; then nothing of the call is stored. */
export class MemoryBus implements Bus {
  readonly #topics = new Map<Topic, BusRecord[]>()
  readonly #committed = new Map<string, number>()
  readonly #waiters = new Set<() => void>()
  #clock = 0
  beforePublish: (topic: Topic, messages: readonly BusMessage[]) => void | Promise<void> = () => undefined

  async publish(topic: Topic, messages: readonly BusMessage[]): Promise<void> {
    await this.beforePublish(topic, messages)
    const records = this.#records(topic)
    for (const { key, value } of messages) {
      const copy = JSON.parse(JSON.stringify(value)) as unknown
      records.push({ topic, partition: 0, offset: records.length, storedAt: this.#clock++, key, value: copy })
    }
    for (const wake of this.#waiters) wake()
  }

  subscribe(
    topic: Topic,
    group: string,
    handleBatch: (records: readonly BusRecord[], signal: AbortSignal) => Promise<void>,
    options: SubscribeOptions = {},
  ): Subscription {
    const stopping = new AbortController()
    const id = `${topic} ${group}`
    const run = async () => {
      while (!stopping.signal.aborted) {
        const from = this.#committed.get(id) ?? 0
        const batch = this.#records(topic).slice(from, from + (options.maxBatch ?? 100))
        if (batch.length === 0) await this.changed([topic], stopping.signal)
        else {
          await handleBatch(batch, stopping.signal)
          this.#committed.set(id, from + batch.length)
        }
      }
    }
    const running = run()
    const ended = new Promise<void>((_, reject) => void running.catch(reject))
    return {
      ended,
      stop: async () => {
        stopping.abort()
        await running.catch(() => undefined)
      },
    }
  }

  async read(topic: Topic, from: Position, limit = 500): Promise<readonly BusRecord[]> {
    const start = from[0] ?? 0
    return this.#records(topic).slice(start, start + limit)
  }

  async end(topic: Topic): Promise<Position> {
    return { 0: this.#records(topic).length }
  }

  changed(topics: readonly Topic[], signal: AbortSignal): Promise<void> {
    const before = topics.map((topic) => this.#records(topic).length)
    return new Promise((resolve) => {
      const wake = () => {
        const isNews = topics.some((topic, index) => this.#records(topic).length > (before[index] ?? 0))
        if (!isNews && !signal.aborted) return
        this.#waiters.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiters.add(wake)
      signal.addEventListener('abort', wake, { once: true })
      if (signal.aborted) wake()
    })
  }

  async lag(topic: Topic, group: string): Promise<number> {
    return this.#records(topic).length - (this.#committed.get(`${topic} ${group}`) ?? 0)
  }

  problem(): string | undefined {
    return undefined
  }

  async close(): Promise<void> {
    this.#waiters.clear()
  }

  /** Everything a topic holds, for assertions. */
  values(topic: Topic): readonly unknown[] {
    return this.#records(topic).map((record) => record.value)
  }

  keys(topic: Topic): readonly string[] {
    return this.#records(topic).map((record) => record.key)
  }

  #records(topic: Topic): BusRecord[] {
    let records = this.#topics.get(topic)
    if (records === undefined) this.#topics.set(topic, (records = []))
    return records
  }
}
