import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PageName } from './pages.js'

const FLASH_MS = 1_000
const REDUCED = '(prefers-reduced-motion: reduce)'

/** The tab says the page and how many alerts ring, and flashes while one does (not for who asked for less motion). */
export function useTitle(page: PageName | null, ringing: number): void {
  const { t } = useTranslation()
  const [flash, setFlash] = useState(false)
  useEffect(() => {
    if (ringing === 0 || window.matchMedia(REDUCED).matches) return
    const timer = window.setInterval(() => setFlash((old) => !old), FLASH_MS)
    return () => {
      window.clearInterval(timer)
      setFlash(false)
    }
  }, [ringing])
  const name = page === null ? t('app.name') : `${t(`nav.${page}`)} · ${t('app.name')}`
  const rings = t('strip.ringing', { count: ringing })
  useEffect(() => {
    document.title = ringing === 0 ? name : flash ? `● ${rings}` : `(${ringing}) ${name}`
  }, [flash, name, ringing, rings])
}
