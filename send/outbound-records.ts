import type { Transaction } from 'kysely'
import { outboundRow, type OutboundRow } from '../runtime/records/outbound-row.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import type { Channel } from '../schemas/mention.js'
import type { Outbound, OutboundState, OutboundStatus, OutboundUpdate } from '../schemas/outbound.js'
import type { OutboundStates } from './outbound-states.js'

export type { OutboundRow }

/** A platform's word on a message we do not know yet is kept as a row of this kind until we do. */
export const UNMATCHED = 'unmatched'

export const outboundOf = (row: OutboundRow) => JSON.parse(row.body) as Outbound

export function updateOf(row: OutboundRow): OutboundUpdate {
  const { id, channel, status, reason, platform_id, updated_at } = row
  return {
    schema: 'rabta.outbound-update/1',
    id,
    channel: channel as Channel,
    status: status as OutboundStatus,
    reason,
    platformId: platform_id,
    at: updated_at,
  }
}

function stateOf(row: OutboundRow): OutboundState {
  const { id, kind, mention_id, unit, status, reason, platform_id, requested_by, requested_at, updated_at } = row
  return {
    id,
    kind: kind as OutboundState['kind'],
    channel: row.channel as Channel,
    mentionId: mention_id,
    unit,
    text: outboundOf(row).text,
    status: status as OutboundStatus,
    reason,
    platformId: platform_id,
    requestedBy: requested_by,
    requestedAt: requested_at,
    updatedAt: updated_at,
  }
}

/** A platform's words as every database takes them: PostgreSQL holds no NUL. */
export const storable = (words: string | null): string | null => words?.replaceAll('\0', '\ufffd') ?? null

/** Moves a message from one of the statuses `from`; the row as it is then, or undefined if it stood elsewhere. */
export async function moveOutbound(
  records: Records | Transaction<Tables>,
  id: string,
  from: readonly OutboundStatus[],
  to: { status: OutboundStatus; reason: string | null; platform_id?: string; updated_at: string },
): Promise<OutboundRow | undefined> {
  return records
    .updateTable('outbound')
    .set({ ...to, reason: storable(to.reason) })
    .where('id', '=', id)
    .where('status', 'in', [...from])
    .returningAll()
    .executeTakeFirst()
}

/** Of a message that was read from the bus and is not in the records. */
export const newRow = (outbound: Outbound): OutboundRow => outboundRow(outbound, true)

/**
 * Whether the citizen counts as contacted, which is true while an answer is out: accepted by the platform, and not reported as failed since.
 * Called in the transaction that changes an answer's status.
 */
export async function settleContact(transaction: Transaction<Tables>, row: OutboundRow): Promise<void> {
  if (row.kind !== 'reply' || row.mention_id === null) return
  const out = await transaction
    .selectFrom('outbound')
    .select('id')
    .where('mention_id', '=', row.mention_id)
    .where('kind', '=', 'reply')
    .where('status', 'in', ['sent', 'delivered', 'read'])
    .limit(1)
    .executeTakeFirst()
  const mentionCase = transaction.updateTable('cases').where('mention_id', '=', row.mention_id)
  if (out === undefined) await mentionCase.set({ status: 'pending', contacted_at: null }).execute()
  else
    await mentionCase
      .set({ status: 'contacted', contacted_at: row.updated_at })
      .where('contacted_at', 'is', null)
      .execute()
}

const IDS_AT_ONCE = 400
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

export function createOutboundStates(records: Records): OutboundStates {
  const rows = () => records.selectFrom('outbound').selectAll().where('kind', '!=', UNMATCHED)
  return {
    getOutbound: async (id) => {
      const row = await rows().where('id', '=', id).executeTakeFirst()
      return row === undefined ? undefined : stateOf(row)
    },
    listForMention: async (mentionId) => {
      const found = await rows().where('mention_id', '=', mentionId).orderBy('requested_at').orderBy('id').execute()
      return found.map(stateOf)
    },
    listForMentions: async (mentionIds) => {
      const found: OutboundState[] = []
      for (let at = 0; at < mentionIds.length; at += IDS_AT_ONCE) {
        const ids = mentionIds.slice(at, at + IDS_AT_ONCE)
        found.push(...(await rows().where('mention_id', 'in', ids).execute()).map(stateOf))
      }
      return found.sort((a, b) =>
        a.requestedAt === b.requestedAt ? order(a.id, b.id) : order(a.requestedAt, b.requestedAt),
      )
    },
  }
}
