import type { AddressInfo } from 'node:net'
import { systemClock } from '../runtime/clock.js'
import { loadDistrictTable } from '../runtime/district-table.js'
import { localSocketPath } from '../runtime/data-folder.js'
import { createLog } from '../runtime/log.js'
import { createUnits } from '../cases/units.js'
import { ensureAdministrator } from './admin.js'
import type { Config } from './config.js'
import { openCore } from './core.js'
import { startDemonstration } from './demonstration.js'
import { openDesk } from './desk.js'
import { EXIT } from './exit-codes.js'
import { keepHouse } from './housekeeping.js'
import { Lifecycle } from './lifecycle.js'
import { serveOperations } from './local-socket.js'
import { mediaWorkerOf, startCases, startIngest, startMedia, startReports, startSend } from './outer-stages.js'
import type { StageName } from './stage-names.js'
import { createPlatforms } from './platforms.js'
import { createRules, startAlerts, startEnrich, startIndex, startSourcesWatch } from './stages.js'

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

/** Runs stages on the data folder until asked to stop: one straight line of constructors, stopped in reverse. */
export async function run(given: Config, stages: ReadonlySet<StageName>, version: string): Promise<number> {
  const clock = systemClock
  const log = createLog(given.logLevel, process.stderr)
  const life = new Lifecycle({ clock, log })
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const stopping = new AbortController()
  const inBackground = (name: string, work: Promise<void>) => {
    life.add(name, () => work)
    work.catch((error: unknown) => {
      log.error('part ended by itself', { part: name, error: error instanceof Error ? error.name : 'unknown' })
      fail(error instanceof Error ? error : new Error(name))
    })
  }
  let fail: (error: Error) => void = () => undefined
  const ended = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  const stopped = untilStopped(ended)

  try {
    const units = createUnits(loadDistrictTable(), given.unitNumbers)
    const demonstration = given.demonstration
      ? await startDemonstration(given, { units: units.list(), clock })
      : undefined
    if (demonstration !== undefined) life.add('simulators', () => demonstration.close())
    const config = demonstration?.config ?? given
    const core = await openCore(config, { clock, log })
    life.add('stores', () => core.stores.close())
    const platforms = createPlatforms(config, core)
    const context = {
      core,
      config,
      platforms,
      mediaWorker: mediaWorkerOf(core, platforms),
      units: createUnits(core.districts, config.unitNumbers),
      stopping: stopping.signal,
      inBackground,
    }

    if (stages.has('ingest')) startMedia(context)
    if (stages.has('enrich')) startEnrich(core, config)
    if (stages.has('index')) startIndex(core)
    if (stages.has('alerts')) {
      const rules = createRules(config.unjudgedMinutes)
      startAlerts(core, rules)
      startSourcesWatch(context)
      inBackground(
        'alert ticks',
        (await import('../alerts/ticks.js'))
          .createAlertTicks({ ...core.stores, clock, log, rules })
          .run(stopping.signal),
      )
    }
    if (stages.has('send')) startSend(context)
    if (stages.has('cases')) startCases(context)
    if (stages.has('reports')) startReports(context)
    for (const stage of core.stages) {
      life.add(stage.name, () => stage.stop())
      stage.ended.catch((error: unknown) => {
        log.error('stage cannot go on', { stage: stage.name, error: error instanceof Error ? error.name : 'unknown' })
        fail(error instanceof Error ? error : new Error(stage.name))
      })
    }
    keepHouse(context)
    const socket = await serveOperations(localSocketPath(core.stores.folder), core.operations)
    life.add('local socket', () => socket.close())

    if (stages.has('desk')) {
      const administrator = await ensureAdministrator(core.users, config.adminPassword)
      const desk = await openDesk(context, version)
      await desk.listen({ host: config.host, port: config.port })
      life.add('desk', () => desk.close())
      const { address, port } = desk.server.address() as AddressInfo
      const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
      say(`Rabta runs at ${url}`)
      if (demonstration !== undefined)
        say('DEMONSTRATION: simulated channels and invented messages; nothing leaves this machine.')
      if (administrator !== undefined)
        say(`Sign in as ${administrator.username} with the password ${administrator.password}  (it is shown this once)`)
      if (demonstration !== undefined && stages.has('ingest'))
        inBackground('story', demonstration.play(url, stopping.signal))
    } else say(`Rabta runs ${[...stages].join(', ')} on ${core.stores.folder}`)
    if (stages.has('ingest')) startIngest(context)

    const code = await stopped
    log.info('stopping', { code })
    return code
  } finally {
    stopping.abort(new Error('rabta stops'))
    await life.stop()
  }
}
