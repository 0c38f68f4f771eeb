import type { DailyReport } from '../schemas/report.js'

/**
 * The day's sentiment reports; `day` is `YYYY-MM-DD` in Asia/Karachi. Both throw a Failure: `invalid-payload` for what is no day, `not-found` for a day
 * that has not begun, and what the index throws.
 */
export interface DailyReports {
  /** The report as it was made, or, where none was made yet (today above all), counted now and not kept. */
  get(day: string): Promise<DailyReport>
  /** Counts a day that is over and keeps it; if it was kept already, by whomever, that one is answered. A day not over is counted and not kept. */
  make(day: string): Promise<DailyReport>
  /** The day of the last report that was kept. */
  lastDay(): Promise<string | undefined>
}
