import { useTranslation } from 'react-i18next'
import { useSettings } from '../settings/settings.js'
import { now } from '../time/clock.js'
import { moment } from '../time/format.js'
import { useLive } from './live.js'

/** How the live line stands, always in words. */
export function LiveStateBadge() {
  const { t } = useTranslation()
  const { language } = useSettings()
  const { state } = useLive()
  const words =
    state.status === 'live'
      ? t('live.live')
      : state.status === 'connecting'
        ? t('live.connecting')
        : t('live.offline', { since: moment(state.sinceMs, language, now()) })
  return (
    <span className={`live live-${state.status}`} role="status" data-testid="live-state" data-status={state.status}>
      {words}
    </span>
  )
}
