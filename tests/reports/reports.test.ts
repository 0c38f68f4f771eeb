import { describe, expect, onTestFinished, test } from 'vitest'
import type { PeriodCounts } from '../../index/mention-search.js'
import { createDailyReports, makeDailyReport } from '../../reports/make-daily-report.js'
import { dayBounds, dayBefore, karachiDay } from '../../reports/karachi-day.js'
import { DAILY_AT, lastDue, scheduleDailyReport } from '../../reports/schedule.js'
import { csvLine, toCsv } from '../../reports/to-csv.js'
import { toHtml } from '../../reports/to-html.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import { Failure } from '../../runtime/failure.js'
import { FakeClock } from '../support/fake-clock.js'
import { openTestRecords } from '../support/test-records.js'

const HOUR = 3_600_000
const counts = (total: number) => ({ total, positive: 1, neutral: total - 3, negative: 2, alerts: 1 })
const period = (over: Partial<PeriodCounts> = {}): PeriodCounts => ({
  totals: counts(10),
  unjudged: 1,
  districtUnknown: 2,
  corrected: 5,
  correctedTags: [
    { tag: 'category', count: 4 },
    { tag: 'districts', count: 2 },
  ],
  confidence: { language: 0.953, category: null },
  byDistrict: [
    { value: 'peshawar', ...counts(6) },
    { value: 'unknown', ...counts(4) },
  ],
  byLanguage: [{ value: 'ur-Latn', ...counts(10) }],
  byChannel: [{ value: 'x', ...counts(10) }],
  byCategory: [{ value: 'direct_threat', ...counts(10) }],
  ...over,
})
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const table = loadDistrictTable()

async function openReports(start = Date.parse('2026-11-22T04:00:00.000Z')) {
  const { records } = await openTestRecords()
  onTestFinished(() => records.destroy())
  const clock = new FakeClock(start)
  const asked: string[] = []
  const failures: Error[] = []
  const search = {
    count: async (from: string, to: string) => {
      asked.push(`${from} ${to}`)
      const failure = failures.shift()
      if (failure !== undefined) throw failure
      return period({ totals: counts(10 + asked.length) })
    },
  }
  return { records, clock, asked, failures, search, reports: createDailyReports({ records, clock, search }) }
}

describe('a day', () => {
  test('begins and ends at midnight in Karachi', () => {
    expect(dayBounds('2026-11-22')).toEqual({ from: '2026-11-21T19:00:00.000Z', to: '2026-11-22T19:00:00.000Z' })
    expect(karachiDay(Date.parse('2026-11-22T18:59:59.999Z'))).toBe('2026-11-22')
    expect(karachiDay(Date.parse('2026-11-22T19:00:00.000Z'))).toBe('2026-11-23')
    expect(dayBefore('2026-03-01')).toBe('2026-02-28')
    expect(dayBefore('2024-03-01')).toBe('2024-02-29')
    for (const month of ['01', '07']) {
      const noon = Date.parse(`2026-${month}-15T12:00:00Z`)
      const hour = new Intl.DateTimeFormat('en-GB', {
        timeZone: 'Asia/Karachi',
        hour: '2-digit',
        hourCycle: 'h23',
      }).format(noon)
      expect(hour).toBe('17')
    }
  })

  test.each(['2026-02-30', '2026-13-01', '22-11-2026', '', '2026-11-22T00:00', "2026-11-22' or 1"])(
    '%s is none',
    (day) => {
      expect(() => dayBounds(day)).toThrow(Failure)
    },
  )

  test('is complete when it is over, and has none before it began', async () => {
    const { clock, search, asked } = await openReports()
    expect(await makeDailyReport('2026-11-22', { clock, search })).toMatchObject({
      complete: false,
      corrected: 5,
      madeAt: clock.iso(),
    })
    expect(asked).toEqual(['2026-11-21T19:00:00.000Z 2026-11-22T19:00:00.000Z'])
    expect(await makeDailyReport('2026-11-21', { clock, search })).toMatchObject({ complete: true })
    await expect(makeDailyReport('2026-11-23', { clock, search })).rejects.toMatchObject({ reason: 'not-found' })
    await clock.advance(15 * HOUR)
    expect(await makeDailyReport('2026-11-22', { clock, search })).toMatchObject({ complete: true })
  })
})

describe('keeping', () => {
  test('the first that was kept stands, whoever makes it again; today is never kept', async () => {
    const { reports, records } = await openReports()
    const [a, b] = await Promise.all([reports.make('2026-11-21'), reports.make('2026-11-21')])
    expect(a).toEqual(b)
    expect(await reports.get('2026-11-21')).toEqual(a)
    await reports.make('2026-11-22')
    expect(await records.selectFrom('reports').select('day').execute()).toEqual([{ day: '2026-11-21' }])
    expect(await reports.lastDay()).toBe('2026-11-21')
  })

  test('a day nobody made a report of is counted when asked for, and not kept', async () => {
    const { reports } = await openReports()
    expect(await reports.get('2026-11-20')).toMatchObject({ complete: true })
    expect(await reports.lastDay()).toBeUndefined()
  })
})

