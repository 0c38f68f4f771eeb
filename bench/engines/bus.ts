import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import type { Bus, BusMessage } from '../../runtime/bus.js'
import { systemClock } from '../../runtime/clock.js'
import { EmbeddedBus } from '../../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../../runtime/embedded-bus/log-file.js'
import { Failure } from '../../runtime/failure.js'
import { openKafkaBus } from '../../runtime/kafka-bus/kafka-bus.js'
import type { Topic } from '../../schemas/topics.js'
import { collectedMentions, collectedMessages, enrichedMessages, meanBytes, quiet, type Place } from './corpus.js'
import { partOf, pausesFor, rateOf, timesOf, until, type Figures } from './figures.js'

const COUNT = 10_000
const AT_ONCE = 200
const SINGLES = 200

/** Topics that were just made are not known to a busy broker at once: tried again, as the processes of Rabta do at their start. */
export async function openBus(place: Place, namespace = place.namespace): Promise<Bus> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await openKafkaBus({
        brokers: [place.kafka],
        namespace,
        partitions: 12,
        replicationFactor: 1,
        tls: undefined,
        sasl: undefined,
        clientId: 'rabta-bench',
        clock: systemClock,
        log: quiet,
      })
    } catch (error) {
      if (attempt === 10 || !(error instanceof Failure) || !error.retryable) throw error
      await pausesFor(500)
    }
  }
}

const stranger = ({ kafka }: Place) =>
  new kafkajs.Kafka({ brokers: [kafka], clientId: 'bare', logLevel: kafkajs.logLevel.NOTHING })

/** Deletes the topics whose names begin so. */
export async function removeTopics(place: Place, prefix = place.namespace): Promise<void> {
  const admin = stranger(place).admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
  if (topics.length > 0) await admin.deleteTopics({ topics })
  await admin.disconnect()
}

function* batchesOf<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

async function publishAll(bus: Bus, topic: Topic, messages: readonly BusMessage[], size: number): Promise<void> {
  for (const batch of batchesOf(messages, size)) await bus.publish(topic, batch)
}

/** From the first batch handed over to the last one handled. */
async function consumeRate(bus: Bus, topic: Topic, group: string, count: number, maxBatch: number): Promise<number> {
  let seen = 0
  let started = 0
  let ended = 0
  const subscription = bus.subscribe(
    topic,
    group,
    async (records) => {
      started ||= performance.now()
      seen += records.length
      if (seen >= count) ended ||= performance.now()
    },
    { maxBatch },
  )
  await until(`${group} reads ${topic}`, () => ended > 0)
  await subscription.stop()
  return (count / (ended - started)) * 1000
}

async function bareConsumeRate(place: Place, topic: string, groupId: string, count: number): Promise<number> {
  const consumer = stranger(place).consumer({ groupId })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let seen = 0
  let started = 0
  let ended = 0
  await consumer.run({
    eachBatch: async ({ batch }) => {
      started ||= performance.now()
      for (const { value } of batch.messages) JSON.parse((value ?? '').toString())
      seen += batch.messages.length
      if (seen >= count) ended ||= performance.now()
    },
  })
  await until(`bare consumer of ${topic}`, () => ended > 0)
  await consumer.disconnect()
  return (count / (ended - started)) * 1000
}

async function bareProducer(place: Place) {
  const producer = stranger(place).producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false })
  await producer.connect()
  const send = async (topic: string, messages: readonly BusMessage[]) =>
    void (await producer.send({
      topic,
      acks: -1,
      compression: kafkajs.CompressionTypes.GZIP,
      messages: messages.map(({ key, value }) => ({ key, value: JSON.stringify(value) })),
    }))
  return { send, close: () => producer.disconnect() }
}

/** Bytes of a topic in the broker's own folder; undefined where the broker is on another machine. */
async function bytesOnDisk(place: Place, topic: string): Promise<number | undefined> {
  const admin = stranger(place).admin()
  await admin.connect()
  const { brokers } = await admin.describeCluster()
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 4, name: String(brokers[0]?.nodeId ?? 1), configNames: ['log.dirs'] }],
  })
  await admin.disconnect()
  const folder = resources[0]?.configEntries[0]?.configValue ?? ''
  if (!existsSync(folder)) return undefined
  const partitions = readdirSync(folder).filter((name) =>
    new RegExp(`^${topic.replaceAll('.', '\\.')}-\\d+$`).test(name),
  )
  const logs = partitions.flatMap((name) =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith('.log'))
      .map((file) => join(folder, name, file)),
  )
  return logs.reduce((sum, file) => sum + statSync(file).size, 0)
}

