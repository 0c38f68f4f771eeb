import type { Kysely, Migration } from 'kysely'

/** Which files are wanted for which mention, and which of them are stored. Written in the part of SQL that SQLite and PostgreSQL share. */
export const media: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('media')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('mention_id', 'text', (c) => c.notNull())
      .addColumn('position', 'integer', (c) => c.notNull())
      .addColumn('channel', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('platform_id', 'text')
      .addColumn('url', 'text')
      .addColumn('declared_type', 'text')
      .addColumn('declared_sha256', 'text')
      .addColumn('declared_bytes', 'bigint')
      .addColumn('file_name', 'text')
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('reason', 'text')
      .addColumn('sha256', 'text')
      .addColumn('bytes', 'bigint')
      .addColumn('mime', 'text')
      .addColumn('type_differs', 'integer', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('wanted_at', 'text', (c) => c.notNull())
      .addColumn('next_at', 'text', (c) => c.notNull())
      .addColumn('stored_at', 'text')
      .execute()
    await db.schema.createIndex('media_by_mention').on('media').columns(['mention_id', 'position']).execute()
    await db.schema.createIndex('media_by_status').on('media').columns(['status', 'next_at']).execute()
    await db.schema.createIndex('media_by_sha256').on('media').columns(['sha256']).execute()
    await db.schema
      .createTable('media_mentions')
      .addColumn('mention_id', 'text', (c) => c.primaryKey())
      .addColumn('version', 'bigint', (c) => c.notNull())
      .addColumn('withdrawn', 'integer', (c) => c.notNull())
      .addColumn('received_at', 'text', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('media_mentions_by_time').on('media_mentions').columns(['received_at']).execute()
    await db.schema
      .createTable('media_leftovers')
      .addColumn('sha256', 'text', (c) => c.primaryKey())
      .execute()
  },
}
