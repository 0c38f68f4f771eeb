import { parentPort, workerData } from 'node:worker_threads'
import { Sqlite } from '../../runtime/sqlite.js'
import type { MentionQuery } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import type { ThreadQuery } from '../mention-search.js'
import { MentionReader } from './mention-reader.js'
import { guardIndex } from './sqlite-errors.js'
import { serveCalls } from './worker-calls.js'

const { file } = workerData as { file: string }

if (parentPort !== null) {
  serveCalls(parentPort, () => {
    const reader = new MentionReader(guardIndex(() => new Sqlite(file, { readOnly: true })))
    return {
      search: (query: MentionQuery, scope: Scope) => reader.search(query, scope),
      get: (id: string, scope: Scope) => reader.get(id, scope),
      conversation: (conversation: string, scope: Scope, limit: number) =>
        reader.conversation(conversation, scope, limit),
      getMany: (ids: readonly string[], scope: Scope) => reader.getMany(ids, scope),
      thread: (query: ThreadQuery, scope: Scope) => reader.thread(query, scope),
      count: (from: string, to: string, scope: Scope) => reader.count(from, to, scope),
      close: () => reader.close(),
    }
  })
}
