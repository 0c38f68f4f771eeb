import type { Reading } from '../../hook.js'
import { notRead, skipped, status } from '../reading.js'
import { readOutboundKey } from './outbound-key.js'

const DELIVERED = 1
const NOT_DELIVERED = 2
const QUEUED = 4
const TAKEN = 8
const REFUSED = 16
const INTERMEDIATE = 32

/** The states of an SMPP receipt that mean the message is lost, in words. */
const STATES = new Map([
  ['EXPIRED', 'the phone could not be reached until the message expired'],
  ['DELETED', 'the network deleted it'],
  ['UNDELIV', 'the network could not deliver it: the number may be wrong or out of service'],
  ['REJECTD', 'the network rejected it'],
  ['UNKNOWN', 'the network does not know what became of it'],
])

export interface DeliveryReport {
  /** `%d` */
  readonly type: string
  /** What `dlr-url` carried back of our outbound's id. */
  readonly outboundKey: string
  /** `%A`: the words of the SMSC. */
  readonly words: string
  readonly at: string
}

/** Reads one of Kannel's delivery reports; `payload` is what becomes a dead letter where it cannot be. */
export function readReport(report: DeliveryReport, origin: string, payload: unknown): Reading {
  const platformId = readOutboundKey(report.outboundKey)
  if (platformId === undefined) return notRead(origin, payload, 'a delivery report that names no message of ours')
  const type = /^\d{1,3}$/.test(report.type) ? Number(report.type) : Number.NaN
  const { at } = report
  if (type === DELIVERED) return status({ platformId, status: 'delivered', at })
  if (type === TAKEN) return status({ platformId, status: 'sent', at })
  if (type === NOT_DELIVERED || type === REFUSED) {
    return status({ platformId, status: 'failed', reason: reasonOf(type, report.words), at })
  }
  if (type === QUEUED) return skipped('a delivery report: the message waits at the SMSC')
  if (type === INTERMEDIATE) return skipped('a delivery report that is not final')
  return notRead(origin, payload, 'a delivery report of a kind that Kannel does not have: dlr-url must carry dlr=%d')
}

/** The receipt's `text:` repeats the message: only its state and code are told. */
function reasonOf(type: number, words: string): string {
  const [, state = ''] = /\bstat:\s*([A-Z]{3,10})/i.exec(words) ?? []
  const [, code] = /\berr:\s*([0-9A-F]{1,5})/i.exec(words) ?? []
  const told = STATES.get(state.toUpperCase())
  const numbered = code === undefined || /^0+$/.test(code) ? '' : ` (network code ${code})`
  if (told !== undefined) return `${told}${numbered}`
  const [, refused] = /^NACK\/(?:0x[0-9a-f]+\/)?([\w .,-]{1,80})/i.exec(words.trim()) ?? []
  if (type === REFUSED)
    return `the SMSC did not take it${refused === undefined ? '' : `: ${refused.trim()}`}${numbered}`
  return `the network could not deliver it${numbered}`
}
