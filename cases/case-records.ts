import type { Selectable, Transaction } from 'kysely'
import type { DistrictTable } from '../runtime/district-table.js'
import type { Tables } from '../runtime/records/tables.js'
import type { Case } from '../schemas/case.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'

const CONTACT_WITHIN_MS = 24 * 60 * 60_000
const NO_DISTRICT = 'HQ'

const monthFormat = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Karachi', year: '2-digit', month: '2-digit' })

function monthOf(ms: number): string {
  const parts = new Map(monthFormat.formatToParts(new Date(ms)).map(({ type, value }) => [type, value]))
  return `${parts.get('year')}${parts.get('month')}`
}

export function readCase(row: Selectable<Tables['cases']>): Case {
  const { id, reference, mention_id, status, unit, opened_at, due_at, contacted_at } = row
  return {
    schema: 'rabta.case/1',
    id,
    reference,
    mentionId: mention_id,
    status: status === 'contacted' ? 'contacted' : 'pending',
    unit,
    openedAt: opened_at,
    dueAt: due_at,
    contactedAt: contacted_at,
  }
}

async function nextNumber(transaction: Transaction<Tables>, series: string): Promise<number> {
  const { last } = await transaction
    .insertInto('case_numbers')
    .values({ series, last: 1 })
    .onConflict((on) => on.column('series').doUpdateSet((set) => ({ last: set('case_numbers.last', '+', 1) })))
    .returning('last')
    .executeTakeFirstOrThrow()
  return last
}

/** The case of a mention, opened if there is none, and handed to `unit` if one is given. */
export async function openCase(
  transaction: Transaction<Tables>,
  parts: { mention: EnrichedMention; unit: string | null; nowMs: number; table: DistrictTable },
): Promise<Case> {
  const { mention, unit, nowMs, table } = parts
  const known = await transaction
    .selectFrom('cases')
    .selectAll()
    .where('mention_id', '=', mention.id)
    .executeTakeFirst()
  if (known !== undefined) {
    if (unit === null || unit === known.unit) return readCase(known)
    await transaction.updateTable('cases').set({ unit }).where('id', '=', known.id).execute()
    return readCase({ ...known, unit })
  }
  const surest = [...(mention.tags.districts ?? [])].sort((a, b) => b.confidence - a.confidence)[0]
  const code = (surest === undefined ? undefined : table.byId.get(surest.id)?.code) ?? NO_DISTRICT
  const series = `${code}-${monthOf(nowMs)}`
  const number = await nextNumber(transaction, series)
  const row = {
    id: `case:${mention.id}`,
    reference: `KP-${series}-${String(number).padStart(5, '0')}`,
    mention_id: mention.id,
    status: 'pending',
    unit,
    opened_at: new Date(nowMs).toISOString(),
    due_at: new Date(Date.parse(mention.receivedAt) + CONTACT_WITHIN_MS).toISOString(),
    contacted_at: null,
  }
  await transaction.insertInto('cases').values(row).execute()
  return readCase(row)
}
