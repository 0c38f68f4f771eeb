import type { Kysely, Migration } from 'kysely'

/** Districts, places and words that administrators added, and one number that grows with each change of them. */
export const vocabulary: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('vocabulary')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('added_by', 'text', (c) => c.notNull())
      .addColumn('added_at', 'text', (c) => c.notNull())
      .addColumn('retired_at', 'text')
      .addColumn('retired_by', 'text')
      .execute()
    await db.schema
      .createTable('vocabulary_revision')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .execute()
  },
}
