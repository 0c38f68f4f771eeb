import type { Topic } from '../../schemas/topics.js'
import { backOffMs } from '../back-off.js'
import type { BusRecord, Subscription } from '../bus.js'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Log } from '../log.js'
import { asKafkaFailure, kafkaErrorType } from './failures.js'
import { GroupMember } from './group-member.js'
import type { Health } from './health.js'
import type { FetchedPartition, FetchPlace, Link, SharedLink } from './link.js'
import { decodeRecord } from './record.js'

export interface KafkaSubscriptionParts {
  readonly topic: Topic
  /** As the brokers call it: with the namespace. */
  readonly name: string
  readonly groupId: string
  readonly maxBatch: number
  readonly handleBatch: (records: readonly BusRecord[], signal: AbortSignal) => Promise<void>
  /** Two of its own: what the group is told must not wait behind what is fetched. */
  readonly memberLink: SharedLink
  readonly fetchLink: SharedLink
  readonly clock: Clock
  readonly log: Log
  readonly health: Health
  readonly onEnd: () => void
}

/** A partition that is this member's, from the assignment that gave it until one that takes it. */
interface Held {
  readonly partition: number
  /** Committed, and to be read next; undefined until asked for. */
  next: number | undefined
}

const MIB = 1024 ** 2
const FETCH = { waitMs: 500, bytesPerPartition: MIB, bytes: 8 * MIB }
const MAX_BACK_OFF_MS = 3_000
const STOP_COMMIT_MS = 2_000

/** What the handler threw, so that it is told from what the brokers did. */
class HandlerFailed extends Error {
  readonly reason: unknown
  constructor(reason: unknown) {
    super('the handler failed')
    this.reason = reason
  }
}

/**
 * One stage's place in its group: fetches, hands over slices of one partition at a time, commits after each, and fetches no more meanwhile. Outages of
 * any length, and the group's comings and goings, only make it wait; it ends by `stop`, or with what the handler threw.
 */
export class KafkaSubscription implements Subscription {
  readonly ended: Promise<void>
  readonly #parts: KafkaSubscriptionParts
  readonly #member: GroupMember
  readonly #stopping = new AbortController()
  readonly #fetching = new Map<string, Promise<readonly FetchedPartition[]>>()
  #held = new Map<number, Held>()
  #atWork: { readonly held: Held; readonly giveUp: AbortController } | undefined
  #idle: (() => void)[] = []

