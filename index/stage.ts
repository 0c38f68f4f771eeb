import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import type { CorrectionsRead } from '../runtime/corrections/correction-store.js'
import { lastRevision, overlay } from '../runtime/corrections/overlay.js'
import type { Metrics } from '../runtime/metrics.js'
import type { Rejected, StageHandler, StageRecord } from '../runtime/stage.js'
import type { IndexedChange, MentionIndex, Rejection } from './mention-index.js'
import type { MentionSearch } from './mention-search.js'
import { idOf, noticeOf, type Districts } from './notice.js'

export interface IndexParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly metrics: Metrics
  readonly index: MentionIndex
  readonly search: Pick<MentionSearch, 'getMany'>
  /** What people set right: the index shows it, and does not outlive it. */
  readonly corrections: CorrectionsRead
}

type Indexed = StageRecord<'mentions.enriched'>
const EVERYBODY = { districts: 'all' } as const

/**
 * Writes changes with their corrections laid over, and resolves with what was written in their places. The corrections are asked for again after the
 * write: one that was kept in between may have been said, and laid over the state before, while this one was on its way.
 */
async function writeCorrected(
  changes: readonly IndexedChange[],
  { index, corrections }: Pick<IndexParts, 'index' | 'corrections'>,
): Promise<{ written: readonly IndexedChange[]; rejections: readonly Rejection[] }> {
  const ids = changes.filter(({ type }) => type !== 'deleted').map(idOf)
  const correctedNow = async () => {
    const made = await corrections.ofMany(ids)
    return {
      revisionOf: (id: string) => lastRevision(made.get(id) ?? []),
      laidOver: changes.map((change): IndexedChange =>
        change.type === 'deleted'
          ? change
          : { type: change.type, mention: overlay(change.mention, made.get(change.mention.id) ?? []) },
      ),
    }
  }
  const first = await correctedNow()
  const rejections = await index.write(first.laidOver)
  const second = await correctedNow()
  const refused = new Set(rejections.map(({ at }) => at))
  const grown = second.laidOver.filter(
    (change, at) =>
      change.type !== 'deleted' && !refused.has(at) && second.revisionOf(idOf(change)) > first.revisionOf(idOf(change)),
  )
  if (grown.length > 0) await index.write(grown)
  return { written: second.laidOver, rejections }
}

/** What was withdrawn takes its corrections with it, unless a later state of it stands all the same. */
async function forgetWithdrawn(
  changes: readonly IndexedChange[],
  { search, corrections }: Pick<IndexParts, 'search' | 'corrections'>,
): Promise<void> {
  const withdrawn = new Set(changes.filter(({ type }) => type === 'deleted').map(idOf))
  if (withdrawn.size === 0) return
  for (const { id } of await search.getMany([...withdrawn], EVERYBODY)) withdrawn.delete(id)
  await corrections.forget([...withdrawn])
}

/** The index stage: writes what was enriched, as people corrected it, then says on `mentions.indexed` that it can be found. */
export function createIndexHandler(parts: IndexParts): StageHandler<'mentions.enriched'> {
  const { bus, clock, metrics, index } = parts
  return async (batch) => {
    const changes = batch.map(({ value }) => value)
    const later = changes.filter(({ type }) => type !== 'written').map(idOf)
    const known: Districts = new Map(later.length === 0 ? [] : await index.districtsOf(later))
    const { written, rejections } = await writeCorrected(changes, parts)
    await forgetWithdrawn(changes, parts)
    const rejectedAt = new Map(rejections.map((rejection) => [rejection.at, rejection]))
    const rejected: Rejected[] = []
    const stored: { readonly record: Indexed; readonly change: IndexedChange }[] = []
    for (const [at, record] of batch.entries()) {
      const rejection = rejectedAt.get(at)
      const { partition, offset } = record
      if (rejection === undefined) stored.push({ record, change: written[at] ?? record.value })
      else rejected.push({ partition, offset, reason: rejection.reason, detail: rejection.detail })
    }
    await bus.publish(
      'mentions.indexed',
      stored.map(({ record, change }) => ({ key: record.key, value: noticeOf(change, known) })),
    )
    for (const { record } of stored) {
      if (record.value.type !== 'deleted')
        metrics.latency.observe(
          { stage: 'index' },
          Math.max(0, clock.now() - Date.parse(record.value.mention.receivedAt)) / 1000,
        )
    }
    return rejected
  }
}

/**
 * Beside it: writes again what was just corrected. What is not there (yet) is left to the index stage, which lays its corrections over when it comes;
 * what was withdrawn while somebody corrected it takes the correction with it. The same notice twice changes nothing.
 */
export function createCorrectedHandler(
  parts: Omit<IndexParts, 'clock' | 'metrics'>,
): StageHandler<'mentions.corrected'> {
  const { bus, index, search, corrections } = parts
  return async (batch) => {
    const ids = [...new Set(batch.map(({ value }) => value.id))]
    // Known before what stands is read: what is known and does not stand is withdrawn, and not on its way.
    const known: Districts = new Map(await index.districtsOf(ids))
    const standing = await search.getMany(ids, EVERYBODY)
    const there = new Set(standing.map(({ id }) => id))
    await corrections.forget(ids.filter((id) => known.has(id) && !there.has(id)))
    const changes = standing.map((mention) => ({ type: 'written', mention }) as const)
    const { written, rejections } = await writeCorrected(changes, parts)
    const refused = new Map(rejections.map((rejection) => [rejection.id, rejection]))
    await bus.publish(
      'mentions.indexed',
      written
        .filter((change) => !refused.has(idOf(change)))
        .map((change) => ({ key: idOf(change), value: { ...noticeOf(change, known), type: 'corrected' as const } })),
    )
    return batch.flatMap(({ partition, offset, value }): Rejected[] => {
      const rejection = refused.get(value.id)
      return rejection === undefined ? [] : [{ partition, offset, reason: rejection.reason, detail: rejection.detail }]
    })
  }
}
