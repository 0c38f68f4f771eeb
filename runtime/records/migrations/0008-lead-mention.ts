import type { Kysely, Migration } from 'kysely'

interface AlertBodies {
  alerts: { id: string; body: string; lead_mention_id: string }
}

const AT_ONCE = 500

/** Which mention's words an alert shows, in a column: found there when the words change, which the two databases would each read out of JSON in their own way. */
export const leadMention: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('alerts')
      .addColumn('lead_mention_id', 'text', (c) => c.notNull().defaultTo(''))
      .execute()
    await fill(db)
    await db.schema.createIndex('alerts_by_lead').on('alerts').columns(['lead_mention_id']).execute()
  },
}

async function fill(db: Kysely<AlertBodies>): Promise<void> {
  for (let after = ''; ;) {
    const rows = await db
      .selectFrom('alerts')
      .select(['id', 'body'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(AT_ONCE)
      .execute()
    for (const { id, body } of rows) {
      const { lead } = JSON.parse(body) as { lead?: { mentionId?: unknown } }
      if (typeof lead?.mentionId !== 'string') continue
      await db.updateTable('alerts').set({ lead_mention_id: lead.mentionId }).where('id', '=', id).execute()
    }
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
  }
}
