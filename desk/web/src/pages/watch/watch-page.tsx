import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlerts } from '../../api/alerts.js'
import type { Alert } from '../../api/types.js'
import { useKeys } from '../../keys/keys.js'
import { useLive } from '../../live/live.js'
import { ActionButton } from '../../parts/action-button.js'
import { Failed, Loading, Notice } from '../../parts/notice.js'
import { navigate, useLocation } from '../../routing/location.js'
import { loudestFirst } from '../../sound/due-rings.js'
import { ForwardDialog } from '../mentions/forward-dialog.js'
import { AlertCard } from './alert-card.js'
import { alertPath } from './alert-path.js'
import { Overview } from './overview.js'
import { useAcknowledgement } from './use-acknowledgement.js'

const SHORT = 20

function Calm({ kept }: { kept: number }) {
  const { t } = useTranslation()
  const { state } = useLive()
  const offline = state.status === 'offline'
  return (
    <Notice title={t('watch.calm')} tone={offline ? 'bad' : 'calm'}>
      {offline ? t('watch.calmOffline') : t('watch.calmWhy', { count: kept })}
    </Notice>
  )
}

/** Which card the keys act on: it stays with its alert, so that a new ring above never takes the key press meant for another. */
function useChosen(ordered: readonly Alert[], wanted: string | null): [Alert | undefined, (id: string) => void] {
  const [id, setId] = useState<string | null>(wanted)
  const [asked, setAsked] = useState(wanted)
  if (asked !== wanted) {
    setAsked(wanted)
    setId(wanted)
  }
  const known = ordered.find((alert) => alert.id === id)
  const first = ordered.find((alert) => alert.status === 'ringing') ?? ordered[0]
  // Without a choice of the reader's own, the loudest of now becomes the choice and stays it.
  if (known === undefined && first !== undefined) setId(first.id)
  return [known ?? first, setId]
}

/** The alerts, loudest first, each with one large thing to do. */
export function WatchPage() {
  const { t } = useTranslation()
  const { search } = useLocation()
  const alerts = useAlerts()
  const [all, setAll] = useState(false)
  const [forwarding, setForwarding] = useState<Alert | null>(null)
  const ordered = loudestFirst(alerts.data ?? [])
  const ringing = ordered.filter((alert) => alert.status === 'ringing')
  const done = ordered.filter((alert) => alert.status === 'acknowledged')
  const wanted = new URLSearchParams(search).get('alert')
  const shownDone = all ? done : done.filter((alert, index) => index < SHORT || alert.id === wanted)
  const shown = [...ringing, ...shownDone]
  const [chosen, choose] = useChosen(ordered, wanted)
  const { acknowledge, isSettling, pendingId, problemOf } = useAcknowledgement(shown)

  const move = (step: number): void => {
    const at = shown.findIndex((alert) => alert.id === chosen?.id)
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + step))]
    if (next) choose(next.id)
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    a: (event) => {
      if (event.repeat) return
      if (chosen?.status === 'ringing') acknowledge(chosen.id, 'key')
      // On an alert already answered the key shows which one it would take next, and takes none.
      else if (ringing[0]) choose(ringing[0].id)
    },
    f: () => chosen && setForwarding(chosen),
    Enter: () => chosen && navigate(alertPath(chosen)),
  })
  const chosenId = chosen?.id
  useEffect(() => {
    document.querySelector(`[data-alert-id="${CSS.escape(chosenId ?? '')}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [chosenId])

  if (alerts.data === undefined) {
    return alerts.isError ? <Failed error={alerts.error} onRetry={() => void alerts.refetch()} /> : <Loading />
  }
  const card = (alert: Alert) => (
    <AlertCard
      key={alert.id}
      alert={alert}
      isChosen={alert.id === chosen?.id}
      isPending={pendingId === alert.id}
      problem={problemOf(alert.id)}
      isSettling={isSettling}
      onAcknowledge={(by) => acknowledge(alert.id, by)}
      onForward={() => setForwarding(alert)}
      onChoose={() => choose(alert.id)}
    />
  )
  return (
    <div className="watch">
      <div className="alerts">
        <h1 className="visually-hidden">{t('watch.title')}</h1>
        {alerts.isError && (
          <p className="form-problem" role="alert">
            {t('state.noAnswer')}
          </p>
        )}
        {ringing.length === 0 ? (
          <Calm kept={done.length} />
        ) : (
          <section aria-label={t('watch.ringing')}>{ringing.map(card)}</section>
        )}
        {shownDone.length > 0 && (
          <section aria-label={t('watch.acknowledged')}>
            <h2 className="section-title">{t('watch.acknowledged')}</h2>
            {shownDone.map(card)}
          </section>
        )}
        {done.length > shownDone.length && (
          <ActionButton onPress={() => setAll(true)}>
            {t('watch.more', { count: done.length - shownDone.length })}
          </ActionButton>
        )}
      </div>
      <Overview alerts={ordered} />
      {forwarding !== null && (
        <ForwardDialog mentionId={forwarding.lead.mentionId} onClose={() => setForwarding(null)} />
      )}
    </div>
  )
}
