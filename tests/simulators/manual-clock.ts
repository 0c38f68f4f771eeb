import type { SimulatorClock } from '../../simulators/clock.js'

interface Sleeper {
  dueMs: number
  wake: () => void
}

/** A clock that stands still until it is moved. */
export class ManualClock implements SimulatorClock {
  #nowMs: number
  #sleepers: Sleeper[] = []

  constructor(startMs = Date.UTC(2026, 10, 22, 6)) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  sleep(waitMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(new Error('aborted'))
        return
      }
      const sleeper = { dueMs: this.#nowMs + waitMs, wake: resolve }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        reject(new Error('aborted'))
      })
    })
  }

  get sleeping(): number {
    return this.#sleepers.length
  }

  /** Moves on and wakes whoever is due by then. */
  advance(ms: number): void {
    this.#nowMs += ms
    const due = this.#sleepers.filter((sleeper) => sleeper.dueMs <= this.#nowMs)
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.dueMs > this.#nowMs)
    for (const sleeper of due) sleeper.wake()
  }

  /** Moves to the next who is due within `maxMs`; false if there is none. */
  advanceToNext(maxMs: number): boolean {
    const next = Math.min(...this.#sleepers.map((sleeper) => sleeper.dueMs))
    if (next - this.#nowMs > maxMs) return false
    this.advance(Math.max(0, next - this.#nowMs))
    return true
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Lets work go on, moving the clock over pauses of up to `maxMs`, until `done` says so; fails after 20 real seconds. */
export async function runUntil(clock: ManualClock, done: () => boolean, maxMs = 120_000): Promise<void> {
  const giveUpAt = performance.now() + 20_000
  for (let turns = 0; performance.now() < giveUpAt; turns++) {
    if (done()) return
    if (turns % 20 === 19) clock.advanceToNext(maxMs)
    await turn()
  }
  throw new Error('what was waited for did not happen')
}
