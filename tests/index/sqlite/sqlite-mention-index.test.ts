import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MentionReader } from '../../../index/sqlite/mention-reader.js'
import { MentionWriter } from '../../../index/sqlite/mention-writer.js'
import { openSqliteMentionIndex } from '../../../index/sqlite/sqlite-mention-index.js'
import { systemClock } from '../../../runtime/clock.js'
import type { Log } from '../../../runtime/log.js'
import { Sqlite } from '../../../runtime/sqlite.js'
import type { IndexUnderTest } from '../../contracts/mention-index-kit.js'
import { mentionIndexContract } from '../../contracts/mention-index.contract.js'
import { makeEnriched } from '../../support/mentions.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { workerUrls } from './compiled.js'

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** The index without its workers: the same queries, in this thread, from the sources. */
function openInThread(folder = temporaryFolder()): Promise<IndexUnderTest> {
  const file = join(folder.path, 'mentions.sqlite')
  const writer = new MentionWriter(new Sqlite(file))
  const reader = new MentionReader(new Sqlite(file, { readOnly: true }))
  const close = async () => {
    reader.close()
    writer.close()
  }
  return Promise.resolve({
    index: {
      write: async (batch) => writer.write(batch),
      districtsOf: async (ids) => writer.districtsOf(ids),
      close,
    },
    search: {
      search: async (query, scope) => reader.search(query, scope),
      get: async (id, scope) => reader.get(id, scope),
      conversation: async (conversation, scope, limit) => reader.conversation(conversation, scope, limit),
      getMany: async (ids, scope) => reader.getMany(ids, scope),
      thread: async (query, scope) => reader.thread(query, scope),
      count: async (from, to, scope) => reader.count(from, to, scope),
    },
    reopen: async () => {
      await close()
      return openInThread(folder)
    },
    destroy: async () => {
      await close()
      folder.remove()
    },
  })
}

async function openWithWorkers(folder = temporaryFolder()): Promise<IndexUnderTest> {
  const file = join(folder.path, 'mentions.sqlite')
  const index = await openSqliteMentionIndex({ file, clock: systemClock, log: silent, workerUrls: workerUrls() })
  return {
    index,
    search: index,
    reopen: async () => {
      await index.close()
      return openWithWorkers(folder)
    },
    destroy: async () => {
      await index.close()
      folder.remove()
    },
  }
}

describe('the embedded index, in one thread', () => mentionIndexContract(openInThread))
describe('the embedded index, with its workers', () => mentionIndexContract(openWithWorkers))

describe('the embedded index', () => {
  it('refuses what comes after its close', async () => {
    const folder = temporaryFolder()
    const index = await openSqliteMentionIndex({
      file: join(folder.path, 'm.sqlite'),
      clock: systemClock,
      log: silent,
      workerUrls: workerUrls(),
    })
    await index.close()
    await index.close()
    await expect(index.write([{ type: 'written', mention: makeEnriched() }])).rejects.toMatchObject({
      reason: 'stopped',
    })
    await expect(index.search({}, { districts: 'all' })).rejects.toMatchObject({ reason: 'stopped' })
    folder.remove()
  })

  it('says so when its file cannot be made', async () => {
    const options = { file: '/nowhere/at/all.sqlite', clock: systemClock, log: silent, workerUrls: workerUrls() }
    await expect(openSqliteMentionIndex(options)).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
  })
})
