import { createHash } from 'node:crypto'
import type { Media } from '../../../schemas/mention.js'
import { byteCount, fields, label, list, type Fields } from '../../fields.js'
import type { Reading } from '../../hook.js'
import { epochOfIso, epochOfSeconds, instant } from '../../instants.js'
import { mediaKind } from '../media-kind.js'
import { digestId, smsMention } from '../mention.js'
import { normaliseNumber } from '../phone-number.js'
import { changed, notRead, skipped, status, together } from '../reading.js'
import { eventParts, ownNumber, type AndroidNumbers } from './own-numbers.js'

export const ANDROID_SOURCE = 'sms-android'
export const ANDROID_ORIGIN = 'hooks/sms-android'
const MAX_ATTACHMENTS = 50

interface Context {
  readonly event: Fields
  readonly receivedAt: string
  readonly numbers: AndroidNumbers
  /** What becomes a dead letter: the whole event, or the event with the one message of a batch. */
  readonly whole: unknown
}

type ReadPayload = (payload: Fields, context: Context) => Reading

const READERS = new Map<string, ReadPayload>([
  ['sms:received', readText],
  ['sms:data-received', readData],
  ['mms:received', readMmsNotice],
  ['mms:downloaded', readMms],
  ['sms:sent', (payload, context) => readState(payload, 'sent', 'sentAt', context)],
  ['sms:delivered', (payload, context) => readState(payload, 'delivered', 'deliveredAt', context)],
  ['sms:failed', (payload, context) => readState(payload, 'failed', 'failedAt', context)],
  ['sms:cancelled', (payload, context) => readState(payload, 'failed', 'cancelledAt', context)],
  ['system:ping', () => skipped('a sign of life of the phone')],
  ['app:started', () => skipped('the gateway on the phone was started')],
])

const BATCHED = /^(sms|mms):batch:(.+)$/

/**
 * Reads one event of SMS Gateway for Android: takes any value, never throws. The gateway's `messageId` of a received message is a hash of 32 bits,
 * of which its own documents say that it is not unique: the id is made of it with a digest of sender, recipient, time and words.
 */
export function readAndroid(
  payload: unknown,
  context: { readonly receivedAt: string; readonly numbers: AndroidNumbers },
): Reading {
  const parts = eventParts(payload)
  const name = label(fields(payload)?.['event'])
  if (parts === undefined || name === undefined)
    return notRead(ANDROID_ORIGIN, payload, 'not an event of SMS Gateway for Android')
  const inner: Context = {
    event: parts.event,
    receivedAt: context.receivedAt,
    numbers: context.numbers,
    whole: payload,
  }
  const batch = BATCHED.exec(name)
  if (batch !== null) return readBatch(`${batch[1] ?? ''}:${batch[2] ?? ''}`, parts.payload, inner)
  const read = READERS.get(name)
  return read === undefined
    ? notRead(ANDROID_ORIGIN, payload, 'an event of a kind we do not know')
    : read(parts.payload, inner)
}

/** Each message of a batch is read, and kept where it cannot be, as an event of its own. */
function readBatch(event: string, payload: Fields, context: Context): Reading {
  const read = READERS.get(event)
  const messages = payload['messages']
  if (read === undefined || !Array.isArray(messages))
    return notRead(ANDROID_ORIGIN, context.whole, 'a batch of a kind we do not know')
  if (messages.length === 0) return skipped('a batch without messages')
  return together(
    (messages as unknown[]).map((message) => {
      const whole = { ...context.event, event, payload: message }
      const one = fields(message)
      return one === undefined
        ? notRead(ANDROID_ORIGIN, whole, 'a message of a batch that is no object')
        : read(one, { ...context, event: whole, whole })
    }),
  )
}

interface Received {
  readonly text: string
  readonly media?: readonly Media[]
  readonly mended?: readonly string[]
}

function received(payload: Fields, context: Context, content: Received): Reading {
  const from = label(payload['sender']) ?? label(payload['phoneNumber'])
  if (from === undefined || from.trim() === '')
    return notRead(ANDROID_ORIGIN, context.whole, 'a message without a sender')
  const to = ownNumber(context.event, payload, context.numbers)
  const writtenMs = timeOf(payload['receivedAt'])
  const given = label(payload['messageId'])
  const hour = `hour ${Math.floor(Date.parse(context.receivedAt) / 3_600_000)}`
  const parts = [
    normaliseNumber(from),
    normaliseNumber(to ?? ''),
    writtenMs ?? (given === undefined ? hour : ''),
    content.text,
  ]
  const media = (content.media ?? []).flatMap(({ id, sha256 }) => [id ?? '', sha256 ?? ''])
  const digest = digestId([...parts, ...media])
  return changed(
    smsMention({
      id: given === undefined ? digest : `${given}-${digest.slice(0, 16)}`,
      source: ANDROID_SOURCE,
      from,
      to,
      writtenMs,
      receivedAt: context.receivedAt,
      ...content,
    }),
  )
}

