import type { Media } from '../../../schemas/mention.js'
import { fields, label, numeric, type Fields } from '../../fields.js'
import type { Reading } from '../../hook.js'
import { mediaKind } from '../media-kind.js'
import { digestId, smsMention } from '../mention.js'
import { normaliseNumber } from '../phone-number.js'
import { changed, notRead, skipped, status } from '../reading.js'
import { describeError } from './errors.js'

export const TWILIO_SOURCE = 'sms-twilio'
export const TWILIO_ORIGIN = 'hooks/sms-twilio'
const MAX_MEDIA = 20
const HOUR_MS = 3_600_000

const ON_THE_WAY = new Set(['accepted', 'scheduled', 'queued', 'sending', 'receiving', 'received'])

/**
 * Reads the parameters of one of Twilio's webhooks: a message, or a status of one of ours (`MessageStatus`). Takes any value and never throws. Twilio
 * does not say when a message was written: it counts as written when it came. A message without a sid is named by from, to, text and the hour it came in.
 */
export function readTwilio(payload: unknown, context: { readonly receivedAt: string }): Reading {
  const form = fields(payload)
  if (form === undefined) return notRead(TWILIO_ORIGIN, payload, 'not the parameters of a form')
  const sid = label(form['MessageSid']) ?? label(form['SmsSid']) ?? label(form['SmsMessageSid'])
  const state = (label(form['MessageStatus']) ?? label(form['SmsStatus']))?.toLowerCase()
  const isInbound = label(form['MessageStatus']) === undefined && (state === undefined || state === 'received')
  if (isInbound) return readMessage(form, sid, payload, context.receivedAt)
  if (sid === undefined || state === undefined) return notRead(TWILIO_ORIGIN, payload, 'a status that names no message')
  return readStatus(form, { sid, state, at: context.receivedAt }, payload)
}

function readMessage(form: Fields, sid: string | undefined, payload: unknown, receivedAt: string): Reading {
  const from = label(form['From'])
  const to = label(form['To'])
  const media = mediaOf(form)
  const body = form['Body']
  if (from === undefined) return notRead(TWILIO_ORIGIN, payload, 'a message without a sender')
  if (body !== undefined && typeof body !== 'string' && label(body) === undefined)
    return notRead(TWILIO_ORIGIN, payload, 'a message whose text is of another shape')
  if (body === undefined && media.length === 0 && sid === undefined)
    return notRead(TWILIO_ORIGIN, payload, 'neither a text nor media nor a sid')
  const text = typeof body === 'string' ? body : (label(body) ?? '')
  const hour = Math.floor(Date.parse(receivedAt) / HOUR_MS)
  const id = sid ?? digestId([normaliseNumber(from), normaliseNumber(to ?? ''), text, `hour ${hour}`])
  return changed(smsMention({ id, source: TWILIO_SOURCE, from, to, text, writtenMs: undefined, receivedAt, media }))
}

function mediaOf(form: Fields): Media[] {
  const said = Math.min(numeric(form['NumMedia']) ?? 0, MAX_MEDIA)
  const media: Media[] = []
  for (let index = 0; index < MAX_MEDIA; index++) {
    const url = label(form[`MediaUrl${index}`])
    const mimeType = label(form[`MediaContentType${index}`]) ?? null
    if (url === undefined && index >= said) break
    // The last part of Twilio's address is the media's sid (`ME…`).
    const id = url === undefined ? null : (/\/Media\/(ME[0-9a-zA-Z]+)/.exec(url)?.[1] ?? null)
    media.push({ kind: mediaKind(mimeType), id, mimeType, sha256: null, bytes: null, fileName: null, url: url ?? null })
  }
  return media
}

function readStatus(form: Fields, told: { sid: string; state: string; at: string }, payload: unknown): Reading {
  const { sid: platformId, state, at } = told
  if (state === 'sent') return status({ platformId, status: 'sent', at })
  if (state === 'delivered') return status({ platformId, status: 'delivered', at })
  if (state === 'read') return status({ platformId, status: 'read', at })
  if (state === 'failed' || state === 'undelivered' || state === 'canceled') {
    const words = label(form['ErrorMessage']) ?? (state === 'canceled' ? 'it was cancelled at Twilio' : undefined)
    return status({ platformId, status: 'failed', reason: describeError(label(form['ErrorCode']), words), at })
  }
  if (ON_THE_WAY.has(state)) return skipped(`the status ${JSON.stringify(state)}: the message is on its way`)
  return notRead(TWILIO_ORIGIN, payload, 'a status of a kind we do not know')
}