/** The bus on Kafka beside bare kafkajs on topics of the same settings, and beside the embedded one. */
export async function measureBus(place: Place, figures: Figures, round: number): Promise<void> {
  const mentions = collectedMentions(COUNT, 100 + round)
  const collected = collectedMessages(mentions)
  const enriched = enrichedMessages(mentions)
  figures.add('bytes of a mention on mentions.collected, as JSON', meanBytes(collected), 'bytes')
  figures.add('bytes of a mention on mentions.enriched, as JSON', meanBytes(enriched), 'bytes')
  const own = `${place.namespace}-bus${round}`
  const bare = `${place.namespace}-bare${round}`
  const bus = await openBus(place, own)
  await (await openBus(place, bare)).close()
  const embedded = new EmbeddedBus({ file: new LogFile(join(place.folder, `bus-${round}.db`)), clock: systemClock })
  const producer = await bareProducer(place)
  try {
    await bus.publish('sources.health', [{ key: 'warm', value: {} }])
    const publish = (name: string, rate: number) => figures.add(`publish, ${name}`, rate, 'mentions/s')
    publish('Kafka, 200 a call', await rateOf(COUNT, () => publishAll(bus, 'mentions.enriched', enriched, AT_ONCE)))
    publish(
      'bare kafkajs, 200 a call, same topic settings',
      await rateOf(COUNT, async () => {
        for (const batch of batchesOf(enriched, AT_ONCE)) await producer.send(`${bare}.mentions.enriched`, batch)
      }),
    )
    publish(
      'embedded, 200 a call',
      await rateOf(COUNT, () => publishAll(embedded, 'mentions.enriched', enriched, AT_ONCE)),
    )
    publish('Kafka, 50 a call', await rateOf(COUNT, () => publishAll(bus, 'mentions.collected', collected, 50)))
    const alone = (name: string, times: number[]) =>
      figures.add(`publish one alone, p50, ${name}`, partOf(times, 0.5), 'ms')
    alone('Kafka', await timesOf(SINGLES, (n) => bus.publish('mentions.dead', collected.slice(n, n + 1))))
    alone(
      'bare kafkajs',
      await timesOf(SINGLES, (n) => producer.send(`${bare}.mentions.dead`, collected.slice(n, n + 1))),
    )
    alone('embedded', await timesOf(SINGLES, (n) => embedded.publish('mentions.dead', collected.slice(n, n + 1))))

    const read = (name: string, rate: number) => figures.add(`consume, ${name}`, rate, 'mentions/s')
    read('Kafka, batches of 100', await consumeRate(bus, 'mentions.enriched', 'hundreds', COUNT, 100))
    read('Kafka, batches of 500', await consumeRate(bus, 'mentions.enriched', 'large', COUNT, 500))
    read(
      'bare kafkajs, whole fetches',
      await bareConsumeRate(place, `${bare}.mentions.enriched`, `${bare}.read`, COUNT),
    )
    read('embedded, batches of 100', await consumeRate(embedded, 'mentions.enriched', 'hundreds', COUNT, 100))

    const onDisk = async (name: string, topic: Topic, count: number) => {
      const bytes = await bytesOnDisk(place, `${own}.${topic}`)
      if (bytes !== undefined) figures.add(`Kafka's disk a mention, ${name}`, bytes / count, 'bytes')
    }
    await onDisk('collected, 50 a call over 12 partitions', 'mentions.collected', COUNT)
    await onDisk('enriched, 200 a call over 12 partitions', 'mentions.enriched', COUNT)
    await onDisk('collected, one a call', 'mentions.dead', SINGLES)
    const file = statSync(join(place.folder, `bus-${round}.db`)).size
    figures.add("the embedded bus's disk a mention, enriched", file / (COUNT + SINGLES), 'bytes')
  } finally {
    await producer.close()
    await bus.close()
    await embedded.close()
    await removeTopics(place, own)
    await removeTopics(place, bare)
  }
}
