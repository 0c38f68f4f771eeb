import { sql, type Transaction } from 'kysely'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import { announce } from './announce.js'
import { chunksOf, readGroup, saveGroup } from './group-book.js'
import { ring, type Group } from './group.js'
import { LETTER_PREFIX } from './letters-handler.js'
import type { Rule } from './rule.js'

const ANNOUNCE_AGAIN_MS = 7 * 86_400_000
const MAX_ANNOUNCED_AGAIN = 1000

export interface TicksOptions {
  readonly records: Records
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly rules: readonly Rule[]
  /** How often what waits is looked at; 5 s by default. */
  readonly everyMs?: number
}

export interface AlertTicks {
  /** Rings what has waited long enough. Throws the Failure of the records or the bus; called again it goes on where it was. */
  tick(): Promise<void>
  /** Announces once more what changed lately: a crash between the records and the bus may have kept it from being heard. */
  announceAgain(): Promise<void>
  /** `announceAgain`, then `tick` again and again until the signal aborts; failures that may pass are waited out. */
  run(signal: AbortSignal): Promise<void>
}

/** What waits in groups is rung here, and what was recorded but perhaps not heard is said again at the start. */
export function createAlertTicks(options: TicksOptions): AlertTicks {
  const { records, bus, clock, log, rules, everyMs = 5000 } = options
  const unheard = new Set<string>()

  async function tick(): Promise<void> {
    for (const rule of rules) {
      const until = rule.tick(clock.now())
      if (until === undefined) continue
      for (const id of await dueAlerts(records, rule.name)) {
        if (await inTransaction(records, (transaction) => ringIfDue(transaction, id, until, clock.iso())))
          unheard.add(id)
      }
    }
    if (unheard.size === 0) return
    await announce(bus, await readGroups(records, [...unheard]))
    unheard.clear()
  }

  async function announceAgain(): Promise<void> {
    const ids = await changedSince(records, new Date(clock.now() - ANNOUNCE_AGAIN_MS).toISOString())
    for (const chunk of chunksOf(ids)) await announce(bus, await readGroups(records, chunk))
  }

  async function run(signal: AbortSignal): Promise<void> {
    let work = async () => {
      await announceAgain()
      work = tick
      await tick()
    }
    while (!signal.aborted) {
      try {
        await work()
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error
        log.warn('alerts that wait could not be looked at, trying again', {
          reason: error.reason,
          detail: error.message,
        })
      }
      await clock.sleep(everyMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    }
  }

  return { tick: () => tick(), announceAgain, run }
}

async function dueAlerts(records: Records, rule: string): Promise<string[]> {
  const rows = await records
    .selectFrom('alerts')
    .select('id')
    .where('rule', '=', rule)
    .where('status', 'in', ['unraised', 'waiting'])
    .execute()
  return rows.map((row) => row.id)
}

async function readGroups(records: Records, ids: readonly string[]): Promise<Group[]> {
  const rows = await records
    .selectFrom('alerts')
    .select('body')
    .where('id', 'in', [...ids])
    .execute()
  return rows.map((row) => readGroup(row.body))
}

/** True if the group rang. What was answered, put back or deleted meanwhile waits no longer. */
async function ringIfDue(transaction: Transaction<Tables>, id: string, until: string, now: string): Promise<boolean> {
  const row = await transaction.selectFrom('alerts').select('body').where('id', '=', id).executeTakeFirst()
  const group = row === undefined ? undefined : readGroup(row.body)
  if (group === undefined || group.waitingFrom === null || group.waitingFrom > until) return false
  const waitingFrom = await oldestUnanswered(transaction, id, group.waitingFrom)
  const rings = waitingFrom !== null && waitingFrom <= until
  const { alert } = group
  const next = rings ? ring(group, now) : { ...group, waitingFrom, alert: { ...alert, version: alert.version + 1 } }
  await saveGroup(transaction, next, alert.version)
  return rings
}

async function oldestUnanswered(
  transaction: Transaction<Tables>,
  alertId: string,
  from: string,
): Promise<string | null> {
  const row = await transaction
    .selectFrom('alert_mentions as member')
    .select('member.at')
    .where('member.alert_id', '=', alertId)
    .where('member.at', '>=', from)
    .where('member.tokens', '>=', 0)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('outbound')
            .select('outbound.id')
            .whereRef('outbound.mention_id', '=', 'member.mention_id')
            .where('outbound.status', '!=', 'failed'),
        ),
      ),
    )
    .where(
      sql<boolean>`not exists (select 1 from dead_letters where dead_letters.replayed_at is not null
        and member.mention_id = ${LETTER_PREFIX} || dead_letters.id)`,
    )
    .orderBy('member.at')
    .limit(1)
    .executeTakeFirst()
  return row?.at ?? null
}

/** Alerts that ring, that somebody joined, or that somebody acknowledged since; the newest first. */
async function changedSince(records: Records, since: string): Promise<string[]> {
  const rows = await records
    .selectFrom('alerts')
    .select('id')
    .where((where) =>
      where.or([
        where('status', '=', 'ringing'),
        where('last_at', '>=', since),
        where(
          'id',
          'in',
          where
            .selectFrom('audit')
            .select('subject')
            .where('action', '=', 'alert.acknowledge')
            .where('at', '>=', since),
        ),
      ]),
    )
    .orderBy('last_at', 'desc')
    .limit(MAX_ANNOUNCED_AGAIN)
    .execute()
  return rows.map((row) => row.id)
}
