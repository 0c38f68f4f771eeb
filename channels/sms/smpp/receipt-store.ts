import type { Transaction } from 'kysely'
import type { Clock } from '../../../runtime/clock.js'
import type { Records, Tables } from '../../../runtime/records/tables.js'
import { inTransaction } from '../../../runtime/records/transact.js'
import type { OutboundUpdate } from '../../../schemas/outbound.js'
import type { SmppReceipt } from './receipt.js'

/**
 * Which receipt is about which message, through restarts and for days. A message of several parts is delivered when all its parts are, failed when one
 * is. Receipts that overtake `remember` wait. Every method throws a Failure where the records are away, and then nothing of the call counts.
 */
export interface ReceiptStore {
  /** The SMSC accepted these parts (its ids for them) as one message to this number. */
  remember(message: {
    readonly platformId: string
    readonly recipient: string
    readonly messageIds: readonly string[]
  }): Promise<void>
  /** Stores a receipt and answers what is to be said of the message now, if anything. To be said before the SMSC is told that its receipt arrived. */
  take(receipt: SmppReceipt): Promise<readonly OutboundUpdate[]>
  /** What is to be said and was not: found after a crash, and where a receipt came first. */
  due(): Promise<readonly OutboundUpdate[]>
  /** The bus has these. */
  said(updates: readonly OutboundUpdate[]): Promise<void>
}

const KEPT_MS = 8 * 86_400_000
const PURGE_EVERY_MS = 3_600_000
const MAX_DUE = 200

export function createReceiptStore({
  records,
  clock,
}: {
  readonly records: Records
  readonly clock: Clock
}): ReceiptStore {
  let purgedAt = -Infinity

  async function purge(): Promise<void> {
    if (clock.now() - purgedAt < PURGE_EVERY_MS) return
    purgedAt = clock.now()
    await records
      .deleteFrom('sms_submits')
      .where('at', '<', clock.now() - KEPT_MS)
      .execute()
  }

  /** The rows an id may mean, those of this number alone where there are any. */
  async function find(transaction: Transaction<Tables>, ids: readonly string[], recipient: string, isOurs: boolean) {
    const forms = [...new Set(ids.flatMap(formsOf))]
    const rows = await transaction
      .selectFrom('sms_submits')
      .selectAll()
      .where('message_id', 'in', forms)
      .where('platform_id', isOurs ? 'is not' : 'is', null)
      .execute()
    const own = rows.filter((row) => row.recipient === recipient)
    if (own.length > 0) return own.sort((a, b) => forms.indexOf(a.message_id) - forms.indexOf(b.message_id))
    // Some SMSCs write another number into the receipt; then only the id itself counts, and only if it can mean but one message.
    const exact = new Set(ids.map(canonical))
    const same = rows.filter((row) => exact.has(row.message_id))
    return same.length === 1 && isOurs ? same : []
  }

  async function updatesFor(
    transaction: Transaction<Tables>,
    platformIds: readonly string[],
  ): Promise<OutboundUpdate[]> {
    const updates: OutboundUpdate[] = []
    for (const platformId of platformIds) {
      const rows = await transaction
        .selectFrom('sms_submits')
        .selectAll()
        .where('platform_id', '=', platformId)
        .execute()
      const failed = rows.find((row) => row.status === 'failed')
      const isDelivered = rows.length > 0 && rows.every((row) => row.status === 'delivered')
      if (failed === undefined && !isDelivered) continue
      const at = new Date(Math.max(...rows.map((row) => (row.status === null ? 0 : Number(row.at))))).toISOString()
      updates.push({
        schema: 'rabta.outbound-update/1',
        id: null,
        channel: 'sms',
        status: failed === undefined ? 'delivered' : 'failed',
        reason: failed === undefined ? null : reasonOf(failed, rows.length),
        platformId,
        at,
      })
    }
    return updates
  }

  return {
    remember: async ({ platformId, recipient, messageIds }) => {
      await purge()
      const number = numberKey(recipient)
      await inTransaction(records, async (transaction) => {
        for (const messageId of new Set(messageIds.map(canonical))) {
          const [early] = await find(transaction, [messageId], number, false)
          if (early !== undefined) await remove(transaction, early.message_id, early.recipient)
          // An SMSC that begins counting again gives an old message's id to a new one.
          await remove(transaction, messageId, number)
          const row = {
            message_id: messageId,
            recipient: number,
            platform_id: platformId,
            total: messageIds.length,
            status: early?.status ?? null,
            reason: early?.reason ?? null,
            at: early === undefined ? clock.now() : Number(early.at),
            due: early === undefined ? 0 : 1,
          }
          await transaction.insertInto('sms_submits').values(row).execute()
        }
      })
    },
    take: async (receipt) => {
      if (receipt.state === 'passing') return []
      const { state, reason, messageIds } = receipt
      const number = numberKey(receipt.recipient)
      return inTransaction(records, async (transaction) => {
        const [row] = await find(transaction, messageIds, number, true)
        const told = { status: state, reason, at: clock.now(), due: 1 }
        if (row === undefined) {
          await keepEarly(transaction, canonical(messageIds[0] ?? ''), number, told)
          return []
        }
        // What was delivered has not failed: a late word of failure is about another try.
        const isNews = row.status !== 'delivered' && row.status !== state
        if (isNews) {
          await transaction
            .updateTable('sms_submits')
            .set(told)
            .where('message_id', '=', row.message_id)
            .where('recipient', '=', row.recipient)
            .execute()
        }
        return isNews || row.due === 1 ? updatesFor(transaction, [row.platform_id ?? '']) : []
      })
    },
    due: async () => {
      const rows = await records
        .selectFrom('sms_submits')
        .select('platform_id')
        .distinct()
        .where('due', '=', 1)
        .where('platform_id', 'is not', null)
        .limit(MAX_DUE)
        .execute()
      if (rows.length === 0) return []
      const platformIds = rows.map((row) => row.platform_id ?? '')
      return inTransaction(records, async (transaction) => {
        const updates = await updatesFor(transaction, platformIds)
        const told = new Set(updates.map((update) => update.platformId))
        // Some parts have their receipt, others not yet: the next receipt asks again.
        for (const platformId of platformIds) if (!told.has(platformId)) await clearDue(transaction, platformId)
        return updates
      })
    },
    said: async (updates) => {
      if (updates.length === 0) return
      await inTransaction(records, async (transaction) => {
        for (const { platformId } of updates) if (platformId !== null) await clearDue(transaction, platformId)
      })
    },
  }
}

