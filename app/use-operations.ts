import { systemClock } from '../runtime/clock.js'
import { localSocketPath } from '../runtime/data-folder.js'
import { Failure } from '../runtime/failure.js'
import { createLog } from '../runtime/log.js'
import type { Config } from './config.js'
import { openCore } from './core.js'
import { connectOperations } from './local-socket.js'
import type { Operations } from './operations.js'
import { createRules, startAlerts, startEnrich, startIndex } from './stages.js'
import { isEmbedded } from './stores.js'

const LOOK_AGAIN_MS = 50

/** The operations of the desk that runs on the data folder, or undefined where none does. */
async function runningDesk(folder: string): Promise<Operations | undefined> {
  const operations = connectOperations(localSocketPath(folder))
  try {
    await operations.lag()
    return operations
  } catch (error) {
    if (error instanceof Failure && error.reason === 'unavailable') return undefined
    throw error
  }
}

/**
 * Does `work` on what the settings name. On a data folder: through the local socket of the desk that runs on it, or, where none does, as its owner
 * for as long as it takes. On engines: beside the processes that run on them. With `drain` the stages that take messages in run meanwhile and are
 * waited for, where they run in no other process.
 */
export async function useOperations(
  config: Config,
  work: (operations: Operations) => Promise<number>,
  { drain }: { drain: boolean },
): Promise<number> {
  const owns = isEmbedded(config)
  const running = owns ? await runningDesk(config.data) : undefined
  if (running !== undefined) return work(running)

  const clock = systemClock
  const log = createLog('error', process.stderr)
  const core = await openCore(config, { clock, log })
  const stages =
    drain && owns
      ? [
          await startEnrich(core),
          ...startIndex(core, config),
          ...startAlerts(core, createRules(config.unjudgedMinutes)),
        ]
      : []
  try {
    const code = await work(core.operations)
    while (Object.values(await core.operations.lag()).some((records) => records > 0)) await clock.sleep(LOOK_AGAIN_MS)
    return code
  } finally {
    for (const stage of stages) await stage.stop()
    await core.stores.close()
  }
}
