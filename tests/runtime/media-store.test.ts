import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMediaFiles } from '../../runtime/media/media-files.js'
import { createMediaStore, type MediaStore } from '../../runtime/media-store.js'
import type { Records } from '../../runtime/records/tables.js'
import type { Change, Media } from '../../schemas/mention.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeMention } from '../support/mentions.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { openTestRecords } from '../support/test-records.js'

const FETCHED = new Set(['whatsapp'] as const)
const LIMIT = 1024

let folder: ReturnType<typeof temporaryFolder>
let records: Records
let clock: FakeClock
let store: MediaStore

beforeEach(async () => {
  folder = temporaryFolder()
  clock = new FakeClock()
  records = (await openTestRecords()).records
  await reopen()
})
afterEach(async () => {
  await records.destroy()
  folder.remove()
})

async function reopen(): Promise<void> {
  store = createMediaStore({ records, files: await openMediaFiles({ folder: folder.path }), clock })
  await store.recover()
}

const media = (id: string, more: Partial<Media> = {}): Media => ({
  kind: 'image',
  id,
  mimeType: 'image/png',
  sha256: null,
  bytes: null,
  fileName: null,
  url: null,
  ...more,
})
const mentionOf = (id: string, version: number, parts: Media[]) => makeMention({ id: `whatsapp:${id}`, version, media: parts }) // prettier-ignore
const written = (id: string, version: number, ...parts: Media[]): Change => ({ type: 'written', mention: mentionOf(id, version, parts) }) // prettier-ignore
const edited = (id: string, version: number, ...parts: Media[]): Change => ({ type: 'edited', mention: mentionOf(id, version, parts) }) // prettier-ignore
const withdrawn = (id: string, version: number): Change => ({
  type: 'deleted',
  id: `whatsapp:${id}`,
  channel: 'whatsapp',
  conversation: 'whatsapp:1',
  version,
  receivedAt: clock.iso(),
})
const take = (...changes: Change[]) => store.take(changes, FETCHED)
const claim = () => store.claim('whatsapp', 100, () => clock.now() + 60_000)
const hashOf = (content: string) => createHash('sha256').update(content).digest('hex')
const fileOf = (content: string) => {
  const sha256 = hashOf(content)
  return join(folder.path, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
}
const statuses = async (id: string) => (await store.states(`whatsapp:${id}`)).map(({ status }) => status)

async function receive(id: string, content: string): Promise<boolean> {
  const file = await store.receive(LIMIT)
  await file.write(Buffer.from(content))
  const { sha256, bytes } = await file.finish()
  const isKept = await store.keep(id, file, {
    sha256,
    bytes,
    mimeType: 'image/png',
    typeDiffers: false,
    fileName: null,
  })
  await file.discard()
  return isKept
}

/** Every file on the disk, the half-written ones too. */
function filesOnDisk(): string[] {
  return readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()
}

async function contentOf(id: string, position: number): Promise<string | undefined> {
  const opened = await store.open(`whatsapp:${id}`, position)
  if (opened?.read === undefined) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of opened.read({ start: 0, end: (opened.state.bytes ?? 0) - 1 })) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

describe('files of mentions', () => {
  it('are wanted once, fetched, kept by their hash for this user alone, and read back', async () => {
    await take(written('a', 1, media('m1'), media('m2')))
    await take(written('a', 1, media('m1'), media('m2')))
    expect(await statuses('a')).toEqual(['wanted', 'wanted'])
    const [first, second] = await claim()
    expect(await statuses('a')).toEqual(['fetching', 'fetching'])
    expect(await claim()).toEqual([])
    expect(await receive(first?.id ?? '', 'same')).toBe(true)
    expect(await receive(second?.id ?? '', 'same')).toBe(true)
    expect(await statuses('a')).toEqual(['stored', 'stored'])
    expect(filesOnDisk()).toEqual([hashOf('same')])
    expect(statSync(fileOf('same')).mode & 0o777).toBe(0o600)
    expect(await contentOf('a', 1)).toBe('same')
    expect(await store.usedBytes()).toBe(4)
    expect(await store.open('whatsapp:a', 2)).toBeUndefined()
    expect(await store.open('whatsapp:b', 0)).toBeUndefined()
  })

  it('without an address, or of a channel nobody fetches for, are refused with the reason', async () => {
    await store.take([written('a', 1, media('x'), { ...media('x'), id: null })], new Set())
    expect((await store.states('whatsapp:a')).map(({ status, reason }) => [status, reason])).toEqual([
      ['refused', 'channel-not-fetched'],
      ['refused', 'no-address'],
    ])
  })

  it('are erased with their mention, but not while another mention has the same', async () => {
    await take(written('a', 1, media('m1')), written('b', 1, media('m1')))
    for (const { id } of await claim()) await receive(id, 'shared')
    await take(withdrawn('a', 2))
    expect(await statuses('a')).toEqual([])
    expect(existsSync(fileOf('shared'))).toBe(true)
    await take(withdrawn('b', 2))
    expect(filesOnDisk()).toEqual([])
  })

  it('that an edit drops are erased, that it keeps stay, that it adds are wanted', async () => {
    await take(written('a', 1, media('m1'), media('m2')))
    for (const wanted of await claim()) await receive(wanted.id, wanted.platformId ?? '')
    await take(edited('a', 2, media('m3'), media('m2')))
    expect(await statuses('a')).toEqual(['wanted', 'stored'])
    expect(await contentOf('a', 1)).toBe('m2')
    expect(filesOnDisk()).toEqual([hashOf('m2')])
  })

  it('never come back by an older version, nor after a withdrawal of the same', async () => {
    await take(written('a', 2, media('m1')), withdrawn('a', 2))
    await take(written('a', 1, media('m1')), written('a', 2, media('m1')))
    expect(await statuses('a')).toEqual([])
    await take(edited('c', 5))
    await take(written('c', 4, media('m1')))
    expect(await statuses('c')).toEqual([])
    await take(withdrawn('d', 7))
    await take(written('d', 6, media('m1')))
    expect(await statuses('d')).toEqual([])
  })

  it('whose mention is withdrawn while they are fetched leave nothing', async () => {
    await take(written('a', 1, media('m1')))
    const [wanted] = await claim()
    await take(withdrawn('a', 2))
    expect(await receive(wanted?.id ?? '', 'too late')).toBe(false)
    expect(filesOnDisk()).toEqual([])
    await store.settle(wanted?.id ?? '', { status: 'failed', reason: 'timeout' })
    expect(await statuses('a')).toEqual([])
  })

  it('expire with their mentions', async () => {
    await take(written('a', 1, media('m1')))
    for (const { id } of await claim()) await receive(id, 'old')
    const received = Date.parse('2026-11-22T04:00:00.000Z')
    expect(await store.expire(new Date(received))).toBe(0)
    expect(await store.expire(new Date(received + 1))).toBe(1)
    expect(filesOnDisk()).toEqual([])
    expect(await records.selectFrom('media').selectAll().execute()).toEqual([])
    expect(await records.selectFrom('media_leftovers').selectAll().execute()).toEqual([])
  })

  it('that vanished from the disk are wanted again', async () => {
    await take(written('a', 1, media('m1')))
    for (const { id } of await claim()) await receive(id, 'here')
    unlinkSync(fileOf('here'))
    expect((await store.open('whatsapp:a', 0))?.read).toBeUndefined()
    expect(await statuses('a')).toEqual(['wanted'])
    for (const { id } of await claim()) await receive(id, 'here')
    expect(await contentOf('a', 0)).toBe('here')
  })

  it('larger than their limit are not taken, and leave nothing', async () => {
    const file = await store.receive(4)
    await file.write(Buffer.from('1234'))
    await expect(file.write(Buffer.from('5'))).rejects.toMatchObject({ reason: 'too-large' })
    await file.discard()
    await file.discard()
    expect(filesOnDisk()).toEqual([])
  })
})

describe('a kill', () => {
  it('while it is received leaves nothing half, and it is wanted again', async () => {
    await take(written('a', 1, media('m1')))
    await claim()
    const file = await store.receive(LIMIT)
    await file.write(Buffer.from('half'))
    await reopen()
    expect(filesOnDisk()).toEqual([])
    expect(await statuses('a')).toEqual(['wanted'])
    await file.discard()
  })

  it('between the name and the row leaves no file without a row', async () => {
    await take(written('a', 1, media('m1')))
    await claim()
    const content = 'named, and nobody knows'
    const file = await store.receive(LIMIT)
    await file.write(Buffer.from(content))
    const { sha256 } = await file.finish()
    // What `keep` does before the row says stored.
    await records.insertInto('media_leftovers').values({ sha256 }).execute()
    await file.keep()
    expect(filesOnDisk()).toEqual([sha256])
    await reopen()
    expect(filesOnDisk()).toEqual([])
  })

  it('between the row and the removal leaves no file of an erased mention', async () => {
    await take(written('a', 1, media('m1')))
    for (const { id } of await claim()) await receive(id, 'erased')
    await records
      .insertInto('media_leftovers')
      .values({ sha256: hashOf('erased') })
      .execute()
    await records.deleteFrom('media').execute()
    await reopen()
    expect(filesOnDisk()).toEqual([])
    expect(await records.selectFrom('media_leftovers').selectAll().execute()).toEqual([])
  })
})

describe('whatever comes in whatever order', () => {
  it('the disk holds exactly what stored rows name, and no row of a withdrawn mention is left', async () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('write' as const), mention: fc.nat(2), version: fc.nat(6), ids: fc.array(fc.nat(3), { maxLength: 3 }) }), // prettier-ignore
      fc.record({ what: fc.constant('withdraw' as const), mention: fc.nat(2), version: fc.nat(6) }),
      fc.record({ what: fc.constant('fetch' as const), fails: fc.boolean() }),
      fc.record({ what: fc.constant('kill' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await store.expire(new Date('9999-01-01'))
        const newest = new Map<string, { version: number; ids: number[] | undefined }>()
        for (const one of steps) {
          if (one.what === 'kill') await reopen()
          else if (one.what === 'fetch') {
            for (const { id, platformId } of await claim()) {
              if (one.fails) await store.settle(id, { status: 'wanted', reason: 'timeout', nextAtMs: clock.now() })
              else await receive(id, `content ${platformId}`)
            }
          } else {
            const id = `m${one.mention}`
            const known = newest.get(id)
            const isOld = known !== undefined && (one.what === 'withdraw' ? known.version > one.version : known.version >= one.version) // prettier-ignore
            if (one.what === 'withdraw') await take(withdrawn(id, one.version))
            else await take(edited(id, one.version, ...one.ids.map((n) => media(`f${n}`))))
            if (!isOld) newest.set(id, { version: one.version, ids: one.what === 'withdraw' ? undefined : one.ids })
          }
        }
        for (const [id, { ids }] of newest) expect(await statuses(id)).toHaveLength(ids?.length ?? 0)
        await store.expire(new Date(0))
        const named = await records
          .selectFrom('media')
          .select('sha256')
          .where('status', '=', 'stored')
          .distinct()
          .execute()
        expect(filesOnDisk()).toEqual(named.map(({ sha256 }) => sha256).sort())
      }),
      { numRuns: 60, seed: 7 },
    )
  })
})