type Row = Tables['sms_submits']

function reasonOf(failed: Pick<Row, 'reason'>, parts: number): string {
  const said = failed.reason ?? 'the SMSC reports that it failed'
  return parts === 1 ? said : `one of its ${parts} parts: ${said}`
}

async function clearDue(transaction: Transaction<Tables>, platformId: string): Promise<void> {
  await transaction.updateTable('sms_submits').set({ due: 0 }).where('platform_id', '=', platformId).execute()
}

async function remove(transaction: Transaction<Tables>, messageId: string, recipient: string): Promise<void> {
  await transaction
    .deleteFrom('sms_submits')
    .where('message_id', '=', messageId)
    .where('recipient', '=', recipient)
    .execute()
}

async function keepEarly(
  transaction: Transaction<Tables>,
  messageId: string,
  recipient: string,
  told: { status: string; reason: string | null; at: number; due: number },
): Promise<void> {
  await remove(transaction, messageId, recipient)
  const row = { message_id: messageId, recipient, platform_id: null, total: 0, ...told }
  await transaction.insertInto('sms_submits').values(row).execute()
}

/** One spelling of an id: SMSCs pad it, and change its case, between the answer and the receipt. */
function canonical(id: string): string {
  const plain = id.trim().toLowerCase()
  return /^[0-9a-f]+$/.test(plain) ? plain.replace(/^0+(?=.)/, '') : plain
}

const MAX_NUMBER_DIGITS = 32

/** The id itself, then what it is where one side writes decimal and the other hexadecimal. */
function formsOf(id: string): string[] {
  const plain = canonical(id)
  if (plain.length > MAX_NUMBER_DIGITS || !/^[0-9a-f]+$/.test(plain)) return [plain]
  const asHex = BigInt(`0x${plain}`).toString(10)
  return /^\d+$/.test(plain) ? [plain, BigInt(plain).toString(16), asHex] : [plain, asHex]
}

const KEY_DIGITS = 9

/** What stays the same of a number in all its spellings (`+92300…`, `0092300…`, `0300…`). */
function numberKey(number: string): string {
  const digits = number.replace(/\D/g, '')
  return digits === '' ? number.trim().toLowerCase() : digits.slice(-KEY_DIGITS)
}
