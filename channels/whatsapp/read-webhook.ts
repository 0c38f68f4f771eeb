import type { Change } from '../../schemas/mention.js'
import type { OutboundUpdate } from '../../schemas/outbound.js'
import { fields, label, type Fields } from '../fields.js'
import type { Reading } from '../hook.js'
import { unread, type Unread } from '../unread.js'
import { readMessage } from './read-message.js'
import { describeError, readStatus } from './read-status.js'

const WHATSAPP_ORIGIN = 'hooks/whatsapp'

const NOT_MESSAGES = new Map([
  ['smb_message_echoes', 'our own messages, sent from the WhatsApp Business app'],
  ['message_echoes', 'our own messages, sent from elsewhere'],
  ['history', 'the history of a phone that was linked: not something said to us now'],
  ['calls', 'a call, not a message'],
])

const MESSAGE_FIELDS = new Set<string | undefined>([undefined, 'messages', 'standby'])

interface Sink {
  readonly changes: Change[]
  readonly statuses: OutboundUpdate[]
  readonly skipped: { readonly reason: string }[]
  readonly unread: Unread[]
  readonly receivedAt: string
}

/** Reads a webhook body of the WhatsApp Cloud API: takes any value, never throws, and one bad message does not hold up the others. */
export function readWebhook(payload: unknown, options: { readonly receivedAt: string }): Reading {
  const sink: Sink = { changes: [], statuses: [], skipped: [], unread: [], receivedAt: options.receivedAt }
  const body = fields(payload)
  const entries = body?.['entry']
  const object = label(body?.['object'])
  if (
    body === undefined ||
    !Array.isArray(entries) ||
    (object !== undefined && object !== 'whatsapp_business_account')
  ) {
    sink.unread.push(unread(WHATSAPP_ORIGIN, payload, 'a body that is no WhatsApp webhook'))
    return sink
  }
  if (entries.length === 0) sink.skipped.push({ reason: 'a webhook body without entries' })
  for (const value of entries as unknown[]) readEntry(value, sink)
  return sink
}

function readEntry(value: unknown, sink: Sink): void {
  const entry = fields(value)
  const changes = entry?.['changes']
  if (entry === undefined || !Array.isArray(changes)) {
    sink.unread.push(unread(WHATSAPP_ORIGIN, wrap([value]), 'an entry without changes'))
    return
  }
  if (changes.length === 0) sink.skipped.push({ reason: 'an entry without changes in its list' })
  for (const change of changes as unknown[]) readChange(change, entry, sink)
}

function readChange(change: unknown, entry: Fields, sink: Sink): void {
  const part = fields(change)
  const field = label(part?.['field'])
  const fail = (detail: string, payload: unknown = change) =>
    sink.unread.push(unread(WHATSAPP_ORIGIN, wrap([{ ...entry, changes: [payload] }]), detail))
  if (part === undefined) return void fail('a change that is no object')
  if (!MESSAGE_FIELDS.has(field)) {
    const why = NOT_MESSAGES.get(field ?? '') ?? 'a notice about the account, a group or a template, not a message'
    sink.skipped.push({ reason: `field ${JSON.stringify(field?.slice(0, 60))}: ${why}` })
    return
  }
  const value = fields(part['value'])
  if (value === undefined) return void fail('a change without a value')
  const before = accounted(sink)
  const again = (name: 'messages' | 'statuses', item: unknown) => ({
    ...part,
    value: { ...withoutLists(value), [name]: [item] },
  })
  for (const message of listOf(value, 'messages', fail)) {
    const reading = readMessage(message, { value, receivedAt: sink.receivedAt })
    if ('change' in reading) sink.changes.push(reading.change)
    else if ('skipped' in reading) sink.skipped.push({ reason: reading.skipped })
    else fail(reading.unread, again('messages', message))
  }
  for (const status of listOf(value, 'statuses', fail)) {
    const reading = readStatus(status, sink.receivedAt)
    if ('update' in reading) sink.statuses.push(reading.update)
    else if ('skipped' in reading) sink.skipped.push({ reason: reading.skipped })
    else fail(reading.unread, again('statuses', status))
  }
  for (const error of listOf(value, 'errors', fail)) {
    sink.skipped.push({
      reason: `WhatsApp reports an error of the account: ${describeError(error) ?? 'without words'}`,
    })
  }
  if (accounted(sink) > before) return
  const isEmpty = ['messages', 'statuses', 'errors'].some((name) => Array.isArray(value[name]))
  if (isEmpty) sink.skipped.push({ reason: 'a change whose lists are empty' })
  else fail('a change that holds neither messages nor statuses')
}

function listOf(value: Fields, name: string, fail: (detail: string) => void): readonly unknown[] {
  const found = value[name]
  if (found === undefined || found === null) return []
  if (Array.isArray(found)) return found as unknown[]
  fail(`${name} that are no list`)
  return []
}

const accounted = (sink: Sink): number =>
  sink.changes.length + sink.statuses.length + sink.skipped.length + sink.unread.length

function withoutLists(value: Fields): Fields {
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => name !== 'messages' && name !== 'statuses' && name !== 'errors'),
  )
}

/** What could not be read is kept as a webhook body of its own, so that reading it again is the same call. */
function wrap(entry: readonly unknown[]): unknown {
  return { object: 'whatsapp_business_account', entry }
}
