import { Failure } from '../runtime/failure.js'
import type { Context } from './context.js'
import { forgetExpired } from './forget-expired.js'

const DAY_MS = 86_400_000
const EVERY_MS = 10 * 60_000
const LAG_EVERY_MS = 5_000

export interface HouseParts {
  readonly hold: (name: string, work: (context: Context, term: AbortSignal) => Promise<void>) => void
  /** Whether the files that came with messages are this process's to let go. */
  readonly hasFiles: boolean
}

/** Lets old records and mentions go, one process for all, and measures how far behind each stage of this process is. */
export function keepHouse(context: Context, { hold, hasFiles }: HouseParts): void {
  if (hasFiles || context.core.stores.isOwner) hold('retention', expireFor)
  context.inBackground('lag', measure(context))
}

async function expireFor({ core, config }: Context, term: AbortSignal): Promise<void> {
  const { clock, log, stores } = core
  while (!term.aborted) {
    try {
      await stores.expireBus()
      const before = new Date(clock.now() - config.retentionDays * DAY_MS)
      await stores.index.expire(before)
      await stores.media.expire(before)
      await forgetExpired({ corrections: core.corrections, search: stores.index }, before, term)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      log.warn('old records could not be let go, trying again later', { reason: error.reason })
    }
    await clock.sleep(EVERY_MS, term).catch(() => undefined)
  }
}

async function measure({ core, stopping }: Context): Promise<void> {
  const { clock, log, metrics, stores, stages } = core
  while (!stopping.aborted) {
    try {
      for (const [name, topic] of stages) metrics.lag.set({ stage: name }, await stores.bus.lag(topic, name))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      log.warn('how far behind the stages are could not be measured', { reason: error.reason })
    }
    await clock.sleep(LAG_EVERY_MS, stopping).catch(() => undefined)
  }
}
