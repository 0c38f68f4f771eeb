import type { Kysely, Migration } from 'kysely'

/** What reading a platform cost: what was counted today, so that a repeat is free, and the sum of each month. */
export const spend: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('spend_items')
      .addColumn('platform', 'text', (c) => c.notNull())
      .addColumn('day', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('id', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('spend_items_key', ['platform', 'day', 'kind', 'id'])
      .execute()
    await db.schema
      .createTable('spend_months')
      .addColumn('platform', 'text', (c) => c.notNull())
      .addColumn('month', 'text', (c) => c.notNull())
      .addColumn('micro_dollars', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('spend_months_key', ['platform', 'month'])
      .execute()
  },
}