  constructor(parts: KafkaSubscriptionParts) {
    this.#parts = parts
    const { groupId, name, memberLink, clock, log, health } = parts
    this.#member = new GroupMember({
      link: memberLink,
      groupId,
      topic: name,
      busy: () => this.#atWork?.held.partition,
      onAssigned: (partitions) => this.#assigned(partitions),
      idle: () => this.#whenIdle(),
      clock,
      log,
      health,
    })
    this.ended = this.#run().finally(parts.onEnd)
    // Whoever wires the subscription watches `ended`; until then a rejection must not end the process.
    this.ended.catch(() => undefined)
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Failure('stopped', 'the subscription was stopped', { retryable: false }))
    this.#parts.fetchLink.close()
    await this.ended.catch(() => undefined)
  }

  async #run(): Promise<void> {
    const membership = this.#member.run()
    try {
      await this.#work()
    } catch (error) {
      if (!(error instanceof HandlerFailed)) throw error
      throw error.reason
    } finally {
      this.#parts.fetchLink.close()
      await this.#member.leave()
      await membership
      this.#parts.health.well(`group ${this.#parts.groupId}`)
    }
  }

  async #work(): Promise<void> {
    const { fetchLink, clock, log, groupId } = this.#parts
    const { signal } = this.#stopping
    let failures = 0
    while (!signal.aborted) {
      let link: Link | undefined
      try {
        await this.#settled()
        if (signal.aborted) return
        link = await fetchLink.get()
        await this.#place(link)
        const fetched = await this.#fetch(link)
        failures = 0
        for (const partition of fetched) await this.#consume(partition)
      } catch (error) {
        if (error instanceof HandlerFailed) throw error
        if (signal.aborted) return
        link?.kill()
        this.#fetching.clear()
        if (kafkaErrorType(error) === 'OFFSET_OUT_OF_RANGE')
          for (const held of this.#held.values()) held.next = undefined
        if (failures === 1)
          log.warn('kafka cannot be read, trying again', {
            group: groupId,
            detail: asKafkaFailure(error, 'fetch').message,
          })
        await clock.sleep(backOffMs(failures++, Math.random, 100, MAX_BACK_OFF_MS), signal).catch(() => undefined)
      }
    }
  }

  /** Finds out where to begin on partitions that are newly this member's. */
  async #place(link: Link): Promise<void> {
    const { name, groupId, log } = this.#parts
    const fresh = [...this.#held.values()].filter(({ next }) => next === undefined)
    if (fresh.length === 0) return
    const partitions = fresh.map(({ partition }) => partition)
    const committed = await link.committed(groupId, name, partitions)
    const first = await link.offsets(name, partitions, 'first')
    const end = await link.offsets(name, partitions, 'next')
    for (const held of fresh) {
      const kept = first.get(held.partition) ?? 0
      const said = committed.get(held.partition)
      const beyond = said !== undefined && said > (end.get(held.partition) ?? 0)
      held.next = said === undefined || beyond ? kept : Math.max(said, kept)
      if (said === undefined || said === held.next) continue
      log.warn(
        beyond
          ? 'kafka has less than this group has read, which begins at what is kept'
          : 'kafka let go of records that this group had not read',
        { group: groupId, partition: held.partition, committed: said, begins: held.next },
      )
    }
  }

  /** What the first broker to answer has; the others' answers are taken at the next call. */
  async #fetch(link: Link): Promise<readonly FetchedPartition[]> {
    const { name, clock } = this.#parts
    await link.partitions(name)
    const places: FetchPlace[] = [...this.#held.values()].flatMap(({ partition, next }) =>
      next === undefined ? [] : [{ topic: name, partition, from: next }],
    )
    if (places.length === 0) {
      await clock.sleep(FETCH.waitMs / 5, this.#stopping.signal)
      return []
    }
    for (const [node, led] of link.byLeader(places)) {
      if (this.#fetching.has(node)) continue
      const asked = link.fetch(node, led, FETCH)
      asked.catch(() => undefined)
      this.#fetching.set(node, asked)
    }
    const [node, fetched] = await Promise.race(
      [...this.#fetching].map(async ([from, asked]) => [from, await asked] as const),
    )
    this.#fetching.delete(node)
    return fetched
  }

  async #consume({ partition, from, messages }: FetchedPartition): Promise<void> {
    const { topic, maxBatch } = this.#parts
    const held = this.#held.get(partition)
    // Of an assignment before, or fetched while the same place was already being read.
    if (held === undefined || held.next !== from) return
    for (let start = 0; start < messages.length; start += maxBatch) {
      const slice = messages.slice(start, start + maxBatch)
      const records = slice
        .filter(({ isControlRecord }) => isControlRecord !== true)
        .map((message) => decodeRecord(topic, partition, message))
      await this.#settled()
      if (this.#stopping.signal.aborted || this.#held.get(partition) !== held) return
      const next = Number(slice.at(-1)?.offset ?? from) + 1
      if (records.length > 0 && !(await this.#handOver(held, records, next))) return
      held.next = next
    }
  }

  /** Whether the records are handled and committed. Nothing waits between the claim of the partition and the look at whether it is still held. */
  async #handOver(held: Held, records: readonly BusRecord[], next: number): Promise<boolean> {
    const giveUp = new AbortController()
    this.#atWork = { held, giveUp }
    try {
      const signal = AbortSignal.any([this.#stopping.signal, giveUp.signal])
      try {
        await this.#parts.handleBatch(records, signal)
      } catch (error) {
        if (signal.aborted) return false
        throw new HandlerFailed(error)
      }
      return await this.#commit(held, next)
    } finally {
      this.#atWork = undefined
      for (const idle of this.#idle.splice(0)) idle()
    }
  }

  /** Tries until it is committed, or the partition is another's: then the batch comes again there. Once stopped, it tries for two seconds. */
  async #commit(held: Held, next: number): Promise<boolean> {
    const { clock, groupId, log } = this.#parts
    const stopped = this.#stopping.signal
    let giveUpAt: number | undefined
    for (let failures = 0; ; failures++) {
      if (!this.#member.settled && this.#held.get(held.partition) === held) await this.#groupMoved()
      if (stopped.aborted) giveUpAt ??= clock.now() + STOP_COMMIT_MS
      if (this.#held.get(held.partition) !== held) return false
      try {
        await this.#unlessStopped(this.#member.commit(held.partition, next))
        return true
      } catch (error) {
        if (giveUpAt !== undefined && clock.now() >= giveUpAt) return false
        if (failures === 3)
          log.warn('kafka does not take the position of a group, trying again', {
            group: groupId,
            detail: asKafkaFailure(error, 'commit').message,
          })
        await clock.sleep(backOffMs(failures, Math.random, 50, 1_000))
      }
    }
  }

  /** The outcome of what the brokers may leave without an answer; after `stop` they have two seconds for it. */
  async #unlessStopped(asked: Promise<void>): Promise<void> {
    const { clock } = this.#parts
    const signal = this.#stopping.signal
    const done = new AbortController()
    const late = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true, signal: done.signal })
    }).then(async () => {
      await clock.sleep(STOP_COMMIT_MS, done.signal)
      throw new Error('stopped before the brokers answered')
    })
    late.catch(() => undefined)
    asked.catch(() => undefined)
    try {
      await Promise.race([asked, late])
    } finally {
      done.abort(new Error('answered'))
    }
  }

  #assigned(partitions: readonly number[]): void {
    this.#held = new Map(
      partitions.map((partition) => [partition, this.#held.get(partition) ?? { partition, next: undefined }]),
    )
    const atWork = this.#atWork
    if (atWork !== undefined && this.#held.get(atWork.held.partition) !== atWork.held)
      atWork.giveUp.abort(new Failure('stopped', 'the partition went to another process', { retryable: true }))
  }

  /** Resolves when new work may begin, or when it is stopped. */
  async #settled(): Promise<void> {
    while (!this.#member.settled && !this.#stopping.signal.aborted) await this.#groupMoved()
  }

  /** Resolves when the member is settled, was dropped, or is stopped. */
  #groupMoved(): Promise<void> {
    const { signal } = this.#stopping
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const onAbort = () => resolve()
      signal.addEventListener('abort', onAbort, { once: true })
      void this.#member.whenSettled().then(() => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      })
    })
  }

  #whenIdle(): Promise<void> {
    if (this.#atWork === undefined) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }
}
