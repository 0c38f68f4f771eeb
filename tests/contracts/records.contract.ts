import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Failure } from '../../runtime/failure.js'
import type { Records } from '../../runtime/records/tables.js'
import { inTransaction } from '../../runtime/records/transact.js'

export interface RecordsUnderTest {
  readonly records: Records
  /** Opens the same records once more, beside those that are open; where one connection owns them, another handle on it. */
  again(): Promise<Records>
  /** Closes all and deletes them. */
  remove(): Promise<void>
}

const seed = 20261122

/** mulberry32: the same numbers in every run. */
function chance(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const cursor = (source: string, value = '') => ({ source, value, saved_at: '2026-11-22T04:00:00.000Z' })

/** What the records promise on either database; `open` gives fresh, empty ones. */
export function recordsContract(open: () => Promise<RecordsUnderTest>): void {
  let under: RecordsUnderTest
  let records: Records

  beforeEach(async () => {
    under = await open()
    records = under.records
  })
  afterEach(() => under.remove())

  const sources = async () => (await records.selectFrom('cursors').select('source').orderBy('source').execute()).map((row) => row.source) // prettier-ignore

  it('a transaction is all or nothing, whatever ends it', async () => {
    const write = (end: () => unknown) =>
      records.transaction().execute(async (transaction) => {
        await transaction.insertInto('cursors').values(cursor('a')).execute()
        await transaction.insertInto('cursors').values(cursor('b')).execute()
        await end()
      })
    await expect(
      write(() => {
        throw new Error('planted')
      }),
    ).rejects.toThrow('planted')
    expect(await sources()).toEqual([])
    await write(() => undefined)
    expect(await sources()).toEqual(['a', 'b'])
    await expect(write(() => undefined)).rejects.toThrow(Error)
    expect(await sources()).toEqual(['a', 'b'])
  })

  it('two that read and write the same row are both applied, once each', async () => {
    await records.insertInto('case_numbers').values({ series: 's', last: 0 }).execute()
    const add = (db: Records, by: number) =>
      inTransaction(db, async (transaction) => {
        const { last } = await transaction.selectFrom('case_numbers').selectAll().executeTakeFirstOrThrow()
        await transaction
          .updateTable('case_numbers')
          .set({ last: last + by })
          .execute()
      })
    const other = await under.again()
    await Promise.all([add(records, 1), add(other, 10), add(records, 100), add(other, 1000), add(records, 10_000)])
    expect(await records.selectFrom('case_numbers').selectAll().execute()).toEqual([{ series: 's', last: 11_111 }])
    await other.destroy()
  })

  it('one of two that both found no row makes it, the other then finds it', async () => {
    const other = await under.again()
    const claim = (db: Records, at: string) =>
      inTransaction(db, async (transaction) => {
        const known = await transaction.selectFrom('reports').select('made_at').executeTakeFirst()
        if (known !== undefined) return known.made_at
        await transaction.insertInto('reports').values({ day: '2026-11-22', made_at: at, body: '' }).execute()
        return at
      })
    const said = await Promise.all([claim(records, 'one'), claim(other, 'two'), claim(records, 'three')])
    expect(new Set(said).size).toBe(1)
    await other.destroy()
  })

  it('statements that lose against one another are run again by themselves', async () => {
    const other = await under.again()
    const count = (db: Records) =>
      db
        .insertInto('case_numbers')
        .values({ series: 's', last: 1 })
        .onConflict((on) => on.column('series').doUpdateSet((set) => ({ last: set('case_numbers.last', '+', 1) })))
        .execute()
    await Promise.all(Array.from({ length: 12 }, (_, n) => count(n % 2 === 0 ? records : other)))
    expect(await records.selectFrom('case_numbers').select('last').execute()).toEqual([{ last: 12 }])
    await other.destroy()
  })

  it('says how many rows an insert, an update and a deletion changed, and gives back what was asked for', async () => {
    const insert = (source: string) =>
      records
        .insertInto('cursors')
        .values(cursor(source))
        .onConflict((on) => on.doNothing())
        .executeTakeFirstOrThrow()
    expect((await insert('a')).numInsertedOrUpdatedRows).toBe(1n)
    expect((await insert('a')).numInsertedOrUpdatedRows).toBe(0n)
    const updated = await records.updateTable('cursors').set({ value: 'v' }).where('source', 'in', ['a', 'b']).executeTakeFirstOrThrow() // prettier-ignore
    expect(updated.numUpdatedRows).toBe(1n)
    expect(await records.deleteFrom('cursors').where('source', 'in', []).returningAll().execute()).toEqual([])
    expect(await records.deleteFrom('cursors').returning('value').execute()).toEqual([{ value: 'v' }])
  })

  it('orders and compares text by code point, in no language', async () => {
    const words = ['a', 'B', 'é', 'Z', '_', '-1', '10', '9', 'پ', 'ب', 'ۍ', '😀', 'ﷺ', 'a b', 'ab', 'A']
    await records.insertInto('cursors').values(words.map((word) => cursor(word))).execute() // prettier-ignore
    const points = (word: string) => [...word].map((char) => char.codePointAt(0) ?? 0)
    const before = (a: string, b: string) => {
      const [left, right] = [points(a), points(b)]
      const at = left.findIndex((point, n) => point !== right[n])
      return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1)
    }
    const ordered = [...words].sort(before)
    expect(await sources()).toEqual(ordered)
    const after = await records.selectFrom('cursors').select('source').where('source', '>', 'a').execute()
    expect(after.map((row) => row.source).sort(before)).toEqual(ordered.slice(ordered.indexOf('a') + 1))
  })

  it('keeps big texts, all of Unicode and large numbers', async () => {
    const random = chance(seed)
    const body = Array.from({ length: 200_000 }, () => String.fromCodePoint(32 + Math.floor(random() * 0xd7e0))).join(
      '',
    )
    await records.insertInto('reports').values({ day: 'd', made_at: `پشاور 😀 \u202e ' " \\ $1`, body }).execute()
    const row = await records.selectFrom('reports').selectAll().executeTakeFirstOrThrow()
    expect(row.body === body).toBe(true)
    expect(row.made_at).toBe(`پشاور 😀 \u202e ' " \\ $1`)
    const micro_dollars = 8_000_000_000_000_000
    await records.insertInto('spend_months').values({ platform: 'x', month: '2026-11', micro_dollars }).execute()
    await records.insertInto('spend_months').values({ platform: 'y', month: '2026-11', micro_dollars: 7 }).execute()
    const { sum, n } = await records
      .selectFrom('spend_months')
      .select((e) => [e.fn.sum<number>('micro_dollars').as('sum'), e.fn.countAll<number>().as('n')])
      .executeTakeFirstOrThrow()
    expect([sum, n]).toEqual([micro_dollars + 7, 2])
    expect(await records.selectFrom('spend_months').select('micro_dollars').where('platform', '=', 'x').execute()).toEqual([{ micro_dollars }]) // prettier-ignore
  })

  it('half a surrogate pair and NUL: kept in JSON; as they are, kept, mended or refused for good, and nothing else is lost', async () => {
    const body = JSON.stringify({ text: 'a\u0000b\ud83d' })
    await records.insertInto('reports').values({ day: 'd', made_at: '', body }).execute()
    expect(await records.selectFrom('reports').select('body').execute()).toEqual([{ body }])
    await records.insertInto('cursors').values(cursor('half', 'x\ud83dy')).execute()
    expect(await records.selectFrom('cursors').select('value').execute()).toEqual([{ value: 'x\ufffdy' }])
    const nul: unknown = await records
      .insertInto('cursors')
      .values(cursor('nul', 'SECRET\u0000b'))
      .execute()
      .catch((error: unknown) => error)
    if (nul instanceof Error) {
      expect(nul).toMatchObject({ reason: 'invalid-payload', retryable: false })
      expect(`${nul.message} ${String(nul.cause)}`).not.toContain('SECRET')
    }
    await records.insertInto('cursors').values(cursor('after')).execute()
    expect(await sources()).toContain('after')
  })

  it('what is refused says neither statement nor values', async () => {
    await records.insertInto('cursors').values(cursor('SECRET-KEY')).execute()
    const refused: unknown = await records.insertInto('cursors').values(cursor('SECRET-KEY')).execute().catch((error: unknown) => error) // prettier-ignore
    expect(refused).toBeInstanceOf(Error)
    expect(refused).not.toBeInstanceOf(Failure)
    expect(`${(refused as Error).message} ${String((refused as Error).cause)}`).not.toContain('SECRET')
  })

  it('opened again, by several at once, it has its tables once and keeps what is in them', async () => {
    await records.insertInto('cursors').values(cursor('kept')).execute()
    const others = await Promise.all([under.again(), under.again(), under.again()])
    for (const other of others) expect(await other.selectFrom('cursors').select('source').execute()).toEqual([{ source: 'kept' }]) // prettier-ignore
    const names = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(records)
    expect(names.rows.at(-1)?.name).toBe('0009-corrections')
    expect(new Set(names.rows.map(({ name }) => name)).size).toBe(names.rows.length)
    for (const other of others) await other.destroy()
  })
}
