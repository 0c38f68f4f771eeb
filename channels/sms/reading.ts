import type { Change } from '../../schemas/mention.js'
import type { OutboundStatus, OutboundUpdate } from '../../schemas/outbound.js'
import type { Reading } from '../hook.js'
import { unread } from '../unread.js'

const NOTHING: Reading = { changes: [], statuses: [], skipped: [], unread: [] }
const MAX_REASON = 500

export const changed = (...changes: readonly Change[]): Reading => ({ ...NOTHING, changes })
export const skipped = (reason: string): Reading => ({ ...NOTHING, skipped: [{ reason }] })
export const notRead = (origin: string, payload: unknown, detail: string): Reading => ({
  ...NOTHING,
  unread: [unread(origin, payload, detail)],
})

/** All of several readings, in their order. */
export function together(readings: readonly Reading[]): Reading {
  return {
    changes: readings.flatMap((reading) => reading.changes),
    statuses: readings.flatMap((reading) => reading.statuses),
    skipped: readings.flatMap((reading) => reading.skipped),
    unread: readings.flatMap((reading) => reading.unread),
  }
}

/** How far a message of ours got. It is named by `platformId`, which is what the client answered when it was sent. */
export function status(parts: {
  readonly platformId: string
  readonly status: OutboundStatus
  readonly reason?: string
  readonly at: string
}): Reading {
  const update: OutboundUpdate = {
    schema: 'rabta.outbound-update/1',
    id: null,
    channel: 'sms',
    status: parts.status,
    reason: parts.status === 'failed' ? (parts.reason ?? 'the network gave no reason').slice(0, MAX_REASON) : null,
    platformId: parts.platformId,
    at: parts.at,
  }
  return { ...NOTHING, statuses: [update] }
}
