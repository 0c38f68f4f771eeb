import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalVersion, type ElasticDocument } from '../../../index/elastic/document.js'
import { Generations } from '../../../index/elastic/generations.js'
import { migrateMentions, type MigrateOptions } from '../../../index/elastic/migrate.js'
import { systemClock } from '../../../runtime/clock.js'
import { createCorrections, type Corrections } from '../../../runtime/corrections/correction-store.js'
import { overlay, textHashOf } from '../../../runtime/corrections/overlay.js'
import type { Records } from '../../../runtime/records/tables.js'
import type { EnrichedChange, EnrichedMention } from '../../../schemas/enriched-mention.js'
import { ALL, deleted, edited, mention, written } from '../../contracts/mention-index-kit.js'
import { madeMention, seeded } from '../../index/made-mentions.js'
import { MemoryBus } from '../../support/memory-bus.js'
import { openTestRecords } from '../../support/test-records.js'
import { openFresh, type OpenIndex } from './write-kit.js'

const idOf = (change: EnrichedChange) => (change.type === 'deleted' ? change.id : change.mention.id)

/** A bus whose index stage has written all but the last `behind` records. */
class StagedBus extends MemoryBus {
  behind = 0

  override async lag(): Promise<number> {
    return this.behind
  }
}

describe('rabta migrate', () => {
  let open: OpenIndex
  let bus: StagedBus
  let lines: string[]
  let records: Records
  let corrections: Corrections
  beforeEach(async () => {
    open = await openFresh()
    bus = new StagedBus()
    lines = []
    records = (await openTestRecords()).records
    corrections = createCorrections({ records, clock: systemClock })
  })
  afterEach(async () => {
    await open.destroy()
    await records.destroy()
  })

  const options = (more: Partial<MigrateOptions> = {}): MigrateOptions => ({
    ...open.options,
    bus,
    corrections,
    say: (line) => lines.push(line),
    signal: new AbortController().signal,
    graceMs: 0,
    ...more,
  })
  const publish = async (changes: readonly EnrichedChange[]) => {
    bus.behind += changes.length
    await bus.publish(
      'mentions.enriched',
      changes.map((change) => ({ key: idOf(change), value: change })),
    )
  }
  /** As the index stage does: what is written was published before. */
  const store = async (changes: readonly EnrichedChange[]) => {
    await publish(changes)
    expect(await open.index.write(changes)).toEqual([])
    bus.behind -= changes.length
  }
  const generationsThere = async () => {
    const found = await new Generations({ ...open.options, client: open.client }).all()
    return [...new Set(found.map(({ generation }) => generation))]
  }
  const documents = async () => {
    await open.client.indices.refresh({ index: open.options.name })
    const { hits } = await open.client.search<ElasticDocument>({
      index: open.options.name,
      size: 10_000,
      version: true,
    })
    expect(new Set(hits.hits.map((hit) => hit._source?.id)).size).toBe(hits.hits.length)
    return new Map(
      hits.hits.map(({ _index, _source, _version }) => {
        if (_source === undefined) throw new Error('a hit has its source')
        expect(BigInt(_version ?? -1)).toBe(externalVersion(_source))
        return [_source.id, { month: _index.slice(-7), source: _source }]
      }),
    )
  }
  const month = (n: number) =>
    `2026-${String(6 + (n % 5)).padStart(2, '0')}-10T00:00:00.${String(n % 1000).padStart(3, '0')}Z`

  it('copies everything as it stands, each to its month, and leaves one generation', async () => {
    const random = seeded(3)
    const all = Array.from({ length: 1300 }, (_, n) => ({
      ...madeMention(n, random),
      id: `x:${n}`,
      version: 10,
      receivedAt: month(n),
    }))
    await open.index.write(all.map(written))
    await open.index.write(
      all.slice(0, 50).map((one) => edited({ ...one, version: 11, text: `${one.text} بدلا`, receivedAt: month(7) })),
    )
    await open.index.write(all.slice(40, 90).map((one) => deleted(one, 12)))
    const before = await documents()
    expect(before.size).toBe(1300)
    const done = await migrateMentions(options())
    expect(done).toEqual({ copied: 1300, caughtUp: 0, from: `${open.options.name}-1`, to: `${open.options.name}-2` })
    expect(await documents()).toEqual(before)
    expect(await generationsThere()).toEqual([2])
    expect((await open.index.search({}, ALL)).total).toBe(1250)
    const again = await migrateMentions(options())
    expect(again.to).toBe(`${open.options.name}-3`)
    expect(await documents()).toEqual(before)
  })

  it('makes of the body what today’s code makes of it, and leaves what it cannot read as it stood', async () => {
    const one = mention({ text: 'آج پشاور' })
    const broken = mention({ text: 'ٹوٹا' })
    await open.index.write([written(one), written(broken)])
    const [right, wrong] = [(await documents()).get(one.id), (await documents()).get(broken.id)]
    if (right === undefined || wrong === undefined) throw new Error('both stand')
    const plant = async (document: object, id: string, version: bigint, at: string) =>
      open.client.index({
        index: `${open.options.name}-1-${at}`,
        id,
        document,
        version: Number(version),
        version_type: 'external_gte',
        refresh: true,
      })
    const older = { ...right.source, text: 'as an older release folded it', category: 'of old' }
    await plant(older, one.id, externalVersion(right.source), right.month)
    const unreadable = { ...wrong.source, body: '{"cut' }
    await plant(unreadable, broken.id, externalVersion(wrong.source), wrong.month)
    await migrateMentions(options())
    expect((await documents()).get(one.id)).toEqual(right)
    expect((await documents()).get(broken.id)?.source).toEqual(unreadable)
    expect(lines.join('\n')).toContain('1 of 2 were copied as they stood')
  })

  it('keeps what was corrected, lays corrections over what it catches up, and has those of the last days said again', async () => {
    const correct = async (one: EnrichedMention) => {
      await corrections.add({
        mentionId: one.id,
        receivedAt: one.receivedAt,
        textHash: textHashOf(one.text),
        upon: 0,
        by: 'analyst',
        note: '',
        tags: [{ tag: 'category', was: 'extortion', value: 'news' }],
      })
      await corrections.markSaid([{ id: one.id, revision: 1 }])
      return overlay(one, (await corrections.ofMany([one.id])).get(one.id) ?? [])
    }
    const before = mention({ version: 10 })
    await store([written(before)])
    const corrected = await correct(before)
    await open.index.write([written(corrected)])
    // On the bus, and not yet written by the stage.
    const late = mention({ version: 10 })
    await publish([written(late)])
    const lateCorrected = await correct(late)

    await migrateMentions(options())
    expect(await open.index.get(before.id, ALL)).toEqual(corrected)
    expect(await open.index.get(late.id, ALL)).toEqual(lateCorrected)
    expect((await open.index.search({ corrected: true }, ALL)).total).toBe(2)
    expect((await corrections.unsaid(9)).map(({ id }) => id).sort()).toEqual([before.id, late.id].sort())
  })

  it('misses nothing that is written, edited and withdrawn meanwhile, and search answers all the while', async () => {
    const random = seeded(9)
    const all = Array.from({ length: 3000 }, (_, n) => ({
      ...madeMention(n, random),
      id: `x:${n}`,
      version: 10,
      receivedAt: month(n),
    }))
    for (let at = 0; at < all.length; at += 500) await store(all.slice(at, at + 500).map(written))
    const expected = new Map<string, number | undefined>(all.map((one) => [one.id, 10]))
    const stopping = new AbortController()
    let answered = 0
    const searching = (async () => {
      while (!stopping.signal.aborted) {
        const page = await open.index.search({ limit: 20 }, ALL)
        expect(page.total).toBeGreaterThan(2000)
        expect(page.items).toHaveLength(20)
        answered++
      }
    })()
    let rounds = 0
    const writing = (async () => {
      for (; !stopping.signal.aborted; rounds++) {
        const changes: EnrichedChange[] = []
        for (let n = 0; n < 20; n++) {
          const one = all[Math.floor(random() * all.length)]
          if (one === undefined) continue
          const version = 11 + rounds
          if (random() < 0.3) {
            changes.push(deleted(one, version))
            expected.set(one.id, undefined)
          } else {
            changes.push(edited({ ...one, version, text: `بدلا ${rounds}` }))
            expected.set(one.id, version)
          }
        }
        const fresh = mention({ id: `x:new-${rounds}`, version: 1, receivedAt: month(rounds) })
        expected.set(fresh.id, 1)
        await publish([...changes, written(fresh)])
        // As the stage: tried again while the engine says so.
        for (;;) {
          try {
            expect(await open.index.write([...changes, written(fresh)])).toEqual([])
            bus.behind -= changes.length + 1
            break
          } catch (error) {
            expect(error).toMatchObject({ retryable: true })
            await systemClock.sleep(20)
          }
        }
      }
    })()
    const done = await migrateMentions(options({ graceMs: 500 }))
    stopping.abort()
    await Promise.all([searching, writing])
    expect(done.copied).toBeGreaterThanOrEqual(3000)
    expect(rounds).toBeGreaterThan(3)
    expect(answered).toBeGreaterThan(3)
    expect(await generationsThere()).toEqual([2])
    const found = await documents()
    for (const [id, version] of expected) {
      const document = found.get(id)?.source
      expect(document?.deleted, id).toBe(version === undefined)
      if (version !== undefined) expect(document?.version, id).toBe(version)
    }
    expect(found.size).toBe(expected.size)
  })

  it('brings what the index stage had not written yet when it began', async () => {
    await store([written(mention())])
    const late = mention({ id: 'x:late' })
    await publish([written(late)])
    expect(await migrateMentions(options())).toMatchObject({ copied: 1, caughtUp: 1 })
    expect(await open.index.get(late.id, ALL)).toEqual(late)
  })

  it('is refused while another is at work', async () => {
    await store([written(mention())])
    const first = migrateMentions(options({ graceMs: 8000 }))
    await expect.poll(() => lines.join('\n'), { timeout: 60_000 }).toContain('searched now')
    await expect(migrateMentions(options())).rejects.toMatchObject({ reason: 'conflict' })
    await first
    expect(await generationsThere()).toEqual([2])
  })

  it('begins anew after one that was killed amid copying, with what that left', async () => {
    const one = mention({ version: 5 })
    await store([written(one)])
    const { client, options: named } = open
    const generations = new Generations({ ...named, client })
    await generations.putTemplate(2, false)
    await generations.makeMonth(2, '2026-03')
    await client.index({
      index: `${named.name}-2-2026-03`,
      id: 'x:ghost',
      document: { id: 'x:ghost', version: 99, deleted: true },
    })
    // Killed between the two steps of the switch: new months of the live generation would not be found.
    await generations.putTemplate(1, false)
    await client.index({
      index: `${named.name}-migration`,
      id: 'turn',
      document: {
        holder: 'somebody who died',
        beat: 7,
        unfinished: JSON.stringify({ from: 1, to: 2, since: { 0: 0 } }),
      },
      refresh: true,
    })
    await migrateMentions(options())
    expect([...(await documents()).keys()]).toEqual([one.id])
    const later = mention({ receivedAt: '2027-02-01T00:00:00.000Z' })
    expect(await open.index.write([written(later)])).toEqual([])
    expect(await generationsThere()).toEqual([2])
  })

  it('finishes one that was killed after the switch', async () => {
    const copied = mention()
    const missing = mention({ id: 'x:acknowledged-before-the-switch' })
    await store([written(copied)])
    await store([written(missing)])
    // As far as this migration can know when it begins, the last one is not written yet.
    bus.behind = 1
    const { client, options: named } = open
    const killed = new AbortController()
    const say = (line: string) => {
      lines.push(line)
      if (line.includes('searched now')) killed.abort()
    }
    await expect(migrateMentions(options({ say, signal: killed.signal }))).rejects.toThrow()
    expect(await generationsThere()).toEqual([1, 2])
    await client.delete({ index: `${named.name}-2-2026-11`, id: missing.id, refresh: true })
    expect(await open.index.get(missing.id, ALL)).toBeUndefined()
    bus.behind = 0
    const done = await migrateMentions(options())
    expect(done).toMatchObject({ copied: 0, caughtUp: 1, from: `${named.name}-1`, to: `${named.name}-2` })
    expect(await generationsThere()).toEqual([2])
  })

  it('stops when told to, leaving search and writing as they were', async () => {
    const one = mention()
    await store([written(one)])
    const stopping = new AbortController()
    const say = (line: string) => {
      if (line.startsWith('copying')) stopping.abort(new Error('enough'))
    }
    await expect(migrateMentions(options({ say, signal: stopping.signal }))).rejects.toThrow('enough')
    expect(await open.index.get(one.id, ALL)).toEqual(one)
    await store([written(mention({ receivedAt: '2027-01-01T00:00:00.000Z' }))])
    expect((await migrateMentions(options({ keepOld: true }))).copied).toBe(2)
    expect(await generationsThere()).toEqual([1, 2])
    expect((await open.index.search({}, ALL)).total).toBe(2)
  })
})
