import type { Readable } from 'node:stream'
import type { Change, Channel } from '../schemas/mention.js'
import type { MediaState } from '../schemas/media-state.js'
import type { Clock } from './clock.js'
import type { IncomingFile, MediaFiles } from './media/media-files.js'
import { mediaRows, stateOf, type FoundFile, type Unstored, type WantedMedia } from './media/media-rows.js'
import type { Records } from './records/tables.js'

export interface MediaStoreParts {
  readonly records: Records
  readonly files: MediaFiles
  readonly clock: Clock
}

export interface OpenedMedia {
  readonly state: MediaState
  /** The bytes from `start` to `end`, both counted in; absent unless the file is there. */
  readonly read?: (range: { readonly start: number; readonly end: number }) => Readable
}

/** What the desk needs of the store. */
export interface MediaShelf {
  /** The files of a mention in its order; empty where it has none, or nobody has looked yet. */
  states(mentionId: string): Promise<readonly MediaState[]>
  /** One of them, or undefined. A file that is gone from the disk is wanted again, and said to be. */
  open(mentionId: string, position: number): Promise<OpenedMedia | undefined>
}

/**
 * The files that come with mentions: in SQL what is wanted and what became of it, on disk the contents by their hash. A row says `stored` only
 * after its file is safe on the disk; a file without a row is removed, also after a kill at any moment. One process writes; others may read.
 */
export interface MediaStore extends MediaShelf {
  /**
   * Takes over what changes say: wants the files of a mention, drops those an edit dropped (what it keeps stays), and erases all of a withdrawn
   * one. Effects are keyed, and an older version never wins. `fetched` names the channels somebody fetches for.
   */
  take(changes: readonly Change[], fetched: ReadonlySet<Channel>): Promise<void>
  /** Takes at most `limit` files of a channel whose time has come and marks them as being fetched; the longest waiting first. */
  claim(channel: Channel, limit: number, nextAtMs: (attempts: number) => number): Promise<readonly WantedMedia[]>
  /** Files of a channel that wait or are fetched. */
  waiting(channel: Channel): Promise<number>
  receive(maxBytes: number): Promise<IncomingFile>
  /** Stores a finished file; false where nobody wants it any more (its mention was withdrawn meanwhile): then nothing is left of it. */
  keep(id: string, file: IncomingFile, found: FoundFile): Promise<boolean>
  settle(id: string, outcome: Unstored): Promise<void>
  /** For the start, before anything else: what was being fetched is wanted again, and what was left half done is removed. */
  recover(): Promise<void>
  /** Erases the files of mentions received before then; answers how many mentions. */
  expire(before: Date): Promise<number>
  /** Bytes of all stored files. */
  usedBytes(): Promise<number>
  freeBytes(): Promise<number>
}

const SWEEP = 200

export function createMediaStore({ records, files, clock }: MediaStoreParts): MediaStore {
  const rows = mediaRows(records)
  /** Naming a file and removing one must not cross: the row that needs it may be written between the count and the removal. */
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = turn.then(work, work)
    turn = next.catch(() => undefined)
    return next
  }

  async function sweep(sha256s: readonly string[]): Promise<void> {
    for (const sha256 of sha256s) {
      if (!(await rows.isReferenced(sha256))) await files.remove(sha256)
      await rows.forgetLeftover(sha256)
    }
  }

  async function sweepLeftovers(): Promise<void> {
    for (;;) {
      const left = await rows.leftovers(SWEEP)
      if (left.length === 0) return
      await sweep(left)
    }
  }

  return {
    take: (changes, fetched) => inTurn(async () => sweep(await rows.apply(changes, { fetched, nowIso: clock.iso() }))),
    claim: (channel, limit, nextAtMs) => rows.claim(channel, limit, clock.now(), nextAtMs),
    waiting: (channel) => rows.waiting(channel),
    receive: (maxBytes) => files.receive(maxBytes),
    keep: (id, file, found) =>
      inTurn(async () => {
        await rows.noteLeftover(found.sha256)
        await file.keep()
        const wanted = await rows.markStored(id, found, clock.iso())
        if (!wanted) await sweep([found.sha256])
        return wanted
      }),
    settle: (id, outcome) => rows.settle(id, outcome),
    recover: () =>
      inTurn(async () => {
        await files.clear()
        await rows.unclaim()
        await sweepLeftovers()
      }),
    expire: (before) =>
      inTurn(async () => {
        // Also what a full disk kept from being written down to its end.
        await sweepLeftovers()
        let mentions = 0
        for (;;) {
          const { expired, unreferenced } = await rows.expire(before.toISOString(), SWEEP)
          await sweep(unreferenced)
          mentions += expired
          if (expired < SWEEP) return mentions
        }
      }),
    states: async (mentionId) => (await rows.ofMention(mentionId)).map(stateOf),
    open: async (mentionId, position) => {
      const row = await rows.at(mentionId, position)
      if (row === undefined) return undefined
      const state = stateOf(row)
      const { sha256, bytes } = row
      if (row.status !== 'stored' || sha256 === null) return { state }
      if ((await files.size(sha256)) !== Number(bytes)) {
        await rows.wantAgain(row.id, clock.iso())
        return {
          state: { ...state, status: 'wanted', reason: 'file-missing', shownAs: null, mimeType: null, storedAt: null },
        }
      }
      return { state, read: (range) => files.read(sha256, range) }
    },
    usedBytes: () => rows.usedBytes(),
    freeBytes: () => files.freeBytes(),
  }
}
