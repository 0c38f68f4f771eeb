import { Failure } from '../runtime/failure.js'
import type { Context } from './context.js'

const DAY_MS = 86_400_000
const EVERY_MS = 10 * 60_000
const LAG_EVERY_MS = 5_000

/** Lets old records and mentions go, and measures how far behind each stage is. */
export function keepHouse({ core, config, stopping, inBackground }: Context): void {
  const { clock, log, metrics, stores, stages } = core

  const expire = async () => {
    while (!stopping.aborted) {
      try {
        await stores.bus.expire()
        const before = new Date(clock.now() - config.retentionDays * DAY_MS)
        await stores.index.expire(before)
        await stores.media.expire(before)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        log.warn('old records could not be let go, trying again later', { reason: error.reason })
      }
      await clock.sleep(EVERY_MS, stopping).catch(() => undefined)
    }
  }
  const measure = async () => {
    while (!stopping.aborted) {
      for (const { name, topic } of stages) metrics.lag.set({ stage: name }, await stores.bus.lag(topic, name))
      await clock.sleep(LAG_EVERY_MS, stopping).catch(() => undefined)
    }
  }
  inBackground('retention', expire())
  inBackground('lag', measure())
}
