import type { Selectable } from 'kysely'
import type { Outbound } from '../../schemas/outbound.js'
import type { Tables } from './tables.js'

export type OutboundRow = Selectable<Tables['outbound']>

/** A message that is to go out, as it is first recorded. `published`: whether the bus has it already, so that no sweep needs to put it there. */
export function outboundRow(outbound: Outbound, published: boolean): OutboundRow {
  const { id, kind, channel, mentionId, unit, requestedBy, requestedAt } = outbound
  return {
    id,
    kind,
    channel,
    unit,
    mention_id: mentionId,
    status: 'queued',
    reason: null,
    platform_id: null,
    requested_by: requestedBy,
    requested_at: requestedAt,
    updated_at: requestedAt,
    published: published ? 1 : 0,
    body: JSON.stringify(outbound),
  }
}
