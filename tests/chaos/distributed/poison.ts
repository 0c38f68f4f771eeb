import { Kafka, logLevel } from 'kafkajs'
import type { Topic } from '../../../schemas/topics.js'
import { TOPIC_PREFIX } from './engines.js'

/** Who reads a topic as a stage, and so sets aside what it cannot read. */
const READERS: Partial<Record<Topic, readonly string[]>> = {
  'mentions.collected': ['enrich', 'media'],
  'mentions.enriched': ['index', 'alerts'],
  'sources.health': ['sources'],
  'messages.outbound': ['send'],
  'outbound.status': ['send-status'],
  // Read by the pages alone: it must not end what they hear.
  'alerts.raised': [],
  'mentions.indexed': [],
}

const BYTES: readonly (Buffer | null)[] = [
  Buffer.from('{"type":"written","mention":'),
  Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]),
  Buffer.from(JSON.stringify({ type: 'written', mention: { schema: 'rabta.mention/9', id: 7 } })),
  Buffer.from('[]'),
  null,
]

/** What no program of ours would write, put on the topics past the bus. Resolves with the ids of the dead letters that must come of it, and no others. */
export async function plantPoison(brokers: readonly string[]): Promise<string[]> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
  const producer = kafka.producer()
  await producer.connect()
  const letters: string[] = []
  try {
    for (const [topic, readers] of Object.entries(READERS))
      for (const [n, value] of BYTES.entries()) {
        const messages = [{ key: n % 2 === 0 ? `poison-${n}` : null, value }]
        const [stored] = await producer.send({ topic: TOPIC_PREFIX + topic, messages })
        if (stored === undefined) throw new Error(`${topic} did not take the poison`)
        for (const reader of readers) letters.push(`${topic}/${reader}/${stored.partition}/${stored.baseOffset}`)
      }
    // A letter that cannot be read cannot be kept either: it must only not be in the way.
    await producer.send({
      topic: `${TOPIC_PREFIX}mentions.dead`,
      messages: [{ key: 'poison', value: Buffer.from('{') }],
    })
    return letters
  } finally {
    await producer.disconnect()
  }
}
