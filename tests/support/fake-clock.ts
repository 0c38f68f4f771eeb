import type { Clock } from '../../runtime/clock.js'
import { nothingInFlight } from './in-flight.js'

const TEST_POSTGRES = process.env['RABTA_TEST_RECORDS'] !== undefined

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** A clock that stands still until `advance` moves it; sleepers wake in the order of their times. */
export class FakeClock implements Clock {
  #now: number
  #sleepers: Sleeper[] = []

  constructor(start = Date.UTC(2026, 10, 22, 4, 0, 0)) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  iso(): string {
    return new Date(this.#now).toISOString()
  }

  sleep(waitMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error)
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        reject(signal?.reason as Error)
      }
      const wake = () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      const sleeper = { at: this.#now + Math.max(0, waitMs), wake }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  yield(): Promise<void> {
    return TEST_POSTGRES ? nothingInFlight() : new Promise((resolve) => setImmediate(resolve))
  }

  /** How many are asleep: lets a test wait until the code under test has reached its sleep. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  /** Moves time on, waking sleepers on the way and letting the event loop turn after each. */
  async advance(byMs: number): Promise<void> {
    const target = this.#now + byMs
    for (;;) {
      const next = this.#sleepers.filter((sleeper) => sleeper.at <= target).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#now = Math.max(this.#now, next.at)
      this.#sleepers = this.#sleepers.filter((other) => other !== next)
      next.wake()
      await this.yield()
      await this.yield()
    }
    this.#now = target
    await this.yield()
  }
}
