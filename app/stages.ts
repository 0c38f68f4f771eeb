import { createAlertsHandler } from '../alerts/alerts-handler.js'
import { createCorrectedAlertsHandler } from '../alerts/corrected-handler.js'
import { createLettersHandler } from '../alerts/letters-handler.js'
import { AlertsMemory } from '../alerts/memory.js'
import { dangerRule } from '../alerts/rules/danger.js'
import { createUnjudgedRule } from '../alerts/rules/unjudged.js'
import type { Rule } from '../alerts/rule.js'
import { createEnrichHandler } from '../enrich/stage.js'
import { createCorrectedHandler, createIndexHandler } from '../index/stage.js'
import { createCorrectionsDoor } from '../runtime/corrections/say-corrections.js'
import { runStage, type Stage, type StageHandler } from '../runtime/stage.js'
import type { Topic } from '../schemas/topics.js'
import { X_HOOK_NAME } from '../channels/x/hook.js'
import { createAlertTicks } from '../alerts/ticks.js'
import { createSourcesWatch, type SourcesWatch } from '../alerts/sources-handler.js'
import type { Config } from './config.js'
import type { Context } from './context.js'
import type { Platform } from './platforms/platform.js'
import { silenceLimits } from './silence-limits.js'
import type { Core } from './core.js'

const MINUTE_MS = 60_000
/** Elasticsearch makes each batch searchable by itself: larger ones cost it less. */
const INDEXED_AT_ONCE = { embedded: 200, elastic: 500 }

export function createRules(unjudgedMinutes: number): readonly Rule[] {
  return [dangerRule, createUnjudgedRule(unjudgedMinutes * MINUTE_MS)]
}

/** Starts a stage of this process. */
export function startStage<T extends Topic>(
  { stores: { bus }, clock, log, metrics, stages }: Core,
  stage: { readonly name: string; readonly topic: T; readonly handle: StageHandler<T>; readonly maxBatch?: number },
): Stage {
  stages.set(stage.name, stage.topic)
  return runStage({ bus, clock, log, metrics, ...stage })
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Runs stages until the signal aborts; rejects if one of them can't go on. Either way all of them have stopped. */
export async function runStages(stages: readonly Stage[], signal: AbortSignal): Promise<void> {
  try {
    await Promise.race([untilAborted(signal), ...stages.map(({ ended }) => ended)])
  } finally {
    await Promise.all(stages.map((stage) => stage.stop()))
  }
}

/** From `mentions.collected` to `mentions.enriched`, by what the vocabulary is at each batch. */
export async function startEnrich(core: Core): Promise<Stage> {
  const { stores, clock, log, metrics, live } = core
  await live.tagger()
  const handle = createEnrichHandler({ bus: stores.bus, clock, log, metrics, enrichers: live.enrichers })
  return startStage(core, { name: 'enrich', topic: 'mentions.collected', handle, maxBatch: 50 })
}

/** From `mentions.enriched` into the mention index, said on `mentions.indexed`; what people correct of it goes there too. */
export function startIndex(core: Core, config: Config): Stage[] {
  const { stores, clock, metrics, corrections } = core
  const { bus, index } = stores
  const parts = { bus, index, search: index, corrections }
  const maxBatch = INDEXED_AT_ONCE[config.index === 'embedded' ? 'embedded' : 'elastic']
  const handle = createIndexHandler({ ...parts, clock, metrics })
  return [
    startStage(core, { name: 'index', topic: 'mentions.enriched', handle, maxBatch }),
    startStage(core, {
      name: 'corrected',
      topic: 'mentions.corrected',
      handle: createCorrectedHandler(parts),
      maxBatch: 100,
    }),
  ]
}

/** Corrections that were kept and did not reach the bus are put there, for one term. */
export async function sayCorrectionsFor({ core }: Context, term: AbortSignal): Promise<void> {
  const { corrections, stores, clock, log } = core
  await createCorrectionsDoor({ corrections, bus: stores.bus, clock, log }).run(term)
}

function sourcesWatchOf({ core, config, platforms }: Context): SourcesWatch {
  const { clock, log, stores } = core
  const { bus, records } = stores
  // Not every account of X has webhooks, and without them its polls bring the same.
  const expected = new Set(platforms.list.flatMap(namesOf).filter((name) => name !== X_HOOK_NAME))
  return createSourcesWatch({ records, bus, clock, log, limits: silenceLimits(config), expected })
}

const namesOf = ({ polled, pushed, hooks }: Platform): string[] =>
  [...polled, ...pushed, ...hooks.values()].map(({ name }) => name)

/**
 * From `mentions.enriched` to `alerts.raised`. What an analyst calls an alert rings as well, and dead letters that may hold a message, which are also kept
 * in the records.
 */
export function startAlerts(core: Core, rules: readonly Rule[]): Stage[] {
  const { stores, clock, metrics, deadLetters } = core
  const { bus, records } = stores
  const parts = { records, bus, clock, metrics, rules, memory: new AlertsMemory() }
  const alerts = createAlertsHandler(parts)
  const corrected = createCorrectedAlertsHandler({ ...parts, search: stores.index })
  const letters = createLettersHandler({ records, bus, clock })
  return [
    startStage(core, { name: 'alerts', topic: 'mentions.enriched', handle: alerts, maxBatch: 100 }),
    startStage(core, { name: 'alerts-corrected', topic: 'mentions.corrected', handle: corrected, maxBatch: 100 }),
    startStage(core, { name: 'letters', topic: 'mentions.dead', handle: letters }),
    startStage(core, { name: 'dead-letters', topic: 'mentions.dead', handle: deadLetters.handle }),
  ]
}

/** All that rings, for one term: one process at a time does this, or one event would be two groups. */
export async function ringFor(context: Context, term: AbortSignal): Promise<void> {
  const { core, config } = context
  const { stores, clock, log } = core
  const rules = createRules(config.unjudgedMinutes)
  const watch = sourcesWatchOf(context)
  const stages = [
    ...startAlerts(core, rules),
    // A source that is silent, fails, or is not heard of at all rings as well.
    startStage(core, { name: 'sources', topic: 'sources.health', handle: watch.handle }),
  ]
  const ticks = createAlertTicks({ records: stores.records, bus: stores.bus, clock, log, rules })
  await together(term, (signal) => [runStages(stages, signal), watch.run(signal), ticks.run(signal)])
}

/** Works that belong together: when one of them fails the others end too, and all are waited for. */
export async function together(
  signal: AbortSignal,
  begin: (signal: AbortSignal) => readonly Promise<void>[],
): Promise<void> {
  const ending = new AbortController()
  const works = begin(AbortSignal.any([signal, ending.signal]))
  try {
    await Promise.all(works)
  } finally {
    ending.abort(new Error('a part of it ended'))
    await Promise.allSettled(works)
  }
}
