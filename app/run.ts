import type { AddressInfo } from 'node:net'
import { systemClock } from '../runtime/clock.js'
import { loadDistrictTable } from '../runtime/district-table.js'
import { localSocketPath } from '../runtime/data-folder.js'
import { Failure } from '../runtime/failure.js'
import { createLog } from '../runtime/log.js'
import { createUnits } from '../cases/units.js'
import { ensureAdministrator } from './admin.js'
import { ConfigMistakes, type Config } from './config.js'
import type { Context } from './context.js'
import { openCore } from './core.js'
import { startDemonstration, type Demonstration } from './demonstration.js'
import { openDesk } from './desk.js'
import { EXIT } from './exit-codes.js'
import { serveHealth } from './health.js'
import { keepHouse } from './housekeeping.js'
import { Lifecycle } from './lifecycle.js'
import { serveOperations } from './local-socket.js'
import { fetchMediaFor, mediaWorkerOf, putOutFor, reportFor, sendFor, takeInFor, tellOfHooks } from './outer-stages.js'
import { STAGES, type StageName } from './stage-names.js'
import { createPlatforms } from './platforms.js'
import { ringFor, runStages, sayCorrectionsFor, startEnrich, startIndex } from './stages.js'
import { isEmbedded } from './stores.js'

/** Engines that start together with this process are waited for so long. */
const ENGINES_WAIT_MS = 90_000
const AGAIN_MS = 1_000

/** Resolves with the exit code when asked to stop by a signal, or when a part can't go on. */
function untilStopped(ended: Promise<never>): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve(EXIT.done)
        process.once(signal, () => process.exit(EXIT.failed))
      })
    }
    ended.catch(() => resolve(EXIT.failed))
  })
}

/** The demonstration's simulators live in one process: other processes could not find them. */
function checkStages(config: Config, stages: ReadonlySet<StageName>): void {
  if (!config.demonstration || isEmbedded(config) || stages.size === STAGES.length) return
  throw new ConfigMistakes([
    {
      name: 'RABTA_SOURCES',
      problem: 'no source is configured, and the demonstration runs in one process: set up a source, or run rabta all',
    },
  ])
}

/** Runs stages until asked to stop: one straight line of constructors, stopped in reverse. */
export async function run(given: Config, stages: ReadonlySet<StageName>, version: string): Promise<number> {
  checkStages(given, stages)
  const clock = systemClock
  const log = createLog(given.logLevel, process.stderr)
  const life = new Lifecycle({ clock, log })
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const stopping = new AbortController()
  let fail: (error: Error) => void = () => undefined
  const ended = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  const stopped = untilStopped(ended)
  void stopped.then(() => stopping.abort(new Failure('stopped', 'rabta stops', { retryable: false })))
  const inBackground = (name: string, work: Promise<void>) => {
    life.add(name, () => work.catch(() => undefined))
    work.catch((error: unknown) => {
      log.error('part ended by itself', { part: name, error: error instanceof Error ? error.name : 'unknown' })
      fail(error instanceof Error ? error : new Error(name))
    })
  }

  try {
    const units = createUnits(loadDistrictTable(), given.unitNumbers)
    const demonstration = given.demonstration
      ? await startDemonstration(given, { units: units.list(), clock })
      : undefined
    if (demonstration !== undefined) life.add('simulators', () => demonstration.close())
    const config = demonstration?.config ?? given
    const core = await openCore(config, { clock, log, waitMs: ENGINES_WAIT_MS, signal: stopping.signal })
    life.add('stores', () => core.stores.close())
    const platforms = createPlatforms(config, core)
    const context: Context = {
      core,
      config,
      platforms,
      mediaWorker: mediaWorkerOf(core, platforms),
      units: createUnits(core.districts, config.unitNumbers),
      stopping: stopping.signal,
      inBackground,
    }
    startWork(context, stages)
    if (core.stores.isOwner) {
      const socket = await serveOperations(localSocketPath(core.stores.folder), core.operations)
      life.add('local socket', () => socket.close())
    }
    if (config.healthPort > 0) {
      const health = await serveHealth(context)
      life.add('health', () => health.close())
    }
    if (stages.has('desk')) await startDesk(context, { version, say, life, demonstration, stages })
    else say(`Rabta runs ${[...stages].join(', ')} on ${core.stores.isOwner ? core.stores.folder : 'its engines'}`)
    if (stages.has('ingest')) holdAlone(context, 'ingest', takeInFor)

    const code = await stopped
    log.info('stopping', { code })
    return code
  } finally {
    stopping.abort(new Failure('stopped', 'rabta stops', { retryable: false }))
    await life.stop()
  }
}

/** What one process alone does, for as long as this one runs: each turn anew, and again where something it stands on was away. */
function holdAlone(context: Context, name: string, work: (context: Context, term: AbortSignal) => Promise<void>): void {
  const { core, stopping, inBackground } = context
  const { clock, log, stores } = core
  const lasting = async (term: AbortSignal) => {
    while (!term.aborted) {
      try {
        await work(context, term)
        return
      } catch (error) {
        if (term.aborted) return
        if (!(error instanceof Failure) || !error.retryable) throw error
        log.warn('part begins again', { part: name, reason: error.reason, detail: error.message })
        await clock.sleep(AGAIN_MS, term).catch(() => undefined)
      }
    }
  }
  inBackground(name, stores.alone.hold(name, lasting, stopping))
}

function startWork(context: Context, stages: ReadonlySet<StageName>): void {
  const { core, config, stopping, inBackground } = context
  inBackground('vocabulary', core.live.run(stopping))
  if (stages.has('enrich')) {
    const enrich = async () => runStages([await startEnrich(core)], stopping)
    inBackground('enrich', enrich())
  }
  if (stages.has('index')) {
    inBackground('index', runStages(startIndex(core, config), stopping))
    holdAlone(context, 'corrections', sayCorrectionsFor)
  }
  if (stages.has('alerts')) holdAlone(context, 'alerts', ringFor)
  if (stages.has('ingest')) holdAlone(context, 'media', fetchMediaFor)
  if (stages.has('send')) holdAlone(context, 'send', sendFor)
  if (stages.has('cases')) holdAlone(context, 'cases', putOutFor)
  if (stages.has('reports')) holdAlone(context, 'reports', reportFor)
  keepHouse(context, { hold: (name, work) => holdAlone(context, name, work), hasFiles: stages.has('ingest') })
}

interface DeskParts {
  readonly version: string
  readonly say: (line: string) => void
  readonly life: Lifecycle
  readonly demonstration: Demonstration | undefined
  readonly stages: ReadonlySet<StageName>
}

async function startDesk(context: Context, { version, say, life, demonstration, stages }: DeskParts): Promise<void> {
  const { core, config, stopping, inBackground } = context
  const administrator = await ensureAdministrator(core.users, config.adminPassword)
  const desk = await openDesk(context, version)
  await desk.listen({ host: config.host, port: config.port })
  life.add('desk', () => desk.close())
  tellOfHooks(context)
  const { address, port } = desk.server.address() as AddressInfo
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
  say(`Rabta runs at ${url}`)
  if (demonstration !== undefined)
    say('DEMONSTRATION: simulated channels and invented messages; nothing leaves this machine.')
  if (administrator !== undefined)
    say(`Sign in as ${administrator.username} with the password ${administrator.password}  (it is shown this once)`)
  if (demonstration !== undefined && stages.has('ingest')) inBackground('story', demonstration.play(url, stopping))
}
