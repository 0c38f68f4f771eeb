import { join } from 'node:path'
import { openSqliteMentionIndex } from '../index/sqlite/sqlite-mention-index.js'
import type { MentionIndex } from '../index/mention-index.js'
import type { MentionSearch } from '../index/mention-search.js'
import type { Clock } from '../runtime/clock.js'
import { ownDataFolder } from '../runtime/data-folder.js'
import { EmbeddedBus } from '../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../runtime/embedded-bus/log-file.js'
import type { Log } from '../runtime/log.js'
import { openMediaFiles } from '../runtime/media/media-files.js'
import { createMediaStore, type MediaStore } from '../runtime/media-store.js'
import { openRecords } from '../runtime/records/open.js'
import type { Records } from '../runtime/records/tables.js'

/** Everything of a data folder, open and owned by this process. */
export interface Stores {
  readonly folder: string
  readonly bus: EmbeddedBus
  readonly records: Records
  /** The files that came with mentions. */
  readonly media: MediaStore
  readonly index: MentionIndex & MentionSearch & { expire(before: Date): Promise<number> }
  close(): Promise<void>
}

/** Opens the embedded stores of a data folder. Throws a Failure `conflict` when another process owns it. */
export async function openStores(dataFolder: string, { clock, log }: { clock: Clock; log: Log }): Promise<Stores> {
  const owned = ownDataFolder(dataFolder)
  const bus = new EmbeddedBus({ file: new LogFile(join(owned.path, 'bus.db')), clock })
  const { records } = await openRecords(join(owned.path, 'records.db'))
  const media = createMediaStore({ records, files: await openMediaFiles({ folder: join(owned.path, 'media') }), clock })
  await media.recover()
  const index = await openSqliteMentionIndex({ file: join(owned.path, 'mentions.db'), clock, log })
  return {
    folder: owned.path,
    bus,
    records,
    media,
    index,
    close: async () => {
      await bus.close()
      await index.close()
      await records.destroy()
      owned.release()
    },
  }
}
