import type { Clock } from '../../runtime/clock.js'
import { systemClock } from '../../runtime/clock.js'
import type { Change } from '../../schemas/mention.js'
import type { MemoryBus } from '../support/memory-bus.js'

/** Real time, gone through `times` as fast: simulators answer over sockets, which no fake clock moves. */
export function fastClock(times: number): Clock {
  const startedMs = systemClock.now()
  const now = () => startedMs + Math.floor((systemClock.now() - startedMs) * times)
  return {
    now,
    iso: () => new Date(now()).toISOString(),
    sleep: (waitMs, signal) => systemClock.sleep(waitMs / times, signal),
    yield: () => systemClock.yield(),
  }
}

export async function until(condition: () => boolean, what: string, realMs = 20_000): Promise<void> {
  const giveUpAt = performance.now() + realMs
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`what was waited for did not happen: ${what}`)
    await systemClock.sleep(5)
  }
}

/** What stands of each item when every change is applied as the index does: the larger version wins, the first of two equal ones stays. */
export function standing(bus: MemoryBus): Map<string, Change> {
  const found = new Map<string, Change>()
  const versionOf = (change: Change) => (change.type === 'deleted' ? change.version : change.mention.version)
  for (const value of bus.values('mentions.collected')) {
    const change = value as Change
    const id = change.type === 'deleted' ? change.id : change.mention.id
    const held = found.get(id)
    if (held === undefined || versionOf(change) > versionOf(held)) found.set(id, change)
  }
  return found
}

export const textOf = (change: Change | undefined): string | undefined =>
  change === undefined || change.type === 'deleted' ? change?.type : change.mention.text
