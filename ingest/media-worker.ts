import type { MediaFetcher } from '../channels/media.js'
import { sha256Of } from '../channels/media-hash.js'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import { contentTypeOf } from '../runtime/media/content-type.js'
import type { IncomingFile } from '../runtime/media/media-files.js'
import type { WantedMedia } from '../runtime/media/media-rows.js'
import type { MediaStore } from '../runtime/media-store.js'
import type { Metrics } from '../runtime/metrics.js'
import { createHealthReporter } from './health.js'
import { limitOf, MEDIA_LIMITS, type MediaLimits } from './media-limits.js'
import { nextTryMs, outcomeOf, problemOf } from './media-outcome.js'

export interface MediaWorkerParts {
  readonly store: MediaStore
  readonly fetchers: readonly MediaFetcher[]
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly limits?: MediaLimits
  /** Files fetched at once from one platform. Default 3. */
  readonly concurrency?: number
  /** Nothing is fetched while the disk has less than this free. Default 1 GiB. */
  readonly minFreeBytes?: number
  /** Nothing is fetched while all files together have more than this. Default 50 GiB. */
  readonly maxTotalBytes?: number
  /** For tests: a source of chance in [0, 1). */
  readonly random?: () => number
}

export interface MediaWorker {
  /** Fetches what is wanted until the signal aborts; then resolves once nothing is under way. Needs `store.recover()` before. */
  run(signal: AbortSignal): Promise<void>
  /** What keeps files from being fetched, in words for the desk; undefined while nothing does. */
  problem(): string | undefined
}

const GIB = 1024 ** 3
const LOOK_EVERY_MS = 1_000
const SPACE_EVERY_MS = 30_000
const USED_EVERY_MS = 300_000

/** Fetches the files that came with mentions, each platform on its own, so that one that hangs holds up no other. */
export function createMediaWorker(parts: MediaWorkerParts): MediaWorker {
  const platforms = parts.fetchers.map((fetcher) => new Platform(fetcher, parts, new Space(parts)))
  return {
    run: async (signal) => {
      await Promise.all(platforms.map((platform) => platform.run(signal)))
    },
    problem: () => platforms.map((platform) => platform.problem).find((problem) => problem !== undefined),
  }
}

/** Whether there is room for files; the disk is looked at often, the sum of all files seldom. */
class Space {
  readonly #parts: MediaWorkerParts
  #lookedAtMs = -Infinity
  #summedAtMs = -Infinity
  #usedBytes = 0
  #problem: string | undefined

  constructor(parts: MediaWorkerParts) {
    this.#parts = parts
  }

  async problem(): Promise<string | undefined> {
    const { clock, store, minFreeBytes = GIB, maxTotalBytes = 50 * GIB } = this.#parts
    const nowMs = clock.now()
    if (nowMs - this.#lookedAtMs < SPACE_EVERY_MS) return this.#problem
    this.#lookedAtMs = nowMs
    if (nowMs - this.#summedAtMs >= USED_EVERY_MS) {
      this.#summedAtMs = nowMs
      this.#usedBytes = await store.usedBytes()
    }
    const free = await store.freeBytes()
    const wait = 'pictures and voice notes wait at the platforms, messages come in'
    this.#problem =
      free < minFreeBytes
        ? `the disk of the media folder has ${Math.floor(free / 1024 ** 2)} MiB left: free some space; ${wait}`
        : this.#usedBytes > maxTotalBytes
          ? `media take more than the ${Math.floor(maxTotalBytes / GIB)} GiB they may: raise the limit or keep them for less long; ${wait}`
          : undefined
    return this.#problem
  }
}

class Platform {
  problem: string | undefined
  readonly #fetcher: MediaFetcher
  readonly #parts: MediaWorkerParts
  readonly #space: Space
  readonly #running = new Set<Promise<void>>()
  /** Files stored since health was told. */
  #stored = 0

  constructor(fetcher: MediaFetcher, parts: MediaWorkerParts, space: Space) {
    this.#fetcher = fetcher
    this.#parts = parts
    this.#space = space
  }

