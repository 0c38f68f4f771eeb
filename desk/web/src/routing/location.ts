import { useSyncExternalStore } from 'react'

const CHANGED = 'rabta:location'

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener)
  window.addEventListener(CHANGED, listener)
  return () => {
    window.removeEventListener('popstate', listener)
    window.removeEventListener(CHANGED, listener)
  }
}

const read = (): string => window.location.pathname + window.location.search

/** Where the browser is, kept fresh: `path` without the query, `search` with its question mark. */
export function useLocation(): { path: string; search: string } {
  const at = useSyncExternalStore(subscribe, read)
  const mark = at.indexOf('?')
  return mark < 0 ? { path: at, search: '' } : { path: at.slice(0, mark), search: at.slice(mark) }
}

/** Goes to a page of the desk; `replace` leaves no step for the back button. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === read()) return
  if (options.replace) window.history.replaceState(null, '', to)
  else window.history.pushState(null, '', to)
  window.dispatchEvent(new Event(CHANGED))
}
