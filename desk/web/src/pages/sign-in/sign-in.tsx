import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/http.js'
import { signIn } from '../../api/session.js'
import { ActionButton } from '../../parts/action-button.js'
import { LanguageChoice } from '../../shell/language-choice.js'

function wordsIn(form: FormData, field: string): string {
  const value = form.get(field)
  return typeof value === 'string' ? value : ''
}

export function SignIn({ onDone }: { onDone: () => Promise<void> }) {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)

  async function submit(form: FormData): Promise<void> {
    setBusy(true)
    setProblem(null)
    try {
      await signIn(wordsIn(form, 'username'), wordsIn(form, 'password'))
      await onDone()
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(0, 'unknown', String(error)))
      setBusy(false)
    }
  }

  const words = (failed: Problem): string => {
    if (failed.status === 401) return t('signIn.wrong')
    if (failed.status === 429) return t('signIn.tooMany')
    if (failed.status === 0) return t('signIn.unreachable')
    return t('signIn.failed', { detail: failed.message })
  }

  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    if (!busy) void submit(new FormData(event.currentTarget))
  }

  return (
    <main className="sign-in">
      <form onSubmit={onSubmit} className="sign-in-card" data-testid="sign-in">
        <p className="brand brand-large">
          <bdi lang="en">rabta</bdi>{' '}
          <bdi lang="ur" className="brand-urdu">
            رابطہ
          </bdi>
        </p>
        <p className="quiet">{t('app.place')}</p>
        <h1 className="visually-hidden">{t('signIn.title')}</h1>
        <label className="field">
          <span>{t('signIn.username')}</span>
          <input
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            dir="ltr"
            required
            autoFocus
            data-testid="sign-in-username"
          />
        </label>
        <label className="field">
          <span>{t('signIn.password')}</span>
          <input
            name="password"
            type="password"
            autoComplete="current-password"
            dir="ltr"
            required
            data-testid="sign-in-password"
          />
        </label>
        {problem !== null && (
          <p className="form-problem" role="alert" data-testid="sign-in-problem">
            {words(problem)}
          </p>
        )}
        <ActionButton type="submit" look="main" large isDisabled={busy} data-testid="sign-in-submit">
          {busy ? t('signIn.busy') : t('signIn.submit')}
        </ActionButton>
        <p className="quiet sign-in-notice">{t('signIn.notice')}</p>
        <LanguageChoice />
      </form>
    </main>
  )
}
