import { useTranslation } from 'react-i18next'
import { useAlerts } from '../api/alerts.js'
import { useDistricts } from '../parts/use-names.js'
import { kindOf } from '../pages/watch/alert-kind.js'
import { Link } from '../routing/link.js'
import { loudestFirst } from '../sound/due-rings.js'
import { useNow } from '../time/clock.js'
import { stopwatch } from '../time/format.js'

/** On every page but Watch: that something rings, the loudest of it, and the way there. */
export function RingingStrip() {
  const { t } = useTranslation()
  const districts = useDistricts()
  const { data } = useAlerts()
  const nowMs = useNow()
  const ringing = loudestFirst(data ?? []).filter((alert) => alert.status === 'ringing')
  const first = ringing[0]
  if (first === undefined) return null
  const places =
    first.districts.map(districts.name).join(t('app.comma')) ||
    t(first.rule === 'silent-source' ? `channel.${first.lead.channel}` : 'watch.unknownPlace')
  return (
    <Link
      to={`/watch?alert=${encodeURIComponent(first.id)}`}
      className={`strip strip-${first.severity}`}
      data-testid="ringing-strip"
    >
      <strong>{t('strip.ringing', { count: ringing.length })}</strong>
      <span className="strip-what">
        {kindOf(first, t)} · {places}
      </span>
      <span className="figures" dir="ltr">
        {stopwatch(nowMs - Date.parse(first.rangAt))}
      </span>
      <span className="strip-go">{t('strip.open')}</span>
    </Link>
  )
}
