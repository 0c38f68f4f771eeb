import type { Kysely, Migration } from 'kysely'

/** How sources do, hour by hour, and the silence of each. */
export const sourceHealth: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('source_states')
      .addColumn('source', 'text', (c) => c.primaryKey())
      .addColumn('channel', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('heard_at', 'text', (c) => c.notNull())
      .addColumn('alive_since', 'text', (c) => c.notNull())
      .addColumn('first_heard_at', 'text', (c) => c.notNull())
      .addColumn('last_item_at', 'text')
      .addColumn('items', 'integer', (c) => c.notNull())
      .addColumn('failing_since', 'text')
      .addColumn('reason', 'text')
      .addColumn('problem', 'text')
      .addColumn('silent_since', 'text')
      .addColumn('silent_kind', 'text')
      .addColumn('alert_id', 'text')
      .execute()
    await db.schema
      .createTable('source_hours')
      .addColumn('source', 'text', (c) => c.notNull())
      .addColumn('hour', 'integer', (c) => c.notNull())
      .addColumn('longest_gap_ms', 'bigint', (c) => c.notNull())
      .addColumn('items', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('source_hours_key', ['source', 'hour'])
      .execute()
  },
}
