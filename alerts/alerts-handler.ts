import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import type { Metrics } from '../runtime/metrics.js'
import type { Records } from '../runtime/records/tables.js'
import type { StageHandler, StageRecord } from '../runtime/stage.js'
import type { EnrichedChange } from '../schemas/enriched-mention.js'
import { announce } from './announce.js'
import { GroupBook, memberRows } from './group-book.js'
import type { Group } from './group.js'
import { MemberDays } from './member-days.js'
import { observe, takeChange } from './grouping.js'
import type { Rule } from './rule.js'

export interface AlertsOptions {
  readonly records: Records
  readonly bus: Bus
  readonly clock: Clock
  readonly metrics: Metrics
  /** In the order in which they are asked; the first that fires speaks. */
  readonly rules: readonly Rule[]
}

const idOf = (change: EnrichedChange) => (change.type === 'deleted' ? change.id : change.mention.id)

/** A batch must not hold up what else the process does. */
const YIELD_EVERY = 25

interface Taken {
  readonly groups: readonly Group[]
  /** `receivedAt` of the mentions that became part of a rung group. */
  readonly arrivals: readonly string[]
}

/**
 * What rings. A batch is one transaction, so that a group and its members are true together; then its alerts are announced, and only then is the
 * position committed: after a crash in between the same batch comes again, finds its members there and announces their groups once more.
 */
export function createAlertsHandler(options: AlertsOptions): StageHandler<'mentions.enriched'> {
  const { records, bus, clock, metrics, rules } = options
  const days = new MemberDays()
  const reader = new Continuity()
  return async (batch) => {
    if (!reader.goesOn(batch)) days.forget()
    const changes = batch.map((record) => record.value)
    if (!(await concernsAlerts(records, rules, changes))) return
    const { groups, arrivals } = await takeIn(options, days, changes).catch((error: unknown) => {
      days.forget()
      throw error
    })
    await announce(bus, groups)
    const now = clock.now()
    for (const at of arrivals) metrics.latency.observe({ stage: 'alerts' }, Math.max(0, now - Date.parse(at)) / 1000)
  }
}

/** Whether a batch follows the one before. If it does not, somebody else may have been the active member in between. */
class Continuity {
  readonly #next = new Map<number, number>()

  goesOn(batch: readonly StageRecord<'mentions.enriched'>[]): boolean {
    let goesOn = true
    for (const { partition, offset } of batch) {
      if (this.#next.get(partition) !== offset) goesOn = false
      this.#next.set(partition, offset + 1)
    }
    return goesOn
  }
}

/** Most batches hold no alert and nothing that ever was one: they are not worth a transaction. */
async function concernsAlerts(
  records: Records,
  rules: readonly Rule[],
  changes: readonly EnrichedChange[],
): Promise<boolean> {
  if (changes.some((change) => change.type !== 'written' || observe(rules, change.mention) !== undefined)) return true
  return (await memberRows(records, changes.map(idOf))).size > 0
}

async function takeIn(options: AlertsOptions, days: MemberDays, changes: readonly EnrichedChange[]): Promise<Taken> {
  return options.records.transaction().execute(async (transaction) => {
    const book = new GroupBook(transaction, await memberRows(transaction, changes.map(idOf)), days)
    const touched = new Set<string>()
    const joined: { alertId: string; at: string }[] = []
    const now = options.clock.iso()
    for (const [n, change] of changes.entries()) {
      if (n % YIELD_EVERY === YIELD_EVERY - 1) await options.clock.yield()
      const outcome = await takeChange(book, change, options.rules, now)
      if (outcome.alertId === undefined || outcome.alertId === '') continue
      touched.add(outcome.alertId)
      if (outcome.joined && change.type !== 'deleted')
        joined.push({ alertId: outcome.alertId, at: change.mention.receivedAt })
    }
    await book.save()
    const groups = (await Promise.all([...touched].map((id) => book.group(id)))).filter((group) => group !== undefined)
    const raised = new Set(groups.filter((group) => group.raised).map((group) => group.alert.id))
    return { groups, arrivals: joined.filter(({ alertId }) => raised.has(alertId)).map(({ at }) => at) }
  })
}
