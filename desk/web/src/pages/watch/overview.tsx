import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { countMentions } from '../../api/mentions.js'
import { useSources } from '../../api/overview.js'
import { useMay } from '../../api/session.js'
import type { Alert } from '../../api/types.js'
import { Ago } from '../../parts/ago.js'
import { mentionsPath, NO_FILTERS } from '../../routing/filters.js'
import { Link } from '../../routing/link.js'
import { now, useMinute } from '../../time/clock.js'

const DAY_MS = 86_400_000
const IN_TIME_MS = 120_000
const UNJUDGED = { ...NO_FILTERS, unjudged: true, since: '24h' }

function Count({ name, value, tone }: { name: string; value: number | undefined; tone?: 'bad' }) {
  return (
    <div className="overview-line">
      <dt>{name}</dt>
      <dd className={`figures${tone === 'bad' && (value ?? 0) > 0 ? ' case-late' : ''}`}>{value ?? '–'}</dd>
    </div>
  )
}

function SourceLines() {
  const { t } = useTranslation()
  const { data } = useSources(true)
  return (
    <section className="overview-part">
      <h2 className="section-title">{t('watch.sources')}</h2>
      <dl>
        {(data ?? []).map((source) => (
          <div className="overview-line" key={source.source}>
            <dt>
              <bdi>{source.source}</bdi>
            </dt>
            <dd className="figures">
              {source.status === 'live' ? (
                <Ago at={source.lastItemAt} />
              ) : (
                <span className={`chip chip-${source.status === 'failing' ? 'critical' : 'plain'}`}>
                  {t(`source.${source.status}`)}
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <Link to="/sources">{t('watch.allSources')}</Link>
    </section>
  )
}

/** Beside the alerts: the last 24 hours in numbers, what nobody could judge, and whether the sources speak. */
export function Overview({ alerts }: { alerts: readonly Alert[] }) {
  const { t } = useTranslation()
  const minute = useMinute()
  const maySources = useMay('sources:read')
  const mayMentions = useMay('mentions:read')
  const unjudged = useQuery({
    queryKey: ['count', 'unjudged'],
    queryFn: () => countMentions(UNJUDGED, now(), null),
    enabled: mayMentions,
    refetchInterval: 60_000,
  })
  const recent = alerts.filter((alert) => Date.parse(alert.openedAt) > minute - DAY_MS)
  const inTime = recent.filter(
    ({ acknowledgedAt, rangAt }) =>
      acknowledgedAt !== null && Date.parse(acknowledgedAt) - Date.parse(rangAt) <= IN_TIME_MS,
  )
  return (
    <aside className="overview">
      <section className="overview-part">
        <h2 className="section-title">{t('watch.today')}</h2>
        <dl>
          <Count name={t('watch.rung')} value={recent.length} />
          <Count name={t('watch.inTwo')} value={inTime.length} />
          <Count
            name={t('watch.stillRinging')}
            value={recent.filter((alert) => alert.status === 'ringing').length}
            tone="bad"
          />
          {mayMentions && <Count name={t('watch.unjudged')} value={unjudged.data} tone="bad" />}
        </dl>
        {mayMentions && <Link to={mentionsPath(UNJUDGED)}>{t('watch.unjudgedLook')}</Link>}
      </section>
      {maySources && <SourceLines />}
    </aside>
  )
}
