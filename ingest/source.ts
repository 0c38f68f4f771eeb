import type { Change, Channel } from '../schemas/mention.js'
import type { OutboundUpdate } from '../schemas/outbound.js'
import type { SourceDetails } from '../schemas/source-health.js'

export interface Poll {
  readonly changes: readonly Change[]
  /** Payloads, or parts of one, that could not be read: they become dead letters, and the rest goes on. */
  readonly unread: readonly UnreadPayload[]
  /** Saved only after the bus acknowledged `changes`; undefined leaves the cursor where it is. */
  readonly next: string | undefined
  readonly waitMs: number
  /** What the Sources page says beside its state (token's end, spend); absent leaves what was said before. */
  readonly details?: Partial<SourceDetails>
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

/** What a source that is pushed to hands over. */
export interface PushedItems {
  readonly changes: readonly Change[]
  readonly unread?: readonly UnreadPayload[]
  readonly statuses?: readonly OutboundUpdate[]
}

export interface PushDoor {
  /** Resolves once the bus has all of it: only then is the platform told that it arrived. Rejects with a Failure where it could not be stored. */
  take(items: PushedItems): Promise<void>
  /** The connection is well: it was made, or a sign of life came. Called at least each minute while it stands: the Sources page lives by it. */
  alive(details?: Partial<SourceDetails>): Promise<void>
}

/**
 * Something that sends by itself over a connection we hold (a stream, an SMSC). `receive` connects and hands over what comes until the signal aborts,
 * then resolves; it throws a Failure where the connection cannot be made or ends, and the loop connects again (after `retryAfterMs` where given).
 */
export interface PushSource {
  readonly name: string
  readonly channel: Channel
  receive(door: PushDoor, signal: AbortSignal): Promise<void>
}
