import type { Kysely, Migration } from 'kysely'

/** Tags that a person set right: the truth of it, from which the index is made. */
export const corrections: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('corrected_mentions')
      .addColumn('mention_id', 'text', (c) => c.primaryKey())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('due', 'integer', (c) => c.notNull())
      .addColumn('received_at', 'text', (c) => c.notNull())
      .addColumn('corrected_at', 'text', (c) => c.notNull())
      .execute()
    await db.schema
      .createIndex('corrected_mentions_by_time')
      .on('corrected_mentions')
      .columns(['received_at', 'mention_id'])
      .execute()
    await db.schema.createIndex('corrected_mentions_by_due').on('corrected_mentions').columns(['due', 'mention_id']).execute() // prettier-ignore
    await db.schema
      .createTable('corrections')
      .addColumn('mention_id', 'text', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('tag', 'text', (c) => c.notNull())
      .addColumn('was', 'text')
      .addColumn('value', 'text')
      .addColumn('by', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('text_hash', 'text', (c) => c.notNull())
      .addColumn('note', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('corrections_key', ['mention_id', 'revision', 'tag'])
      .execute()
  },
}
