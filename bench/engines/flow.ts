import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createElasticClient } from '../../index/elastic/client.js'
import type { Bus } from '../../runtime/bus.js'
import { packagePath } from '../../runtime/package-root.js'
import { dangerTexts } from '../../tests/chaos/distributed/dangers.js'
import { startFleet, type Fleet } from '../../tests/support/rabta-fleet.js'
import { onServer } from '../../tests/support/test-records.js'
import { openBus, removeTopics } from './bus.js'
import { collectedMentions, collectedMessages, type Place } from './corpus.js'
import { cpuMsOf, partOf, pausesFor, until, type Figures } from './figures.js'

const COUNT = 10_000
const REPLAYED = 20_000
const ALERTS = 50
const STAGES = ['enrich', 'index', 'alerts'] as const

interface System {
  readonly fleet: Fleet
  readonly bus: Bus
  close(): Promise<void>
}

/** Rabta's stages as processes of their own, on engines that others use too. */
async function openSystem(place: Place, namespace: string): Promise<System> {
  const bus = await openBus(place, namespace)
  const fleet = startFleet({
    RABTA_NAMESPACE: namespace,
    RABTA_BUS: `kafka://${place.kafka}`,
    RABTA_INDEX: place.elastic,
    RABTA_RECORDS: place.postgres,
    RABTA_DATA: join(place.folder, namespace),
    // Any real source: its stage is not started, and the demonstration runs in one process alone.
    RABTA_SOURCES: 'x',
    RABTA_X_BEARER_TOKEN: 'bench-never-used',
    RABTA_X_USER_ID: '1',
    RABTA_X_SEARCH_QUERY: 'bench',
    RABTA_LOG_LEVEL: 'warn',
  })
  const close = async () => {
    await fleet.end()
    await bus.close()
    await removeTopics(place, namespace)
    const client = createElasticClient({ nodes: [place.elastic], auth: undefined, ca: undefined })
    const name = `rabta-${namespace}-mentions`
    const names = Object.keys(await client.indices.get({ index: `${name}-*`, allow_no_indices: true }))
    if (names.length > 0) await client.indices.delete({ index: names })
    await client.indices.deleteIndexTemplate({ name: `${name}-1` }).catch(() => undefined)
    await client.close()
    await onServer(place.postgres, `drop schema if exists "rabta_${namespace.replaceAll('-', '_')}" cascade`)
  }
  return { fleet, bus, close }
}

const endOf = async (bus: Bus, topic: Parameters<Bus['end']>[0]) =>
  Object.values(await bus.end(topic)).reduce((sum, end) => sum + end, 0)

/** Put on Kafka beforehand, then enrich, index and alerts begin, a process each: from the first indexed to the last. */
export async function measureFlow(place: Place, figures: Figures, round: number): Promise<void> {
  const system = await openSystem(place, `${place.namespace}-flow${round}`)
  const { fleet, bus } = system
  try {
    await Promise.all(['index', 'alerts'].map((stage) => fleet.add(stage, stage)))
    const messages = collectedMessages(collectedMentions(COUNT, 300 + round))
    for (let at = 0; at < COUNT; at += 200) await bus.publish('mentions.collected', messages.slice(at, at + 200))
    await fleet.add('enrich', 'enrich')
    let started = 0
    let first = 0
    await until('the first is indexed', async () => (first = await endOf(bus, 'mentions.indexed')) > 0)
    started = performance.now()
    const before = STAGES.map((stage) => cpuMsOf(fleet.pid(stage)))
    await until('all are indexed', async () => (await endOf(bus, 'mentions.indexed')) >= COUNT)
    const indexed = ((COUNT - first) / (performance.now() - started)) * 1000
    figures.add('distributed, enrich + index + alerts, a process each', indexed, 'mentions/s indexed')
    await until('all went through alerts', async () => (await bus.lag('mentions.enriched', 'alerts')) === 0)
    figures.add('… through alerts too', ((COUNT - first) / (performance.now() - started)) * 1000, 'mentions/s')
    for (const [n, stage] of STAGES.entries()) {
      const cpuMs = cpuMsOf(fleet.pid(stage)) - (before[n] ?? NaN)
      figures.add(`… a core's time of ${stage}`, cpuMs / (COUNT - first), 'ms a mention')
    }
    figures.add('… alerts raised', await endOf(bus, 'alerts.raised'), '')
    figures.add('… processes that ended by themselves', fleet.ownEnds.length, '')
  } finally {
    await system.close()
  }
}

/** One danger at a time into an idle system: from the call of publish until it can be read on `alerts.raised`. */
export async function measureLatency(place: Place, figures: Figures): Promise<void> {
  const system = await openSystem(place, `${place.namespace}-latency`)
  const { fleet, bus } = system
  try {
    await Promise.all(STAGES.map((stage) => fleet.add(stage, stage)))
    const texts = dangerTexts()
    const mentions = collectedMentions(ALERTS + 3, 400)
    const times: number[] = []
    for (const [n, mention] of mentions.entries()) {
      const before = await endOf(bus, 'alerts.raised')
      const now = new Date().toISOString()
      const text = texts[(n * 7) % texts.length] ?? ''
      const value = { type: 'written', mention: { ...mention, text, receivedAt: now, writtenAt: now } }
      const started = performance.now()
      await bus.publish('mentions.collected', [{ key: mention.id, value }])
      await until(`alert ${n}`, async () => (await endOf(bus, 'alerts.raised')) > before, 30_000)
      // The first ones wait for processes that are still taking their places.
      if (n >= 3) times.push(performance.now() - started)
      await pausesFor(150 + (n % 7) * 40)
    }
    times.sort((a, b) => a - b)
    figures.add('alert, from publish to alerts.raised, idle system, p50', partOf(times, 0.5), 'ms')
    figures.add('alert, … p95', partOf(times, 0.95), 'ms')
    figures.add('alert, … longest', times.at(-1) ?? 0, 'ms')
  } finally {
    await system.close()
  }
}

/** The embedded way: the command as it is, whole flow, one process. */
export async function measureReplay(place: Place, figures: Figures, round: number): Promise<void> {
  const file = join(place.folder, `replay-${round}.jsonl`)
  const lines = collectedMentions(REPLAYED, 500 + round).map((mention) => JSON.stringify(mention))
  writeFileSync(file, `${lines.join('\n')}\n`)
  const env = {
    PATH: process.env['PATH'] ?? '',
    RABTA_DATA: join(place.folder, `embedded-${round}`),
    RABTA_LOG_LEVEL: 'warn',
  }
  const child = spawn(process.execPath, [packagePath('bin/rabta.js'), 'replay', file], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout.on('data', (part: Buffer) => (said += part.toString()))
  await new Promise((resolve) => child.once('exit', resolve))
  const rate = Number(/([\d.]+) a second/.exec(said)?.[1] ?? 0)
  figures.add('embedded, rabta replay, whole flow in one process', rate, 'mentions/s')
}
