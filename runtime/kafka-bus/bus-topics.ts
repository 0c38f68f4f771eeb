import type { Topic } from '../../schemas/topics.js'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Log } from '../log.js'
import { TOPIC_LAYOUT } from '../topic-layout.js'
import type { KafkaAdmin, KafkaClient } from './client.js'
import { asKafkaFailure, kafkaErrorType } from './failures.js'

const MIB = 1024 ** 2
const ALL = Object.keys(TOPIC_LAYOUT) as Topic[]
const MAKE_MS = 8_000
const NOT_YET = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'])
/** `ConfigResourceTypes.TOPIC` of the protocol. */
const TOPIC_RESOURCE = 2

/** Largest batch the brokers take, as sent, compressed. */
const brokerBytes = (topic: Topic) => (topic === 'mentions.dead' ? 16 : 8) * MIB

/** Largest message, before compression. A dead letter quotes the whole record it is about, and quoting can double it: what repeats itself packs well. */
export const maxMessageBytes = (topic: Topic): number => (topic === 'mentions.dead' ? 40 * MIB : 8 * MIB)

export interface BusTopicsParts {
  readonly client: KafkaClient
  /** With its dot, or ''. */
  readonly prefix: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly clock: Clock
  readonly log: Log
}

/**
 * Makes the topics that are missing. What is there is left as it is, with a warning where it has another number of partitions than is stated: more
 * partitions would send a key elsewhere than its earlier messages. Throws a Failure `unavailable` if the brokers cannot be reached.
 */
export async function makeTopics({
  client,
  prefix,
  partitions,
  replicationFactor,
  clock,
  log,
}: BusTopicsParts): Promise<void> {
  const stated = (topic: Topic) =>
    TOPIC_LAYOUT[topic].partitions === 'wide' ? partitions : Number(TOPIC_LAYOUT[topic].partitions)
  await client.administer(async (admin) => {
    try {
      const there = new Set(await admin.listTopics())
      const missing = ALL.filter((topic) => !there.has(prefix + topic))
      const made = await create(admin, missing)
      const described = await describe(admin)
      for (const topic of ALL) {
        const found = described.topics.find(({ name }) => name === prefix + topic)?.partitions ?? []
        if (found.length !== stated(topic))
          log.warn('kafka topic has another number of partitions than is stated, and keeps it', {
            topic: prefix + topic,
            partitions: found.length,
            stated: stated(topic),
          })
      }
      const alone = made.filter((topic) =>
        described.topics.some(({ name, partitions: all }) => name === prefix + topic && all[0]?.replicas.length === 1),
      )
      if (alone.length > 0) await writeThrough(admin, alone)
    } catch (error) {
      throw asKafkaFailure(
        error,
        `the topics of ${prefix === '' ? 'Rabta' : prefix} cannot be made on ${client.brokers}`,
      )
    }
  })

  /** A topic just made is unknown to some brokers for moments, or has no leader yet. */
  async function describe(admin: KafkaAdmin) {
    const endAt = clock.now() + MAKE_MS
    for (;;) {
      try {
        return await admin.fetchTopicMetadata({ topics: ALL.map((topic) => prefix + topic) })
      } catch (error) {
        if (!NOT_YET.has(kafkaErrorType(error)) || clock.now() >= endAt) throw error
        await clock.sleep(100)
      }
    }
  }

  /** Those that were made here: another process may make them at the same time, or have other wishes for them. */
  async function create(admin: KafkaAdmin, topics: readonly Topic[]): Promise<readonly Topic[]> {
    const made: Topic[] = []
    for (const topic of topics) {
      const wanted = {
        topic: prefix + topic,
        numPartitions: stated(topic),
        replicationFactor,
        configEntries: configOf(topic, replicationFactor),
      }
      let isNew: boolean
      try {
        isNew = await admin.createTopics({ topics: [wanted], waitForLeaders: false, timeout: MAKE_MS })
      } catch (error) {
        throw wrongReplication(error) ?? error
      }
      if (!isNew) continue
      made.push(topic)
      log.info('kafka topic made', { topic: prefix + topic, partitions: stated(topic) })
    }
    return made
  }

  /** With one copy on one broker a message survives a power cut only if it is on the disk before it is acknowledged. */
  async function writeThrough(admin: KafkaAdmin, topics: readonly Topic[]): Promise<void> {
    try {
      await admin.alterConfigs({
        validateOnly: false,
        resources: topics.map((topic) => ({
          type: TOPIC_RESOURCE,
          name: prefix + topic,
          configEntries: [...configOf(topic, replicationFactor), { name: 'flush.messages', value: '1' }],
        })),
      })
    } catch (error) {
      log.warn('kafka topics have one copy, and it could not be set that they are written through to the disk', {
        detail: asKafkaFailure(error, 'set flush.messages=1').message,
      })
    }
  }
}

function configOf(topic: Topic, replicationFactor: number): { name: string; value: string }[] {
  const entries = [
    { name: 'cleanup.policy', value: 'delete' },
    { name: 'retention.ms', value: String(TOPIC_LAYOUT[topic].maxAgeMs) },
    { name: 'retention.bytes', value: '-1' },
    { name: 'max.message.bytes', value: String(brokerBytes(topic)) },
    // The age and the order of a record are the brokers' own, whatever the clocks of those who write say.
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
    // What a stranger wrote with another codec is packed anew by the brokers, so that everything can be read here.
    { name: 'compression.type', value: 'gzip' },
    { name: 'unclean.leader.election.enable', value: 'false' },
  ]
  // An acknowledged message is on two brokers at least, or it could go with the one.
  return replicationFactor >= 3
    ? [...entries, { name: 'min.insync.replicas', value: String(replicationFactor - 1) }]
    : entries
}

function wrongReplication(error: unknown): Failure | undefined {
  if (kafkaErrorType(error) !== 'INVALID_REPLICATION_FACTOR') return undefined
  return new Failure(
    'unavailable',
    'fewer Kafka brokers are up than copies of a topic are wanted: start them or want fewer',
    {
      retryable: true,
      cause: error,
    },
  )
}
