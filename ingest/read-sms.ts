import { readAndroid } from '../channels/sms/android/read.js'
import { fields } from '../channels/fields.js'
import type { Reading } from '../channels/hook.js'
import { readKannel } from '../channels/sms/kannel/read.js'
import { notRead, together } from '../channels/sms/reading.js'
import { readTwilio } from '../channels/sms/twilio/read.js'

export type SmsGateway = 'sms-kannel' | 'sms-twilio' | 'sms-android'

/**
 * What a recorded payload of an SMS gateway becomes. Kannel: an address, or its query, a line; an access log's line counts by the address in it.
 * Twilio: a form body a line, or its parameters as JSON. Android: an event as JSON. JSON may be one value, an array, or a value a line.
 * Never throws; a file without anything in it is read as nothing.
 */
export function readSmsPayload(gateway: SmsGateway, text: string, receivedAt: string): Reading {
  return together(payloadsOf(gateway, text).map((payload) => readOne(gateway, payload, receivedAt)))
}

function readOne(gateway: SmsGateway, payload: unknown, receivedAt: string): Reading {
  if (gateway === 'sms-kannel') return readKannel(payload, { receivedAt })
  if (gateway === 'sms-android') {
    return typeof payload === 'string'
      ? notRead('hooks/sms-android', payload, 'not JSON')
      : readAndroid(payload, { receivedAt, numbers: { bySim: new Map() } })
  }
  if (typeof payload !== 'string') return readTwilio(unwrapped(payload), { receivedAt })
  return payload.includes('=')
    ? readTwilio(Object.fromEntries(new URLSearchParams(payload)), { receivedAt })
    : notRead('hooks/sms-twilio', payload, 'neither a form nor JSON')
}

/** Some recordings keep the parameters beside the headers. */
function unwrapped(payload: unknown): unknown {
  const object = fields(payload)
  if (object === undefined || object['From'] !== undefined || object['MessageSid'] !== undefined) return payload
  const body = object['body'] ?? object['params']
  if (typeof body === 'string') return Object.fromEntries(new URLSearchParams(body))
  return fields(body) ?? payload
}

function payloadsOf(gateway: SmsGateway, text: string): unknown[] {
  const plain = text.replace(/^\ufeff/, '')
  const whole = json(plain)
  if (whole !== undefined) return unfold(whole)
  const lines = plain.split(/\r?\n/).filter((line) => line.trim() !== '')
  return lines.flatMap((line) => {
    const value = json(line)
    if (value !== undefined) return unfold(value)
    return [gateway === 'sms-kannel' ? addressIn(line) : line.trim()]
  })
}

function addressIn(line: string): string {
  return /(?:https?:\/\/|\/hooks\/)\S+\?\S+/i.exec(line)?.[0] ?? line.trim()
}

function unfold(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[]
  const object = fields(value)
  const parts = object === undefined ? [] : Object.values(object)
  const isNamed =
    parts.length > 0 && parts.every((part) => fields(part) !== undefined) && object?.['event'] === undefined
  return isNamed ? parts : [value]
}

function json(text: string): unknown {
  const trimmed = text.trim()
  if (!/^[[{]/.test(trimmed)) return undefined
  try {
    return JSON.parse(trimmed) as unknown
  } catch {
    return undefined
  }
}
