import type { Topic } from '../schemas/topics.js'

export interface TopicLayout {
  /** How long what every group has read is kept: enough to resume live feeds and to replay a bad day. */
  readonly maxAgeMs: number
  /** Of the embedded bus, which deletes only what every group has passed. Kafka keeps by age alone, or a burst would push out what nobody has read. */
  readonly maxBytes: number
  /** No group ever reads this topic, so that none has to have passed a record; otherwise a record without a reader stays. */
  readonly withoutGroups?: boolean
  /** On Kafka: `wide` topics have as many partitions as are set (RABTA_KAFKA_PARTITIONS), the others this many. The embedded bus has one. */
  readonly partitions: 'wide' | number
}

const DAY_MS = 86_400_000
const GIB = 1024 ** 3

/** How each topic is kept and cut into partitions. */
export const TOPIC_LAYOUT: Readonly<Record<Topic, TopicLayout>> = {
  'mentions.collected': { maxAgeMs: 7 * DAY_MS, maxBytes: 2 * GIB, partitions: 'wide' },
  'mentions.enriched': { maxAgeMs: 7 * DAY_MS, maxBytes: 2 * GIB, partitions: 'wide' },
  'mentions.indexed': { maxAgeMs: 2 * DAY_MS, maxBytes: GIB, withoutGroups: true, partitions: 1 },
  'mentions.corrected': { maxAgeMs: 7 * DAY_MS, maxBytes: GIB, partitions: 3 },
  'alerts.raised': { maxAgeMs: 30 * DAY_MS, maxBytes: GIB, withoutGroups: true, partitions: 1 },
  'messages.outbound': { maxAgeMs: 7 * DAY_MS, maxBytes: GIB, partitions: 3 },
  'outbound.status': { maxAgeMs: 7 * DAY_MS, maxBytes: GIB, partitions: 3 },
  'sources.health': { maxAgeMs: 2 * DAY_MS, maxBytes: GIB, partitions: 1 },
  'mentions.dead': { maxAgeMs: 30 * DAY_MS, maxBytes: GIB, partitions: 1 },
}
