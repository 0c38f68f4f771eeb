import type { Transaction } from 'kysely'
import type { Clock } from '../runtime/clock.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import { silentAfterMs, SILENCE_LIMITS, type SilenceLimits } from './rules/silent-source.js'
import { HOUR_MS, hourOf, LEARNED_DAYS, usualGapMs, type HourOfSource } from './sources-gaps.js'
import { readStanding, standingRow, type SourceStanding } from './sources-standing.js'

type Store = Records | Transaction<Tables>

const KEPT_HOURS = (LEARNED_DAYS + 1) * 24
/** Told within about this time, items are counted together: what lies between two of them is their share of it. */
const TOLD_TOGETHER_MS = 90_000
const LEARNED_AT_ONCE = 48

export async function standingOf(store: Store, source: string): Promise<SourceStanding | undefined> {
  const row = await store.selectFrom('source_states').selectAll().where('source', '=', source).executeTakeFirst()
  return row === undefined ? undefined : readStanding(row)
}

export async function standings(store: Store): Promise<SourceStanding[]> {
  return (await store.selectFrom('source_states').selectAll().orderBy('source').execute()).map(readStanding)
}

export async function saveStanding(store: Store, standing: SourceStanding): Promise<void> {
  const { source, ...rest } = standingRow(standing)
  await store
    .insertInto('source_states')
    .values({ source, ...rest })
    .onConflict((on) => on.column('source').doUpdateSet(rest))
    .execute()
}

export async function hoursOf(store: Store, source: string): Promise<HourOfSource[]> {
  const rows = await store
    .selectFrom('source_hours')
    .select(['hour', 'longest_gap_ms'])
    .where('source', '=', source)
    .execute()
  return rows.map((row) => ({ hour: row.hour, longestGapMs: Number(row.longest_gap_ms) }))
}

async function keepHour(store: Store, source: string, hour: number, gapMs: number, items: number): Promise<void> {
  const known = await store
    .selectFrom('source_hours')
    .selectAll()
    .where('source', '=', source)
    .where('hour', '=', hour)
    .executeTakeFirst()
  if (known === undefined) {
    await store.insertInto('source_hours').values({ source, hour, longest_gap_ms: gapMs, items }).execute()
    await store
      .deleteFrom('source_hours')
      .where('source', '=', source)
      .where('hour', '<', hour - KEPT_HOURS)
      .execute()
    return
  }
  await store
    .updateTable('source_hours')
    .set({ longest_gap_ms: Math.max(gapMs, Number(known.longest_gap_ms)), items: known.items + items })
    .where('source', '=', source)
    .where('hour', '=', hour)
    .execute()
}

/** How long it had been without an item at its worst, just before it said this. */
function gapBefore(before: SourceStanding, after: SourceStanding, items: number): number {
  const fromMs = Math.max(before.lastItemAtMs ?? before.aliveSinceMs, after.aliveSinceMs)
  const toMs = items > 0 ? (after.lastItemAtMs ?? after.heardAtMs) : after.heardAtMs
  const gapMs = Math.max(0, toMs - fromMs)
  return Math.round(gapMs <= TOLD_TOGETHER_MS ? gapMs / Math.max(1, items) : gapMs)
}

/** Learns from two things a source said one after the other. Nothing is learned while it fails, is silent, or was there for a part of the hour alone. */
export async function learn(store: Store, before: SourceStanding, after: SourceStanding): Promise<void> {
  const hour = hourOf(after.heardAtMs)
  if (after.failingSinceMs !== null || before.silentSinceMs !== null || after.aliveSinceMs > hour * HOUR_MS) return
  // Its count begins again with its process.
  const items = after.items >= before.items ? after.items - before.items : after.items
  await keepHour(store, after.source, hour, gapBefore(before, after, items), items)
}

/** A silence that turned out to be a quiet time of a source that worked: the next like it is less unusual. */
export async function learnQuiet(store: Store, source: string, fromMs: number, toMs: number): Promise<void> {
  const last = hourOf(toMs)
  const first = Math.max(hourOf(fromMs), last - LEARNED_AT_ONCE)
  for (let hour = first; hour <= last; hour++)
    await keepHour(store, source, hour, Math.min(toMs, (hour + 1) * HOUR_MS) - fromMs, 0)
}

/** What the records add to what a source says of itself. */
export interface KnownOfSource {
  readonly lastItemAt: string | null
  readonly usualGapMs: number | null
  readonly silentAfterMs: number | null
  readonly silentSince: string | null
}

/** For the desk: what is known of every source, by its name. */
export function createKnownSources(parts: {
  records: Records
  clock: Clock
  limits?: SilenceLimits
}): () => Promise<ReadonlyMap<string, KnownOfSource>> {
  const { records, clock, limits = SILENCE_LIMITS } = parts
  return async () => {
    const known = new Map<string, KnownOfSource>()
    for (const standing of await standings(records)) {
      const { source, lastItemAtMs, silentSinceMs } = standing
      const usual = usualGapMs(await hoursOf(records, source), clock.now())
      known.set(source, {
        lastItemAt: lastItemAtMs === null ? null : new Date(lastItemAtMs).toISOString(),
        usualGapMs: usual,
        silentAfterMs: silentAfterMs(standing, usual, limits),
        silentSince: silentSinceMs === null ? null : new Date(silentSinceMs).toISOString(),
      })
    }
    return known
  }
}
