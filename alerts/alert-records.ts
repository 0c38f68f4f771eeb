import { sql } from 'kysely'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import type { Records } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import type { Alert } from '../schemas/alert.js'
import type { Scope } from '../schemas/user.js'
import type { AlertsPage, AlertsStore } from './alerts-store.js'
import { announce } from './announce.js'
import { readGroup, saveGroup } from './group-book.js'
import { acknowledge, type Group } from './group.js'

const MAX_LIMIT = 500

/** How each status of an alert is filed. */
const FILED: Record<Alert['status'], readonly string[]> = {
  ringing: ['ringing'],
  acknowledged: ['acknowledged', 'waiting'],
}

const isInScope = ({ alert }: Group, { districts }: Scope) =>
  districts === 'all' || alert.districts.some((district) => districts.includes(district))

export function createAlertsStore(parts: { records: Records; bus: Bus; clock: Clock }): AlertsStore {
  const { records, bus, clock } = parts

  async function list(scope: Scope, page: AlertsPage): Promise<Alert[]> {
    const statuses = page.status === undefined ? Object.values(FILED).flat() : FILED[page.status]
    let query = records.selectFrom('alerts').select('body').where('status', 'in', statuses)
    const { districts } = scope
    if (districts !== 'all') {
      if (districts.length === 0) return []
      query = query.where('id', 'in', (from) =>
        from
          .selectFrom('alert_districts')
          .select('alert_id')
          .where('district', 'in', [...districts]),
      )
    }
    const rows = await query
      .orderBy(sql`case when status = 'ringing' then 0 else 1 end`)
      .orderBy('severity_rank')
      .orderBy('last_at', 'desc')
      .orderBy('id')
      .limit(Math.max(1, Math.min(MAX_LIMIT, Math.trunc(page.limit))))
      .execute()
    return rows.map((row) => readGroup(row.body).alert)
  }

  async function get(id: string, scope: Scope): Promise<Alert | undefined> {
    const row = await records.selectFrom('alerts').select('body').where('id', '=', id).executeTakeFirst()
    const group = row === undefined ? undefined : readGroup(row.body)
    return group !== undefined && group.raised && isInScope(group, scope) ? group.alert : undefined
  }

  async function recordAcknowledgement(
    id: string,
    by: string,
    scope: Scope,
  ): Promise<Group | 'conflict' | 'not-found'> {
    return inTransaction(records, async (transaction) => {
      const row = await transaction.selectFrom('alerts').select('body').where('id', '=', id).executeTakeFirst()
      const group = row === undefined ? undefined : readGroup(row.body)
      if (group === undefined || !group.raised || !isInScope(group, scope)) return 'not-found'
      const { alert } = group
      if (alert.status === 'acknowledged') return alert.acknowledgedBy === by ? group : 'conflict'
      const at = clock.iso()
      const next = acknowledge(group, by, at)
      await saveGroup(transaction, next, alert.version)
      const entry = { at, actor: by, action: 'alert.acknowledge', subject: id, detail: `version ${next.alert.version}` }
      await transaction.insertInto('audit').values(entry).execute()
      return next
    })
  }

  async function ofMention(mentionId: string, scope: Scope): Promise<string | undefined> {
    const row = await records
      .selectFrom('alert_mentions')
      .select('alert_id')
      .where('mention_id', '=', mentionId)
      .where('tokens', '>=', 0)
      .executeTakeFirst()
    return row === undefined ? undefined : (await get(row.alert_id, scope))?.id
  }

  return {
    list,
    get,
    ofMention,
    acknowledge: async (id, by, scope) => {
      const group = await recordAcknowledgement(id, by, scope)
      if (typeof group === 'string') return group
      await announce(bus, [group])
      return group.alert
    },
  }
}
