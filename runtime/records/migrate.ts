import { Migrator, type Kysely, type Migration } from 'kysely'
import { first } from './migrations/0001-first.js'
import { smsParts } from './migrations/0002-sms-parts.js'
import { spend } from './migrations/0003-spend.js'
import { media } from './migrations/0004-media.js'
import { archives } from './migrations/0006-archives.js'
import { sourceHealth } from './migrations/0007-source-health.js'
import { leadMention } from './migrations/0008-lead-mention.js'
import { corrections } from './migrations/0009-corrections.js'
import { vocabulary } from './migrations/0010-vocabulary.js'

/** In the order of their names, where none of them has run; one that has run anywhere is never changed again. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-first': first,
  '0002-sms-parts': smsParts,
  '0003-spend': spend,
  '0004-media': media,
  '0006-archives': archives,
  '0007-source-health': sourceHealth,
  '0008-lead-mention': leadMention,
  '0009-corrections': corrections,
  '0010-vocabulary': vocabulary,
}

/**
 * Brings the tables up to date; what is up to date already is left alone. Throws what the first migration that fails throws. `schema` is PostgreSQL's,
 * where several stand side by side in one database.
 */
export async function migrate(db: Kysely<never>, schema?: string): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(MIGRATIONS) },
    // Two that were built side by side may reach an installation in either order: none rests on a number before its own having run.
    allowUnorderedMigrations: true,
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  throw error instanceof Error ? error : new Error('the migration failed', { cause: error })
}
