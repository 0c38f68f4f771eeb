import type { FetchedMessage } from './record.js'

/** What is used of kafkajs's inner Cluster and Broker, which its types leave out. */
export interface InnerCluster {
  connect(): Promise<void>
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[]
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>
  findBroker(node: { nodeId: string }): Promise<InnerBroker>
  findGroupCoordinator(group: { groupId: string }): Promise<InnerBroker>
  fetchTopicsOffset(
    topics: readonly { topic: string; partitions: readonly { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]>
}

export interface InnerBroker {
  fetch(request: {
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    isolationLevel: number
    topics: readonly { topic: string; partitions: readonly object[] }[]
  }): Promise<{
    readonly responses: readonly {
      readonly topicName: string
      readonly partitions: readonly {
        readonly partition: number
        readonly highWatermark: string
        readonly messages: readonly FetchedMessage[]
      }[]
    }[]
  }>
  joinGroup(request: {
    groupId: string
    sessionTimeout: number
    rebalanceTimeout: number
    memberId: string
    groupProtocols: readonly { name: string; metadata: Buffer }[]
  }): Promise<{
    readonly generationId: number
    readonly leaderId: string
    readonly memberId: string
    readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]
  }>
  syncGroup(request: {
    groupId: string
    generationId: number
    memberId: string
    groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[]
  }): Promise<{ readonly memberAssignment: Buffer }>
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  offsetCommit(request: {
    groupId: string
    groupGenerationId: number
    memberId: string
    topics: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]
  }): Promise<unknown>
  offsetFetch(request: {
    groupId: string
    topics: readonly { topic: string; partitions: readonly { partition: number }[] }[]
  }): Promise<{
    readonly responses: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
    }[]
  }>
}

export interface FetchedPartition {
  readonly topic: string
  readonly partition: number
  /** The offset that was asked for. */
  readonly from: number
  readonly highWatermark: number
  readonly messages: readonly FetchedMessage[]
}

export interface FetchPlace {
  readonly topic: string
  readonly partition: number
  readonly from: number
}

export interface FetchLimits {
  readonly waitMs: number
  /** Soft: of one partition the first batch comes whole, however large. */
  readonly bytesPerPartition: number
  readonly bytes: number
}

/** Everything is read as soon as it is stored: nothing of ours writes in transactions. */
const READ_UNCOMMITTED = 0

/**
 * Connections to the brokers, until the first error: then it is given up with `kill` and a new one opened, which also asks anew who leads what.
 * Requests of one kind wait for each other, because two at once on a connection that was closed for idleness would make kafkajs open it twice.
 */
export class Link {
  readonly #cluster: InnerCluster
  readonly #lines = new Map<string, Promise<unknown>>()
  readonly #disconnect: () => void
  #dead = false

  constructor(cluster: InnerCluster, disconnect: () => void) {
    this.#cluster = cluster
    this.#disconnect = disconnect
  }

  get dead(): boolean {
    return this.#dead
  }

  kill(): void {
    this.#dead = true
    this.#disconnect()
  }

  async open(topics: readonly string[]): Promise<void> {
    await this.#cluster.connect()
    await this.#cluster.addMultipleTargetTopics(topics)
  }

  /** The partitions of a topic, in order, as they were within the last minute; `anew` asks now. */
  partitions(topic: string, anew = false): Promise<readonly number[]> {
    return this.#inLine('control', () => this.#partitions(topic, anew))
  }

  /** As they are now, for work that runs inside `coordinate`. */
  partitionsWithin(topic: string): Promise<readonly number[]> {
    return this.#partitions(topic, true)
  }

