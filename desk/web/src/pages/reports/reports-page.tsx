import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/http.js'
import { useDailyReport } from '../../api/overview.js'
import { ActionButton } from '../../parts/action-button.js'
import { Failed, Loading, Notice } from '../../parts/notice.js'
import { navigate, useLocation } from '../../routing/location.js'
import { now } from '../../time/clock.js'
import { dayOf } from '../../time/format.js'
import { ReportBody } from './report-body.js'

const DAY = /^\d{4}-\d\d-\d\d$/

/** The day before or after; days are counted in UTC, where each has 24 hours. */
function shifted(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10)
}

/** The day's sentiment report, any day of it. */
export function ReportsPage() {
  const { t } = useTranslation()
  const { path } = useLocation()
  const today = dayOf(now())
  const named = path.split('/')[2] ?? ''
  const day = DAY.test(named) && !Number.isNaN(Date.parse(named)) ? named : today
  const report = useDailyReport(day)
  const go = (next: string): void => {
    if (DAY.test(next)) navigate(`/reports/${next}`)
  }
  const missing = report.error instanceof Problem && report.error.status === 404
  return (
    <div className="sheet">
      <header className="sheet-head">
        <h1>{t('report.title')}</h1>
        <div className="day-picker">
          <ActionButton onPress={() => go(shifted(day, -1))}>{t('report.previous')}</ActionButton>
          <input
            type="date"
            lang="en-GB"
            aria-label={t('report.day')}
            value={day}
            max={today}
            onChange={(event) => go(event.target.value)}
            data-testid="report-day"
          />
          <ActionButton isDisabled={day >= today} onPress={() => go(shifted(day, 1))}>
            {t('report.next')}
          </ActionButton>
        </div>
        <div className="sheet-links">
          <a className="button button-plain" href={`/api/reports/daily/${day}.csv`} download>
            {t('report.csv')}
          </a>
          <a className="button button-plain" href={`/api/reports/daily/${day}.html`} target="_blank" rel="noopener">
            {t('report.print')}
          </a>
        </div>
      </header>
      {report.data !== undefined ? (
        <ReportBody report={report.data} />
      ) : missing ? (
        <Notice title={t('report.missing')}>{t('report.noneWhy')}</Notice>
      ) : report.isError ? (
        <Failed error={report.error} onRetry={() => void report.refetch()} />
      ) : (
        <Loading />
      )}
    </div>
  )
}
