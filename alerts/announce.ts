import type { Bus } from '../runtime/bus.js'
import type { Group } from './group.js'

/** Tells the bus the present state of groups that rang; the same state may be told twice, a reader keeps the larger version. */
export async function announce(bus: Bus, groups: readonly Group[]): Promise<void> {
  const raised = groups.filter((group) => group.raised)
  if (raised.length === 0) return
  await bus.publish(
    'alerts.raised',
    raised.map(({ alert }) => ({ key: alert.id, value: alert })),
  )
}
