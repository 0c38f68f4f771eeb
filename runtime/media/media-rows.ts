import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Change, Channel, Media, Mention } from '../../schemas/mention.js'
import type { MediaReason, MediaState, MediaStatus } from '../../schemas/media-state.js'
import type { Records, Tables } from '../records/tables.js'
import { inTransaction } from '../records/transact.js'
import { safeFileName, shownAs } from './content-type.js'

export type MediaRow = Tables['media']

/** A file to fetch, as the mention names it. */
export interface WantedMedia {
  readonly id: string
  readonly mentionId: string
  readonly channel: Channel
  readonly kind: Media['kind']
  readonly platformId: string | null
  readonly url: string | null
  readonly mimeType: string | null
  readonly sha256: string | null
  readonly bytes: number | null
  readonly fileName: string | null
  /** This try counted in. */
  readonly attempts: number
  readonly wantedAtMs: number
}

/** How a try ended that stored nothing. */
export type Unstored =
  | { readonly status: 'wanted'; readonly reason: MediaReason | null; readonly nextAtMs: number }
  | { readonly status: 'refused' | 'failed' | 'gone'; readonly reason: MediaReason }

/** What a file turned out to be. */
export interface FoundFile {
  readonly sha256: string
  readonly bytes: number
  readonly mimeType: string
  readonly typeDiffers: boolean
  readonly fileName: string | null
}

export function stateOf(row: MediaRow): MediaState {
  const isStored = row.status === 'stored' && row.mime !== null
  return {
    position: row.position,
    kind: row.kind,
    status: row.status as MediaStatus,
    reason: row.reason as MediaReason | null,
    shownAs: isStored ? shownAs(row.mime ?? '') : null,
    mimeType: isStored ? row.mime : null,
    typeDiffers: row.type_differs === 1,
    bytes: number(row.bytes) ?? number(row.declared_bytes),
    sha256: row.sha256,
    fileName: isStored ? safeFileName(row.file_name, row.mime ?? '', row.kind) : row.file_name,
    storedAt: row.stored_at,
    nextTryAt: row.status === 'wanted' ? row.next_at : null,
  }
}

/** PostgreSQL gives a bigint as text. */
const number = (value: number | null): number | null => (value === null ? null : Number(value))

/** What makes two files of one mention the same: the platform's id, else the address without what a signature changes, else the hash. */
function identityOf(media: Media): string {
  if (media.id !== null) return `id ${media.id}`
  if (media.url !== null) return `url ${media.url.replace(/[?#].*$/s, '')}`
  return `sha256 ${media.sha256 ?? ''}`
}

function rowIds(mention: Mention): string[] {
  const seen = new Map<string, number>()
  return mention.media.map((media) => {
    const identity = identityOf(media)
    const nth = seen.get(identity) ?? 0
    seen.set(identity, nth + 1)
    return createHash('sha256')
      .update(JSON.stringify([mention.id, identity, nth]))
      .digest('hex')
  })
}

interface Applying {
  readonly fetched: ReadonlySet<Channel>
  readonly nowIso: string
}

function newRow(id: string, position: number, mention: Mention, media: Media, { fetched, nowIso }: Applying): MediaRow {
  const reason: MediaReason | null =
    media.id === null && media.url === null ? 'no-address' : fetched.has(mention.channel) ? null : 'channel-not-fetched'
  return {
    id,
    mention_id: mention.id,
    position,
    channel: mention.channel,
    kind: media.kind,
    platform_id: media.id,
    url: media.url,
    declared_type: media.mimeType,
    declared_sha256: media.sha256,
    declared_bytes: media.bytes,
    file_name: media.fileName,
    status: reason === null ? 'wanted' : 'refused',
    reason,
    sha256: null,
    bytes: null,
    mime: null,
    type_differs: 0,
    attempts: 0,
    wanted_at: nowIso,
    next_at: nowIso,
    stored_at: null,
  }
}

