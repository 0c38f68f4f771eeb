import { PAGE_LANGUAGES } from '../i18n/i18n.js'
import { useTranslation } from 'react-i18next'
import { useSettings } from '../settings/settings.js'
import { Choice } from '../parts/choice.js'

/** The language of the pages; each named in itself. */
export function LanguageChoice() {
  const { t } = useTranslation()
  const { language, setLanguage } = useSettings()
  return (
    <Choice
      label={t('menu.language')}
      value={language}
      onChange={setLanguage}
      options={PAGE_LANGUAGES.map(({ id, name }) => ({ id, name, lang: id }))}
    />
  )
}
