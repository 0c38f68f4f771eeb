import type { MentionSearch } from '../index/mention-search.js'
import { createCorrections } from '../runtime/corrections/correction-store.js'
import type { StageHandler } from '../runtime/stage.js'
import { takeIn, type AlertsOptions } from './alerts-handler.js'
import { announce } from './announce.js'
import { memberRows } from './group-book.js'
import { asRaised } from './raised.js'

export interface CorrectedAlertsOptions extends AlertsOptions {
  /** Where the words are: a notice carries none. */
  readonly search: Pick<MentionSearch, 'getMany'>
}

/**
 * What an analyst calls an alert rings as if the tagger had said it, once: the mention is known afterwards, and a notice that comes again only announces
 * its group once more. No other correction touches an alert. What is not in the index is withdrawn, or will be said again when it is there.
 */
export function createCorrectedAlertsHandler(options: CorrectedAlertsOptions): StageHandler<'mentions.corrected'> {
  const { records, bus, clock, search, memory } = options
  const corrections = createCorrections({ records, clock })
  return async (batch) => {
    const made = await corrections.ofMany(batch.map(({ value }) => value.id))
    const raised = [...made.keys()].filter((id) =>
      made.get(id)?.some(({ tag, value }) => tag === 'alert' && value === true),
    )
    if (raised.length === 0) return
    const mentions = await search.getMany(raised, { districts: 'all' })
    const changes = mentions.flatMap((mention) => {
      const corrected = asRaised(mention, made.get(mention.id) ?? [])
      return corrected === undefined ? [] : [{ type: 'written' as const, mention: corrected }]
    })
    if (changes.length === 0) return
    const { groups } = await memory.inTurn(async () => {
      const known = await memberRows(records, raised)
      // A later state may have gone by here that the index does not have yet. Told as old as it is, the mention would be taken for known.
      return takeIn(
        options,
        changes.map(({ type, mention }) => ({
          type,
          mention: { ...mention, version: Math.max(mention.version, known.get(mention.id)?.version ?? 0) },
        })),
      )
    })
    await announce(bus, groups)
  }
}
