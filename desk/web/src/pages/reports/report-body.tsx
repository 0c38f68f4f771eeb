import { useTranslation } from 'react-i18next'
import type { DailyReport } from '../../api/types.js'
import { Notice } from '../../parts/notice.js'
import { useValueName } from '../../parts/use-names.js'
import { useTagNames } from '../../parts/use-tag-names.js'
import { useSettings } from '../../settings/settings.js'
import { now } from '../../time/clock.js'
import { confidence, longDay, moment } from '../../time/format.js'
import type { ListFilter } from '../../routing/filters.js'
import { Breakdown } from './breakdown.js'
import { SentimentBar } from './sentiment-bar.js'

function Total({ name, value, tone }: { name: string; value: number | string; tone?: string }) {
  return (
    <div className={`total${tone ? ` total-${tone}` : ''}`}>
      <dd className="figures">{typeof value === 'number' ? value.toLocaleString('en') : value}</dd>
      <dt>{name}</dt>
    </div>
  )
}

export function ReportBody({ report }: { report: DailyReport }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  const valueName = useValueName()
  const { tagName } = useTagNames()
  const nowMs = now()
  const at = (instant: string): string => moment(instant, language, nowMs)
  const { totals, confidence: sure } = report
  const name = (filter: ListFilter) => (value: string) => {
    if (value === 'unjudged') return t('report.unjudged')
    return value === 'unknown' && filter !== 'district' ? t('report.unknown') : valueName(filter, value)
  }
  const meanOf = (value: number | null): string => (value === null ? '–' : confidence(value))
  return (
    <div data-testid="report" data-day={report.day}>
      <h2 className="report-day">{longDay(report.day, language)}</h2>
      <p className="quiet figures">
        {t('report.span', { from: at(report.from), to: at(report.to) })} · {t('report.made', { at: at(report.madeAt) })}
      </p>
      {!report.complete && <p className="card-note">{t('report.incomplete')}</p>}
      {totals.total === 0 ? (
        <Notice title={t('report.none')}>{t('report.noneWhy')}</Notice>
      ) : (
        <>
          <dl className="totals">
            <Total name={t('report.total')} value={totals.total} />
            <Total name={t('report.alerts')} value={totals.alerts} tone="alerts" />
            <Total name={t('report.unjudged')} value={report.unjudged} />
            <Total name={t('report.districtUnknown')} value={report.districtUnknown} />
            <Total name={t('report.corrected')} value={report.corrected} />
          </dl>
          <section className="report-share">
            <h2>
              {t('report.share')} <span className="quiet">n = {totals.total.toLocaleString('en')}</span>
            </h2>
            <SentimentBar counts={totals} largest={totals.total} large />
            {report.correctedTags !== undefined && report.correctedTags.length > 0 && (
              <p className="quiet figures" data-testid="report-corrected">
                {t('report.corrected')}:{' '}
                {report.correctedTags.map(({ tag, count }) => `${tagName(tag)} ${count}`).join(t('app.comma'))}
              </p>
            )}
            <p className="quiet figures">
              {t('report.confidence')}:{' '}
              {t('report.confidenceOf', { language: meanOf(sure.language), category: meanOf(sure.category) })}
            </p>
          </section>
          <div className="breakdowns">
            <Breakdown
              title={t('report.byDistrict')}
              rows={report.byDistrict}
              name={name('district')}
              note={t('report.multiple')}
            />
            <Breakdown title={t('report.byCategory')} rows={report.byCategory} name={name('category')} />
            <Breakdown title={t('report.byLanguage')} rows={report.byLanguage} name={name('lang')} />
            <Breakdown title={t('report.byChannel')} rows={report.byChannel} name={name('channel')} />
          </div>
        </>
      )}
    </div>
  )
}
