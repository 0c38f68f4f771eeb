import fc from 'fast-check'
import { expect, it } from 'vitest'
import { budgetStep, nextMonthMs, partOfMonth } from '../../ingest/spend-budget.js'
import { chargesOf } from '../../ingest/x-charges.js'
import { pageOf } from '../channels/x/payloads.js'
import { oddValue } from '../channels/mangle.js'

fc.configureGlobal({ seed: 20261122 })

const at = (day: number) => Date.UTC(2026, 10, day)
const step = (dollars: number, day: number, budgetDollars: number | null = 100) =>
  budgetStep({ dollars, budgetDollars, nowMs: at(day) })

it('slows step by step where the money goes faster than the month', () => {
  expect([49, 50, 74, 75, 89, 90, 99].map((dollars) => step(dollars, 5))).toEqual([0, 1, 1, 2, 2, 3, 3])
  expect([50, 60, 75, 90].map((dollars) => step(dollars, 29))).toEqual([0, 0, 0, 0])
  expect(step(95, 29)).toBe(3)
  expect([step(100, 30), step(100, 1), step(900, 15), step(0, 1, 0)]).toEqual([4, 4, 4, 4])
  expect(step(1e9, 1, null)).toBe(0)
})

it('knows the month in UTC', () => {
  expect(partOfMonth(at(1))).toBe(0)
  expect(partOfMonth(at(16))).toBe(0.5)
  expect(nextMonthMs(Date.UTC(2026, 11, 31, 23, 59))).toBe(Date.UTC(2027, 0, 1))
})

it('never grows faster for less money, nor for a later day', () => {
  const share = fc.double({ min: 0, max: 1.2, noNaN: true })
  const moment = fc.integer({ min: at(1), max: at(30) })
  fc.assert(
    fc.property(share, share, moment, moment, (a, b, from, to) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)]
      const [early, late] = [Math.min(from, to), Math.max(from, to)]
      const of = (dollars: number, nowMs: number) => budgetStep({ dollars, budgetDollars: 1, nowMs })
      expect(of(less, early)).toBeLessThanOrEqual(of(more, early))
      expect(of(more, late)).toBeLessThanOrEqual(of(more, early))
    }),
  )
})

it.each(['tweet', 'post'] as const)('charges every post and user of an answer in the naming "%s"', (naming) => {
  const page = pageOf(naming)
  const sum = (isOwned: boolean) => chargesOf(page, isOwned).reduce((all, { microDollars }) => all + microDollars, 0)
  expect(
    chargesOf(page, false)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['post', 'post', 'user'])
  expect(sum(false)).toBe(20_000)
  expect(sum(true)).toBe(3_000)
  const line = { ...page, data: (page['data'] as unknown[])[0] }
  expect(chargesOf(line, false)).toEqual(chargesOf(page, false))
})

it('charges nothing for what is no answer, and never throws', () => {
  fc.assert(
    fc.property(oddValue, oddValue, (data, includes) => {
      for (const body of [data, { data, includes }, { data: [data], includes: { users: [includes], posts: includes } }])
        for (const { id, microDollars } of chargesOf(body, false)) {
          expect(typeof id).toBe('string')
          expect(microDollars).toBeGreaterThan(0)
        }
    }),
  )
})
