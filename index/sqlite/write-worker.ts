import { parentPort, workerData } from 'node:worker_threads'
import { Sqlite } from '../../runtime/sqlite.js'
import type { IndexedChange } from '../mention-index.js'
import { MentionWriter } from './mention-writer.js'
import { guardIndex } from './sqlite-errors.js'
import { serveCalls } from './worker-calls.js'

const { file, maxPages } = workerData as { file: string; maxPages?: number }

if (parentPort !== null) {
  serveCalls(parentPort, () => {
    const writer = new MentionWriter(guardIndex(() => new Sqlite(file, maxPages === undefined ? {} : { maxPages })))
    return {
      open: () => undefined,
      write: (batch: readonly IndexedChange[]) => writer.write(batch),
      districtsOf: (ids: readonly string[]) => writer.districtsOf(ids),
      expire: (beforeMs: number, limit: number) => writer.expire(beforeMs, limit),
      compact: () => writer.compact(),
      close: () => writer.close(),
    }
  })
}
