import { useTranslation } from 'react-i18next'
import { useMinute } from '../time/clock.js'
import { age } from '../time/format.js'

/** A rough age that changes by the minute, with the instant itself for who points at it. */
export function Ago({ at }: { at: string | null }) {
  const { t } = useTranslation()
  const minute = useMinute()
  if (at === null) return <>{t('ago.never')}</>
  const { unit, count } = age(minute - Date.parse(at))
  return (
    <time dateTime={at} title={at}>
      {t(`ago.${unit}`, { count })}
    </time>
  )
}
