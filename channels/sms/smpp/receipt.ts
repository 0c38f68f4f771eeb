import { numberField, textField, type Pdu } from './pdu.js'

/** How far one SMS of ours got, in the SMSC's words. */
export interface SmppReceipt {
  /** What the SMSC may have called it, the surest first. */
  readonly messageIds: readonly string[]
  /** The number it went to, as the SMSC writes it. */
  readonly recipient: string
  /** `passing` says nothing final. */
  readonly state: 'delivered' | 'failed' | 'passing'
  /** For the officer; null unless it failed. */
  readonly reason: string | null
}

const BY_NUMBER = ['', 'ENROUTE', 'DELIVRD', 'EXPIRED', 'DELETED', 'UNDELIV', 'ACCEPTD', 'UNKNOWN', 'REJECTD']
const FAILED = new Map([
  ['EXPIRED', 'the phone could not be reached in time'],
  ['DELETED', 'the operator deleted it'],
  ['UNDELIV', 'it could not be delivered'],
  ['UNDELIVERABLE', 'it could not be delivered'],
  ['REJECTD', 'the operator or the phone rejected it'],
  ['REJECTED', 'the operator or the phone rejected it'],
  ['FAILED', 'it could not be delivered'],
])
const DELIVERED = new Set(['DELIVRD', 'DELIVERED'])

const MESSAGE_TYPE = 0x3c
const SMSC_RECEIPT = 0x04
const INTERMEDIATE = 0x20

/** Whether the PDU says of itself that it is about a message of ours. Words that only look like a receipt do not count: anybody can write them. */
export function isReceipt(pdu: Pdu): boolean {
  const type = (numberField(pdu, 'esm_class') ?? 0) & MESSAGE_TYPE
  return (
    type === SMSC_RECEIPT ||
    type === INTERMEDIATE ||
    (type === 0 && idOf(textField(pdu, 'receipted_message_id')) !== undefined)
  )
}

/** Reads a receipt from its text (`id:… stat:DELIVRD err:000`) and its fields; undefined where it names no message. */
export function readReceipt(pdu: Pdu, text: string): SmppReceipt | undefined {
  const messageIds = [
    idOf(textField(pdu, 'receipted_message_id')),
    idOf(/\bid:\s*(\S+)/i.exec(text)?.[1] ?? ''),
  ].filter((id) => id !== undefined)
  if (messageIds.length === 0) return undefined
  const said = /\bstat:\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase()
  const state = said ?? BY_NUMBER[numberField(pdu, 'message_state') ?? 0] ?? ''
  const error = /\berr:\s*([0-9a-z]+)/i.exec(text)?.[1]
  const recipient = textField(pdu, 'source_addr')
  const base = { messageIds: [...new Set(messageIds)], recipient }
  if (DELIVERED.has(state)) return { ...base, state: 'delivered', reason: null }
  const why = FAILED.get(state)
  if (why === undefined) return { ...base, state: 'passing', reason: null }
  const code = error === undefined || /^0+$/.test(error) ? '' : `, error ${error.slice(0, 10)}`
  return { ...base, state: 'failed', reason: `the SMSC reports ${state}${code}: ${why}` }
}

/** Up to the first octet that is no visible character: the field's end is not marked by all. */
function idOf(text: string): string | undefined {
  const id = /^[\x21-\x7e]{1,128}/.exec(text.trimStart())?.[0]
  return id === undefined || id === '' ? undefined : id
}
