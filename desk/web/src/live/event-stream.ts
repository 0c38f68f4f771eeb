import { createSseParser, type ServerEvent } from './sse-parser.js'

/** The server says at least a comment every 15 s; a line silent for longer is dead even where the browser does not notice. */
const SILENCE_MS = 40_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000

export interface StreamHandlers {
  onOpen: () => void
  onEvent: (event: ServerEvent) => void
  /** Something was heard, were it only a comment. */
  onBeat: () => void
  onDown: () => void
  onSignedOut: () => void
}

/**
 * Listens to `url` until the returned function is called; reconnects by itself and resumes with `Last-Event-ID`. Not
 * `EventSource`, because that gives up for good after one 502, cannot be told that a line went silent, and hides a 401.
 */
export function openEventStream(url: string, handlers: StreamHandlers): () => void {
  const stopped = new AbortController()
  let attempt: AbortController | undefined
  let wake: (() => void) | undefined
  const parser = { current: createSseParser(), lastId: '' }

  const onOnline = (): void => wake?.()
  const onOffline = (): void => attempt?.abort()
  window.addEventListener('online', onOnline)
  window.addEventListener('offline', onOffline)

  async function listen(): Promise<'signed-out' | 'down'> {
    const one = (attempt = new AbortController())
    let watchdog = window.setTimeout(() => one.abort(), SILENCE_MS)
    const headers: Record<string, string> = { Accept: 'text/event-stream' }
    if (parser.lastId !== '') headers['Last-Event-ID'] = parser.lastId
    try {
      const response = await fetch(url, { headers, cache: 'no-store', credentials: 'same-origin', signal: one.signal })
      if (response.status === 401) return 'signed-out'
      // A position the desk does not know (its data folder was changed): begin anew, the pages fetch all they show on opening.
      if (response.status === 400) parser.lastId = ''
      if (!response.ok || response.body === null) return 'down'
      handlers.onOpen()
      parser.current = createSseParser()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        window.clearTimeout(watchdog)
        watchdog = window.setTimeout(() => one.abort(), SILENCE_MS)
        for (const event of parser.current.feed(piece.value)) handlers.onEvent(event)
        parser.lastId = parser.current.lastEventId() || parser.lastId
        handlers.onBeat()
      }
      return 'down'
    } catch {
      return 'down'
    } finally {
      window.clearTimeout(watchdog)
      one.abort()
    }
  }

  async function run(): Promise<void> {
    let waitMs = FIRST_WAIT_MS
    while (!stopped.signal.aborted) {
      const startedAt = performance.now()
      const end = await listen()
      if (stopped.signal.aborted) return
      if (end === 'signed-out') return handlers.onSignedOut()
      handlers.onDown()
      waitMs = performance.now() - startedAt > LONGEST_WAIT_MS ? FIRST_WAIT_MS : Math.min(waitMs * 2, LONGEST_WAIT_MS)
      const thisWaitMs = waitMs * (0.5 + Math.random() / 2)
      await new Promise<void>((resolve) => {
        const timer = window.setTimeout(resolve, thisWaitMs)
        wake = () => {
          window.clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  void run()
  return () => {
    stopped.abort()
    attempt?.abort()
    wake?.()
    window.removeEventListener('online', onOnline)
    window.removeEventListener('offline', onOffline)
  }
}
