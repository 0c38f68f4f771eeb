import type { Topic } from '../schemas/topics.js'
import type { Retention } from '../runtime/embedded-bus/embedded-bus.js'
import { Failure } from '../runtime/failure.js'
import type { Context } from './context.js'

const DAY_MS = 86_400_000
const GIB = 1024 ** 3
const EVERY_MS = 10 * 60_000
const LAG_EVERY_MS = 5_000

/** How long each topic keeps what every group has read: enough to resume live feeds and to replay a bad day. */
const RETENTION: ReadonlyMap<Topic, Retention> = new Map<Topic, Retention>([
  ['mentions.collected', { maxAgeMs: 7 * DAY_MS, maxBytes: 2 * GIB }],
  ['mentions.enriched', { maxAgeMs: 7 * DAY_MS, maxBytes: 2 * GIB }],
  ['mentions.indexed', { maxAgeMs: 2 * DAY_MS, maxBytes: GIB, withoutGroups: true }],
  ['alerts.raised', { maxAgeMs: 30 * DAY_MS, maxBytes: GIB, withoutGroups: true }],
  ['sources.health', { maxAgeMs: 2 * DAY_MS, maxBytes: GIB }],
  ['messages.outbound', { maxAgeMs: 7 * DAY_MS, maxBytes: GIB }],
  ['outbound.status', { maxAgeMs: 7 * DAY_MS, maxBytes: GIB }],
  ['mentions.dead', { maxAgeMs: 30 * DAY_MS, maxBytes: GIB }],
])

/** Lets old records and mentions go, and measures how far behind each stage is. */
export function keepHouse({ core, config, stopping, inBackground }: Context): void {
  const { clock, log, metrics, stores, stages } = core

  const expire = async () => {
    while (!stopping.aborted) {
      try {
        await stores.bus.expire(RETENTION)
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
