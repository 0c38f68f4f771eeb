import { describe, expect, it } from 'vitest'
import type { IndexedChange, MentionIndex } from '../../index/mention-index.js'
import { createIndexHandler } from '../../index/stage.js'
import type { CorrectionsRead } from '../../runtime/corrections/correction-store.js'
import { textHashOf } from '../../runtime/corrections/overlay.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { EnrichedChange } from '../../schemas/enriched-mention.js'
import type { Correction } from '../../schemas/correction.js'
import type { IndexedMention } from '../../schemas/search.js'
import type { DistrictTag } from '../../schemas/tags.js'
import { RecordingBus } from '../pipeline/recording-bus.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeEnriched } from '../support/mentions.js'

const places = (...ids: string[]): DistrictTag[] =>
  ids.map((id) => ({ id, confidence: 0.9, basis: 'text', evidence: [] }))
const said = (id: string, type: 'written' | 'edited', ...ids: string[]): EnrichedChange => ({
  type,
  mention: makeEnriched({ id }, { districts: places(...ids) }),
})
const gone = (id: string): EnrichedChange => ({
  type: 'deleted',
  id,
  channel: 'whatsapp',
  conversation: 'whatsapp:talk',
  version: 9,
  receivedAt: '2026-11-22T04:00:00.000Z',
})

const nothingCorrected: CorrectionsRead = { ofMany: async () => new Map(), forget: async () => undefined }

async function handle(
  batch: EnrichedChange[],
  index: Partial<MentionIndex> = {},
  {
    corrections = nothingCorrected,
    standing = [],
  }: { corrections?: CorrectionsRead; standing?: IndexedMention[] } = {},
) {
  const bus = new RecordingBus()
  const handler = createIndexHandler({
    bus,
    clock: new FakeClock(),
    metrics: createMetrics(),
    index: { write: async () => [], districtsOf: async () => new Map(), close: async () => undefined, ...index },
    search: { getMany: async (ids) => standing.filter(({ id }) => ids.includes(id)) },
    corrections,
  })
  const records = batch.map((value, offset) => ({ key: 'k', value, partition: 0, offset }))
  const rejected = await handler(records, new AbortController().signal)
  return { rejected, notices: bus.of('mentions.indexed') }
}

describe('the index stage', () => {
  it('sets aside the one of two changes of an id that is wrong', async () => {
    const write = async () => [{ at: 1, id: 'whatsapp:a', reason: 'too-large' as const, detail: 'too much' }]
    const { rejected, notices } = await handle([said('whatsapp:a', 'written', 'swat'), said('whatsapp:a', 'edited')], {
      write,
    })
    expect(rejected).toEqual([{ partition: 0, offset: 1, reason: 'too-large', detail: 'too much' }])
    expect(notices.map(({ type }) => type)).toEqual(['written'])
  })

  it('tells of a deletion those who saw it, also where it was written in the same batch', async () => {
    const { notices } = await handle([gone('whatsapp:a'), said('whatsapp:b', 'written', 'swat'), gone('whatsapp:b')], {
      districtsOf: async () => new Map([['whatsapp:a', ['peshawar']]]),
    })
    expect(notices.map(({ districts }) => districts)).toEqual([['peshawar'], ['swat'], ['swat']])
  })

  it('tells of an edit those of the district it leaves', async () => {
    const { notices } = await handle([said('whatsapp:a', 'edited', 'swat')], {
      districtsOf: async () => new Map([['whatsapp:a', ['peshawar']]]),
    })
    expect(notices[0]?.districts).toEqual(['swat', 'peshawar'])
  })

  it('tells of a deletion those who saw what stood, though an old edit of elsewhere came between', async () => {
    const { notices } = await handle([said('whatsapp:a', 'edited', 'swat'), gone('whatsapp:a')], {
      districtsOf: async () => new Map([['whatsapp:a', ['peshawar']]]),
    })
    expect(notices[1]?.districts).toContain('peshawar')
  })

  describe('with corrections', () => {
    const one = makeEnriched({ id: 'whatsapp:a' }, { districts: places('peshawar') })
    const toSwat = (revision: number): Correction => ({
      mentionId: one.id,
      revision,
      tag: 'districts',
      was: ['peshawar'],
      value: ['swat'],
      by: 'analyst',
      at: '2026-11-22T05:00:00.000Z',
      textHash: textHashOf(one.text),
      note: '',
    })
    const written: IndexedChange[][] = []
    const write = async (batch: readonly IndexedChange[]) => {
      written.push([...batch])
      return []
    }
    const revisions = () =>
      written.map((batch) =>
        batch.map((change) => (change.type === 'deleted' ? 'gone' : (change.mention.revision ?? 0))),
      )

    it('lays them over before it writes, and tells those of the corrected district', async () => {
      written.length = 0
      const corrections = { ...nothingCorrected, ofMany: async () => new Map([[one.id, [toSwat(1)]]]) }
      const { notices } = await handle([{ type: 'written', mention: one }], { write }, { corrections })
      expect(revisions()).toEqual([[1]])
      expect(notices).toMatchObject([{ id: one.id, type: 'written', districts: ['swat'] }])
    })

    it('that were kept while it wrote are written after, and those alone', async () => {
      written.length = 0
      let asked = 0
      const corrections = {
        ...nothingCorrected,
        ofMany: async () => new Map(asked++ === 0 ? [] : [[one.id, [toSwat(1), toSwat(2)]]]),
      }
      const batch: EnrichedChange[] = [said('whatsapp:b', 'written'), { type: 'edited', mention: one }]
      const { notices } = await handle(batch, { write }, { corrections })
      expect(revisions()).toEqual([[0, 0], [2]])
      expect(notices.map(({ districts }) => districts)).toEqual([[], ['swat']])
    })

    it('lets them go with what was withdrawn, unless it stands all the same', async () => {
      const forgotten: string[] = []
      const corrections = { ...nothingCorrected, forget: async (ids: readonly string[]) => void forgotten.push(...ids) }
      await handle([gone('whatsapp:a'), gone('whatsapp:b')], {}, { corrections, standing: [one] })
      expect(forgotten).toEqual(['whatsapp:b'])
    })
  })
})
