import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Log } from '../log.js'
import type { VocabularyState, VocabularyStore } from './vocabulary-store.js'

/** How long a change may wait until a process asks for it. */
export const LOOK_EVERY_MS = 3_000

export interface VocabularyWatchParts {
  readonly store: Pick<VocabularyStore, 'revision' | 'read'>
  readonly clock: Clock
  readonly log: Log
  /** Told of what stands at the first look, and whenever its revision is another; what it throws is logged, and the process goes on with what it has. */
  readonly onChange: (state: VocabularyState) => Promise<void>
}

/** Looks every few seconds whether somebody changed the vocabulary, in this process or in another one on the same records. */
export class VocabularyWatch {
  readonly #parts: VocabularyWatchParts
  #seen: number | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(parts: VocabularyWatchParts) {
    this.#parts = parts
  }

  /** Looks now; one look at a time. Throws the Failure of the records. */
  look(): Promise<void> {
    const next = this.#looking.catch(() => undefined).then(() => this.#look())
    this.#looking = next
    return next
  }

  /** Looks until the signal aborts. Records that are away end nothing: what is in use stays in use. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts
    let away = false
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined)
      if (signal.aborted) return
      try {
        await this.look()
        away = false
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        if (!away) log.warn('the vocabulary cannot be looked at, what is known stays in use', { reason: error.reason })
        away = true
      }
    }
  }

  async #look(): Promise<void> {
    const { store, log, onChange } = this.#parts
    if (this.#seen !== undefined && (await store.revision()) === this.#seen) return
    const state = await store.read()
    // Set before it is used: what cannot be used now can't be used in three seconds either.
    this.#seen = state.revision
    try {
      await onChange(state)
    } catch (error) {
      const place = error instanceof Error ? (error.stack?.split('\n')[1]?.trim() ?? '') : ''
      log.error('the vocabulary could not be taken into use', { revision: state.revision, place })
    }
  }
}
