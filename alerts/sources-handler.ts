import type { Transaction } from 'kysely'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import type { StageHandler } from '../runtime/stage.js'
import type { SourceHealth } from '../schemas/source-health.js'
import { announce } from './announce.js'
import { readGroup, saveGroup } from './group-book.js'
import { openGroup, type Group } from './group.js'
import {
  SILENCE_KINDS,
  SILENCE_LIMITS,
  silenceOf,
  silentFiring,
  type Silence,
  type SilenceLimits,
} from './rules/silent-source.js'
import { usualGapMs } from './sources-gaps.js'
import { hear, type SourceStanding } from './sources-standing.js'
import { hoursOf, learn, learnQuiet, saveStanding, standingOf, standings } from './sources-records.js'
import { resolvedWords, silenceWords } from './sources-words.js'

/** In `mentionIds` and the lead, what is no mention but a source. */
export const SOURCE_PREFIX = 'source:'
/** Who acknowledges a silence that ended by itself. */
export const MACHINE = 'rabta'

const TICK_MS = 15_000
/** After a longer pause of its own (a computer that slept) it begins to listen anew: the silence may have been its own. */
const ASLEEP_MS = 2 * 60_000

export interface SourcesWatchOptions {
  readonly records: Records
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly limits?: SilenceLimits
  /** The sources that should speak: others are not watched, these also where they never said a word. Absent: all that speak while it listens. */
  readonly expected?: ReadonlySet<string>
  readonly everyMs?: number
}

export interface SourcesWatch {
  /** Takes what sources say of themselves: learns their usual gaps, and settles the silence of one that speaks again. */
  readonly handle: StageHandler<'sources.health'>
  /** Rings for the sources that are silent now, once a silence. Throws the Failure of the records or the bus; called again it goes on. */
  tick(): Promise<void>
  /** `tick` again and again until the signal aborts; failures that may pass are waited out. */
  run(signal: AbortSignal): Promise<void>
}

/** The watch over the sources. What it knows is in the records; one process runs it, as it runs the other alerts. */
export function createSourcesWatch(options: SourcesWatchOptions): SourcesWatch {
  const { records, bus, clock, log, limits = SILENCE_LIMITS, expected, everyMs = TICK_MS } = options
  /** Recorded, and not yet known to be heard. */
  const unheard = new Set<string>()
  let watchedSinceMs = clock.now()
  let tickedAtMs = clock.now()

  async function tellUnheard(): Promise<void> {
    if (unheard.size === 0) return
    const ids = [...unheard]
    const rows = await records.selectFrom('alerts').select('body').where('id', 'in', ids).execute()
    await announce(
      bus,
      rows.map(({ body }) => readGroup(body)),
    )
    for (const id of ids) unheard.delete(id)
  }

  async function handle(batch: readonly { readonly value: SourceHealth }[]): Promise<void> {
    const settled = await inTransaction(records, async (transaction) => {
      const ids: string[] = []
      for (const { value } of batch) {
        const id = await takeHealth(transaction, value)
        if (id !== undefined) ids.push(id)
      }
      return ids
    })
    for (const id of settled) unheard.add(id)
    await tellUnheard()
  }

  async function tick(): Promise<void> {
    const nowMs = clock.now()
    if (nowMs - tickedAtMs > ASLEEP_MS) watchedSinceMs = nowMs
    tickedAtMs = nowMs
    for (const standing of await standings(records)) {
      if (standing.silentSinceMs !== null || (expected !== undefined && !expected.has(standing.source))) continue
      const usual = usualGapMs(await hoursOf(records, standing.source), nowMs)
      const isExpected = expected?.has(standing.source) === true
      const silence = silenceOf({ standing, usualGapMs: usual, nowMs, watchedSinceMs, isExpected, limits })
      if (silence === undefined) continue
      const id = await inTransaction(records, (transaction) => ring(transaction, standing, silence, usual, nowMs))
      if (id === undefined) continue
      unheard.add(id)
      log.error('a source is silent', { source: standing.source, kind: silence.kind })
    }
    await tellUnheard()
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await tick()
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error
        log.warn('the sources could not be looked at, trying again', { reason: error.reason, detail: error.message })
      }
      await clock.sleep(everyMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    }
  }

  return { handle, tick, run }
}