  async #partitions(topic: string, anew: boolean): Promise<readonly number[]> {
    await this.#cluster.addMultipleTargetTopics([topic])
    if (anew) await this.#cluster.refreshMetadata()
    else await this.#cluster.refreshMetadataIfNecessary()
    return this.#cluster
      .findTopicPartitionMetadata(topic)
      .map(({ partitionId }) => partitionId)
      .sort((a, b) => a - b)
  }

  /** The first kept offset, or the one that the next record will get, of each partition. */
  offsets(topic: string, partitions: readonly number[], which: 'first' | 'next'): Promise<ReadonlyMap<number, number>> {
    return this.#inLine('control', async () => {
      if (partitions.length === 0) return new Map<number, number>()
      const [answer] = await this.#cluster.fetchTopicsOffset([
        { topic, partitions: partitions.map((partition) => ({ partition })), fromBeginning: which === 'first' },
      ])
      const offsets = new Map(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
      for (const partition of partitions)
        if (!offsets.has(partition)) throw new Error(`no offset of ${topic}/${partition}`)
      return offsets
    })
  }

  /** The places by the broker that leads their partition. */
  byLeader(places: readonly FetchPlace[]): ReadonlyMap<string, readonly FetchPlace[]> {
    const byNode = new Map<string, FetchPlace[]>()
    for (const place of places) {
      const [node] = Object.keys(this.#cluster.findLeaderForPartitions(place.topic, [place.partition]))
      if (node === undefined) throw new Error(`nobody leads ${place.topic}/${place.partition}`)
      const led = byNode.get(node) ?? []
      led.push(place)
      byNode.set(node, led)
    }
    return byNode
  }

  fetch(nodeId: string, places: readonly FetchPlace[], limits: FetchLimits): Promise<readonly FetchedPartition[]> {
    return this.#inLine(`fetch ${nodeId}`, async () => {
      const broker = await this.#cluster.findBroker({ nodeId })
      const topics = [...new Set(places.map(({ topic }) => topic))].map((topic) => ({
        topic,
        partitions: places
          .filter((place) => place.topic === topic)
          .map(({ partition, from }) => ({ partition, fetchOffset: String(from), maxBytes: limits.bytesPerPartition })),
      }))
      const { responses } = await broker.fetch({
        maxWaitTime: limits.waitMs,
        minBytes: 1,
        maxBytes: limits.bytes,
        isolationLevel: READ_UNCOMMITTED,
        topics,
      })
      return responses.flatMap(({ topicName, partitions }) =>
        partitions.map(({ partition, highWatermark, messages }) => {
          const from = places.find((place) => place.topic === topicName && place.partition === partition)?.from ?? 0
          // A broker answers with whole batches: the first can begin before the offset asked for.
          const wanted = messages.filter(({ offset }) => Number(offset) >= from)
          return { topic: topicName, partition, from, highWatermark: Number(highWatermark), messages: wanted }
        }),
      )
    })
  }

  /** Runs `work` on the broker that keeps the group. */
  coordinate<T>(groupId: string, work: (coordinator: InnerBroker) => Promise<T>): Promise<T> {
    return this.#inLine('control', async () => work(await this.#cluster.findGroupCoordinator({ groupId })))
  }

  /** What the group has committed, of the partitions where it has. */
  committed(groupId: string, topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return this.coordinate(groupId, async (coordinator) => {
      const places = partitions.map((partition) => ({ partition }))
      const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions: places }] })
      const offsets = responses.flatMap((response) => response.partitions)
      return new Map(
        offsets
          .map(({ partition, offset }) => [partition, Number(offset)] as const)
          .filter(([, offset]) => offset >= 0),
      )
    })
  }

  #inLine<T>(line: string, work: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(line) ?? Promise.resolve()
    const done = before.then(work, work)
    this.#lines.set(line, done)
    done.catch(() => undefined)
    return done
  }
}

/** One link that many use: opened when it is needed, replaced once it was killed. */
export class SharedLink {
  readonly #open: () => Promise<Link>
  readonly #closed: Promise<never>
  #sayClosed: (reason: Error) => void = () => undefined
  #present: Link | undefined
  #opening: Promise<Link> | undefined
  #isClosed = false

  constructor(open: () => Promise<Link>) {
    this.#open = open
    this.#closed = new Promise((_resolve, reject) => (this.#sayClosed = reject))
    this.#closed.catch(() => undefined)
  }

  get(): Promise<Link> {
    if (this.#isClosed) return this.#closed
    if (this.#present?.dead === false) return Promise.resolve(this.#present)
    this.#opening ??= this.#replace()
    this.#opening.catch(() => undefined)
    return Promise.race([this.#opening, this.#closed])
  }

  /** Ends what is under way on the present link, and the wait for a new one. */
  close(): void {
    this.#isClosed = true
    this.#present?.kill()
    this.#sayClosed(new Error('the link was closed'))
  }

  async #replace(): Promise<Link> {
    try {
      const link = await this.#open()
      if (this.#isClosed) link.kill()
      this.#present = link
      return link
    } finally {
      this.#opening = undefined
    }
  }
}