describe('the schedule', () => {
  test('seven o’clock in Karachi is when the day before is due', () => {
    expect(DAILY_AT).toBe('0 7 * * *')
    expect(lastDue(Date.parse('2026-11-22T01:59:59.999Z'))).toBe('2026-11-20')
    expect(lastDue(Date.parse('2026-11-22T02:00:00.000Z'))).toBe('2026-11-21')
    expect(lastDue(Date.parse('2026-11-22T18:59:59.000Z'))).toBe('2026-11-21')
    expect(lastDue(Date.parse('2026-11-22T19:00:00.000Z'))).toBe('2026-11-21')
  })

  test('node-cron runs it next at 07:00 Asia/Karachi', async () => {
    const { reports, clock } = await openReports()
    const schedule = scheduleDailyReport({ reports, clock, log: silent })
    expect(schedule.nextRun()?.toISOString()).toMatch(/T02:00:00\.000Z$/)
    await schedule.caughtUp
    await schedule.stop()
  })

  test('what was missed while the machine was off is made at the start', async () => {
    const { reports, clock } = await openReports()
    const start = async () => {
      const schedule = scheduleDailyReport({ reports, clock, log: silent })
      await schedule.caughtUp
      await schedule.stop()
    }
    await start()
    expect(await reports.lastDay()).toBe('2026-11-21')
    await clock.advance(3 * 24 * HOUR)
    await start()
    expect((await reports.get('2026-11-22')).madeAt).toBe(clock.iso())
    expect(await reports.lastDay()).toBe('2026-11-24')
  })

  test('an index that is away is waited for; a stop does not wait', async () => {
    const { reports, clock, failures } = await openReports()
    failures.push(
      new Failure('unavailable', 'away', { retryable: true }),
      new Failure('unavailable', 'away', { retryable: true }),
    )
    const schedule = scheduleDailyReport({ reports, clock, log: silent, random: () => 0 })
    for (let n = 0; n < 4; n++) await clock.advance(60_000)
    await schedule.caughtUp
    expect(await reports.lastDay()).toBe('2026-11-21')
    await schedule.stop()
    await clock.advance(24 * HOUR)
    failures.push(new Failure('unavailable', 'away', { retryable: true }))
    const stopped = scheduleDailyReport({ reports, clock, log: silent })
    await clock.yield()
    await stopped.stop()
    expect(await reports.lastDay()).toBe('2026-11-21')
  })
})

describe('as a file', () => {
  test('CSV is RFC 4180 with names, one number of cells a line, and nothing a spreadsheet would run', async () => {
    const { clock, search } = await openReports()
    const report = await makeDailyReport('2026-11-21', { clock, search })
    const hostile = {
      ...report,
      byCategory: [
        { value: '=HYPERLINK("http://x","a")', ...counts(3) },
        { value: 'a,"b"\r\nc', ...counts(3) },
      ],
    }
    const csv = toCsv(hostile, table)
    expect(
      csv.startsWith('\ufeffday,complete,table,value,name,name_ur,total,positive,neutral,negative,alerts\r\n'),
    ).toBe(true)
    expect(csv).toContain('\r\n2026-11-21,yes,district,peshawar,Peshawar,پشاور,6,1,3,2,1\r\n')
    expect(csv).toContain('\r\n2026-11-21,yes,language,ur-Latn,Urdu (Latin),,10,1,7,2,1\r\n')
    expect(csv).toContain('\r\n2026-11-21,yes,all,corrected,,,5,,,,\r\n')
    expect(csv).toContain('\r\n2026-11-21,yes,corrected,districts,district,,2,,,,\r\n')
    expect(csv).toContain('"\'=HYPERLINK(""http://x"",""a"")"')
    const lines = parseCsv(csv.slice(1))
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([11]))
    expect(lines.at(-1)?.[3]).toBe('a,"b"\r\nc')
  })

  test.each([
    ['=1+1', "'=1+1"],
    ['+92', "'+92"],
    ['-x', "'-x"],
    ['@a', "'@a"],
    ['\t=1', "'\t=1"],
    [' =1', "' =1"],
    ['\r=1', '"\'\r=1"'],
    ['plain', 'plain'],
    [-5, '-5'],
  ])('the cell %j is written %j', (value, written) => {
    expect(csvLine([value])).toBe(`${written}\r\n`)
  })

  test('the page is escaped, fetches and runs nothing, names Urdu, and says that today is not over', async () => {
    const { clock, search } = await openReports()
    const report = await makeDailyReport('2026-11-22', { clock, search })
    const page = toHtml(
      { ...report, byChannel: [{ value: '<script>alert("1")</script>', ...counts(3) }], byLanguage: [] },
      table,
    )
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
    expect(page).not.toMatch(/<script|javascript:|https?:|\son\w+=/i)
    expect(page).toContain('<span lang="ur" dir="rtl">پشاور</span>')
    expect(page).toContain('The day is not over')
    expect(page).toContain('Nothing on this day.')
    expect(page).toContain('1 unjudged, 2 of unknown district')
    expect(page).toContain('5 corrected by hand (category 4, district 2).')
    expect(page).toContain('language 95 %, category no mention')
    // A report of before it was counted by tag says no more than it knows.
    const old = { ...report }
    delete old.correctedTags
    expect(toHtml(old, table)).toContain('5 corrected by hand.')
    expect(toCsv(old, table)).not.toContain(',corrected,districts')
  })
})

function parseCsv(text: string): string[][] {
  const lines: string[][] = [[]]
  const token = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy
  for (let match = token.exec(text); match !== null && match[0] !== ''; match = token.exec(text)) {
    lines.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === '\r\n') lines.push([])
  }
  return lines.slice(0, -1)
}
