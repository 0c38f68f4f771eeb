import type { Kysely, Migration } from 'kysely'

export const smsParts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('sms_messages')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('slot', 'text', (c) => c.notNull())
      .addColumn('total', 'integer', (c) => c.notNull())
      .addColumn('first_at', 'bigint', (c) => c.notNull())
      .addColumn('last_at', 'bigint', (c) => c.notNull())
      .addColumn('given', 'bigint', (c) => c.notNull())
      .addColumn('settled', 'integer', (c) => c.notNull())
      .addColumn('due_at', 'bigint')
      .addColumn('envelope', 'text', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('sms_messages_by_slot').on('sms_messages').columns(['slot']).execute()
    await db.schema.createIndex('sms_messages_by_due').on('sms_messages').columns(['due_at']).execute()
    await db.schema.createIndex('sms_messages_by_last').on('sms_messages').columns(['last_at']).execute()
    await db.schema
      .createTable('sms_parts')
      .addColumn('message_id', 'text', (c) => c.notNull())
      .addColumn('sequence', 'integer', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('received_at', 'bigint', (c) => c.notNull())
      .addColumn('mended', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('sms_parts_key', ['message_id', 'sequence'])
      .execute()
    await db.schema
      .createTable('sms_submits')
      .addColumn('message_id', 'text', (c) => c.notNull())
      .addColumn('recipient', 'text', (c) => c.notNull())
      .addColumn('platform_id', 'text')
      .addColumn('total', 'integer', (c) => c.notNull())
      .addColumn('status', 'text')
      .addColumn('reason', 'text')
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('due', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('sms_submits_key', ['message_id', 'recipient'])
      .execute()
    await db.schema.createIndex('sms_submits_by_platform_id').on('sms_submits').columns(['platform_id']).execute()
    await db.schema.createIndex('sms_submits_by_due').on('sms_submits').columns(['due']).execute()
    await db.schema.createIndex('sms_submits_by_at').on('sms_submits').columns(['at']).execute()
  },
}
