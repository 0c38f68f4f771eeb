import type { Clock } from '../../../runtime/clock.js'

/** Holds back submits: at most `window` unanswered at once, and `perSecond` begun in a second. */
export interface Pace {
  /** Resolves when one may go, and must then be given back by calling what it resolved with; rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>
}

export function createPace(options: {
  readonly clock: Clock
  readonly perSecond: number
  readonly window: number
}): Pace {
  const { clock, perSecond, window } = options
  const gapMs = 1000 / perSecond
  const queue: (() => void)[] = []
  let open = 0
  let nextAt = -Infinity

  const leave = () => {
    open -= 1
    queue.shift()?.()
  }

  function slot(signal: AbortSignal): Promise<void> {
    if (open < window) {
      open += 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        const at = queue.indexOf(turn)
        if (at >= 0) queue.splice(at, 1)
        reject(signal.reason as Error)
      }
      const turn = () => {
        signal.removeEventListener('abort', onAbort)
        open += 1
        resolve()
      }
      queue.push(turn)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  return {
    enter: async (signal) => {
      signal.throwIfAborted()
      await slot(signal)
      // A little ahead is allowed: timers are coarser than the gap of a fast line.
      const at = Math.max(nextAt, clock.now() - 50)
      nextAt = at + gapMs
      try {
        if (at > clock.now()) await clock.sleep(at - clock.now(), signal)
        signal.throwIfAborted()
      } catch (error) {
        leave()
        throw error
      }
      return leave
    },
  }
}
