import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en.js'
import { ps } from './ps.js'
import { ur } from './ur.js'

export const PAGE_LANGUAGES = [
  { id: 'en', name: 'English', dir: 'ltr' },
  { id: 'ur', name: 'اردو', dir: 'rtl' },
  { id: 'ps', name: 'پښتو', dir: 'rtl' },
] as const
export type PageLanguage = (typeof PAGE_LANGUAGES)[number]['id']

export const directionOf = (id: PageLanguage): 'ltr' | 'rtl' => (id === 'en' ? 'ltr' : 'rtl')

/** The translations, ready before the first paint: all three languages come with the page. */
export function createI18n(language: PageLanguage): i18n {
  const instance = createInstance()
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    initAsync: false,
    resources: { en: { translation: en }, ur: { translation: ur }, ps: { translation: ps } },
    // React escapes by itself.
    interpolation: { escapeValue: false },
  })
  return instance
}
