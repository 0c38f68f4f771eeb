import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Clock } from '../runtime/clock.js'

const PING_MS = 15_000
/** Nobody who was signed out hears more than this of what comes after. */
const CHECK_MS = 1_000

export interface EventStreamParts {
  readonly response: ServerResponse
  readonly clock: Clock
  /** Aborts when the desk stops. */
  readonly stopping: AbortSignal
  /** Whether whoever listens may still do so. */
  readonly isAllowed: () => Promise<boolean>
}

/** One open line of server-sent events. Its signal aborts when the client went away, may no longer listen, takes nothing for two pings, or the desk stops. */
export class EventStream {
  readonly #parts: EventStreamParts
  readonly #ended = new AbortController()
  readonly #onEnd = () => this.letGo()
  #checkedAt: number

  constructor(parts: EventStreamParts) {
    this.#parts = parts
    this.#checkedAt = parts.clock.now()
    parts.response.once('close', this.#onEnd)
    parts.stopping.addEventListener('abort', this.#onEnd, { once: true })
    // It may have ended while whoever listens was being looked up.
    if (parts.stopping.aborted || parts.response.destroyed || parts.response.socket?.destroyed === true) this.letGo()
  }

  get signal(): AbortSignal {
    return this.#ended.signal
  }

  letGo(): void {
    this.#parts.response.off('close', this.#onEnd)
    this.#parts.stopping.removeEventListener('abort', this.#onEnd)
    if (!this.signal.aborted) this.#ended.abort(new Error('the event stream ended'))
  }

  start(headers: OutgoingHttpHeaders): void {
    this.#parts.response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
  }

  /** Resolves when the client has room for more, or the stream ended. */
  async send(frame: string): Promise<void> {
    const { response, clock } = this.#parts
    if (clock.now() - this.#checkedAt >= CHECK_MS) await this.#check()
    if (this.signal.aborted || response.write(frame)) return
    await new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done)
        this.signal.removeEventListener('abort', done)
        resolve()
      }
      response.once('drain', done)
      this.signal.addEventListener('abort', done, { once: true })
    })
  }

  /** Calls `pump` again and again, and pings, until the stream ends; throws what `pump` throws. */
  async run(pump: () => Promise<void>): Promise<void> {
    const pumping = (async () => {
      while (!this.signal.aborted) await pump()
    })()
    await Promise.race([pumping, this.#ping()])
  }

  /** A client that takes nothing any more must not keep its session's end, or the desk's, waiting. */
  end(): void {
    const { response } = this.#parts
    this.letGo()
    if (response.writableNeedDrain) response.destroy()
    else response.end()
  }

  async #check(): Promise<void> {
    this.#checkedAt = this.#parts.clock.now()
    if (!(await this.#parts.isAllowed())) this.letGo()
  }

  async #ping(): Promise<void> {
    const { response, clock } = this.#parts
    let stuck = 0
    for (;;) {
      await clock.sleep(PING_MS, this.signal).catch(() => undefined)
      if (this.signal.aborted) return
      await this.#check()
      stuck = response.writableNeedDrain ? stuck + 1 : 0
      if (stuck >= 2) this.letGo()
      if (this.signal.aborted) return
      if (stuck === 0) response.write(': ping\n\n')
    }
  }
}
