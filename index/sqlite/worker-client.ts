import { Worker } from 'node:worker_threads'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { Log } from '../../runtime/log.js'
import { valueOf, type Answer, type Call } from './worker-calls.js'

export interface WorkerOptions {
  readonly name: string
  readonly url: URL
  readonly data: unknown
  readonly clock: Clock
  readonly log: Log
}

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** How long the end of a worker is waited for: it may be deep in a query that nothing can interrupt. */
const END_WAIT_MS = 3000

/** One worker thread, started when it is first called and again after it died. Calls in flight when it dies fail retryably. */
export class WorkerClient {
  readonly #options: WorkerOptions
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | undefined
  #nextId = 1

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    const worker = (this.#worker ??= this.#start())
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      worker.postMessage({ id, method, args } satisfies Call)
      this.#pending.set(id, { resolve, reject })
    })
  }

  /** Gives up the worker as it is, and with it the calls in flight; the next call gets a new one. */
  abandon(why: Failure): void {
    const worker = this.#worker
    this.#worker = undefined
    this.#failAll(why)
    void worker?.terminate()
  }

  /** Lets what was called before finish, then ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const patience = new AbortController()
    const tooLong = this.#options.clock.sleep(END_WAIT_MS, patience.signal).then(
      () => void worker.terminate(),
      () => undefined,
    )
    this.call('close').catch(() => undefined)
    await Promise.race([ended, tooLong])
    patience.abort()
  }

  #start(): Worker {
    const { name, url, data } = this.#options
    const worker = new Worker(url, { name, workerData: data, execArgv: [] })
    worker.on('message', (answer: Answer) => this.#settle(answer))
    worker.on('error', (error) => this.#died(worker, error.message))
    worker.on('exit', (code) => this.#died(worker, `exit ${code}`))
    return worker
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    try {
      pending?.resolve(valueOf(answer))
    } catch (error) {
      pending?.reject(error)
    }
  }

  #died(worker: Worker, how: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    if (this.#pending.size === 0) return
    this.#options.log.warn('worker of the mention index died', { worker: this.#options.name, how })
    this.#failAll(
      new Failure('unavailable', `the ${this.#options.name} worker of the mention index died (${how})`, {
        retryable: true,
      }),
    )
  }

  #failAll(why: Failure): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(why)
  }
}
