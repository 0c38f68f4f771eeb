import type { Topic } from '../schemas/topics.js'

/** A place in a topic: the offset of the next record to read, by partition. `{}` is the beginning of what is kept. The embedded bus has partition 0 alone. */
export type Position = Readonly<Record<number, number>>

export interface BusMessage {
  /** Orders what belongs together: the conversation on private channels, the item on public ones. */
  readonly key: string
  /** JSON. The bus does not judge it: whoever reads checks it against the topic's schema. */
  readonly value: unknown
}

export interface BusRecord extends BusMessage {
  readonly topic: Topic
  readonly partition: number
  readonly offset: number
  /** Epoch milliseconds at which the bus stored it. */
  readonly storedAt: number
}

export interface Subscription {
  /** Resolves when the handler in flight is done and its position is committed or given up; no handler runs afterwards. */
  stop(): Promise<void>
  /** Resolves only if the subscription ended by itself: rejects with what the handler threw. */
  readonly ended: Promise<void>
}

export interface SubscribeOptions {
  /** Records handed over at once, at most. */
  readonly maxBatch?: number
}

/**
 * A durable log. `publish` resolves once all messages are stored to survive a kill and a power cut, those of one key in the order given; it throws
 * a Failure (`storage-full` and `unavailable` are retryable, `too-large` is not) otherwise, and then some may be stored all the same and the caller
 * must publish all of them again: delivery is at least once. `subscribe` hands records to `handleBatch` in order, one batch at a time, and commits the group's position only after
 * it resolved; if it throws, nothing is committed and `ended` rejects. A group that never committed starts at the beginning of what is kept.
 * `read` is for replay and for live feeds: records from a position on, at most `limit` (by default 500), without a group, empty at the end.
 * `end` is the position after the last record. `changed` resolves when something was published to one of the topics after the call (or the signal aborts).
 */
export interface Bus {
  publish(topic: Topic, messages: readonly BusMessage[]): Promise<void>
  subscribe(
    topic: Topic,
    group: string,
    handleBatch: (records: readonly BusRecord[], signal: AbortSignal) => Promise<void>,
    options?: SubscribeOptions,
  ): Subscription
  read(topic: Topic, from: Position, limit?: number): Promise<readonly BusRecord[]>
  end(topic: Topic): Promise<Position>
  changed(topics: readonly Topic[], signal: AbortSignal): Promise<void>
  /** Records the group has not committed yet. */
  lag(topic: Topic, group: string): Promise<number>
  /** What keeps it from taking messages, in words for who must mend it; undefined while it takes them. */
  problem(): string | undefined
  close(): Promise<void>
}
