import { useTranslation } from 'react-i18next'
import type { MentionPage } from '../../api/types.js'
import { mentionsPath, type Filters } from '../../routing/filters.js'
import { navigate } from '../../routing/location.js'
import { useSettings } from '../../settings/settings.js'
import { now } from '../../time/clock.js'
import { age, moment } from '../../time/format.js'

/** The answer through time: all of it, with its n and its span named; one bar narrows the search down to its step. */
export function Histogram({ page, filters }: { page: MentionPage; filters: Filters }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  const { buckets, stepMs } = page.histogram
  const first = buckets[0]
  const last = buckets.at(-1)
  if (first === undefined || last === undefined) return null
  const at = (instant: number | string): string => moment(instant, language, now())
  const end = Math.min(Date.parse(last.at) + stepMs, Math.max(now(), Date.parse(last.at)))
  const largest = Math.max(1, ...buckets.map((bucket) => bucket.count))
  const { unit, count } = age(stepMs)
  const total = buckets.reduce((sum, bucket) => sum + bucket.count, 0)
  const caption = t('list.histogram', { n: total, step: t(`step.${unit}`, { count }), from: at(first.at), to: at(end) })
  const narrow = (start: string): void => {
    const to = new Date(Date.parse(start) + stepMs).toISOString()
    navigate(mentionsPath({ ...filters, since: null, from: start, to }))
  }
  return (
    <figure className="histogram">
      <div className="bars" role="group" aria-label={caption}>
        {buckets.map((bucket) => (
          <button
            key={bucket.at}
            type="button"
            tabIndex={-1}
            className="bar"
            title={t('list.bar', { at: at(bucket.at), count: bucket.count, alerts: bucket.alerts })}
            aria-label={t('list.bar', { at: at(bucket.at), count: bucket.count, alerts: bucket.alerts })}
            onClick={() => narrow(bucket.at)}
          >
            <span className="bar-rest" style={{ blockSize: `${((bucket.count - bucket.alerts) / largest) * 100}%` }} />
            <span className="bar-alerts" style={{ blockSize: `${(bucket.alerts / largest) * 100}%` }} />
          </button>
        ))}
      </div>
      <figcaption className="quiet figures">{caption}</figcaption>
    </figure>
  )
}
