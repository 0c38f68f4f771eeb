import type { Topic } from '../../schemas/topics.js'
import type { BusRecord, Position } from '../bus.js'
import { asKafkaFailure } from './failures.js'
import type { Health } from './health.js'
import type { FetchPlace, FetchedPartition, Link, SharedLink } from './link.js'
import { decodeRecord, mergeByTime } from './record.js'

const MIB = 1024 ** 2
/** One call reads no more than this, unless a single batch is larger. */
const MAX_READ_BYTES = 2 * MIB
const LIMITS = { waitMs: 0, bytesPerPartition: MIB, bytes: 4 * MIB }

export interface LogReaderParts {
  readonly link: SharedLink
  readonly nameOf: (topic: Topic) => string
  readonly groupOf: (group: string) => string
  readonly health: Health
}

/** Reads topics without a group. Every method throws a retryable Failure while the brokers are away. */
export class LogReader {
  readonly #parts: LogReaderParts
  readonly #ends = new Map<Topic, { running: Promise<Position>; next: Promise<Position> | undefined }>()

  constructor(parts: LogReaderParts) {
    this.#parts = parts
  }

  read(topic: Topic, from: Position, limit: number): Promise<readonly BusRecord[]> {
    return this.#twice(`read ${topic}`, async (link) => {
      const name = this.#parts.nameOf(topic)
      const partitions = await link.partitions(name)
      const next = await link.offsets(name, partitions, 'next')
      const first = await link.offsets(name, partitions, 'first')
      const places = new Map<number, number>()
      for (const partition of partitions) {
        const start = Math.max(from[partition] ?? 0, first.get(partition) ?? 0)
        if (start < (next.get(partition) ?? 0)) places.set(partition, start)
      }
      const found = new Map<number, BusRecord[]>()
      let count = 0
      let bytes = 0
      while (places.size > 0 && count < limit && bytes < MAX_READ_BYTES) {
        for (const { partition, messages } of await this.#fetch(link, name, places)) {
          const last = messages.at(-1)
          if (last === undefined || Number(last.offset) + 1 >= (next.get(partition) ?? 0)) places.delete(partition)
          else places.set(partition, Number(last.offset) + 1)
          const records = found.get(partition) ?? []
          found.set(partition, records)
          for (const message of messages) {
            if (message.isControlRecord === true) continue
            records.push(decodeRecord(topic, partition, message))
            bytes += message.value?.length ?? 0
            count++
          }
        }
      }
      return mergeByTime([...found.values()], limit)
    })
  }

  /** Many readers of one desk ask at once: a question that has not been put yet is put for all of them. */
  end(topic: Topic): Promise<Position> {
    const asked = this.#ends.get(topic)
    if (asked === undefined) {
      const running = this.#askEnd(topic)
      this.#ends.set(topic, { running, next: undefined })
      return running
    }
    asked.next ??= asked.running.then(
      () => this.#askAgain(topic),
      () => this.#askAgain(topic),
    )
    return asked.next
  }

  lag(topic: Topic, group: string): Promise<number> {
    return this.#twice(`lag of ${group}`, async (link) => {
      const name = this.#parts.nameOf(topic)
      const partitions = await link.partitions(name)
      const committed = await link.committed(this.#parts.groupOf(group), name, partitions)
      const first = await link.offsets(name, partitions, 'first')
      const next = await link.offsets(name, partitions, 'next')
      return partitions.reduce((sum, partition) => {
        const position = Math.max(committed.get(partition) ?? 0, first.get(partition) ?? 0)
        return sum + Math.max(0, (next.get(partition) ?? 0) - position)
      }, 0)
    })
  }

  #askAgain(topic: Topic): Promise<Position> {
    const running = this.#askEnd(topic)
    this.#ends.set(topic, { running, next: undefined })
    return running
  }

  #askEnd(topic: Topic): Promise<Position> {
    const asking = this.#twice(`end of ${topic}`, async (link): Promise<Position> => {
      const name = this.#parts.nameOf(topic)
      return Object.fromEntries(await link.offsets(name, await link.partitions(name), 'next'))
    })
    const settled = () => {
      const asked = this.#ends.get(topic)
      if (asked?.running === asking && asked.next === undefined) this.#ends.delete(topic)
    }
    asking.then(settled, settled)
    return asking
  }

  async #fetch(link: Link, name: string, places: ReadonlyMap<number, number>): Promise<readonly FetchedPartition[]> {
    const wanted: FetchPlace[] = [...places].map(([partition, from]) => ({ topic: name, partition, from }))
    const answers = await Promise.all([...link.byLeader(wanted)].map(([node, led]) => link.fetch(node, led, LIMITS)))
    const fetched = answers.flat()
    // The whole answer can be taken up by some partitions; one that got nothing is asked for again, unless all got nothing.
    const withSome = fetched.filter(({ messages }) => messages.length > 0)
    return withSome.length > 0 ? withSome : fetched
  }

  /** The brokers close connections that are idle, and leaders move: the first error says only that the link is old. */
  async #twice<T>(what: string, work: (link: Link) => Promise<T>): Promise<T> {
    const { link, health } = this.#parts
    for (let attempt = 0; ; attempt++) {
      let used: Link | undefined
      try {
        used = await link.get()
        const outcome = await work(used)
        health.well('read')
        return outcome
      } catch (error) {
        used?.kill()
        const failure = asKafkaFailure(error, `Kafka did not answer (${what})`)
        if (attempt > 0 || used === undefined) {
          health.failed('read', failure.message)
          throw failure
        }
      }
    }
  }
}
