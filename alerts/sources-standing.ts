import type { Selectable } from 'kysely'
import type { Tables } from '../runtime/records/tables.js'
import type { Channel } from '../schemas/mention.js'
import type { SourceHealth } from '../schemas/source-health.js'

/** A pause in a source's words longer than this: its process was not there, and what came meanwhile is not known to it. */
const BREAK_MS = 5 * 60_000

/** What is known of a source from all that it has said; times in epoch milliseconds. */
export interface SourceStanding {
  readonly source: string
  readonly channel: Channel
  readonly status: SourceHealth['status']
  readonly heardAtMs: number
  readonly aliveSinceMs: number
  readonly firstHeardAtMs: number
  readonly lastItemAtMs: number | null
  readonly items: number
  readonly failingSinceMs: number | null
  readonly reason: string | null
  readonly problem: string | null
  readonly silentSinceMs: number | null
  readonly silentKind: string | null
  readonly alertId: string | null
}

export const hasAnyItem = ({ lastItemAtMs }: SourceStanding) => lastItemAtMs !== null

const parsed = (instant: string | null) => (instant === null ? null : Date.parse(instant))
const printed = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

export function readStanding(row: Selectable<Tables['source_states']>): SourceStanding {
  return {
    source: row.source,
    channel: row.channel as Channel,
    status: row.status as SourceHealth['status'],
    heardAtMs: Date.parse(row.heard_at),
    aliveSinceMs: Date.parse(row.alive_since),
    firstHeardAtMs: Date.parse(row.first_heard_at),
    lastItemAtMs: parsed(row.last_item_at),
    items: row.items,
    failingSinceMs: parsed(row.failing_since),
    reason: row.reason,
    problem: row.problem,
    silentSinceMs: parsed(row.silent_since),
    silentKind: row.silent_kind,
    alertId: row.alert_id,
  }
}

export function standingRow(standing: SourceStanding): Tables['source_states'] {
  return {
    source: standing.source,
    channel: standing.channel,
    status: standing.status,
    heard_at: new Date(standing.heardAtMs).toISOString(),
    alive_since: new Date(standing.aliveSinceMs).toISOString(),
    first_heard_at: new Date(standing.firstHeardAtMs).toISOString(),
    last_item_at: printed(standing.lastItemAtMs),
    items: standing.items,
    failing_since: printed(standing.failingSinceMs),
    reason: standing.reason,
    problem: standing.problem,
    silent_since: printed(standing.silentSinceMs),
    silent_kind: standing.silentKind,
    alert_id: standing.alertId,
  }
}

/** The standing after the source said `health`; undefined where that is older than what is known. */
export function hear(known: SourceStanding | undefined, health: SourceHealth): SourceStanding | undefined {
  const atMs = Date.parse(health.at)
  if (known !== undefined && atMs <= known.heardAtMs) return undefined
  const itemAtMs = parsed(health.lastItemAt)
  const isBack = known === undefined || atMs - known.heardAtMs > BREAK_MS
  const failing = health.status === 'failing'
  return {
    source: health.source,
    channel: health.channel,
    status: health.status,
    heardAtMs: atMs,
    aliveSinceMs: isBack ? atMs : known.aliveSinceMs,
    firstHeardAtMs: known?.firstHeardAtMs ?? atMs,
    // A new process begins with none, and has not forgotten for us.
    lastItemAtMs: itemAtMs === null ? (known?.lastItemAtMs ?? null) : Math.max(itemAtMs, known?.lastItemAtMs ?? 0),
    items: health.items ?? 0,
    failingSinceMs: failing ? (known?.failingSinceMs ?? atMs) : null,
    reason: failing ? (health.reason ?? null) : null,
    problem: health.problem,
    silentSinceMs: known?.silentSinceMs ?? null,
    silentKind: known?.silentKind ?? null,
    alertId: known?.alertId ?? null,
  }
}
