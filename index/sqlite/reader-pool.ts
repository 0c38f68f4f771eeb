import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { Log } from '../../runtime/log.js'
import { WorkerClient } from './worker-client.js'

export interface ReaderPoolOptions {
  readonly file: string
  readonly workerUrl: URL
  readonly size: number
  readonly timeoutMs: number
  readonly clock: Clock
  readonly log: Log
}

interface Job {
  readonly method: string
  readonly args: readonly unknown[]
  /** The one reader that may do it; any, if undefined. */
  readonly lane: number | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

const MAX_WAITING = 200

/** Readers of one index, each doing one job at a time; jobs wait in order. Whatever is not answered in time fails with `timeout`. */
export class ReaderPool {
  readonly #options: ReaderPoolOptions
  readonly #workers: readonly WorkerClient[]
  readonly #running: (Job | undefined)[]
  #waiting: Job[] = []
  #closed = false

  constructor(options: ReaderPoolOptions) {
    const { file, workerUrl: url, size, clock, log } = options
    this.#options = options
    this.#workers = Array.from(
      { length: size },
      (_, lane) => new WorkerClient({ name: `search-${lane}`, url, data: { file }, clock, log }),
    )
    this.#running = this.#workers.map(() => undefined)
  }

  async run(lane: number | undefined, method: string, ...args: readonly unknown[]): Promise<unknown> {
    if (this.#closed) throw stopped()
    if (this.#waiting.length >= MAX_WAITING) {
      throw new Failure('unavailable', `${MAX_WAITING} searches are waiting already: try again in a moment`, {
        retryable: true,
      })
    }
    const inTime = new AbortController()
    try {
      return await new Promise<unknown>((resolve, reject) => {
        const job: Job = { method, args, lane, resolve, reject }
        this.#waiting.push(job)
        this.#options.clock.sleep(this.#options.timeoutMs, inTime.signal).then(
          () => this.#giveUp(job),
          () => undefined,
        )
        this.#next()
      })
    } finally {
      inTime.abort()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const waiting = this.#waiting
    this.#waiting = []
    for (const job of waiting) job.reject(stopped())
    await Promise.all(this.#workers.map((worker) => worker.close()))
  }

  #next(): void {
    for (const [lane, worker] of this.#workers.entries()) {
      if (this.#running[lane] !== undefined) continue
      const at = this.#waiting.findIndex((job) => job.lane === undefined || job.lane === lane)
      const [job] = at < 0 ? [] : this.#waiting.splice(at, 1)
      if (job !== undefined) this.#start(lane, worker, job)
    }
  }

  #start(lane: number, worker: WorkerClient, job: Job): void {
    this.#running[lane] = job
    worker
      .call(job.method, ...job.args)
      .then(job.resolve, job.reject)
      .finally(() => {
        if (this.#running[lane] !== job) return
        this.#running[lane] = undefined
        this.#next()
      })
  }

  #giveUp(job: Job): void {
    const why = new Failure('timeout', `the search took longer than ${this.#options.timeoutMs} ms: ask for less`, {
      retryable: true,
    })
    this.#waiting = this.#waiting.filter((other) => other !== job)
    job.reject(why)
    const lane = this.#running.indexOf(job)
    if (lane < 0) return
    this.#options.log.warn('search took too long, its worker is replaced', {
      worker: `search-${lane}`,
      method: job.method,
    })
    this.#workers[lane]?.abandon(why)
  }
}

const stopped = () => new Failure('stopped', 'the mention index is closed', { retryable: true })
