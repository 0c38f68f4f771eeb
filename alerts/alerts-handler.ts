import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import type { Metrics } from '../runtime/metrics.js'
import { createCorrections, type CorrectionsRead } from '../runtime/corrections/correction-store.js'
import type { Records } from '../runtime/records/tables.js'
import type { StageHandler, StageRecord } from '../runtime/stage.js'
import type { EnrichedChange } from '../schemas/enriched-mention.js'
import { announce } from './announce.js'
import { GroupBook, memberRows } from './group-book.js'
import type { Group } from './group.js'
import { AlertsMemory } from './memory.js'
import { asRaised } from './raised.js'
import { observe, takeChange } from './grouping.js'
import type { Rule } from './rule.js'

export interface AlertsOptions {
  readonly records: Records
  readonly bus: Bus
  readonly clock: Clock
  readonly metrics: Metrics
  /** In the order in which they are asked; the first that fires speaks. */
  readonly rules: readonly Rule[]
  /** Shared by all handlers of one active member. */
  readonly memory: AlertsMemory
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
export function createAlertsHandler({
  memory = new AlertsMemory(),
  ...parts
}: Omit<AlertsOptions, 'memory'> & Partial<Pick<AlertsOptions, 'memory'>>): StageHandler<'mentions.enriched'> {
  const options: AlertsOptions = { ...parts, memory }
  const { records, bus, clock, metrics, rules } = options
  const corrections = createCorrections({ records, clock })
  const reader = new Continuity()
  return async (batch) => {
    if (!reader.goesOn(batch)) memory.days.forget()
    const said = batch.map((record) => record.value)
    const taken = await memory.inTurn(async () => {
      const known = await memberRows(records, said.map(idOf))
      if (known.size === 0 && !concernsAlerts(rules, said)) return undefined
      return takeIn(options, known.size === 0 ? said : await keepRaised(said, [...known.keys()], corrections))
    })
    if (taken === undefined) return
    const { groups, arrivals } = taken
    await announce(bus, groups)
    const now = clock.now()
    for (const at of arrivals) metrics.latency.observe({ stage: 'alerts' }, Math.max(0, now - Date.parse(at)) / 1000)
  }
}

/** A later state of what an analyst called an alert, in the same words, is one still: it must not leave its group because the tagger says so. */
async function keepRaised(
  changes: readonly EnrichedChange[],
  known: readonly string[],
  corrections: Pick<CorrectionsRead, 'ofMany'>,
): Promise<readonly EnrichedChange[]> {
  const made = await corrections.ofMany(known)
  if (made.size === 0) return changes
  return changes.map((change) =>
    change.type === 'deleted'
      ? change
      : { ...change, mention: asRaised(change.mention, made.get(change.mention.id) ?? []) ?? change.mention },
  )
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
const concernsAlerts = (rules: readonly Rule[], changes: readonly EnrichedChange[]): boolean =>
  changes.some((change) => change.type !== 'written' || observe(rules, change.mention) !== undefined)

/** Takes changes in, all of them or none. In turn alone. */
export async function takeIn(options: AlertsOptions, changes: readonly EnrichedChange[]): Promise<Taken> {
  return options.records.transaction().execute(async (transaction) => {
    const book = new GroupBook(transaction, await memberRows(transaction, changes.map(idOf)), options.memory.days)
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
