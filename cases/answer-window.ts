import { isOurOwn } from '../runtime/person.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'

const WINDOW_MS = 24 * 60 * 60_000

/** WhatsApp and Messenger let us write freely for 24 hours after the person wrote last; comments, posts and SMS know no such end. */
export const hasAnswerWindow = ({ channel, private: isPrivate }: Pick<EnrichedMention, 'channel' | 'private'>) =>
  channel === 'whatsapp' || (channel === 'facebook' && isPrivate)

/** The earlier of what the platform says and when it came: a clock that runs ahead must not hold the window open. */
const wroteAtMs = ({ writtenAt, receivedAt }: EnrichedMention) =>
  Math.min(Date.parse(writtenAt), Date.parse(receivedAt))

/**
 * When the window to answer this closes, in epoch milliseconds, which a later message of the same conversation puts off; null on channels without one.
 * What we wrote ourselves holds nothing open.
 */
export function windowClosesMs(mention: EnrichedMention, conversation: readonly EnrichedMention[]): number | null {
  if (!hasAnswerWindow(mention)) return null
  const theirs = conversation.filter((one) => one.conversation === mention.conversation && !isOurOwn(one))
  return Math.max(...[mention, ...theirs].map(wroteAtMs)) + WINDOW_MS
}
