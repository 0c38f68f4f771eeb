import { Failure } from '../runtime/failure.js'
import { checkValue } from '../runtime/stage.js'
import type { Bus, BusRecord, Position } from '../runtime/bus.js'
import type { Topic } from '../schemas/topics.js'

/** The topics a page is told about, in the order in which they are looked at: alerts first. */
const FEEDS = [
  { topic: 'alerts.raised', event: 'alert', mark: 'a' },
  { topic: 'outbound.status', event: 'outbound', mark: 'o' },
  { topic: 'sources.health', event: 'source', mark: 's' },
  { topic: 'mentions.indexed', event: 'mention', mark: 'm' },
] as const

const READ_AT_ONCE = 100

export type LiveEventName = (typeof FEEDS)[number]['event']

export interface LiveEvent {
  readonly event: LiveEventName
  /** Where to go on after this event. */
  readonly id: string
  readonly value: unknown
}

type Positions = Map<Topic, Position>

/** `a0.12_o0.3_s0.9_m0.120.1.77`: a mark for the topic, then partition and offset by turns. */
function printPositions(positions: Positions): string {
  return FEEDS.map(({ topic, mark }) => {
    const parts = Object.entries(positions.get(topic) ?? {}).map(([partition, offset]) => `${partition}.${offset}`)
    return mark + parts.join('.')
  }).join('_')
}

const notOurs = () =>
  new Failure('invalid-payload', 'Last-Event-ID is not one that this desk gave out: connect without it', {
    retryable: false,
  })

function parsePositions(id: string): Positions {
  const positions: Positions = new Map()
  for (const part of id.split('_')) {
    const feed = FEEDS.find(({ mark }) => part.startsWith(mark))
    if (feed === undefined || !/^[a-z](\d{1,6}\.\d{1,15}(\.\d{1,6}\.\d{1,15})*)?$/.test(part)) throw notOurs()
    const numbers = part.slice(1).split('.').filter(Boolean).map(Number)
    const position: Record<number, number> = {}
    for (let index = 0; index + 1 < numbers.length; index += 2) position[numbers[index] ?? 0] = numbers[index + 1] ?? 0
    positions.set(feed.topic, position)
  }
  return positions
}

/** Of another data folder, perhaps: whoever waited there would hear nothing until this bus had grown as long. */
function isBeyond(position: Position, end: Position): boolean {
  return Object.entries(position).some(([partition, offset]) => offset > (end[Number(partition)] ?? 0))
}

/** Reads of the bus that many readers share: at the same place they find the same records, as the same objects. */
export class SharedReads {
  readonly #bus: Bus
  readonly #last = new Map<Topic, { readonly from: string; readonly records: Promise<readonly BusRecord[]> }>()

  constructor(bus: Bus) {
    this.#bus = bus
  }

  async read(topic: Topic, position: Position): Promise<readonly BusRecord[]> {
    const from = JSON.stringify(position)
    // Nothing is not kept: there may be something by the time that another asks.
    if (from === JSON.stringify(await this.#bus.end(topic))) return []
    const last = this.#last.get(topic)
    const shared = last?.from === from ? await last.records.catch(() => []) : []
    if (shared.length > 0) return shared
    const records = this.#bus.read(topic, position, READ_AT_ONCE)
    this.#last.set(topic, { from, records })
    return records
  }
}

/** One reader of the live feed, until its signal aborts. `next` resolves with what came since, in order within a topic, alerts before the rest; with nothing when aborted. */
export class LiveReader {
  readonly #bus: Bus
  readonly #reads: SharedReads
  readonly #positions: Positions
  readonly #signal: AbortSignal
  /** Topics read to their end, each with a wait that stood before that read and takes the topic out when something comes. */
  readonly #quiet = new Set<Topic>()
  readonly #waiting = new Set<Topic>()
  #wake: () => void = () => undefined

  private constructor(bus: Bus, reads: SharedReads, positions: Positions, signal: AbortSignal) {
    this.#bus = bus
    this.#reads = reads
    this.#positions = positions
    this.#signal = signal
  }

  /** From after `lastEventId`, or from now on. Throws a Failure `invalid-payload` for an id that is none of this bus's. */
  static async open(
    bus: Bus,
    reads: SharedReads,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): Promise<LiveReader> {
    const positions: Positions = lastEventId === undefined ? new Map<Topic, Position>() : parsePositions(lastEventId)
    for (const { topic } of FEEDS) {
      const end = await bus.end(topic)
      const position = positions.get(topic)
      if (position === undefined) positions.set(topic, end)
      else if (isBeyond(position, end)) throw notOurs()
    }
    return new LiveReader(bus, reads, positions, signal)
  }

  /** Where this reader stands. */
  get id(): string {
    return printPositions(this.#positions)
  }

  async next(): Promise<readonly LiveEvent[]> {
    while (!this.#signal.aborted) {
      const events = await this.#read()
      if (events.length > 0) return events
      await this.#somethingNew()
    }
    return []
  }

  async #read(): Promise<LiveEvent[]> {
    const events: LiveEvent[] = []
    for (const { topic, event } of FEEDS) {
      if (this.#quiet.has(topic)) continue
      this.#watch(topic)
      const records = await this.#reads.read(topic, this.#positions.get(topic) ?? {})
      if (records.length === 0) await this.#rest(topic)
      for (const record of records) {
        this.#advance(topic, record)
        // A stranger's record must not end the stream: it would end at the same place each time that the page connects again.
        const checked = checkValue(topic, record.value)
        if ('value' in checked) events.push({ event, id: this.id, value: checked.value })
      }
    }
    return events
  }

  /** Nothing new: the topic is quiet, unless its wait is over already. A bus that is closed ends every wait, and says so only when it is read. */
  async #rest(topic: Topic): Promise<void> {
    if (this.#waiting.has(topic)) this.#quiet.add(topic)
    else await this.#bus.read(topic, this.#positions.get(topic) ?? {}, 1)
  }

  #watch(topic: Topic): void {
    if (this.#waiting.has(topic)) return
    this.#waiting.add(topic)
    void this.#bus.changed([topic], this.#signal).then(() => {
      this.#waiting.delete(topic)
      this.#quiet.delete(topic)
      this.#wake()
    })
  }

  #somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      if (this.#quiet.size < FEEDS.length || this.#signal.aborted) resolve()
    })
  }

  #advance(topic: Topic, record: BusRecord): void {
    this.#positions.set(topic, { ...this.#positions.get(topic), [record.partition]: record.offset + 1 })
  }
}
