import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { SourceDetails } from '../schemas/source-health.js'
import { budgetStep, nextMonthMs, type BudgetStep } from './spend-budget.js'
import type { SpendMeter } from './spend.js'
import { chargesOf } from './x-charges.js'

export type XReading = 'mentions' | 'search' | 'stream'

export interface XPlan {
  readonly step: BudgetStep
  /** Nothing more of this kind is read until the month ends or the budget grows. */
  readonly isStopped: boolean
  /** How many times longer to wait between two polls. */
  readonly slower: number
  readonly details: Pick<SourceDetails, 'spend' | 'remark'>
}

/** Counts what reading X costs, and says how slowly to read. Both methods throw the meter's Failure. */
export interface XSpending {
  /** Resolves once the cost of an answer is stored: to be awaited before a cursor moves past it. */
  count(body: unknown, isOwned: boolean): Promise<void>
  plan(reading: XReading): Promise<XPlan>
}

/** By step. Mentions of our accounts are messages to the police: they slow down and never stop. */
const SLOWER: Record<XReading, readonly number[]> = {
  mentions: [1, 2, 4, 10, 60],
  search: [1, 4, 10, 40, 40],
  stream: [1, 1, 1, 1, 1],
}
const ASK_AGAIN_MS = 3_600_000

const REMARKS: Record<XReading, readonly string[]> = {
  mentions: [
    'asks less often',
    'asks less often',
    'asks seldom',
    'asks seldom: the budget of the month is used up. Mentions of our accounts go on; the search and the stream have stopped',
  ],
  search: [
    'searches less often',
    'searches less often',
    'searches seldom',
    'stopped: the budget of the month is used up. What is missed is searched for when it goes on, as far back as X remembers (7 days)',
  ],
  stream: [
    'the polls beside it ask less often',
    'the polls beside it ask less often',
    'the polls beside it ask seldom',
    'stopped: the budget of the month is used up. Mentions of our accounts are still asked for, slowly',
  ],
}

export function createXSpending(options: {
  meter: SpendMeter
  clock: Clock
  /** Null: it is counted and never slowed. */
  budgetDollars: number | null
}): XSpending {
  const { meter, clock, budgetDollars } = options
  return {
    count: (body, isOwned) => meter.record(chargesOf(body, isOwned)),
    plan: async (reading) => {
      const { month, dollars } = await meter.month()
      const step = budgetStep({ dollars, budgetDollars, nowMs: clock.now() })
      const share = budgetDollars === null || budgetDollars === 0 ? 100 : Math.floor((dollars / budgetDollars) * 100)
      const remark = step === 0 ? undefined : REMARKS[reading][step - 1]
      return {
        step,
        isStopped: step === 4 && reading !== 'mentions',
        slower: SLOWER[reading][step] ?? 1,
        details: {
          spend: { month, dollars, budgetDollars },
          remark: remark === undefined ? null : `${share} % of the budget of ${month} is spent: ${remark}`,
        },
      }
    },
  }
}

/** What a source that stopped for the budget fails with, until the month ends; it looks again each hour. */
export function budgetUsedUp(what: string, nowMs: number): Failure {
  return new Failure(
    'forbidden',
    `${what} has stopped: the budget of the month is used up. Raise RABTA_X_MONTHLY_BUDGET_DOLLARS, or wait for the next month (UTC)`,
    { retryable: false, retryAfterMs: Math.max(1_000, Math.min(ASK_AGAIN_MS, nextMonthMs(nowMs) - nowMs)) },
  )
}
