import { useState } from 'react'
import { Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { useSession, useSignOut } from '../api/session.js'
import { ActionButton } from '../parts/action-button.js'
import { Choice } from '../parts/choice.js'
import { THEMES, useSettings } from '../settings/settings.js'
import { LanguageChoice } from './language-choice.js'

/** Who is signed in, and what this person prefers. */
export function SettingsMenu({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const { theme, setTheme, keysOn, setKeysOn } = useSettings()
  const signOut = useSignOut()
  const [open, setOpen] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <ActionButton look="quiet" aria-label={t('menu.open', { user: user.username })} data-testid="settings">
        <bdi>{user.username}</bdi>
        <span className="caret" aria-hidden="true" />
      </ActionButton>
      <Popover className="popover" placement="bottom end">
        <Dialog className="menu" aria-label={t('menu.open', { user: user.username })}>
          <p className="menu-user">
            <span className="quiet">{t('menu.signedInAs')}</span> <bdi>{user.username}</bdi>
          </p>
          <LanguageChoice />
          <Choice
            label={t('menu.themeLabel')}
            value={theme}
            onChange={setTheme}
            options={THEMES.map((id) => ({ id, name: t(`menu.${id}`) }))}
          />
          <Choice
            label={t('menu.keys')}
            value={keysOn ? 'on' : 'off'}
            onChange={(value) => setKeysOn(value === 'on')}
            options={(['on', 'off'] as const).map((id) => ({ id, name: t(`menu.${id}`) }))}
          />
          {problem !== null && (
            <p className="form-problem" role="alert">
              {problem}
            </p>
          )}
          <div className="menu-actions">
            <ActionButton
              hint="?"
              onPress={() => {
                setOpen(false)
                onHelp()
              }}
            >
              {t('menu.help')}
            </ActionButton>
            <ActionButton
              onPress={() => void signOut().catch(() => setProblem(t('state.noAnswer')))}
              data-testid="sign-out"
            >
              {t('menu.signOut')}
            </ActionButton>
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
