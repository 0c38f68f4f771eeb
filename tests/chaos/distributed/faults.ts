import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet } from '../../support/rabta-fleet.js'
import { until, type DeskClient } from './desk-client.js'
import type { Engine, Engines } from './engines.js'
import { STAGES } from './house.js'
import type { Console } from './live.js'
import type { Danger, Talk } from './talk.js'

export interface Scene {
  readonly engines: Engines
  readonly fleet: Fleet
  readonly talk: Talk
  readonly desk: DeskClient
  readonly console: Console
  readonly random: () => number
  readonly lengths: Lengths
  say(line: string): void
}

/** How long each thing is out of order, in milliseconds, and how often in a row a stage is killed that reads what is said. */
export interface Lengths {
  readonly kills: number
  readonly elastic: number
  readonly postgres: number
  readonly network: number
  readonly comings: number
}

export interface Fault {
  readonly name: string
  run(scene: Scene): Promise<void>
}

/** Alerts must come while something is away: nobody waits longer than this for one. */
const RAISED_WITHIN_MS = 90_000
/** Shorter than after which its groups would do without it. */
const PILES_UP_MS = 1_500

/** Everything that goes wrong, once each. */
export function allFaults(): Fault[] {
  return [
    ...STAGES.map((stage): Fault => ({ name: `${stage} is killed`, run: (scene) => killStageAgain(scene, stage) })),
    { name: 'the broker is killed', run: killBroker },
    { name: 'Elasticsearch is away', run: elasticAway },
    { name: 'PostgreSQL is away', run: postgresAway },
    { name: 'Elasticsearch says that its disk is full', run: elasticFull },
    { name: 'a second enrich and a second index come and go', run: comeAndGo },
    { name: 'alerts that stand by take over', run: takeOver },
    ...(['kafka', 'elastic', 'postgres'] as const).flatMap((engine) =>
      (['cut', 'delay', 'halve', 'hold'] as const).map((how): Fault => ({
        name: `the connection to ${engine}: ${how}`,
        run: (scene) => spoil(scene, engine, how),
      })),
    ),
  ]
}

/** Those that read what is said, one after the other: a kill falls into few of their moments. */
const READERS: readonly string[] = ['enrich', 'index', 'alerts']

async function killStageAgain(scene: Scene, stage: string): Promise<void> {
  const kills = READERS.includes(stage) ? scene.lengths.kills : 1
  for (let kill = 0; kill < kills; kill++) await killStage(scene, stage)
}

/**
 * It stands still until work has piled up, and is killed amid that work, which a slow way to Kafka makes long. A kill at any other moment mostly finds it
 * waiting, and would not tell a position that is committed too early from one that is not.
 */
async function killStage({ engines, fleet, random }: Scene, stage: string): Promise<void> {
  const pid = fleet.pid(stage)
  process.kill(pid, 'SIGSTOP')
  await sleep(PILES_UP_MS)
  await engines.kafka.network.delay(50)
  process.kill(pid, 'SIGCONT')
  await sleep(400 + Math.floor(random() * 800))
  await fleet.kill(stage, 'SIGKILL')
  await engines.kafka.network.mend()
  await fleet.running(stage)
}

async function killBroker({ engines, random }: Scene): Promise<void> {
  await sleep(Math.floor(random() * 1000))
  await engines.kafka.server.kill()
  await engines.kafka.server.start()
}

async function postgresAway({ engines, lengths }: Scene): Promise<void> {
  await engines.postgres.server.kill()
  await sleep(lengths.postgres)
  await engines.postgres.server.start()
}

async function spoil(
  { engines, lengths }: Scene,
  name: 'kafka' | 'elastic' | 'postgres',
  how: 'cut' | 'delay' | 'halve' | 'hold',
): Promise<void> {
  const { network }: Engine = engines[name]
  const before = network.stats()
  if (how === 'delay') await network.delay(250)
  else await network[how]()
  await sleep(lengths.network)
  await network.mend()
  if (how === 'halve' && network.stats().halved === before.halved)
    throw new Error(`nothing was halved on the way to ${name}: nobody used the connection`)
}

/** Search is away; alerts are raised, delivered and acknowledged all the same. */
async function elasticAway(scene: Scene): Promise<void> {
  const { engines, lengths, desk, say } = scene
  await engines.elastic.server.kill()
  const began = Date.now()
  await mustNotSearch(desk)
  await alertsWork(scene, 'without Elasticsearch')
  await mustNotSearch(desk)
  await sleep(Math.max(0, began + lengths.elastic - Date.now()))
  await mustNotSearch(desk)
  await engines.elastic.server.start()
  say(`Elasticsearch was away for ${Math.round((Date.now() - began) / 1000)} s`)
}

