import type { Change, Channel } from '../schemas/mention.js'

export interface Poll {
  readonly changes: readonly Change[]
  /** Payloads, or parts of one, that could not be read: they become dead letters, and the rest goes on. */
  readonly unread: readonly UnreadPayload[]
  /** Saved only after the bus acknowledged `changes`; undefined leaves the cursor where it is. */
  readonly next: string | undefined
  readonly waitMs: number
}

export interface UnreadPayload {
  /** Deterministic for the same payload. */
  readonly id: string
  readonly origin: string
  readonly payload: unknown
  readonly detail: string
}

/**
 * Something that is asked for news. `poll` takes the saved cursor (undefined at the very first) and answers everything new since then that one
 * turn may take; called again with the same cursor it answers the same items or more. It throws a Failure, and then nothing of the turn counts.
 */
export interface Source {
  readonly name: string
  readonly channel: Channel
  poll(cursor: string | undefined, signal: AbortSignal): Promise<Poll>
}
