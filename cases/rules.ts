import { Failure } from '../runtime/failure.js'
import type { Unit } from '../schemas/case.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { Channel, Mention } from '../schemas/mention.js'
import { tooLong } from './reply-limits.js'

const MAX_NOTE_LENGTH = 1000

// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNSENDABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
const LONE_SURROGATE = /\p{Surrogate}/u
const isSendable = (text: string) => !UNSENDABLE.test(text) && !LONE_SURROGATE.test(text)

export const refuse = (why: string) => new Failure('refused', why, { retryable: false })
const badText = (why: string) => new Failure('invalid-payload', why, { retryable: false })

/** The text as it will be sent in answer to this mention; throws why it cannot be. */
export function checkedText(text: string, answered: Pick<Mention, 'channel' | 'private'>): string {
  const trimmed = text.trim()
  if (trimmed === '') throw badText('there is nothing written yet')
  if (!isSendable(trimmed)) throw badText('the text holds characters that cannot be sent: write it again')
  const long = tooLong(trimmed, answered)
  if (long !== undefined) throw badText(long)
  return trimmed
}

export function checkedNote(note: string): string {
  const trimmed = note.trim()
  if (!isSendable(trimmed)) throw badText('the note holds characters that cannot be sent: write it again')
  if (trimmed.length > MAX_NOTE_LENGTH)
    throw badText(`a note takes ${MAX_NOTE_LENGTH} characters, these are ${trimmed.length}`)
  return trimmed
}

/** Senders of SMS that are a name or none cannot be written to. */
const isWritable = (address: string) => /^\+?\d{2,15}$/.test(address)

/**
 * Where an answer goes: to the person on private channels, under the answered post or comment on public ones, from the account that was written to;
 * throws why there can be none.
 */
export function replyAddress(
  mention: EnrichedMention,
  channels: ReadonlySet<Channel>,
): { to: string | null; inReplyTo: string; account: string | null } {
  const { channel, author, account } = mention
  if (channel === 'news') throw refuse('a news article cannot be answered')
  if (!channels.has(channel))
    throw refuse(`answers by ${channel} are not set up here: answer another way, or ask the administrator`)
  if (account !== null && [author.id, author.address, author.handle].includes(account))
    throw refuse('this is our own message: there is nobody to answer')
  const inReplyTo = mention.id.slice(mention.id.indexOf(':') + 1)
  if (mention.conversation.startsWith('whatsapp:chat:'))
    throw refuse('this is from an exported chat of a group: it cannot be answered from here')
  if (!mention.private) return { to: null, inReplyTo, account }
  const to = author.address ?? author.id
  if (to === null) throw refuse('the platform gives no address of the sender: it cannot be answered')
  if (channel === 'sms' && !isWritable(to))
    throw refuse('the sender is a name and not a number: there is nothing to answer to')
  return { to, inReplyTo, account }
}

/**
 * A complaint of police wrongdoing goes to the superior and the accountability branch, never to whom it may be about: any office of the district it
 * happened in, or, where nobody knows the district, any office but those.
 */
export function checkRouting(mention: EnrichedMention, unit: Unit): void {
  if (mention.tags.category?.category !== 'misconduct') return
  if (unit.kind === 'region' || unit.kind === 'accountability' || unit.kind === 'media-cell') return
  const districts = mention.tags.districts?.map((tag) => tag.id) ?? []
  const isElsewhere = districts.length > 0 && !districts.some((id) => unit.districts.includes(id))
  if (isElsewhere) return
  throw refuse(
    `a complaint of police misconduct is not forwarded to ${unit.name}, whom it may be about: choose the region (RPO) or the accountability branch`,
  )
}
