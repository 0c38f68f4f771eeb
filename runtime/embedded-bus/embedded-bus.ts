import type { Topic } from '../../schemas/topics.js'
import type { Bus, BusMessage, BusRecord, Position, SubscribeOptions, Subscription } from '../bus.js'
import type { Clock } from '../clock.js'
import { DiskRoom } from '../disk-room.js'
import { Failure } from '../failure.js'
import { TOPIC_LAYOUT, type TopicLayout } from '../topic-layout.js'
import type { GroupPosition, LogFile, StoredMessage } from './log-file.js'

interface PendingWrite {
  readonly messages: readonly StoredMessage[]
  readonly positions: readonly GroupPosition[]
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

type Retention = Pick<TopicLayout, 'maxAgeMs' | 'maxBytes' | 'withoutGroups'>

const RETENTION = new Map(Object.entries(TOPIC_LAYOUT) as [Topic, TopicLayout][])
const DEFAULT_BATCH = 100
const EXPIRE_CHUNK = 500

/** The bus of the embedded way: one SQLite file, one partition a topic. What arrives in one turn of the event loop is stored by one commit. */
export class EmbeddedBus implements Bus {
  readonly #file: LogFile
  readonly #clock: Clock
  readonly #subscriptions = new Map<string, EmbeddedSubscription>()
  readonly #waiting = new Set<{ topics: readonly Topic[]; wake: () => void }>()
  #pending: PendingWrite[] = []
  #flushing: Promise<void> | undefined
  #closed = false
  readonly #room = new DiskRoom()

  constructor(options: { file: LogFile; clock: Clock }) {
    this.#file = options.file
    this.#clock = options.clock
  }

  problem(): string | undefined {
    return this.#room.problem()
  }

  publish(topic: Topic, messages: readonly BusMessage[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve()
    return this.#write(
      messages.map(({ key, value }) => ({ topic, key, json: JSON.stringify(value) })),
      [],
    )
  }

  subscribe(
    topic: Topic,
    group: string,
    handleBatch: (records: readonly BusRecord[], signal: AbortSignal) => Promise<void>,
    options: SubscribeOptions = {},
  ): Subscription {
    const name = `${topic}/${group}`
    if (this.#subscriptions.has(name)) throw new Error(`group ${group} reads ${topic} already`)
    const subscription = new EmbeddedSubscription({
      position: () => this.#file.position(topic, group),
      read: (from) => this.#file.read(topic, from, options.maxBatch ?? DEFAULT_BATCH),
      commit: (next) => this.#write([], [{ topic, group, next }]),
      changed: (signal) => this.changed([topic], signal),
      end: () => this.#file.end(topic),
      handleBatch,
      clock: this.#clock,
      onEnd: () => this.#subscriptions.delete(name),
    })
    this.#subscriptions.set(name, subscription)
    return subscription
  }

  async read(topic: Topic, from: Position, limit = 500): Promise<readonly BusRecord[]> {
    return this.#file.read(topic, from[0] ?? 0, limit)
  }

  async end(topic: Topic): Promise<Position> {
    return { 0: this.#file.end(topic) }
  }

  changed(topics: readonly Topic[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const wake = () => {
        this.#waiting.delete(waiter)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const waiter = { topics, wake }
      this.#waiting.add(waiter)
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  async lag(topic: Topic, group: string): Promise<number> {
    return Math.max(0, this.#file.end(topic) - this.#file.position(topic, group))
  }

  /** Deletes what is older or more than a topic keeps, in small steps; never what a group has yet to read. */
  async expire(retention: ReadonlyMap<Topic, Retention> = RETENTION): Promise<void> {
    for (const [topic, { maxAgeMs, maxBytes, withoutGroups = false }] of retention) {
      const limits = { maxBytes, withoutGroups, limit: EXPIRE_CHUNK }
      while (!this.#closed && this.#file.expire(topic, this.#clock.now() - maxAgeMs, limits) > 0)
        await this.#clock.yield()
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await Promise.all([...this.#subscriptions.values()].map((subscription) => subscription.stop()))
    await this.#flushing
    this.#closed = true
    this.#file.sqlite.close()
  }

  #write(messages: readonly StoredMessage[], positions: readonly GroupPosition[]): Promise<void> {
    if (this.#closed) return Promise.reject(new Failure('stopped', 'the bus is closed', { retryable: false }))
    const written = new Promise<void>((done, failed) => this.#pending.push({ messages, positions, done, failed }))
    this.#flushing ??= this.#flush()
    return written
  }

  async #flush(): Promise<void> {
    await this.#clock.yield()
    while (this.#pending.length > 0) {
      const batch = this.#pending
      this.#pending = []
      this.#store(batch)
      await this.#clock.yield()
    }
    this.#flushing = undefined
  }

  #store(batch: readonly PendingWrite[]): void {
    const messages = batch.flatMap((write) => write.messages)
    try {
      this.#file.write(
        messages,
        batch.flatMap((write) => write.positions),
        this.#clock.now(),
      )
      this.#room.wrote()
    } catch (error) {
      this.#room.failed(error)
      for (const write of batch) write.failed(error)
      return
    }
    for (const write of batch) write.done()
    const topics = new Set(messages.map((message) => message.topic))
    for (const waiter of [...this.#waiting]) if (waiter.topics.some((topic) => topics.has(topic))) waiter.wake()
  }
}

interface SubscriptionParts {
  readonly position: () => number
  readonly read: (from: number) => BusRecord[]
  readonly commit: (next: number) => Promise<void>
  readonly changed: (signal: AbortSignal) => Promise<void>
  readonly end: () => number
  readonly handleBatch: (records: readonly BusRecord[], signal: AbortSignal) => Promise<void>
  readonly clock: Clock
  readonly onEnd: () => void
}

class EmbeddedSubscription implements Subscription {
  readonly ended: Promise<void>
  readonly #stopping = new AbortController()
  readonly #parts: SubscriptionParts

  constructor(parts: SubscriptionParts) {
    this.#parts = parts
    this.ended = this.#run().finally(parts.onEnd)
    // Whoever wires the subscription watches `ended`; until then a rejection must not end the process.
    this.ended.catch(() => undefined)
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Failure('stopped', 'the subscription was stopped', { retryable: false }))
    await this.ended.catch(() => undefined)
  }

  async #run(): Promise<void> {
    const { position, read, commit, changed, end, handleBatch, clock } = this.#parts
    const signal = this.#stopping.signal
    let next = position()
    for (;;) {
      if (signal.aborted) return
      let records: BusRecord[]
      try {
        records = next < end() ? read(next) : []
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error
        await clock.sleep(1000, signal).catch(() => undefined)
        continue
      }
      const last = records.at(-1)
      if (last === undefined) {
        if (next < end()) next = end()
        await changed(signal)
        continue
      }
      try {
        await handleBatch(records, signal)
      } catch (error) {
        if (signal.aborted) return
        throw error
      }
      next = last.offset + 1
      await this.#commit(commit, next, clock)
    }
  }

  /** A full disk must not end a stage that did its work: the position waits, at worst the batch comes again after a restart. */
  async #commit(commit: (next: number) => Promise<void>, next: number, clock: Clock): Promise<void> {
    for (;;) {
      try {
        await commit(next)
        return
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable || this.#stopping.signal.aborted) return
        await clock.sleep(1000, this.#stopping.signal).catch(() => undefined)
      }
    }
  }
}
