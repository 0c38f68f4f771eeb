import { createHash } from 'node:crypto'
import type { Selectable, Transaction } from 'kysely'
import type { Concatenation } from '../channels/sms/encoding/udh.js'
import type { Clock } from '../runtime/clock.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import type { Change } from '../schemas/mention.js'
import { nextDue, pendingChange, type SmsEnvelope, type SmsLimits, type StoredSms } from './sms-message.js'

/** One SMS as it came: a whole message, or a part of one. Numbers are in the form in which the mention carries them. */
export interface SmsPart {
  readonly source: string
  readonly from: string
  readonly to: string
  readonly text: string
  /** The coding it came in, in any stable form: parts of one message share it. */
  readonly encoding: string
  /** Undefined for a message of one part. */
  readonly concatenation: Concatenation | undefined
  /** ISO 8601 of the gateway's word, where there is one. */
  readonly writtenAt: string | null
  readonly mended: readonly string[]
}

export interface AddedPart {
  /** The id of the mention that it belongs to. */
  readonly messageId: string
  /** What the bus should have now and has not: none while other parts are awaited, or where it has it already. */
  readonly changes: readonly Change[]
}

/**
 * Joins the parts of messages, durably. The order is: `add` (resolves once the parts are stored; called again with the same part, after a lost answer or a crash,
 * it answers the same id), publish `changes`, `given`, and only then tell the gateway that it arrived. A crash between two of them repeats the same
 * id and version, or a later one. What was stored and not published, and what waited too long for its other parts, comes back from `due`, which
 * is to be asked every second or so while any source runs. Every method throws a Failure where the records are away; then nothing of the call counts.
 */
export interface SmsParts {
  /** All or none; answers in the order asked. */
  add(parts: readonly SmsPart[]): Promise<readonly AddedPart[]>
  due(nowMs: number): Promise<readonly Change[]>
  /** The bus has these. */
  given(changes: readonly Change[]): Promise<void>
  /** The gateway certainly knows that we have these: equal words from the same sender are from now on another message, not a redelivery. */
  settle(messageIds: readonly string[]): Promise<void>
}

export interface SmsPartsOptions extends Partial<SmsLimits> {
  readonly records: Records
  readonly clock: Clock
  /** How long after the first a part may join, and how long what comes again counts as a redelivery; later the reference means another message. */
  readonly joinWithinMs?: number
}

const EARLY_MS = 30_000
const LOST_MS = 10 * 60_000
const JOIN_WITHIN_MS = 60 * 60_000
const AGAIN_MS = 15_000
const DUE_AT_ONCE = 200
const PURGE_EVERY_MS = 60_000
const PURGE_AT_ONCE = 500

type Row = Selectable<Tables['sms_messages']>

