import type { Bus, BusMessage, BusRecord, Subscription } from '../../runtime/bus.js'
import { Failure } from '../../runtime/failure.js'
import type { Topic, TopicValue } from '../../schemas/topics.js'

/** A bus that remembers what was published, and that can be told to be away for the next publications. */
export class RecordingBus implements Bus {
  readonly published: { topic: Topic; key: string; value: unknown }[] = []
  failNext = 0

  async publish(topic: Topic, messages: readonly BusMessage[]): Promise<void> {
    if (this.failNext > 0) {
      this.failNext--
      throw new Failure('storage-full', 'the bus cannot store', { retryable: true })
    }
    for (const { key, value } of messages) this.published.push({ topic, key, value: structuredClone(value) })
  }

  of<T extends Topic>(topic: T): TopicValue<T>[] {
    return this.published.filter((message) => message.topic === topic).map((message) => message.value as TopicValue<T>)
  }

  subscribe(): Subscription {
    throw new Error('nobody subscribes in this test')
  }

  async read(): Promise<readonly BusRecord[]> {
    return []
  }

  async end() {
    return {}
  }

  async changed(): Promise<void> {}

  async lag(): Promise<number> {
    return 0
  }

  problem(): string | undefined {
    return undefined
  }

  async close(): Promise<void> {}
}
