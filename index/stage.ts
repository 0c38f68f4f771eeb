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

type Indexed = StageRecord<'mentions.enriched'>
type Districts = Map<string, readonly string[]>

const idOf = (change: EnrichedChange) => (change.type === 'deleted' ? change.id : change.mention.id)

/** What is told of a change. Who saw the item before is told too, or a withdrawn text would stay in sight of those of its district; `known` goes on with it. */
function noticeOf(change: EnrichedChange, known: Districts): IndexedNotice {
  const id = idOf(change)
  const before = known.get(id) ?? []
  const base = { schema: 'rabta.indexed/1', id, type: change.type } as const
  if (change.type === 'deleted') return { ...base, channel: change.channel, alert: false, districts: [...before] }
  const { channel, tags } = change.mention
  const districts = tags.districts?.map((district) => district.id) ?? []
  const told = [...new Set([...districts, ...before])]
  // An old version changes nothing of what stands: who saw that must still hear of what comes after.
  known.set(id, told)
  return { ...base, channel, alert: tags.category?.alert ?? false, districts: told }
}

/** The index stage: writes what was enriched, then says on `mentions.indexed` that it can be found. */
export function createIndexHandler({ bus, clock, metrics, index }: IndexParts): StageHandler<'mentions.enriched'> {
  return async (batch) => {
    const changes = batch.map(({ value }) => value)
    const later = changes.filter(({ type }) => type !== 'written').map(idOf)
    const known: Districts = new Map(later.length === 0 ? [] : await index.districtsOf(later))
    const rejections = new Map((await index.write(changes)).map((rejection) => [rejection.at, rejection]))
    const rejected: Rejected[] = []
    const stored: Indexed[] = []
    for (const [at, record] of batch.entries()) {
      const rejection = rejections.get(at)
      if (rejection === undefined) stored.push(record)
      else {
        const { partition, offset } = record
        rejected.push({ partition, offset, reason: rejection.reason, detail: rejection.detail })
      }
    }
    await bus.publish(
      'mentions.indexed',
      stored.map(({ key, value }) => ({ key, value: noticeOf(value, known) })),
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
