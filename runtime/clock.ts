/** The only door to time. `now` is epoch milliseconds; `sleep` rejects with the signal's reason when aborted. */
export interface Clock {
  now(): number
  /** `now()` as ISO 8601 UTC with milliseconds. */
  iso(): string
  sleep(waitMs: number, signal?: AbortSignal): Promise<void>
  /** Lets the event loop turn once, so that long work does not hold up an alert. */
  yield(): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  iso: () => new Date(Date.now()).toISOString(),
  sleep: (waitMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error)
        return
      }
      const onAbort = () => {
        clearTimeout(timer)
        reject(signal?.reason as Error)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, waitMs)
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
  yield: () => new Promise((resolve) => setImmediate(resolve)),
}