function readText(payload: Fields, context: Context): Reading {
  const text = payload['message'] ?? payload['text'] ?? fields(payload['textMessage'])?.['text']
  if (typeof text !== 'string')
    return notRead(ANDROID_ORIGIN, context.whole, 'a message whose text is missing or no text')
  return received(payload, context, { text })
}

/** Data messages are made for programs; where their bytes are words, they are words. */
function readData(payload: Fields, context: Context): Reading {
  const data = payload['data']
  if (typeof data !== 'string') return notRead(ANDROID_ORIGIN, context.whole, 'a data message without data')
  const text = wordsIn(Buffer.from(data, 'base64'))
  return received(payload, context, text === undefined ? { text: '', mended: ['content-unsupported'] } : { text })
}

function wordsIn(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return /[^\P{Cc}\n\r\t]/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** The phone knows that a picture message came and has not fetched it: a person looks after it. `mms:downloaded` brings the content. */
function readMmsNotice(payload: Fields, context: Context): Reading {
  return received(payload, context, { text: label(payload['subject']) ?? '', mended: ['content-unsupported'] })
}

function readMms(payload: Fields, context: Context): Reading {
  const messageId = label(payload['messageId']) ?? 'mms'
  const words = [label(payload['subject']), label(payload['body'])].filter((part) => part !== undefined)
  const media = list(payload['attachments'])
    .slice(0, MAX_ATTACHMENTS)
    .map((value, index) => attachmentOf(fields(value) ?? {}, `${messageId}/${index}`))
  return received(payload, context, { text: [...new Set(words)].join('\n'), media })
}

function attachmentOf(attachment: Fields, fallbackId: string): Media {
  const mimeType = label(attachment['contentType']) ?? null
  const data = attachment['data']
  const bytes = typeof data === 'string' && data !== '' ? Buffer.from(data, 'base64') : undefined
  return {
    kind: mediaKind(mimeType),
    id: label(attachment['partId']) ?? fallbackId,
    mimeType,
    sha256: bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes?.length ?? byteCount(attachment['size']) ?? null,
    fileName: label(attachment['name']) ?? null,
    url: null,
  }
}

function readState(
  payload: Fields,
  state: 'sent' | 'delivered' | 'failed',
  timeField: string,
  context: Context,
): Reading {
  const platformId = label(payload['messageId'])
  if (platformId === undefined) return notRead(ANDROID_ORIGIN, context.whole, 'a status that names no message')
  const ms = timeOf(payload[timeField])
  const at = ms === undefined ? context.receivedAt : instant(ms)
  const said = label(payload['reason'])
  const cancelled = timeField === 'cancelledAt' ? 'it was cancelled on the phone' : undefined
  const reason =
    cancelled ?? `the phone could not send it${said === undefined ? ' and gave no reason' : `: ${inWords(said)}`}`
  return status({ platformId, status: state, reason, at })
}

/** Android's own names for what went wrong. */
const ANDROID_ERRORS: readonly (readonly [RegExp, string])[] = [
  [/RESULT_ERROR_NO_SERVICE/i, 'the phone has no network'],
  [/RESULT_ERROR_RADIO_OFF/i, 'the phone is in flight mode'],
  [/RESULT_ERROR_LIMIT_EXCEEDED/i, 'the phone has sent too many SMS'],
  [
    /RESULT_ERROR_SHORT_CODE_NOT_ALLOWED|RESULT_ERROR_SHORT_CODE_NEVER_ALLOWED/i,
    'the phone may not write to short codes',
  ],
  [/RESULT_NO_DEFAULT_SMS_APP|RESULT_ERROR_NULL_PDU/i, 'the phone cannot make an SMS of it'],
  [/RESULT_ERROR_GENERIC_FAILURE/i, 'the network refused it, often for want of credit or a wrong number'],
  [/TTL expired|validUntil/i, 'it waited too long on the phone'],
]

function inWords(reason: string): string {
  const known = ANDROID_ERRORS.find(([pattern]) => pattern.test(reason))?.[1]
  return known === undefined ? reason.slice(0, 200) : `${known} (${reason.slice(0, 80)})`
}

const timeOf = (value: unknown): number | undefined => epochOfIso(value) ?? epochOfSeconds(value)
