import { createAlertsHandler } from '../alerts/alerts-handler.js'
import { createLettersHandler } from '../alerts/letters-handler.js'
import { dangerRule } from '../alerts/rules/danger.js'
import { createUnjudgedRule } from '../alerts/rules/unjudged.js'
import type { Rule } from '../alerts/rule.js'
import { createEnrichHandler } from '../enrich/stage.js'
import { createIndexHandler } from '../index/stage.js'
import { runStage } from '../runtime/stage.js'
import { X_HOOK_NAME } from '../channels/x/hook.js'
import { createNumbers } from '../channels/sms/numbers.js'
import type { Mention } from '../schemas/mention.js'
import { createSourcesWatch } from '../alerts/sources-handler.js'
import type { Config } from './config.js'
import type { Context } from './context.js'
import type { Platform } from './platforms/platform.js'
import { silenceLimits } from './silence-limits.js'
import type { Core } from './core.js'
import { createEnrichers } from './enrichers.js'

const MINUTE_MS = 60_000

export function createRules(unjudgedMinutes: number): readonly Rule[] {
  return [dangerRule, createUnjudgedRule(unjudgedMinutes * MINUTE_MS)]
}

/** From `mentions.collected` to `mentions.enriched`. */
export function startEnrich({ stores: { bus }, clock, log, metrics, districts, stages }: Core, config: Config): void {
  const numbers = createNumbers(districts, config.smsNumbers)
  const districtOf = ({ channel, account }: Mention) =>
    channel === 'sms' && account !== null ? numbers.districtOf(account) : undefined
  const handle = createEnrichHandler({ bus, clock, log, metrics, enrichers: createEnrichers(districtOf) })
  stages.push(runStage({ name: 'enrich', topic: 'mentions.collected', bus, clock, log, metrics, handle, maxBatch: 50 }))
}

/** From `mentions.enriched` into the mention index, said on `mentions.indexed`. */
export function startIndex({ stores: { bus, index }, clock, log, metrics, stages }: Core): void {
  const handle = createIndexHandler({ bus, clock, metrics, index })
  stages.push(runStage({ name: 'index', topic: 'mentions.enriched', bus, clock, log, metrics, handle, maxBatch: 200 }))
}

/** Rings where a source that should speak is silent, fails, or is not heard of at all. */
export function startSourcesWatch({ core, config, platforms, stopping, inBackground }: Context): void {
  const { clock, log, metrics, stages, stores } = core
  const { bus, records } = stores
  // Not every account of X has webhooks, and without them its polls bring the same.
  const expected = new Set(platforms.list.flatMap(namesOf).filter((name) => name !== X_HOOK_NAME))
  const watch = createSourcesWatch({ records, bus, clock, log, limits: silenceLimits(config), expected })
  stages.push(runStage({ name: 'sources', topic: 'sources.health', bus, clock, log, metrics, handle: watch.handle }))
  inBackground('sources watch', watch.run(stopping))
}

const namesOf = ({ polled, pushed, hooks }: Platform): string[] =>
  [...polled, ...pushed, ...hooks.values()].map(({ name }) => name)

/** From `mentions.enriched` to `alerts.raised`; dead letters that may hold a message ring too, and are kept in the records. */
export function startAlerts(core: Core, rules: readonly Rule[]): void {
  const { stores, clock, log, metrics, stages, deadLetters } = core
  const { bus, records } = stores
  const alerts = createAlertsHandler({ records, bus, clock, metrics, rules })
  const letters = createLettersHandler({ records, bus, clock })
  const common = { bus, clock, log, metrics }
  stages.push(
    runStage({ ...common, name: 'alerts', topic: 'mentions.enriched', handle: alerts, maxBatch: 100 }),
    runStage({ ...common, name: 'letters', topic: 'mentions.dead', handle: letters }),
    runStage({ ...common, name: 'dead-letters', topic: 'mentions.dead', handle: deadLetters.handle }),
  )
}