  async run(signal: AbortSignal): Promise<void> {
    const { bus, clock, log } = this.#parts
    const { channel } = this.#fetcher
    const health = createHealthReporter({ source: `media-${channel}`, channel, bus, clock, log })
    while (!signal.aborted) {
      try {
        await this.#round(signal)
        const stored = this.#stored
        this.#stored = 0
        await (this.problem === undefined ? health.ok(stored) : health.failed(this.problem))
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error
        log.warn('media wait and are looked at again', { channel, reason: error.reason })
      }
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined)
    }
    await Promise.all(this.#running)
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { store, clock, concurrency = 3 } = this.#parts
    const noRoom = await this.#space.problem()
    if (noRoom !== undefined) {
      this.problem = noRoom
      return
    }
    const free = concurrency - this.#running.size
    if (free <= 0) return
    const claimed = await store.claim(this.#fetcher.channel, free, (attempts) => nextTryMs(attempts, clock.now(), this.#random)) // prettier-ignore
    for (const wanted of claimed) {
      const work = this.#try(wanted, signal).finally(() => this.#running.delete(work))
      this.#running.add(work)
    }
    if (claimed.length === 0 && this.#running.size === 0 && this.problem !== undefined) {
      // Nothing waits any more: what was wrong is over, or nobody can tell.
      if ((await store.waiting(this.#fetcher.channel)) === 0) this.problem = undefined
    }
  }

  /** Never rejects: what goes wrong is written to the row, or, where even that cannot be, seen again after a start. */
  async #try(wanted: WantedMedia, signal: AbortSignal): Promise<void> {
    const { store, clock, log, metrics } = this.#parts
    const { channel, lifeMs } = this.#fetcher
    try {
      try {
        await this.#fetch(wanted, signal)
        this.problem = undefined
        this.#stored += 1
        metrics.processed.inc({ stage: 'media' })
      } catch (error) {
        const failure = asFailure(error)
        if (failure.reason === 'stopped') {
          await store.settle(wanted.id, { status: 'wanted', reason: null, nextAtMs: clock.now() })
          return
        }
        metrics.failures.inc({ stage: 'media', reason: failure.reason })
        this.problem = problemOf(failure) ?? this.problem
        const outcome = outcomeOf(failure, wanted, { nowMs: clock.now(), lifeMs, random: this.#random })
        const said = { channel, media: wanted.id.slice(0, 16), reason: failure.reason, detail: failure.message, attempts: wanted.attempts } // prettier-ignore
        if (outcome.status === 'wanted') log.warn('media could not be fetched, trying again later', said)
        else log.error('media is given up', { ...said, status: outcome.status })
        await store.settle(wanted.id, outcome)
      }
    } catch (error) {
      const place = error instanceof Error ? (error.stack?.split('\n')[1]?.trim() ?? '') : ''
      log.error('what became of media could not be written down', { channel, media: wanted.id.slice(0, 16), place })
      await this.#letGo(wanted, signal)
    }
  }

  /** A row left as `fetching` would wait for a restart: said again until the records take it. */
  async #letGo(wanted: WantedMedia, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts
    while (!signal.aborted) {
      await clock.sleep(5_000, signal).catch(() => undefined)
      try {
        return await store.settle(wanted.id, { status: 'wanted', reason: 'disk-full', nextAtMs: clock.now() + 60_000 })
      } catch {
        continue
      }
    }
  }

  async #fetch(wanted: WantedMedia, signal: AbortSignal): Promise<void> {
    const { store, limits = MEDIA_LIMITS } = this.#parts
    const maxBytes = limitOf(wanted.kind, limits)
    const announce = (bytes: number) => {
      if (bytes > maxBytes)
        throw new Failure('too-large', `the file has ${bytes} bytes, ${maxBytes} are fetched`, { retryable: false })
    }
    if (wanted.bytes !== null) announce(wanted.bytes)
    const file = await store.receive(maxBytes)
    try {
      const sink = { announce, write: (chunk: Uint8Array) => file.write(chunk) }
      const said = await this.#fetcher.fetch(wanted, sink, signal)
      await this.#keep(wanted, file, said)
    } finally {
      await file.discard()
    }
  }

  async #keep(
    wanted: WantedMedia,
    file: IncomingFile,
    said: { mimeType: string | null; sha256: string | null; fileName: string | null },
  ): Promise<void> {
    // prettier-ignore
    const { store, log } = this.#parts
    const { sha256, bytes, head } = await file.finish()
    const promised = [said.sha256, sha256Of(wanted.sha256)].filter((hash) => hash !== null)
    if (promised.some((hash) => hash !== sha256))
      throw new Failure('conflict', 'the file is not the one the platform named: its hash differs', { retryable: true })
    if (bytes === 0) throw new Failure('invalid-payload', 'the file is empty', { retryable: true })
    const { mimeType, differs, markup } = await contentTypeOf(head, wanted.mimeType ?? said.mimeType)
    // A page in place of a picture, and no hash to say that it is what was sent: most likely the host's words for "not now".
    if (markup && promised.length === 0 && wanted.kind !== 'document')
      throw new Failure('invalid-payload', 'a page came in place of the file', { retryable: true })
    const found = { sha256, bytes, mimeType, typeDiffers: differs, fileName: wanted.fileName ?? said.fileName }
    if (await store.keep(wanted.id, file, found)) log.info('media stored', { channel: wanted.channel, media: wanted.id.slice(0, 16), mimeType, bytes }) // prettier-ignore
  }

  get #random(): () => number {
    return this.#parts.random ?? Math.random
  }
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const place = error instanceof Error ? `${error.name} in ${error.stack?.split('\n')[1]?.trim() ?? ''}` : typeof error
  return new Failure('unexpected', `an error nobody expected: ${place}`, { retryable: true, cause: error })
}