async function mustNotSearch(desk: DeskClient): Promise<void> {
  const answer = await desk.get('/api/mentions?limit=1').then(
    () => 'search answered though Elasticsearch is away',
    (error: unknown) => String(error),
  )
  if (!answer.includes('answered 503')) throw new Error(`search did not say 503: ${answer}`)
}

/** Three dangers are told; each is heard at the console, is in the list, and can be acknowledged. */
async function alertsWork(scene: Scene, when: string): Promise<void> {
  const { talk, desk, fleet, say } = scene
  const told = [talk.danger('x'), talk.danger('whatsapp'), talk.danger('whatsapp')]
  const delays = await Promise.all(told.map((danger) => heardAt(scene, danger)))
  await until(`the list of alerts ${when}`, { limitMs: 30_000, log: () => fleet.log() }, async () => {
    const listed = new Set((await desk.alerts()).flatMap(({ mentionIds }) => mentionIds))
    return told.every(({ id }) => listed.has(id))
  })
  for (const { id } of told) {
    const { alertId } = scene.console.heard.get(id) ?? { alertId: '' }
    const status = await desk.post(`/api/alerts/${encodeURIComponent(alertId)}/acknowledge`, {})
    if (status !== 200) throw new Error(`acknowledging ${when} was answered ${status}`)
  }
  say(`${when}: ${told.length} dangers raised, heard and acknowledged, heard after ${delays.join(', ')} ms`)
}

/** Milliseconds from its being said to its alert on the console. */
async function heardAt({ console, fleet }: Scene, { id, saidAtMs }: Danger): Promise<number> {
  await until(`an alert for ${id}`, { limitMs: RAISED_WITHIN_MS, log: () => fleet.log() }, () => console.heard.has(id))
  return (console.heard.get(id)?.atMs ?? 0) - saidAtMs
}

/** A real flood stage: from one moment on the engine wants more room than there is. */
async function elasticFull(scene: Scene): Promise<void> {
  const { engines, fleet, say, lengths } = scene
  const watermark = (low: string | null, high: string | null, flood: string | null) =>
    ask(engines, '/_cluster/settings', {
      persistent: {
        'cluster.routing.allocation.disk.watermark.low': low,
        'cluster.routing.allocation.disk.watermark.high': high,
        'cluster.routing.allocation.disk.watermark.flood_stage': flood,
      },
    })
  await watermark('1000000gb', '999999gb', '999998gb')
  const limits = { limitMs: 60_000, log: () => fleet.log() }
  await until('Elasticsearch refuses what is written', limits, () => isBlocked(engines))
  const began = Date.now()
  await alertsWork(scene, 'with a full disk')
  await sleep(Math.max(0, began + lengths.network - Date.now()))
  await watermark(null, null, null)
  await until('Elasticsearch takes what is written', limits, async () => !(await isBlocked(engines)))
  say(`Elasticsearch said for ${Math.round((Date.now() - began) / 1000)} s that its disk is full`)
}

async function ask(engines: Engines, path: string, body?: unknown): Promise<string> {
  const answer = await fetch(`${engines.elastic.server.address}${path}`, {
    method: body === undefined ? 'GET' : 'PUT',
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`Elasticsearch answered ${answer.status} to ${path}: ${text}`)
  return text
}

const isBlocked = async (engines: Engines) =>
  (await ask(engines, '/_all/_settings/index.blocks.*')).includes('read_only_allow_delete')

/** Every five seconds somebody joins a group or leaves it. */
async function comeAndGo({ fleet, lengths }: Scene): Promise<void> {
  const deadline = Date.now() + lengths.comings
  while (Date.now() < deadline) {
    for (const stage of ['enrich', 'index']) {
      await fleet.add(`${stage}-2`, stage)
      await sleep(5_000)
    }
    for (const stage of ['enrich', 'index']) {
      const { code, signal } = await fleet.remove(`${stage}-2`)
      if (code !== 0) throw new Error(`the second ${stage} ended with ${code ?? signal}`)
      await sleep(5_000)
    }
  }
}

async function takeOver(scene: Scene): Promise<void> {
  const { fleet, talk, say } = scene
  await fleet.add('alerts-2', 'alerts')
  await fleet.kill('alerts', 'SIGKILL')
  const delay = await heardAt(scene, talk.danger('whatsapp'))
  say(`alerts-2 took over: a danger told right after the kill was heard after ${delay} ms`)
  await fleet.running('alerts')
  await fleet.kill('alerts-2', 'SIGKILL')
  say(`alerts took over again: a danger was heard after ${await heardAt(scene, talk.danger('whatsapp'))} ms`)
  await fleet.running('alerts-2')
  await fleet.remove('alerts-2')
}
