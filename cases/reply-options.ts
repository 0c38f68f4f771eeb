import { Failure } from '../runtime/failure.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { Channel } from '../schemas/mention.js'
import { windowClosesMs } from './answer-window.js'
import type { ReplyOptions } from './cases.js'
import { replyLimit } from './reply-limits.js'
import { replyAddress } from './rules.js'

/** Whether and how a mention can be answered now; `conversation` is what its author and we said to each other, for the 24-hour window. */
export function replyOptions(parts: {
  mention: EnrichedMention
  conversation: readonly EnrichedMention[]
  channels: ReadonlySet<Channel>
  nowMs: number
}): ReplyOptions {
  const { mention, conversation, channels, nowMs } = parts
  const limit = replyLimit(mention)
  try {
    replyAddress(mention, channels)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { possible: false, reason: error.message, windowClosesAt: null, ...limit }
  }
  const closesMs = windowClosesMs(mention, conversation)
  if (closesMs === null) return { possible: true, reason: null, windowClosesAt: null, ...limit }
  const windowClosesAt = new Date(closesMs).toISOString()
  if (closesMs > nowMs) return { possible: true, reason: null, windowClosesAt, ...limit }
  const name = mention.channel === 'whatsapp' ? 'WhatsApp' : 'Messenger'
  const reason = `the 24 hours in which ${name} takes an answer are over: telephone, or wait until the person writes again`
  return { possible: false, reason, windowClosesAt, ...limit }
}
