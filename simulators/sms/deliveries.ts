import type { SimulatorClock } from '../clock.js'
import { callLoopback } from '../loopback.js'

export interface HookCall {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Record<string, string>
  readonly body?: Buffer
}

/**
 * What goes wrong on the way to the hook: `duplicate` is delivered twice, `lost-answer` is delivered and taken for undelivered, `out-of-order` lets the
 * next one go first, `slow` waits before it goes.
 */
export type DeliveryFault = 'duplicate' | 'lost-answer' | 'out-of-order' | 'slow'

export interface DeliveryStats {
  readonly queued: number
  readonly attempts: number
  readonly delivered: number
  readonly refused: number
}

export interface DeliveryOptions {
  readonly clock: SimulatorClock
  /** Waits between attempts; the last is used for all that follow. */
  readonly retryDelaysMs: readonly number[]
  readonly timeoutMs: number
  readonly slowMs: number
}

/** Calls one hook, one call at a time, until each was answered 2xx; a call is made anew for each attempt, since signatures hold the time. */
export class HookDeliveries {
  readonly #options: DeliveryOptions
  readonly #queue: (() => HookCall)[] = []
  readonly #faults: DeliveryFault[] = []
  readonly #closing = new AbortController()
  #attempts = 0
  #delivered = 0
  #refused = 0
  #running: Promise<void> | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  push(call: () => HookCall): void {
    this.#queue.push(call)
    this.start()
  }

  /** The next deliveries meet these faults, one each. */
  disturb(faults: readonly DeliveryFault[]): void {
    this.#faults.push(...faults)
  }

  stats(): DeliveryStats {
    return {
      queued: this.#queue.length,
      attempts: this.#attempts,
      delivered: this.#delivered,
      refused: this.#refused,
    }
  }

  start(): void {
    if (this.#running !== undefined || this.#closing.signal.aborted) return
    this.#running = this.#drain().finally(() => {
      this.#running = undefined
      if (this.#queue.length > 0) this.start()
    })
  }

  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.idle()
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && !this.#closing.signal.aborted) {
      const fault = this.#faults.shift()
      const at = fault === 'out-of-order' && this.#queue.length > 1 ? 1 : 0
      const call = this.#queue[at]
      if (call === undefined) return
      if (fault === 'slow') await this.#sleep(this.#options.slowMs)
      await this.#untilStored(call, fault === 'lost-answer')
      if (fault === 'duplicate') await this.#attempt(call)
      if (!this.#closing.signal.aborted) this.#queue.splice(at, 1)
    }
  }

  async #untilStored(call: () => HookCall, losesAnswer: boolean): Promise<void> {
    const delays = this.#options.retryDelaysMs
    let isLost = losesAnswer
    for (let retries = 0; !this.#closing.signal.aborted; retries++) {
      const isStored = await this.#attempt(call)
      if (isStored && !isLost) return
      isLost = false
      await this.#sleep(delays[Math.min(retries, delays.length - 1)] ?? 1000)
    }
  }

  async #attempt(make: () => HookCall): Promise<boolean> {
    const timer = new AbortController()
    const attempt = new AbortController()
    const stop = () => attempt.abort()
    this.#closing.signal.addEventListener('abort', stop, { once: true })
    this.#options.clock.sleep(this.#options.timeoutMs, timer.signal).then(stop, () => undefined)
    this.#attempts += 1
    try {
      const { url, ...rest } = make()
      const { status } = await callLoopback(url, { ...rest, signal: attempt.signal })
      const isStored = status >= 200 && status < 300
      if (isStored) this.#delivered += 1
      else this.#refused += 1
      return isStored
    } catch {
      this.#refused += 1
      return false
    } finally {
      timer.abort()
      this.#closing.signal.removeEventListener('abort', stop)
    }
  }

  async #sleep(waitMs: number): Promise<void> {
    await this.#options.clock.sleep(waitMs, this.#closing.signal).catch(() => undefined)
  }
}
