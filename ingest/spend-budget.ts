/** How far reading is slowed for the budget: 0 not at all, 1 to 3 more and more, 4 the budget is used up. */
export type BudgetStep = 0 | 1 | 2 | 3 | 4

const STEPS = [
  { share: 0.9, step: 3 },
  { share: 0.75, step: 2 },
  { share: 0.5, step: 1 },
] as const

/**
 * The step for what was spent since the UTC month began. From 50, 75 and 90 % of the budget it slows, but only where the money goes faster than the month:
 * 60 % on the 20th is thrift, on the 5th it is not. From 100 % it is 4, whatever the day. A budget of null is no budget.
 */
export function budgetStep(spend: { dollars: number; budgetDollars: number | null; nowMs: number }): BudgetStep {
  const { dollars, budgetDollars, nowMs } = spend
  if (budgetDollars === null) return 0
  if (dollars >= budgetDollars) return 4
  const share = dollars / budgetDollars
  if (share <= partOfMonth(nowMs)) return 0
  return STEPS.find((one) => share >= one.share)?.step ?? 0
}

/** The part of the UTC month that is gone, from 0 to 1. */
export function partOfMonth(nowMs: number): number {
  const now = new Date(nowMs)
  const from = Date.UTC(now.getUTCFullYear(), now.getUTCMonth())
  const to = nextMonthMs(nowMs)
  return (nowMs - from) / (to - from)
}

/** When the next UTC month begins, and with it the next budget. */
export function nextMonthMs(nowMs: number): number {
  const now = new Date(nowMs)
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)
}
