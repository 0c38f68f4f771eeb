import type { Clock } from '../../runtime/clock.js'
import type { DistrictTable } from '../../runtime/district-table.js'
import { LiveDistrictTable } from '../../runtime/live-district-table.js'
import type { Log } from '../../runtime/log.js'
import type { VocabularyState, VocabularyStore } from '../../runtime/vocabulary/vocabulary-store.js'
import { VocabularyWatch } from '../../runtime/vocabulary/vocabulary-watch.js'
import type { AnyEnricher } from '../enrich-mention.js'
import type { TaggerParts } from '../tagger.js'
import { addedDistricts, makeTagSet, type PlacesMade, type TagSet } from './tag-set.js'

export interface LiveVocabularyParts {
  readonly store: VocabularyStore
  readonly clock: Clock
  readonly log: Log
  /** The districts that come with Rabta. */
  readonly shipped: DistrictTable
  /** Reads the tagger piece by piece, for a process that comes to need it. */
  readonly loading: () => Generator<void, TaggerParts, void>
}

/**
 * What this process knows of the vocabulary: its districts, and, once something tags here, enrichers over it. A new state is made into a set beside the one in
 * use and then takes its place; whoever took the enrichers before keeps the old ones to the end.
 */
export class LiveVocabulary {
  /** The districts of now. */
  readonly table: LiveDistrictTable
  readonly #parts: LiveVocabularyParts
  readonly #watch: VocabularyWatch
  #state: VocabularyState = { revision: 0, items: [] }
  #tagger: Promise<TaggerParts> | undefined
  #loaded: TaggerParts | undefined
  #set: (TagSet & { readonly places: PlacesMade }) | undefined
  #districtProblems: ReadonlyMap<string, string> = new Map()
  #inUse = 0
  #making: Promise<void> = Promise.resolve()

  constructor(parts: LiveVocabularyParts) {
    this.#parts = parts
    this.table = new LiveDistrictTable(parts.shipped)
    const { store, clock, log } = parts
    this.#watch = new VocabularyWatch({ store, clock, log, onChange: (state) => this.#take(state) })
  }

  get state(): VocabularyState {
    return this.#state
  }

  /** The revision that this process goes by. */
  get inUse(): number {
    return this.#inUse
  }

  get problems(): ReadonlyMap<string, string> {
    return this.#set?.problems ?? this.#districtProblems
  }

  /** Looks now whether something changed; throws the Failure of the records. Before anything stands on this, it must have looked once. */
  look(): Promise<void> {
    return this.#watch.look()
  }

  /** Looks every few seconds until the signal aborts. */
  run(signal: AbortSignal): Promise<void> {
    return this.#watch.run(signal)
  }

  /** Reads the tagger, where this process has not yet, and makes the enrichers: other work has its turn between the pieces. */
  async tagger(): Promise<TaggerParts> {
    this.#tagger ??= this.#load().catch((error: unknown) => {
      this.#tagger = undefined
      throw error
    })
    return this.#tagger
  }

  /** The enrichers of now; after `tagger`. A batch takes them once, so that all of it is judged alike. */
  readonly enrichers = (): readonly AnyEnricher[] => {
    if (this.#set === undefined) throw new Error('the tagger was not read yet')
    return this.#set.enrichers
  }

  /** The enrichers as they would be with these entries in the place of those that stand; nothing changes. */
  async with(items: VocabularyState['items']): Promise<TagSet> {
    const parts = await this.tagger()
    return makeTagSet(parts, items, { pause: () => this.#parts.clock.yield(), before: this.#set?.places })
  }

  async #load(): Promise<TaggerParts> {
    const { clock, loading } = this.#parts
    const pieces = loading()
    for (;;) {
      const { done, value } = pieces.next()
      if (done === true) {
        this.#loaded = value
        await this.#make()
        return value
      }
      await clock.yield()
    }
  }

  async #take(state: VocabularyState): Promise<void> {
    this.#state = state
    const { table, problems } = addedDistricts(this.#parts.shipped, state.items)
    const broken = state.items.flatMap(({ id, problem }) => (problem === null ? [] : [[id, problem] as const]))
    this.#districtProblems = new Map([...problems, ...broken])
    this.table.replace(table)
    if (this.#loaded === undefined) this.#inUse = state.revision
    else await this.#make()
  }

  /** One after the other, so that an older state never takes the place of a newer one. */
  #make(): Promise<void> {
    const next = this.#making.catch(() => undefined).then(() => this.#makeNow())
    this.#making = next
    return next
  }

  async #makeNow(): Promise<void> {
    const { clock, log } = this.#parts
    const parts = this.#loaded
    if (parts === undefined) return
    const { revision, items } = this.#state
    const started = clock.now()
    const set = await makeTagSet(parts, items, { pause: () => clock.yield(), before: this.#set?.places })
    const before = this.#set?.problems
    this.#set = set
    this.#inUse = revision
    for (const [id, problem] of set.problems)
      if (before?.get(id) !== problem) log.warn('an entry of the vocabulary is left out', { id, problem })
    if (revision > 0)
      log.info('vocabulary in use', { revision, entries: items.length, leftOut: set.problems.size, tookMs: clock.now() - started }) // prettier-ignore
  }
}
