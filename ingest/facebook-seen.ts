import { fingerprint } from '../channels/unread.js'
import type { Clock } from '../runtime/clock.js'
import type { Change, Mention } from '../schemas/mention.js'

const MAX_REMEMBERED = 50_000
/** A version made of our clock stays behind what Facebook stamps after it, though our clock be ahead: a withdrawal must win. */
const CLOCK_MARGIN_MS = 60_000

const wholeSecond = (epochMs: number): number => Math.floor(epochMs / 1000) * 1000

interface Known {
  readonly digest: string
  readonly version: number
}

/** What a poll answered: believed to be published only when the next poll comes with its cursor. */
interface Offer {
  readonly next: string
  readonly known: ReadonlyMap<string, Known>
}

/** The addresses of pictures change by the hour, the words do not. */
const digestOf = ({ text, media, location }: Mention): string => fingerprint([text, media.length, location])

/**
 * Facebook lists an item with its words of now and the moment of its writing: an edit is not said. What was published since the start is remembered,
 * so that nothing goes out twice for being listed twice, and an item whose words changed goes out as edited, in a version of its own.
 */
export function createSeen({ clock }: { readonly clock: Clock }) {
  const published = new Map<string, Known>()
  let offered: Offer | undefined

  function remember(id: string, known: Known): void {
    published.delete(id)
    published.set(id, known)
    for (const oldest of published.keys()) {
      if (published.size <= MAX_REMEMBERED) return
      published.delete(oldest)
    }
  }

  return {
    /** A poll with the cursor of what was offered is the proof that it is on the bus. */
    confirm(cursor: string | undefined): void {
      if (offered === undefined || cursor !== offered.next) return
      for (const [id, known] of offered.known) remember(id, known)
      offered = undefined
    },
    /** The changes that are news among what was read. `changedMs` is the platform's moment of an item's last change, where it says one. */
    news(read: readonly { readonly mention: Mention; readonly changedMs: number | undefined }[]): Change[] {
      return read.flatMap(({ mention, changedMs }): Change[] => {
        const before = published.get(mention.id)
        if (before === undefined) return [{ type: 'written', mention }]
        if (before.digest === digestOf(mention)) return []
        const version = Math.max(before.version + 1, wholeSecond(changedMs ?? clock.now() - CLOCK_MARGIN_MS))
        return [{ type: 'edited', mention: { ...mention, version } }]
      })
    },
    offer(next: string, changes: readonly Change[]): void {
      const known = changes.flatMap((change) =>
        change.type === 'deleted'
          ? []
          : [[change.mention.id, { digest: digestOf(change.mention), version: change.mention.version }] as const],
      )
      offered = { next, known: new Map(known) }
    },
  }
}
