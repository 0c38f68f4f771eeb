import { useTranslation } from 'react-i18next'
import { useNow } from '../time/clock.js'
import { hourMinuteSecond } from '../time/format.js'

/** The time at the desk, wherever the browser is. */
export function DeskClock() {
  const { t } = useTranslation()
  const nowMs = useNow()
  return (
    <span className="desk-clock">
      <span className="quiet desk-clock-place">{t('clock')}</span>{' '}
      <time className="figures" dir="ltr" aria-live="off">
        {hourMinuteSecond(nowMs)}
      </time>
    </span>
  )
}
