import { AssignerProtocol, Kafka, logLevel, type Admin } from 'kafkajs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Change } from '../../../schemas/mention.js'
import { makeMention } from '../../support/mentions.js'
import { startFleet, type Fleet } from '../../support/rabta-fleet.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { startPeers, type Peers } from '../stream.js'
import { until } from './desk-client.js'
import { startEngines, type Engines } from './engines.js'

const long = process.env['RABTA_TEST_LONG'] === '1'
const MENTIONS = long ? 12_000 : 2_000
/**
 * Each piece that passes between a process and Kafka waits so long, on each connection for itself: a batch of 50 takes the time of its fetch, its
 * publish and its commit, as it would with brokers far away. What is measured so is the sharing of the work; two processes that tag as fast as they can
 * would share this machine's two cores with the broker and the test as well.
 */
const DELAY_MS = 60
const LEAST_GAIN = long ? 1.8 : 1.5
const LEAST_ALONE_MS = long ? 20_000 : 5_000
const PARTITIONS = 12

const folder = temporaryFolder()
let engines: Engines
let peers: Peers
let kafka: Kafka
let admin: Admin
const fleets: Fleet[] = []

beforeAll(async () => {
  engines = await startEngines()
  peers = await startPeers(0, folder.path, 'scale-only-password')
  kafka = new Kafka({ brokers: [engines.kafka.server.address], logLevel: logLevel.NOTHING })
  admin = kafka.admin()
  await admin.connect()
}, 300_000)

afterAll(async () => {
  await Promise.all(fleets.map((fleet) => fleet.end()))
  await admin?.disconnect()
  await peers?.close()
  await engines?.close()
  folder.remove()
})

const change = (n: number): Change => ({
  type: 'written',
  mention: makeMention({
    id: `whatsapp:scale-${n}`,
    conversation: `whatsapp:92300${n}`,
    text: `office ka time bata dein (${n})`,
  }),
})

async function collect(topic: string): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  for (let n = 0; n < MENTIONS; n += 500) {
    const messages = Array.from({ length: Math.min(500, MENTIONS - n) }, (_one, at) => ({
      key: `whatsapp:92300${n + at}`,
      value: JSON.stringify(change(n + at)),
    }))
    await producer.send({ topic, messages })
  }
  await producer.disconnect()
}

async function countOf(topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic)
  return offsets.reduce((sum, { offset }) => sum + Number(offset), 0)
}

/** The partitions of each member of the group. */
async function membersOf(group: string): Promise<number[][]> {
  const { groups } = await admin.describeGroups([group])
  return (groups[0]?.members ?? []).map(({ memberAssignment }) =>
    Object.values(AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {}).flat(),
  )
}

/** How long so many processes take to tag what lies on the topic before they may begin. */
async function measure(processes: number): Promise<number> {
  const namespace = `scale${processes}`
  const [collected, enriched] = [`${namespace}.mentions.collected`, `${namespace}.mentions.enriched`]
  const fleet = startFleet({ ...peers.settings, ...engines.settings, RABTA_NAMESPACE: namespace })
  fleets.push(fleet)
  const log = () => fleet.log()
  const names = Array.from({ length: processes }, (_one, n) => `enrich-${n}`)
  await Promise.all(names.map((name) => fleet.add(name, 'enrich')))
  await until('every process has its share of the partitions', { limitMs: 60_000, log }, async () => {
    const held = await membersOf(`${namespace}.enrich`)
    const isShared = held.length === processes && held.every(({ length }) => length === PARTITIONS / processes)
    return isShared && new Set(held.flat()).size === PARTITIONS ? true : JSON.stringify(held)
  })

  // They stand still for the moment that the topic is filled in, shorter than after which the group would do without them.
  for (const name of names) process.kill(fleet.pid(name), 'SIGSTOP')
  await collect(collected)
  await engines.kafka.network.delay(DELAY_MS)
  const began = performance.now()
  for (const name of names) process.kill(fleet.pid(name), 'SIGCONT')
  await until('all are tagged', { limitMs: 600_000, log }, async () => (await countOf(enriched)) >= MENTIONS)
  const tookMs = performance.now() - began

  await engines.kafka.network.mend()
  expect(await countOf(enriched)).toBe(MENTIONS)
  expect((await membersOf(`${namespace}.enrich`)).map(({ length }) => length)).toEqual(
    names.map(() => PARTITIONS / processes),
  )
  for (const name of names) expect(await fleet.remove(name)).toMatchObject({ code: 0 })
  return tookMs
}

it(`tags ${MENTIONS} mentions ${LEAST_GAIN} times as fast with two processes as with one`, async () => {
  const one = await measure(1)
  const two = await measure(2)
  const gain = one / two
  process.stdout.write(
    `one process ${Math.round(one)} ms, two ${Math.round(two)} ms: ${gain.toFixed(2)} times; each piece waits ${DELAY_MS} ms\n`,
  )
  expect(one).toBeGreaterThan(LEAST_ALONE_MS)
  expect(gain).toBeGreaterThanOrEqual(LEAST_GAIN)
})
