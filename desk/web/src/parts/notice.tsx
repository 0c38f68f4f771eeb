import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../api/http.js'
import { ActionButton } from './action-button.js'

/** An empty, loading or failing state: what it means, what to do, one button. */
export function Notice(props: { title: string; children?: ReactNode; action?: ReactNode; tone?: 'calm' | 'bad' }) {
  return (
    <div className={`notice notice-${props.tone ?? 'calm'}`} role={props.tone === 'bad' ? 'alert' : 'status'}>
      <p className="notice-title">{props.title}</p>
      {props.children !== undefined && <div className="notice-words">{props.children}</div>}
      {props.action}
    </div>
  )
}

export function Loading() {
  const { t } = useTranslation()
  return (
    <div className="notice notice-loading" role="status">
      {t('state.loading')}
    </div>
  )
}

/** What went wrong, in words, and a button that tries again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation()
  const problem = error instanceof Problem ? error : null
  const words =
    problem === null || problem.status === 0
      ? t('state.noAnswer')
      : problem.status === 403
        ? t('state.notAllowed')
        : t('state.failedWhy', { detail: problem.message })
  return (
    <Notice
      tone="bad"
      title={t('state.failed')}
      action={
        <ActionButton look="main" onPress={onRetry}>
          {t('state.retry')}
        </ActionButton>
      }
    >
      {words}
    </Notice>
  )
}
