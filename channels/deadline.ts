import type { Clock } from '../runtime/clock.js'

/** Why a request was cut short: its time was up, or the caller went away. */
export class CutShort extends Error {
  readonly by: 'deadline' | 'caller'

  constructor(by: 'deadline' | 'caller') {
    super(by === 'deadline' ? 'the time for the request is up' : 'the caller stopped')
    this.name = 'CutShort'
    this.by = by
  }
}

/** Runs `run` with a signal that is aborted after `limitMs` or when the caller's is, and then rejects with CutShort whether `run` listens or not. */
export async function withDeadline<T>(
  parts: { clock: Clock; limitMs: number; signal: AbortSignal },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const request = new AbortController()
  const timer = new AbortController()
  const onCaller = () => request.abort(new CutShort('caller'))
  if (parts.signal.aborted) throw new CutShort('caller')
  parts.signal.addEventListener('abort', onCaller, { once: true })
  parts.clock.sleep(parts.limitMs, timer.signal).then(
    () => request.abort(new CutShort('deadline')),
    () => undefined,
  )
  const cut = new Promise<never>((_, reject) => {
    request.signal.addEventListener('abort', () => reject(request.signal.reason as Error), { once: true })
  })
  try {
    return await Promise.race([run(request.signal), cut])
  } finally {
    timer.abort(new CutShort('caller'))
    parts.signal.removeEventListener('abort', onCaller)
  }
}