/** The alert it settled, if it did. */
async function takeHealth(transaction: Transaction<Tables>, health: SourceHealth): Promise<string | undefined> {
  const before = await standingOf(transaction, health.source)
  const after = hear(before, health)
  if (after === undefined) return undefined
  if (before !== undefined) await learn(transaction, before, after)
  if (!isOver(before, after)) {
    await saveStanding(transaction, after)
    return undefined
  }
  const silence = silenceSaid(after)
  if (silence?.kind === 'gap') await learnQuiet(transaction, after.source, silence.sinceMs, after.heardAtMs)
  await saveStanding(transaction, { ...after, silentSinceMs: null, silentKind: null, alertId: null })
  if (silence === undefined || after.alertId === null) return undefined
  return settle(transaction, after.alertId, resolvedWords(after, silence), new Date(after.heardAtMs).toISOString())
}

/** A silence ends with an item; one of a source that failed, or was not heard, also when it works again. */
function isOver(before: SourceStanding | undefined, after: SourceStanding): boolean {
  if (after.silentSinceMs === null) return false
  if ((after.lastItemAtMs ?? 0) > (before?.lastItemAtMs ?? 0)) return true
  return after.silentKind !== 'gap' && after.failingSinceMs === null
}

function silenceSaid({ silentKind, silentSinceMs }: SourceStanding): Silence | undefined {
  const kind = SILENCE_KINDS.find((one) => one === silentKind)
  return kind === undefined || silentSinceMs === null ? undefined : { kind, sinceMs: silentSinceMs }
}

/** The alert that rings now; undefined where it rang before, or somebody else has heard the source meanwhile. */
async function ring(
  transaction: Transaction<Tables>,
  standing: SourceStanding,
  silence: Silence,
  usual: number | null,
  nowMs: number,
): Promise<string | undefined> {
  const present = await standingOf(transaction, standing.source)
  if (present === undefined || present.heardAtMs !== standing.heardAtMs || present.silentSinceMs !== null)
    return undefined
  const firing = silentFiring(standing, silence)
  const id = `alert:${firing.group}`
  await saveStanding(transaction, {
    ...present,
    silentSinceMs: silence.sinceMs,
    silentKind: silence.kind,
    alertId: id,
  })
  const known = await transaction.selectFrom('alerts').select('id').where('id', '=', id).executeTakeFirst()
  if (known !== undefined) return undefined
  const now = new Date(nowMs).toISOString()
  const member = {
    id: `${SOURCE_PREFIX}${standing.source}`,
    channel: standing.channel,
    lang: 'en' as const,
    text: silenceWords(standing, silence, usual),
    writtenAt: new Date(silence.sinceMs).toISOString(),
    receivedAt: now,
  }
  await saveGroup(transaction, openGroup(id, member, firing, now), 0)
  return id
}

/** Stops the ringing, unless somebody did already, and says in the alert that it is over. */
async function settle(
  transaction: Transaction<Tables>,
  id: string,
  words: string,
  at: string,
): Promise<string | undefined> {
  const row = await transaction.selectFrom('alerts').select('body').where('id', '=', id).executeTakeFirst()
  if (row === undefined) return undefined
  const group = readGroup(row.body)
  const { alert } = group
  const answered =
    alert.status === 'ringing' ? { status: 'acknowledged' as const, acknowledgedAt: at, acknowledgedBy: MACHINE } : {}
  const next: Group = {
    ...group,
    alert: { ...alert, ...answered, version: alert.version + 1, lastAt: at, lead: { ...alert.lead, text: words } },
  }
  await saveGroup(transaction, next, alert.version)
  return id
}
