import type { Case } from '../schemas/case.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'

export interface ReplyRequest {
  readonly mention: EnrichedMention
  readonly text: string
  /** The user id of who decided it. */
  readonly by: string
  /** The client's own key of this click: the same key again is the same message, sent once. */
  readonly key?: string
}

export interface ForwardRequest {
  readonly mention: EnrichedMention
  /** The id of a unit. */
  readonly unit: string
  readonly note: string
  readonly by: string
  readonly key?: string
}

/**
 * A case's life: a person answers a mention or forwards it. Both resolve, with the id of the outbound message, once the message and the case are
 * recorded: then it will be handed to the outbox, whatever crashes. Both throw a Failure that is not retryable and says in words for the officer why it
 * cannot be done: `invalid-payload` (the text), `refused` (the channel, the window, the unit), `not-found` (no such unit), `conflict` (the key was used
 * for something else). Whoever calls has made sure that the person may see the mention.
 */
export interface Cases {
  reply(request: ReplyRequest): Promise<{ readonly id: string }>
  forward(request: ForwardRequest): Promise<{ readonly id: string }>
  forMention(mentionId: string): Promise<Case | undefined>
}

/** What the composer must know before somebody writes. */
export interface ReplyOptions {
  readonly possible: boolean
  /** Why not, in words for the officer; null where it is possible. */
  readonly reason: string | null
  /** Until when WhatsApp or Messenger takes free text; null on channels without such a window. */
  readonly windowClosesAt: string | null
  /** Characters that one reply may have, as its channel counts: weighted on X, places of the GSM alphabet by SMS. */
  readonly maxLength: number
  /** How many SMS one reply may cost; null on other channels. */
  readonly maxParts: number | null
}
