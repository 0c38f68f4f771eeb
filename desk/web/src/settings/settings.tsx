import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import { I18nextProvider } from 'react-i18next'
import { I18nProvider } from 'react-aria-components'
import { createI18n, directionOf, PAGE_LANGUAGES, type PageLanguage } from '../i18n/i18n.js'
import { readStored, writeStored } from './stored.js'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

interface Settings {
  language: PageLanguage
  setLanguage: (language: PageLanguage) => void
  theme: Theme
  setTheme: (theme: Theme) => void
  keysOn: boolean
  setKeysOn: (on: boolean) => void
}

const SettingsContext = createContext<Settings | null>(null)

export function useSettings(): Settings {
  const settings = useContext(SettingsContext)
  if (settings === null) throw new Error('useSettings outside of SettingsProvider')
  return settings
}

const languageIds = PAGE_LANGUAGES.map((language) => language.id)

/** What the person at this browser prefers, kept by the browser: language of the pages, colours, keys. */
export function SettingsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() => readStored('language', languageIds, 'en'))
  const [theme, setTheme] = useState(() => readStored('theme', THEMES, 'system'))
  const [keys, setKeys] = useState(() => readStored('keys', ['on', 'off'], 'on'))
  const [i18n] = useState(() => createI18n(language))

  useEffect(() => {
    document.documentElement.lang = language
    document.documentElement.dir = directionOf(language)
    writeStored('language', language)
    void i18n.changeLanguage(language)
  }, [i18n, language])
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
    writeStored('theme', theme)
  }, [theme])
  useEffect(() => writeStored('keys', keys), [keys])

  const settings: Settings = {
    language,
    setLanguage,
    theme,
    setTheme,
    keysOn: keys === 'on',
    setKeysOn: (on) => setKeys(on ? 'on' : 'off'),
  }
  // React Aria has no Pashto; any right-to-left locale gives its widgets the direction, their words are ours.
  return (
    <SettingsContext value={settings}>
      <I18nextProvider i18n={i18n}>
        <I18nProvider locale={language === 'en' ? 'en-GB' : 'ur-PK'}>{children}</I18nProvider>
      </I18nextProvider>
    </SettingsContext>
  )
}
