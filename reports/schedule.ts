import { schedule as cron } from 'node-cron'
import { backOffMs } from '../runtime/back-off.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { DailyReports } from './daily-reports.js'
import { dayBefore, dayBounds, karachiDay } from './karachi-day.js'

export const DAILY_AT = '0 7 * * *'
const SEVEN_HOURS_MS = 7 * 60 * 60_000
/** A timer may fire a moment early; then the day is due all the same. */
const EARLY_MS = 60_000
const MAX_CATCH_UP_DAYS = 31
const FIRST_RETRY_MS = 60_000
const MAX_RETRY_MS = 15 * 60_000

export interface DailySchedule {
  /** Resolves when no report is being made any more. */
  stop(): Promise<void>
  /** When it runs next. */
  nextRun(): Date | null
  /** Resolves when what was missed is made. */
  readonly caughtUp: Promise<void>
}

export interface ScheduleOptions {
  readonly reports: DailyReports
  readonly clock: Clock
  readonly log: Log
  readonly random?: () => number
}

/**
 * Makes the report of the day before at 07:00 in Karachi, and at the start what was missed while nothing ran: every day since the last kept report, or,
 * where none was ever kept, the last day due. What fails for a reason that may pass is tried again until it is made.
 */
export function scheduleDailyReport(options: ScheduleOptions): DailySchedule {
  const { clock, log } = options
  const stopping = new AbortController()
  let working: Promise<void> = Promise.resolve()
  const work = () => {
    working = working
      .then(() => makeMissing(options, stopping.signal))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted)
          log.error('daily report could not be made', { detail: error instanceof Error ? error.message : 'unknown' })
      })
    return working
  }
  const task = cron(DAILY_AT, work, { name: 'daily-report', timezone: 'Asia/Karachi', noOverlap: true })
  log.info('daily report is scheduled', { at: DAILY_AT, day: lastDue(clock.now()) })
  return {
    caughtUp: work(),
    nextRun: () => task.getNextRun(),
    stop: async () => {
      stopping.abort(new Failure('stopped', 'the reports stop', { retryable: false }))
      await task.destroy()
      await working
    },
  }
}

/** The last day whose report is due at `nowMs`: yesterday from 07:00 on, the day before until then. */
export const lastDue = (nowMs: number) => dayBefore(karachiDay(nowMs - SEVEN_HOURS_MS))

async function missingDays({ reports, clock }: ScheduleOptions): Promise<string[]> {
  const last = await reports.lastDay()
  const days: string[] = []
  for (let day = lastDue(clock.now() + EARLY_MS); days.length < MAX_CATCH_UP_DAYS; day = dayBefore(day)) {
    if (last !== undefined && day <= last) break
    days.unshift(day)
    if (last === undefined) break
  }
  return days
}

async function makeMissing(options: ScheduleOptions, signal: AbortSignal): Promise<void> {
  const { reports, clock, log, random = Math.random } = options
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted()
    try {
      for (const day of await missingDays(options)) {
        const { totals } = await reports.make(day)
        log.info('daily report is made', { day, from: dayBounds(day).from, mentions: totals.total })
      }
      return
    } catch (error) {
      if (!(error instanceof Failure) || !error.retryable) throw error
      log.warn('daily report waits', { reason: error.reason, detail: error.message })
      await clock.sleep(backOffMs(attempt, random, FIRST_RETRY_MS, MAX_RETRY_MS), signal)
    }
  }
}
