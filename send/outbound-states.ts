import type { OutboundState } from '../schemas/outbound.js'

/** Where outbound messages stand. Whoever asks has made sure that the person may see the mention a message belongs to. */
export interface OutboundStates {
  getOutbound(id: string): Promise<OutboundState | undefined>
  /** What was answered to a mention and forwarded of it, oldest first. */
  listForMention(mentionId: string): Promise<readonly OutboundState[]>
  /** The same for many mentions, oldest first. */
  listForMentions(mentionIds: readonly string[]): Promise<readonly OutboundState[]>
}
