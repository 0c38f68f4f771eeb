import type { Alert } from './types.js'

/** Puts alerts into a list; of the same alert the larger version stays. */
export function mergeAlertLists(known: readonly Alert[], news: readonly Alert[]): Alert[] {
  const byId = new Map(known.map((alert) => [alert.id, alert]))
  for (const alert of news) {
    const old = byId.get(alert.id)
    if (old === undefined || alert.version >= old.version) byId.set(alert.id, alert)
  }
  return [...byId.values()]
}