/** The rows below `media-store.ts`; every method is one transaction or one statement. */
export function mediaRows(records: Records) {
  type Db = Transaction<Tables>

  /** Deletes rows and notes their files as leftovers in the same transaction. */
  async function drop(db: Db, gone: readonly Pick<MediaRow, 'id' | 'sha256'>[], left: Set<string>): Promise<void> {
    if (gone.length === 0) return
    const ids = gone.map(({ id }) => id)
    await db.deleteFrom('media').where('id', 'in', ids).execute()
    for (const { sha256 } of gone) {
      if (sha256 === null) continue
      left.add(sha256)
      await noteLeftover(db, sha256)
    }
  }

  async function noteLeftover(db: Records | Db, sha256: string): Promise<void> {
    await db.insertInto('media_leftovers').values({ sha256 }).onConflict((c) => c.column('sha256').doNothing()).execute() // prettier-ignore
  }

  async function noteVersion(db: Db, row: Tables['media_mentions']): Promise<void> {
    const { version, withdrawn, received_at } = row
    await db
      .insertInto('media_mentions')
      .values(row)
      .onConflict((c) => c.column('mention_id').doUpdateSet({ version, withdrawn, received_at }))
      .execute()
  }

  async function applyOne(db: Db, change: Change, how: Applying, left: Set<string>): Promise<void> {
    const isDeleted = change.type === 'deleted'
    const { id, version, receivedAt } = isDeleted ? change : change.mention
    const known = await db.selectFrom('media_mentions').selectAll().where('mention_id', '=', id).executeTakeFirst()
    // Of equal versions the withdrawal wins, as it does in the index: what was withdrawn must not come back.
    if (known !== undefined && (isDeleted ? Number(known.version) > version : Number(known.version) >= version)) return
    const media = isDeleted ? [] : change.mention.media
    if (known === undefined && change.type === 'written' && media.length === 0) return
    const before = await db.selectFrom('media').selectAll().where('mention_id', '=', id).execute()
    const ids = isDeleted ? [] : rowIds(change.mention)
    await drop(db, before.filter((row) => !ids.includes(row.id)), left) // prettier-ignore
    for (const [position, rowId] of ids.entries()) {
      const part = media[position]
      if (isDeleted || part === undefined) continue
      const kept = before.find((row) => row.id === rowId)
      if (kept === undefined) {
        await db
          .insertInto('media')
          .values(newRow(rowId, position, change.mention, part, how))
          .execute()
        continue
      }
      const { url, mimeType: declared_type } = part
      // A newer address is the one whose signature still holds; what could not be had by the old one gets its chance.
      const afresh = newRow(rowId, position, change.mention, part, how)
      const isTried = kept.status !== 'stored' && kept.status !== 'fetching' && url !== kept.url
      const again = isTried ? { status: afresh.status, reason: afresh.reason, attempts: 0, next_at: afresh.next_at, wanted_at: afresh.wanted_at } : {} // prettier-ignore
      await db
        .updateTable('media')
        .set({ position, url, declared_type, ...again })
        .where('id', '=', rowId)
        .execute()
    }
    await noteVersion(db, { mention_id: id, version, withdrawn: isDeleted ? 1 : 0, received_at: receivedAt })
  }

  return {
    /** Answers the hashes of files that may have lost their last row. */
    apply: (changes: readonly Change[], how: Applying): Promise<readonly string[]> =>
      inTransaction(records, async (db) => {
        const left = new Set<string>()
        for (const change of changes) await applyOne(db, change, how, left)
        return [...left]
      }),

    claim: (
      channel: Channel,
      limit: number,
      nowMs: number,
      nextAtMs: (attempts: number) => number,
    ): Promise<readonly WantedMedia[]> =>
      inTransaction(records, async (db) => {
        const due = await db
          .selectFrom('media')
          .selectAll()
          .where('status', '=', 'wanted')
          .where('channel', '=', channel)
          .where('next_at', '<=', new Date(nowMs).toISOString())
          .orderBy('next_at')
          .orderBy('id')
          .limit(limit)
          .execute()
        for (const { id, attempts } of due) {
          // Already the time of the next try: one that takes the process down with it is not tried at once again.
          const next_at = new Date(nextAtMs(attempts + 1)).toISOString()
          await db
            .updateTable('media')
            .set({ status: 'fetching', attempts: attempts + 1, next_at })
            .where('id', '=', id)
            .execute()
        }
        return due.map(wantedOf)
      }),

    markStored: (id: string, found: FoundFile, nowIso: string): Promise<boolean> =>
      inTransaction(records, async (db) => {
        const { numUpdatedRows } = await db
          .updateTable('media')
          .set({
            status: 'stored',
            reason: null,
            sha256: found.sha256,
            bytes: found.bytes,
            mime: found.mimeType,
            type_differs: found.typeDiffers ? 1 : 0,
            ...(found.fileName === null ? {} : { file_name: found.fileName }),
            stored_at: nowIso,
          })
          .where('id', '=', id)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return false
        await db.deleteFrom('media_leftovers').where('sha256', '=', found.sha256).execute()
        return true
      }),

    settle: async (id: string, outcome: Unstored): Promise<void> => {
      const next = outcome.status === 'wanted' ? { next_at: new Date(outcome.nextAtMs).toISOString() } : {}
      await records
        .updateTable('media')
        .set({ status: outcome.status, reason: outcome.reason, ...next })
        .where('id', '=', id)
        .where('status', '=', 'fetching')
        .execute()
    },

    wantAgain: async (id: string, nowIso: string): Promise<void> => {
      await records
        .updateTable('media')
        .set({
          status: 'wanted',
          reason: 'file-missing',
          sha256: null,
          mime: null,
          bytes: null,
          stored_at: null,
          next_at: nowIso,
          wanted_at: nowIso,
          attempts: 0,
        }) // prettier-ignore
        .where('id', '=', id)
        .where('status', '=', 'stored')
        .execute()
    },

    unclaim: async (): Promise<void> => {
      await records.updateTable('media').set({ status: 'wanted' }).where('status', '=', 'fetching').execute()
    },

    waiting: async (channel: Channel): Promise<number> => {
      const { n } = await records
        .selectFrom('media')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('status', 'in', ['wanted', 'fetching'])
        .where('channel', '=', channel)
        .executeTakeFirstOrThrow()
      return Number(n)
    },

    ofMention: (mentionId: string): Promise<MediaRow[]> =>
      records.selectFrom('media').selectAll().where('mention_id', '=', mentionId).orderBy('position').execute(),

    at: (mentionId: string, position: number): Promise<MediaRow | undefined> =>
      records
        .selectFrom('media')
        .selectAll()
        .where('mention_id', '=', mentionId)
        .where('position', '=', position)
        .executeTakeFirst(),

    isReferenced: async (sha256: string): Promise<boolean> =>
      (await records.selectFrom('media').select('id').where('sha256', '=', sha256).executeTakeFirst()) !== undefined,

    noteLeftover: (sha256: string) => noteLeftover(records, sha256),
    forgetLeftover: async (sha256: string): Promise<void> => {
      await records.deleteFrom('media_leftovers').where('sha256', '=', sha256).execute()
    },
    leftovers: async (limit: number): Promise<string[]> =>
      (await records.selectFrom('media_leftovers').selectAll().limit(limit).execute()).map(({ sha256 }) => sha256),

    /** Forgets at most `limit` mentions received before then. */
    expire: (beforeIso: string, limit: number): Promise<{ expired: number; unreferenced: readonly string[] }> =>
      inTransaction(records, async (db) => {
        const old = await db
          .selectFrom('media_mentions')
          .select('mention_id')
          .where('received_at', '<', beforeIso)
          .limit(limit)
          .execute()
        const left = new Set<string>()
        for (const { mention_id } of old) {
          const rows = await db
            .selectFrom('media')
            .select(['id', 'sha256'])
            .where('mention_id', '=', mention_id)
            .execute()
          await drop(db, rows, left)
          await db.deleteFrom('media_mentions').where('mention_id', '=', mention_id).execute()
        }
        return { expired: old.length, unreferenced: [...left] }
      }),

    usedBytes: async (): Promise<number> => {
      const contents = records.selectFrom('media').select(['sha256', 'bytes']).where('status', '=', 'stored').distinct()
      const { sum } = await records
        .selectFrom(contents.as('contents'))
        .select((e) => e.fn.sum<number | null>('bytes').as('sum'))
        .executeTakeFirstOrThrow()
      return Number(sum ?? 0)
    },
  }
}

function wantedOf(row: MediaRow): WantedMedia {
  return {
    id: row.id,
    mentionId: row.mention_id,
    channel: row.channel as Channel,
    kind: row.kind,
    platformId: row.platform_id,
    url: row.url,
    mimeType: row.declared_type,
    sha256: row.declared_sha256,
    bytes: number(row.declared_bytes),
    fileName: row.file_name,
    attempts: row.attempts + 1,
    wantedAtMs: Date.parse(row.wanted_at),
  }
}
