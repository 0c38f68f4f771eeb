import { createHash } from 'node:crypto'
import type { Change, Media } from '../../schemas/mention.js'
import { instant } from '../instants.js'
import { normaliseNumber } from './phone-number.js'

export interface ReceivedSms {
  /** The gateway's own id of the message, or a digest where it gives none (`digestId`). */
  readonly id: string
  /** `sms-kannel`, `sms-twilio`, `sms-android`, `sms-smpp`. */
  readonly source: string
  readonly from: string
  /** Our number; undefined where the gateway does not say. */
  readonly to: string | undefined
  readonly text: string
  /** Epoch milliseconds by the gateway's word; undefined where it says none. */
  readonly writtenMs: number | undefined
  readonly receivedAt: string
  readonly media?: readonly Media[]
  readonly mended?: readonly string[]
}

/**
 * A message from a phone as a change. An SMS is never edited, so that its version may be 0 where no time is known: what is delivered again is then
 * never taken for something newer.
 */
export function smsMention(sms: ReceivedSms): Change {
  const from = normaliseNumber(sms.from)
  const to = sms.to === undefined || sms.to.trim() === '' ? undefined : normaliseNumber(sms.to)
  return {
    type: 'written',
    mention: {
      schema: 'rabta.mention/1',
      id: `sms:${sms.id}`,
      channel: 'sms',
      source: sms.source,
      version: sms.writtenMs ?? 0,
      kind: 'direct',
      text: sms.text,
      author: { id: from, name: null, handle: null, address: from, place: null },
      account: to ?? null,
      conversation: conversationOf(to, from),
      private: true,
      inReplyTo: null,
      url: null,
      writtenAt: sms.writtenMs === undefined ? sms.receivedAt : instant(sms.writtenMs),
      receivedAt: sms.receivedAt,
      media: [...(sms.media ?? [])],
      location: null,
      mended: [...(sms.writtenMs === undefined ? ['written-unknown'] : []), ...(sms.mended ?? [])],
    },
  }
}

/** One thread a person and number of ours. */
export function conversationOf(ourNumber: string | undefined, theirNumber: string): string {
  return `sms:${ourNumber ?? 'unknown'}:${theirNumber}`
}

/** A name for what came without one: the same parts, the same name. */
export function digestId(parts: readonly (string | number | undefined)[]): string {
  const text = JSON.stringify(parts.map((part) => part ?? null))
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
