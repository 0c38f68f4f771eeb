import { instant } from '../channels/instants.js'
import type { Clock } from '../runtime/clock.js'
import type { Change } from '../schemas/mention.js'
import type { XCursor } from './x-cursor.js'

const MINUTE_MS = 60_000

/** What a poll answered: believed to be published only when the next poll comes with its cursor. */
interface Offer {
  readonly next: string
  readonly changes: readonly Change[]
}

/**
 * X does not always list posts in the order of their ids, and a post that appears below `since_id` would never be asked for again. So now and then
 * the last minutes are read once more, and what was not published since the start is. What repeats after a restart is harmless: everything is keyed.
 */
export function createLookBack(options: { clock: Clock; lookBackMs: number | undefined; everyMs: number | undefined }) {
  const { clock, lookBackMs = 10 * MINUTE_MS, everyMs = 5 * MINUTE_MS } = options
  /** When a state of a post was published, oldest first. */
  const published = new Map<string, number>()
  const startedAt = clock.now()
  let offered: Offer | undefined

  const keyOf = (change: Change): string =>
    change.type === 'deleted' ? change.id : `${change.mention.id} ${change.mention.version}`

  function forget(): void {
    for (const [key, at] of published) {
      if (clock.now() - at <= 2 * (lookBackMs + everyMs)) return
      published.delete(key)
    }
  }

  return {
    offer(next: Offer): void {
      offered = next
    },
    /** A poll with the cursor of what was offered is the proof that it is on the bus. */
    confirm(cursor: string | undefined): void {
      if (offered === undefined || cursor !== offered.next) return
      for (const change of offered.changes) published.set(keyOf(change), clock.now())
      offered = undefined
      forget()
    },
    /** The cursor, or a look back from it where one is due and nothing else is under way. */
    orBack(cursor: XCursor): XCursor {
      const isIdle = cursor.sinceId !== undefined && cursor.startTime === undefined && cursor.sweep === undefined
      const sinceMs = clock.now() - (cursor.lookedBackAt ?? startedAt)
      // A negative age is a clock that was set back: then looking once too often is the safe side.
      if (!isIdle || (sinceMs >= 0 && sinceMs < everyMs)) return cursor
      return { ...cursor, startTime: instant(clock.now() - lookBackMs), isLookBack: true }
    },
    withoutKnown: (changes: readonly Change[]): readonly Change[] =>
      changes.filter((change) => !published.has(keyOf(change))),
  }
}
