import type { MentionSearch } from '../index/mention-search.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Records } from '../runtime/records/tables.js'
import type { DailyReport } from '../schemas/report.js'
import type { DailyReports } from './daily-reports.js'
import { dayBounds } from './karachi-day.js'

export interface ReportParts {
  readonly search: Pick<MentionSearch, 'count'>
  readonly clock: Clock
}

/** Counts one day of Asia/Karachi over the whole province. `complete` is false while the day is not over. */
export async function makeDailyReport(day: string, { search, clock }: ReportParts): Promise<DailyReport> {
  const { from, to } = dayBounds(day)
  const madeAt = clock.iso()
  if (madeAt < from) throw new Failure('not-found', `the day ${day} has not begun`, { retryable: false })
  const counts = await search.count(from, to, { districts: 'all' })
  return { schema: 'rabta.daily-report/1', day, from, to, madeAt, complete: madeAt >= to, ...counts }
}

/** Daily reports kept in the records: one a day, the first that was kept stands. */
export function createDailyReports(parts: ReportParts & { readonly records: Records }): DailyReports {
  const { records } = parts

  async function kept(day: string): Promise<DailyReport | undefined> {
    const row = await records.selectFrom('reports').select('body').where('day', '=', day).executeTakeFirst()
    return row === undefined ? undefined : (JSON.parse(row.body) as DailyReport)
  }

  return {
    get: async (day) => (await kept(day)) ?? makeDailyReport(day, parts),
    make: async (day) => {
      const known = await kept(day)
      if (known !== undefined) return known
      const made = await makeDailyReport(day, parts)
      if (!made.complete) return made
      const row = { day, made_at: made.madeAt, body: JSON.stringify(made) }
      await records
        .insertInto('reports')
        .values(row)
        .onConflict((on) => on.column('day').doNothing())
        .execute()
      return (await kept(day)) ?? made
    },
    lastDay: async () => {
      const row = await records.selectFrom('reports').select('day').orderBy('day', 'desc').limit(1).executeTakeFirst()
      return row?.day
    },
  }
}