export function createSmsParts(options: SmsPartsOptions): SmsParts {
  const { records, clock, earlyMs = EARLY_MS, lostMs = LOST_MS, joinWithinMs = JOIN_WITHIN_MS } = options
  const limits = { earlyMs, lostMs }
  const joinMs = Math.max(joinWithinMs, lostMs)
  let purgedAt = -Infinity

  async function addOne(transaction: Transaction<Tables>, part: SmsPart): Promise<AddedPart> {
    const nowMs = clock.now()
    const slot = slotOf(part)
    const home = await homeOf(transaction, part, slot, nowMs)
    const id = home.id ?? (await open(transaction, part, slot, home.firstAtMs))
    if (home.isNew) await insertPart(transaction, id, part, nowMs)
    const sms = await load(transaction, id)
    if (sms === undefined) throw new Error('an sms that was just stored is not there')
    const change = pendingChange(sms, limits, nowMs)
    await transaction
      .updateTable('sms_messages')
      .set({ due_at: nextDue(sms, limits, nowMs, AGAIN_MS), last_at: nowMs })
      .where('id', '=', id)
      .execute()
    return { messageId: id, changes: change === undefined ? [] : [change] }
  }

  /** The message a part belongs to (`isNew` unless it is there already), or the moment at which its own begins. */
  async function homeOf(
    transaction: Transaction<Tables>,
    part: SmsPart,
    slot: string,
    nowMs: number,
  ): Promise<{ id?: string; isNew: boolean; firstAtMs: number }> {
    const rows = await transaction
      .selectFrom('sms_messages')
      .selectAll()
      .where('slot', '=', slot)
      .orderBy('first_at', 'desc')
      .execute()
    const newest = rows[0]
    const own = { isNew: true, firstAtMs: Math.max(nowMs, newest === undefined ? 0 : Number(newest.first_at) + 1) }
    if (newest === undefined) return own
    const { concatenation } = part
    if (concatenation === undefined) {
      const isRepeat = newest.settled === 0 && nowMs - Number(newest.last_at) < joinMs
      return isRepeat ? { ...own, id: newest.id, isNew: false } : own
    }
    const body = bodyOf(part.text)
    const young = rows.filter((row) => nowMs - Number(row.first_at) < joinMs)
    for (const [index, row] of young.entries()) {
      const there = await transaction
        .selectFrom('sms_parts')
        .select('body')
        .where('message_id', '=', row.id)
        .where('sequence', '=', concatenation.sequence)
        .executeTakeFirst()
      if (there?.body === body) return { ...own, id: row.id, isNew: false }
      if (there === undefined && index === 0) return { ...own, id: row.id }
    }
    return own
  }

  async function load(store: Transaction<Tables> | Records, id: string): Promise<StoredSms | undefined> {
    const row = await store.selectFrom('sms_messages').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) return undefined
    const parts = await store
      .selectFrom('sms_parts')
      .selectAll()
      .where('message_id', '=', id)
      .orderBy('sequence')
      .execute()
    return {
      id,
      total: row.total,
      firstAtMs: Number(row.first_at),
      given: Number(row.given),
      envelope: JSON.parse(row.envelope) as SmsEnvelope,
      parts: parts.map(({ sequence, body, received_at, mended }) => ({
        sequence,
        text: JSON.parse(body) as string,
        receivedAtMs: Number(received_at),
        mended: JSON.parse(mended) as string[],
      })),
    }
  }

  async function setDue(transaction: Transaction<Tables>, sms: StoredSms, nowMs: number): Promise<void> {
    await transaction
      .updateTable('sms_messages')
      .set({ given: sms.given, due_at: nextDue(sms, limits, nowMs, AGAIN_MS) })
      .where('id', '=', sms.id)
      .execute()
  }

  /** Forgets what can no longer be joined or repeated: it is on the bus, and a citizen's words are kept in as few places as can be. */
  async function purge(nowMs: number): Promise<void> {
    if (nowMs - purgedAt < PURGE_EVERY_MS) return
    purgedAt = nowMs
    const old = await records
      .selectFrom('sms_messages')
      .select('id')
      .where('due_at', 'is', null)
      .where('last_at', '<', nowMs - joinMs)
      .limit(PURGE_AT_ONCE)
      .execute()
    if (old.length === 0) return
    if (old.length === PURGE_AT_ONCE) purgedAt = -Infinity
    const ids = old.map((row) => row.id)
    await inTransaction(records, async (transaction) => {
      await transaction.deleteFrom('sms_parts').where('message_id', 'in', ids).execute()
      await transaction.deleteFrom('sms_messages').where('id', 'in', ids).execute()
    })
  }

  return {
    add: (parts) =>
      inTransaction(records, async (transaction) => {
        const added: AddedPart[] = []
        for (const part of parts) added.push(await addOne(transaction, part))
        return added
      }),
    due: async (nowMs) => {
      await purge(nowMs)
      const rows = await records
        .selectFrom('sms_messages')
        .select('id')
        .where('due_at', '<=', nowMs)
        .orderBy('due_at')
        .limit(DUE_AT_ONCE)
        .execute()
      if (rows.length === 0) return []
      return inTransaction(records, async (transaction) => {
        const changes: Change[] = []
        for (const { id } of rows) {
          const sms = await load(transaction, id)
          const change = sms === undefined ? undefined : pendingChange(sms, limits, nowMs)
          if (change !== undefined) changes.push(change)
          else if (sms !== undefined) await setDue(transaction, sms, nowMs)
        }
        return changes
      })
    },
    given: async (changes) => {
      if (changes.length === 0) return
      const nowMs = clock.now()
      await inTransaction(records, async (transaction) => {
        for (const change of changes) {
          if (change.type === 'deleted') continue
          const { id, version } = change.mention
          const sms = await load(transaction, id)
          if (sms !== undefined) await setDue(transaction, { ...sms, given: Math.max(sms.given, version) }, nowMs)
        }
      })
    },
    settle: async (messageIds) => {
      if (messageIds.length === 0) return
      await records
        .updateTable('sms_messages')
        .set({ settled: 1 })
        .where('id', 'in', [...messageIds])
        .execute()
    },
  }
}

async function open(transaction: Transaction<Tables>, part: SmsPart, slot: string, firstAtMs: number): Promise<string> {
  const id = `sms:${digest([slot, firstAtMs]).slice(0, 40)}`
  const { source, from, to, writtenAt, concatenation } = part
  const envelope: SmsEnvelope = { source, from, to, writtenAt }
  const row: Row = {
    id,
    slot,
    total: concatenation?.total ?? 1,
    first_at: firstAtMs,
    last_at: firstAtMs,
    given: 0,
    settled: 0,
    due_at: null,
    envelope: JSON.stringify(envelope),
  }
  await transaction.insertInto('sms_messages').values(row).execute()
  return id
}

async function insertPart(transaction: Transaction<Tables>, id: string, part: SmsPart, nowMs: number): Promise<void> {
  await transaction
    .insertInto('sms_parts')
    .values({
      message_id: id,
      sequence: part.concatenation?.sequence ?? 1,
      body: bodyOf(part.text),
      received_at: nowMs,
      mended: JSON.stringify(part.mended),
    })
    .execute()
}

/** As JSON, in which half of a surrogate pair survives every store. */
const bodyOf = (text: string) => JSON.stringify(text)

function slotOf({ from, to, encoding, text, concatenation }: SmsPart): string {
  if (concatenation === undefined) return digest(['one', from, to, encoding, text])
  const { scheme, reference, total } = concatenation
  return digest(['many', from, to, encoding, scheme, reference, total])
}

/** JSON keeps what is between the values from running into them. */
function digest(values: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}
