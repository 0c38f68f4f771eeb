import { describe, expect, it } from 'vitest'
import type { MentionIndex } from '../../index/mention-index.js'
import { createIndexHandler } from '../../index/stage.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { EnrichedChange } from '../../schemas/enriched-mention.js'
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

async function handle(batch: EnrichedChange[], index: Partial<MentionIndex> = {}) {
  const bus = new RecordingBus()
  const handler = createIndexHandler({
    bus,
    clock: new FakeClock(),
    metrics: createMetrics(),
    index: { write: async () => [], districtsOf: async () => new Map(), close: async () => undefined, ...index },
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
})
