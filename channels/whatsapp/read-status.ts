import type { OutboundUpdate } from '../../schemas/outbound.js'
import { fields, label, list } from '../fields.js'
import { epochOfSeconds, instant } from '../instants.js'
import { adviceFor } from './advice.js'

export type StatusReading =
  { readonly update: OutboundUpdate } | { readonly skipped: string } | { readonly unread: string }

const STATUSES = new Map<string, OutboundUpdate['status']>([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
  ['failed', 'failed'],
])

const MAX_REASON = 500

/** Reads one entry of `statuses`: how far a message of ours got. Takes any value and never throws. */
export function readStatus(value: unknown, receivedAt: string): StatusReading {
  const status = fields(value)
  const platformId = label(status?.['id'])
  const name = label(status?.['status'])
  if (status === undefined || platformId === undefined || name === undefined)
    return { unread: 'a status without an id or a name' }
  const known = STATUSES.get(name)
  if (known === undefined)
    return { skipped: `a status ${JSON.stringify(name.slice(0, 40))} that says nothing about delivery` }
  const at = epochOfSeconds(status['timestamp'])
  return {
    update: {
      schema: 'rabta.outbound-update/1',
      id: null,
      channel: 'whatsapp',
      status: known,
      reason: known === 'failed' ? failedReason(status['errors']) : null,
      platformId,
      at: at === undefined ? receivedAt : instant(at),
    },
  }
}

function failedReason(errors: unknown): string {
  const said = list(errors)
    .map(describeError)
    .filter((words) => words !== undefined)
  return said.length === 0 ? 'WhatsApp could not deliver it and gave no reason' : said.join('; ').slice(0, MAX_REASON)
}

/** The words of one of WhatsApp's error objects, with what to do about it where that is known. */
export function describeError(value: unknown): string | undefined {
  const error = fields(value)
  if (error === undefined) return undefined
  const code = label(error['code'])
  const parts = [label(error['title']), label(error['message']), label(fields(error['error_data'])?.['details'])]
  const words = [...new Set(parts.filter((part) => part !== undefined))].join(': ')
  const said = `${words === '' ? 'error without words' : words}${code === undefined ? '' : ` (#${code})`}`
  const advice = adviceFor(code)
  return advice === undefined ? said : `${said}. ${advice}`
}
