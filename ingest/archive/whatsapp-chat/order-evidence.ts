import type { WallTime } from '../local-time.js'

/** A run of messages that go back in time and then forward again: perhaps lines that somebody quoted. No quotation is longer. */
const MAX_RUN = 20
const MAX_DOUBTS = 10_000
/** No larger part of a chat is quoted. */
const MOST_QUOTED = 0.2

export interface Weight {
  /** Dates that the calendar does not have in this order, or that lie ahead, but for those in `doubtful`. */
  readonly impossible: number
  /** Times that the days went back. */
  readonly backward: number
  /** Of both: what a quotation from another chat explains too. */
  readonly doubtful: number
  /** Every impossible date, doubtful or not. */
  readonly allImpossible: number
}

export interface OrderEvidence {
  /** One head's time in this order, undefined where it is no date; `author` undefined in a notice. */
  add(time: WallTime | undefined, author: string | undefined): void
  /** `isKnown` says whether somebody wrote more messages than these. */
  weigh(isKnown: (name: string, besides: number) => boolean): Weight
  /** How many of somebody's heads go back in time, or are no date. */
  doubtfulOf(name: string): number
}

/**
 * What speaks against reading the dates of a file in one order: impossible dates, and days that go back. A chat goes on in time; what goes back for a
 * few messages by people who never write otherwise may be quoted.
 */
export function createOrderEvidence(latestMs: number): OrderEvidence {
  const runs: (readonly (string | undefined)[])[] = []
  const strangers = new Map<string, number>()
  const doubtful = new Map<string, number>()
  let heads = 0
  let allImpossible = 0
  let impossibleNotices = 0
  let backward = 0
  let newest = 0
  let run: (string | undefined)[] = []

  const count = (counts: Map<string, number>, author: string | undefined) => {
    if (author !== undefined && (counts.has(author) || counts.size < MAX_DOUBTS))
      counts.set(author, (counts.get(author) ?? 0) + 1)
  }
  const endRun = () => {
    if (run.length > 0 && runs.length < MAX_DOUBTS) runs.push(run)
    for (const author of run) count(doubtful, author)
    run = []
  }
  const addImpossible = (author: string | undefined) => {
    allImpossible++
    // A file does not begin with a quotation.
    if (heads === 1 || author === undefined) impossibleNotices++
    else count(strangers, author)
    count(doubtful, author)
  }
  return {
    add: (time, author) => {
      heads++
      const day = time === undefined ? undefined : Date.UTC(time.year, time.month - 1, time.day)
      if (day === undefined || day > latestMs) addImpossible(author)
      else if (day >= newest) {
        endRun()
        newest = day
      } else {
        run.push(author)
        if (run.length <= MAX_RUN) return
        backward++
        run = []
        newest = day
      }
    },
    doubtfulOf: (name) => (doubtful.get(name) ?? 0) + run.filter((author) => author === name).length,
    weigh: (isKnown) => {
      const known = (author: string | undefined) => author === undefined || isKnown(author, doubtful.get(author) ?? 0)
      // Where much of a file is impossible, it is not quotations that are.
      const isMuch = allImpossible > heads * MOST_QUOTED
      let impossible = impossibleNotices
      for (const [author, times] of strangers) if (isMuch || known(author)) impossible += times
      const certain = runs.filter((authors) => authors.some(known)).length
      return {
        impossible,
        backward: backward + certain + (run.length > 0 ? 1 : 0),
        doubtful: runs.length - certain + (allImpossible - impossible),
        allImpossible,
      }
    },
  }
}
