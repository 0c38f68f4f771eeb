import { onTestFinished } from 'vitest'
import { createCases } from '../../cases/case-desk.js'
import { createOutboxDoor } from '../../cases/outbox-door.js'
import { createUnits } from '../../cases/units.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import { RecordingBus } from '../pipeline/recording-bus.js'
import { FakeClock } from '../support/fake-clock.js'
import { openTestRecords } from '../support/test-records.js'

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

export async function openDesk(parts: { conversation?: EnrichedMention[]; numbers?: [string, string][] } = {}) {
  const { records, sabotage } = await openTestRecords()
  onTestFinished(() => records.destroy())
  const clock = new FakeClock()
  const bus = new RecordingBus()
  const table = loadDistrictTable()
  const numbers =
    parts.numbers ??
    ['dpo-peshawar', 'dpo-swat', 'rpo-peshawar', 'ctd', 'womens-desk', 'traffic', 'accountability', 'media-cell'].map(
      (id, n) => [id, `92000000${n}`],
    )
  const units = createUnits(table, new Map(numbers))
  const door = createOutboxDoor({ records, bus, clock, log: silent })
  const search = { conversation: async () => parts.conversation ?? [] }
  const cases = createCases({
    records,
    door,
    clock,
    table,
    units,
    search,
    channels: new Set(['x', 'whatsapp'] as const),
  })
  const rows = () => records.selectFrom('outbound').select(['id', 'status', 'published']).execute()
  return { records, sabotage, clock, bus, table, units, door, cases, rows }
}
