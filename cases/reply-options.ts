import { Failure } from '../runtime/failure.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { Channel } from '../schemas/mention.js'
import type { ReplyOptions } from './cases.js'
import { replyAddress, WHATSAPP_MAX_LENGTH, WHATSAPP_WINDOW_MS } from './rules.js'
import { X_MAX_WEIGHT } from './x-length.js'

const DEFAULT_MAX_LENGTH = 2000
const MAX_LENGTH: Partial<Record<Channel, number>> = { whatsapp: WHATSAPP_MAX_LENGTH, x: X_MAX_WEIGHT }

const wroteAtMs = ({ writtenAt, receivedAt }: EnrichedMention) =>
  Math.min(Date.parse(writtenAt), Date.parse(receivedAt))

/** Whether and how a mention can be answered now; `conversation` is what its author and we said to each other, for the 24-hour window. */
export function replyOptions(parts: {
  mention: EnrichedMention
  conversation: readonly EnrichedMention[]
  channels: ReadonlySet<Channel>
  nowMs: number
}): ReplyOptions {
  const { mention, conversation, channels, nowMs } = parts
  const maxLength = MAX_LENGTH[mention.channel] ?? DEFAULT_MAX_LENGTH
  try {
    replyAddress(mention, channels)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { possible: false, reason: error.message, windowClosesAt: null, maxLength }
  }
  if (mention.channel !== 'whatsapp') return { possible: true, reason: null, windowClosesAt: null, maxLength }
  const lastMs = Math.max(...[mention, ...conversation].map(wroteAtMs))
  const closesMs = lastMs + WHATSAPP_WINDOW_MS
  const windowClosesAt = new Date(closesMs).toISOString()
  if (closesMs > nowMs) return { possible: true, reason: null, windowClosesAt, maxLength }
  const reason =
    'the 24 hours in which WhatsApp takes an answer are over: telephone, or wait until the person writes again'
  return { possible: false, reason, windowClosesAt, maxLength }
}
