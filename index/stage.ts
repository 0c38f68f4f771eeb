import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import type { Metrics } from '../runtime/metrics.js'
import type { Rejected, StageHandler, StageRecord } from '../runtime/stage.js'
import type { EnrichedChange } from '../schemas/enriched-mention.js'
import type { IndexedNotice } from '../schemas/topics.js'
import type { MentionIndex } from './mention-index.js'

export interface IndexParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly metrics: Metrics
  readonly index: MentionIndex
}

const idOf = (change: EnrichedChange) => (change.type === 'deleted' ? change.id : change.mention.id)

function noticeOf(change: EnrichedChange): IndexedNotice {
  const base = { schema: 'rabta.indexed/1', id: idOf(change), type: change.type } as const
  if (change.type === 'deleted') return { ...base, channel: change.channel, alert: false, districts: [] }
  const { channel, tags } = change.mention
  return {
    ...base,
    channel,
    alert: tags.category?.alert ?? false,
    districts: tags.districts?.map(({ id }) => id) ?? [],
  }
}

/** The index stage: writes what was enriched, then says on `mentions.indexed` that it can be found. */
export function createIndexHandler({ bus, clock, metrics, index }: IndexParts): StageHandler<'mentions.enriched'> {
  return async (batch) => {
    const rejections = new Map(
      (await index.write(batch.map(({ value }) => value))).map((rejection) => [rejection.id, rejection]),
    )
    const rejected: Rejected[] = []
    const stored: StageRecord<'mentions.enriched'>[] = []
    for (const record of batch) {
      const rejection = rejections.get(idOf(record.value))
      if (rejection === undefined) stored.push(record)
      else
        rejected.push({
          partition: record.partition,
          offset: record.offset,
          reason: rejection.reason,
          detail: rejection.detail,
        })
    }
    await bus.publish(
      'mentions.indexed',
      stored.map(({ key, value }) => ({ key, value: noticeOf(value) })),
    )
    for (const { value } of stored) {
      if (value.type !== 'deleted')
        metrics.latency.observe(
          { stage: 'index' },
          Math.max(0, clock.now() - Date.parse(value.mention.receivedAt)) / 1000,
        )
    }
    return rejected
  }
}
