import type { Topic } from '../../schemas/topics.js'
import type { Bus, BusMessage, BusRecord, Position, SubscribeOptions, Subscription } from '../bus.js'
import { Failure } from '../failure.js'
import { makeTopics, maxMessageBytes, type BusTopicsParts } from './bus-topics.js'
import { KafkaClient, type KafkaClientOptions } from './client.js'
import { Health } from './health.js'
import { KafkaSubscription } from './kafka-subscription.js'
import { SharedLink } from './link.js'
import { LogReader } from './log-reader.js'
import { TailWatch } from './tail-watch.js'
import { TopicSender } from './topic-sender.js'

export interface KafkaBusOptions extends KafkaClientOptions {
  /** Before every topic and group, with a dot; '' for none. The demonstration has its own. */
  readonly namespace: string
  /** Partitions of the wide topics (runtime/topic-layout.ts) where they are made new. */
  readonly partitions: number
  /** Copies of a topic that is made new; -1: what the brokers say. */
  readonly replicationFactor: number
}

const DEFAULT_BATCH = 100
/** A broker that does not answer a request for so long is given up, and the request put anew. */
const CONTROL_MS = 5_000
/** Eight mebibytes over a thin line take their time. */
const FETCH_MS = 15_000
const REMAKE_MS = 30_000

/**
 * The bus on Kafka; its topics are made where they are missing. Throws a retryable Failure `unavailable` that names the brokers if they cannot be
 * reached within about ten seconds; once open, it lives through outages of any length.
 */
export async function openKafkaBus(options: KafkaBusOptions): Promise<Bus> {
  const client = new KafkaClient(options)
  const { namespace, partitions, replicationFactor, clock, log } = options
  const prefix = namespace === '' ? '' : `${namespace}.`
  const topics = { client, prefix, partitions, replicationFactor, clock, log }
  await makeTopics(topics)
  return new KafkaBus(options, client, topics)
}

class KafkaBus implements Bus {
  readonly #options: KafkaBusOptions
  readonly #client: KafkaClient
  readonly #topics: BusTopicsParts
  readonly #health = new Health()
  readonly #senders = new Map<Topic, TopicSender>()
  readonly #subscriptions = new Map<string, KafkaSubscription>()
  readonly #readLink: SharedLink
  readonly #reader: LogReader
  readonly #tail: TailWatch
  #madeAt: number
  #closed = false

  constructor(options: KafkaBusOptions, client: KafkaClient, topics: BusTopicsParts) {
    this.#options = options
    this.#client = client
    this.#topics = topics
    this.#madeAt = options.clock.now()
    const nameOf = (topic: Topic) => topics.prefix + topic
    this.#readLink = new SharedLink(() => client.link([], FETCH_MS))
    this.#reader = new LogReader({
      link: this.#readLink,
      nameOf,
      groupOf: (group) => topics.prefix + group,
      health: this.#health,
    })
    this.#tail = new TailWatch({
      link: new SharedLink(() => client.link([], CONTROL_MS)),
      nameOf,
      clock: options.clock,
    })
  }

  problem(): string | undefined {
    return this.#health.problem()
  }

  async publish(topic: Topic, messages: readonly BusMessage[]): Promise<void> {
    this.#mustBeOpen()
    if (messages.length === 0) return
    await this.#sender(topic).publish(messages)
    this.#tail.published(topic)
  }

  subscribe(
    topic: Topic,
    group: string,
    handleBatch: (records: readonly BusRecord[], signal: AbortSignal) => Promise<void>,
    options: SubscribeOptions = {},
  ): Subscription {
    this.#mustBeOpen()
    const key = `${topic}/${group}`
    if (this.#subscriptions.has(key)) throw new Error(`group ${group} reads ${topic} already`)
    const name = this.#topics.prefix + topic
    const { clock, log } = this.#options
    const subscription = new KafkaSubscription({
      topic,
      name,
      groupId: this.#topics.prefix + group,
      maxBatch: options.maxBatch ?? DEFAULT_BATCH,
      handleBatch,
      memberLink: new SharedLink(() => this.#client.link([name], CONTROL_MS)),
      fetchLink: new SharedLink(() => this.#client.link([name], FETCH_MS)),
      clock,
      log,
      health: this.#health,
      onEnd: () => this.#subscriptions.delete(key),
    })
    this.#subscriptions.set(key, subscription)
    return subscription
  }

  async read(topic: Topic, from: Position, limit = 500): Promise<readonly BusRecord[]> {
    this.#mustBeOpen()
    return limit <= 0 ? [] : this.#reader.read(topic, from, limit)
  }

  async end(topic: Topic): Promise<Position> {
    this.#mustBeOpen()
    return this.#reader.end(topic)
  }

  changed(topics: readonly Topic[], signal: AbortSignal): Promise<void> {
    return this.#tail.changed(topics, signal)
  }

  async lag(topic: Topic, group: string): Promise<number> {
    this.#mustBeOpen()
    return this.#reader.lag(topic, group)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await Promise.all([...this.#subscriptions.values()].map((subscription) => subscription.stop()))
    await Promise.all([...this.#senders.values()].map((sender) => sender.close()))
    this.#closed = true
    this.#readLink.close()
    await this.#tail.close()
  }

  #sender(topic: Topic): TopicSender {
    const present = this.#senders.get(topic)
    if (present !== undefined) return present
    const sender = new TopicSender({
      topic,
      name: this.#topics.prefix + topic,
      maxMessageBytes: maxMessageBytes(topic),
      openProducer: () => this.#client.producer(),
      onMissing: () => this.#makeAgain(),
      clock: this.#options.clock,
      health: this.#health,
    })
    this.#senders.set(topic, sender)
    return sender
  }

  /** Brokers can come back without their disks. */
  async #makeAgain(): Promise<void> {
    const now = this.#options.clock.now()
    if (now - this.#madeAt < REMAKE_MS) return
    this.#madeAt = now
    await makeTopics(this.#topics)
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Failure('stopped', 'the bus is closed', { retryable: false })
  }
}
