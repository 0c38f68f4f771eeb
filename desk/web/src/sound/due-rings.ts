import type { Alert, Severity } from '../api/types.js'

const AGAIN_MS = 30_000
const LOUDNESS: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'none']

/** When this browser last sounded an alert, and for which of its rings. */
export interface Heard {
  rangAt: string
  soundedAtMs: number
}

/**
 * Which alerts must sound now: each ring once, and a critical one again every 30 s until somebody acknowledged it.
 * An alert that is not ringing never sounds.
 */
export function dueRings(alerts: readonly Alert[], heard: ReadonlyMap<string, Heard>, nowMs: number): Alert[] {
  return alerts.filter((alert) => {
    if (alert.status !== 'ringing') return false
    const last = heard.get(alert.id)
    if (last?.rangAt !== alert.rangAt) return true
    return alert.severity === 'critical' && nowMs - last.soundedAtMs >= AGAIN_MS
  })
}

/** The gravest severity of some alerts. */
export function loudest(alerts: readonly Alert[]): Severity {
  return LOUDNESS.find((severity) => alerts.some((alert) => alert.severity === severity)) ?? 'none'
}

const rank = (alert: Alert): number => LOUDNESS.indexOf(alert.severity)

/** Ringing before acknowledged, the graver before the milder, the later ring before the earlier. */
export function loudestFirst(alerts: readonly Alert[]): Alert[] {
  const ringing = (alert: Alert): number => (alert.status === 'ringing' ? 0 : 1)
  return alerts.toSorted(
    (a, b) =>
      ringing(a) - ringing(b) || rank(a) - rank(b) || b.rangAt.localeCompare(a.rangAt) || a.id.localeCompare(b.id),
  )
}
