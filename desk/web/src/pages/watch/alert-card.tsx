import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/session.js'
import type { Alert } from '../../api/types.js'
import { ActionButton } from '../../parts/action-button.js'
import { useDistricts } from '../../parts/use-names.js'
import { Link } from '../../routing/link.js'
import { useSettings } from '../../settings/settings.js'
import { MessageText } from '../../text/message-text.js'
import { now, useNow } from '../../time/clock.js'
import { confidence, moment, stopwatch } from '../../time/format.js'
import { alertPath } from './alert-path.js'
import { kindOf } from './alert-kind.js'

interface AlertCardProps {
  alert: Alert
  isChosen: boolean
  isPending: boolean
  /** The cards have just changed places: a press may be meant for another. */
  isSettling: boolean
  problem: string | null
  onAcknowledge: (by: 'press' | 'key') => void
  onForward: () => void
  onChoose: () => void
}

/** How long it has been ringing: the one thing on the page that moves. */
function SinceRing({ rangAt }: { rangAt: string }) {
  const nowMs = useNow()
  return (
    <time className="alert-time figures" dir="ltr" dateTime={rangAt}>
      {stopwatch(nowMs - Date.parse(rangAt))}
    </time>
  )
}

function Standing({ alert }: { alert: Alert }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  if (alert.status === 'ringing' || alert.acknowledgedAt === null) {
    return (
      <>
        <SinceRing rangAt={alert.rangAt} />
        <p className="quiet">{t('watch.since')}</p>
      </>
    )
  }
  return (
    <>
      <time className="alert-time alert-time-done figures" dir="ltr" dateTime={alert.acknowledgedAt}>
        {stopwatch(Date.parse(alert.acknowledgedAt) - Date.parse(alert.rangAt))}
      </time>
      <p className="quiet">{t('watch.acknowledged')}</p>
      <p className="quiet">
        <bdi>
          {t('watch.by', { user: alert.acknowledgedBy ?? '', at: moment(alert.acknowledgedAt, language, now()) })}
        </bdi>
      </p>
    </>
  )
}

function Words({ alert }: { alert: Alert }) {
  const { t } = useTranslation()
  if (alert.lead.text === '') {
    return <p className="quiet">{alert.rule === 'unjudged' ? t('list.noWords') : t('watch.gone')}</p>
  }
  const marks = alert.lead.evidence.map(({ start, end }) => ({ start, end, kind: 'evidence' as const }))
  return <MessageText text={alert.lead.text} lang={alert.lead.lang} marks={marks} lines="some" />
}

/** One event: since when it rings, what and where, the words that made it ring, how sure, and what to do. */
export function AlertCard(props: AlertCardProps) {
  const { alert, isChosen, isPending, isSettling, problem, onAcknowledge, onForward, onChoose } = props
  const { t } = useTranslation()
  const { language } = useSettings()
  const districts = useDistricts()
  const mayAcknowledge = useMay('alerts:acknowledge')
  const mayForward = useMay('mentions:forward')
  const ringing = alert.status === 'ringing'
  const isSource = alert.rule === 'silent-source'
  const places =
    alert.districts.map(districts.name).join(t('app.comma')) ||
    (isSource ? t(`channel.${alert.lead.channel}`) : t('watch.unknownPlace'))
  const kind = kindOf(alert, t)
  return (
    <article
      className={`alert alert-${alert.severity}${ringing ? ' alert-ringing' : ''}${isChosen ? ' alert-chosen' : ''}`}
      aria-label={`${places}, ${kind}`}
      onPointerDown={onChoose}
      onFocus={onChoose}
      data-testid="alert-card"
      data-alert-id={alert.id}
      data-status={alert.status}
      data-severity={alert.severity}
    >
      <div className="alert-standing">
        <Standing alert={alert} />
      </div>
      <div className="alert-what">
        <h3>
          <span className={`chip chip-${alert.severity}`}>{t(`severity.${alert.severity}`)}</span> {places} · {kind}
        </h3>
        <Words alert={alert} />
        <p className="alert-meta quiet figures">
          <span>
            {t('watch.arrived', {
              channel: t(`channel.${alert.lead.channel}`),
              at: moment(alert.lead.receivedAt, language, now()),
            })}
          </span>
          {!isSource && <span>{t('watch.sure', { value: confidence(alert.confidence) })}</span>}
          <span hidden={isSource}>
            {t('watch.messages', { count: alert.count })}
            {alert.channels.length > 1 &&
              ` (${alert.channels.map((channel) => t(`channel.${channel}`)).join(t('app.comma'))})`}
          </span>
          {alert.count > 1 && <span>{t('watch.last', { at: moment(alert.lastAt, language, now()) })}</span>}
        </p>
        {ringing && <p className="alert-next">{t(alert.severity === 'critical' ? 'watch.next' : 'watch.nextOnce')}</p>}
        {problem !== null && (
          <p className="form-problem" role="alert">
            <bdi>{problem}</bdi>
          </p>
        )}
      </div>
      <div className="alert-actions">
        {ringing && mayAcknowledge && (
          <ActionButton
            look="main"
            large
            hint={isChosen ? 'a' : undefined}
            isDisabled={isPending}
            aria-disabled={isSettling}
            onPress={({ pointerType }) =>
              onAcknowledge(pointerType === 'keyboard' || pointerType === 'virtual' ? 'key' : 'press')
            }
            data-testid="acknowledge"
          >
            {isPending ? t('watch.acknowledging') : t('watch.acknowledge')}
          </ActionButton>
        )}
        <div className="alert-more">
          <Link to={alertPath(alert)} className="button button-plain" data-testid="open-alert">
            {t(isSource ? 'watch.openSources' : 'watch.open')}
          </Link>
          {mayForward && !isSource && (
            <ActionButton hint={isChosen ? 'f' : undefined} onPress={onForward}>
              {t('forward.action')}
            </ActionButton>
          )}
        </div>
      </div>
    </article>
  )
}
