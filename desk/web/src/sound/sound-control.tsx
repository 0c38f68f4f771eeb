import { useTranslation } from 'react-i18next'
import { ActionButton } from '../parts/action-button.js'
import { useSound } from './sound.js'

/** Says whether an alert will be heard, and changes it. */
export function SoundControl() {
  const { t } = useTranslation()
  const { state, turnOn, turnOff, test } = useSound()
  if (state === 'locked') {
    return (
      <span className="sound">
        <ActionButton look="danger" onPress={turnOn} data-testid="sound-unlock">
          {t('sound.locked')}
        </ActionButton>
      </span>
    )
  }
  const on = state === 'on'
  return (
    <span className={on ? 'sound sound-on' : 'sound'}>
      <ActionButton
        look={on ? 'quiet' : 'danger'}
        aria-pressed={on}
        aria-label={on ? t('sound.turnOff') : t('sound.turnOn')}
        onPress={on ? turnOff : turnOn}
        data-testid="sound-toggle"
      >
        {on ? t('sound.on') : t('sound.off')}
      </ActionButton>
      <ActionButton onPress={test} data-testid="sound-test">
        {t('sound.test')}
      </ActionButton>
    </span>
  )
}
