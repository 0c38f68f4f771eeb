import type { Transaction } from 'kysely'
import type { Bus } from '../runtime/bus.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import type { StageHandler } from '../runtime/stage.js'
import type { OutboundStatus, OutboundUpdate } from '../schemas/outbound.js'
import { settleContact, storable, UNMATCHED, updateOf, type OutboundRow } from './outbound-records.js'

const RANK: Partial<Record<OutboundStatus, number>> = { sent: 1, failed: 2, delivered: 3, read: 4 }

/** Whether a platform's word takes a message further; what was delivered has not failed, and nothing is unread again. */
const isFurther = (from: string, to: OutboundStatus) => (RANK[to] ?? 0) > (RANK[from as OutboundStatus] ?? 0)

const MAX_UNMATCHED_AGE_MS = 7 * 86_400_000

/**
 * Records what a platform says of a message by the platform's own id, and says it again under ours. It may come before our own `sent` was recorded:
 * then it is kept and joined to it by `adoptStatus`. Our own updates, which come by the same topic, are in the records already.
 */
export function createStatusHandler(parts: { records: Records; bus: Bus }): StageHandler<'outbound.status'> {
  const { records, bus } = parts
  return async (batch) => {
    const said: OutboundUpdate[] = []
    for (const { value } of batch) {
      if (value.id !== null || value.platformId === null || RANK[value.status] === undefined) continue
      const row = await inTransaction(records, (transaction) => take(transaction, value, value.platformId ?? ''))
      if (row !== undefined) said.push(updateOf(row))
    }
    if (said.length > 0)
      await bus.publish(
        'outbound.status',
        said.map((value) => ({ key: value.id ?? '', value })),
      )
  }
}

/** The row as it stands now if the update is what it says; undefined if it is of no message we know, or behind what is known. */
async function take(
  transaction: Transaction<Tables>,
  update: OutboundUpdate,
  platformId: string,
): Promise<OutboundRow | undefined> {
  const { channel, status, at } = update
  const reason = storable(update.reason)
  const ofChannel = transaction.selectFrom('outbound').selectAll().where('channel', '=', channel)
  const row =
    (await ofChannel.where('platform_id', '=', platformId).executeTakeFirst()) ??
    // A gateway without ids of its own speaks of ours, and so tells what became of a message that nobody was sure of.
    (await ofChannel.where('id', '=', platformId).where('status', '=', 'unconfirmed').executeTakeFirst())
  if (row === undefined) {
    await keep(transaction, update, platformId)
    return undefined
  }
  if (!isFurther(row.status, status)) return row.status === status && row.kind !== UNMATCHED ? row : undefined
  const told = { status, reason, platform_id: row.platform_id ?? platformId, updated_at: at }
  await transaction.updateTable('outbound').set(told).where('id', '=', row.id).execute()
  if (row.kind === UNMATCHED) return undefined
  const next = { ...row, ...told }
  await settleContact(transaction, next)
  return next
}

async function keep(transaction: Transaction<Tables>, update: OutboundUpdate, platformId: string): Promise<void> {
  const { channel, status, at } = update
  const reason = storable(update.reason)
  const oldest = new Date(Date.parse(at) - MAX_UNMATCHED_AGE_MS).toISOString()
  await transaction.deleteFrom('outbound').where('kind', '=', UNMATCHED).where('updated_at', '<', oldest).execute()
  const row = {
    id: `${UNMATCHED}:${channel}:${platformId}`,
    kind: UNMATCHED,
    channel,
    status,
    reason,
    mention_id: null,
    unit: null,
    platform_id: platformId,
    requested_by: '',
    requested_at: at,
    updated_at: at,
    published: 1,
    body: '{}',
  }
  await transaction.insertInto('outbound').values(row).execute()
}

/** In the transaction that records `sent` or `unconfirmed`: what the platform said of this message before we knew that it was ours. */
export async function adoptStatus(transaction: Transaction<Tables>, row: OutboundRow): Promise<OutboundRow> {
  const platformId = row.platform_id ?? row.id
  const early = await transaction
    .deleteFrom('outbound')
    .where('id', '=', `${UNMATCHED}:${row.channel}:${platformId}`)
    .returningAll()
    .executeTakeFirst()
  if (early === undefined || !isFurther(row.status, early.status as OutboundStatus)) return row
  const { status, reason, updated_at } = early
  const told = { status, reason, platform_id: platformId, updated_at }
  await transaction.updateTable('outbound').set(told).where('id', '=', row.id).execute()
  return { ...row, ...told }
}
