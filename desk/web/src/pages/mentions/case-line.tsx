import { useTranslation } from 'react-i18next'
import { useSession } from '../../api/session.js'
import type { Case } from '../../api/types.js'
import { useSettings } from '../../settings/settings.js'
import { useMinute } from '../../time/clock.js'
import { moment } from '../../time/format.js'

/** The case of a mention: its reference, and how it stands against the clock of 24 hours. */
export function CaseLine({ one }: { one: Case }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  const { units } = useSession()
  const minute = useMinute()
  const at = (instant: string): string => moment(instant, language, minute)
  const late = one.contactedAt === null && Date.parse(one.dueAt) < minute
  const unit = one.unit === null ? null : (units.find(({ id }) => id === one.unit)?.name ?? one.unit)
  return (
    <p className="case-line">
      <span className="chip chip-plain" dir="ltr">
        {one.reference}
      </span>
      <span className={late ? 'case-late' : one.contactedAt === null ? '' : 'case-good'}>
        {one.contactedAt !== null
          ? t('read.contacted', { at: at(one.contactedAt) })
          : t(late ? 'read.late' : 'read.due', { at: at(one.dueAt) })}
      </span>
      {unit !== null && (
        <span>
          <bdi>{t('read.heldBy', { unit })}</bdi>
        </span>
      )}
    </p>
  )
}
