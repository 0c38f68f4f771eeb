import type { Bus, BusMessage } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import type { Log } from '../runtime/log.js'
import type { Metrics } from '../runtime/metrics.js'
import type { StageHandler } from '../runtime/stage.js'
import type { EnrichedChange } from '../schemas/enriched-mention.js'
import type { Change } from '../schemas/mention.js'
import { enrichMention, type AnyEnricher } from './enrich-mention.js'

/** After this long at a stretch the event loop gets a turn: a waiting webhook or alert goes first. */
const MAX_STRETCH_MS = 20

export interface EnrichParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** The enrichers of now, asked for once a batch: between two batches others may have taken their place. */
  readonly enrichers: () => readonly AnyEnricher[]
}

/** The enrichment stage: what was collected, with its tags, under the same key. */
export function createEnrichHandler(parts: EnrichParts): StageHandler<'mentions.collected'> {
  const { bus, clock, log, metrics } = parts

  function enrich(change: Change, enrichers: readonly AnyEnricher[]): EnrichedChange {
    if (change.type === 'deleted') return change
    const mention = enrichMention(change.mention, {
      enrichers,
      now: clock.iso(),
      onFailure: (annotation, error) => {
        metrics.failures.inc({ stage: `enrich-${annotation}`, reason: 'unexpected' })
        const place = error instanceof Error ? (error.stack?.split('\n')[1]?.trim() ?? '') : ''
        log.error('enricher failed, the mention goes on without it', { id: change.mention.id, annotation, place })
      },
    })
    return { type: change.type, mention }
  }

  return async (batch) => {
    const enrichers = parts.enrichers()
    const messages: BusMessage[] = []
    let stretchStart = clock.now()
    for (const { key, value } of batch) {
      messages.push({ key, value: enrich(value, enrichers) })
      if (clock.now() - stretchStart < MAX_STRETCH_MS) continue
      await clock.yield()
      stretchStart = clock.now()
    }
    await bus.publish('mentions.enriched', messages)
  }
}
