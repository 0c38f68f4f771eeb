import { useEffect, useRef } from 'react'
import { useSettings } from '../settings/settings.js'

/** Keys by their Latin letter or sign (`j`, `/`, `?`, `Enter`, `Escape`) with what they do. */
export type Bindings = Record<string, (event: KeyboardEvent) => void>

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, textarea, select, [role="textbox"], [role="searchbox"]'))

/** On an Urdu or Pashto keyboard the J key gives another letter: then the place of the key counts. */
function nameOf(event: KeyboardEvent): string {
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key
  if (event.code.startsWith('Key')) return event.code.slice(3).toLowerCase()
  if (event.code === 'Slash') return event.shiftKey ? '?' : '/'
  return event.key
}

const inDialog = (): boolean => document.querySelector('[role="dialog"], [role="alertdialog"]') !== null

/**
 * Binds keys while mounted. None works while typing, with Ctrl, Alt or Meta, under a dialog, or when switched off in the
 * settings; keys that React Aria or a control already used are left alone.
 */
export function useKeys(bindings: Bindings): void {
  const { keysOn } = useSettings()
  const latest = useRef(bindings)
  useEffect(() => {
    latest.current = bindings
  })
  useEffect(() => {
    if (!keysOn) return
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
      if (isTyping(event.target) || inDialog()) return
      const run = latest.current[nameOf(event)]
      if (!run) return
      if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('button, a')) return
      event.preventDefault()
      run(event)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [keysOn])
}
