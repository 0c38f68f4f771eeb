import { describe, expect, it, onTestFinished } from 'vitest'
import { createSpendMeter, type ChargedItem } from '../../ingest/spend.js'
import { openRecords } from '../../runtime/records/open.js'
import { FakeClock } from '../support/fake-clock.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { openTestRecords } from '../support/test-records.js'

async function setUp(start?: number) {
  const { records } = await openTestRecords()
  onTestFinished(() => records.destroy())
  const clock = new FakeClock(start)
  return { records, clock, meter: createSpendMeter({ records, clock, platform: 'x' }) }
}

const post = (id: number | string, microDollars = 5_000): ChargedItem => ({
  kind: 'post',
  id: String(id),
  microDollars,
})
const posts = (from: number, count: number) => Array.from({ length: count }, (_, index) => post(from + index))

describe('the spend meter', () => {
  it('counts each item once a UTC day, whoever reads it again, at the price of its first reading', async () => {
    const { meter } = await setUp()
    await meter.record([...posts(0, 250), post(0), { kind: 'user', id: '0', microDollars: 10_000 }])
    await meter.record([...posts(200, 100), post(1, 1_000)])
    expect(await meter.month()).toEqual({ month: '2026-11', dollars: 300 * 0.005 + 0.01 })
    await meter.record([])
    await meter.record([post('new', 1_000)])
    expect((await meter.month()).dollars).toBeCloseTo(1.511, 9)
  })

  it('charges a repeat on the next day, and begins each month at nothing', async () => {
    const { meter, clock, records } = await setUp(Date.UTC(2026, 10, 29, 23, 59))
    await meter.record(posts(0, 10))
    await clock.advance(60_000)
    await meter.record(posts(0, 10))
    expect(await meter.month()).toEqual({ month: '2026-11', dollars: 0.1 })
    await clock.advance(86_400_000)
    expect(await meter.month()).toEqual({ month: '2026-12', dollars: 0 })
    await meter.record(posts(0, 10))
    expect(await meter.month()).toEqual({ month: '2026-12', dollars: 0.05 })
    const days = await records.selectFrom('spend_items').select('day').distinct().orderBy('day').execute()
    expect(days.map(({ day }) => day)).toEqual(['2026-11-30', '2026-12-01'])
  })

  it('outlives the process, and a second reading after a crash costs nothing more', async () => {
    const folder = temporaryFolder()
    onTestFinished(folder.remove)
    const file = `${folder.path}/records.db`
    for (let life = 0; life < 3; life++) {
      const { records } = await openRecords(file)
      const meter = createSpendMeter({ records, clock: new FakeClock(), platform: 'x' })
      await meter.record(posts(0, 40))
      expect((await meter.month()).dollars).toBe(0.2)
      await records.destroy()
    }
  })

  it('keeps platforms apart, and counts right when many record at once', async () => {
    const { records, clock, meter } = await setUp()
    const other = createSpendMeter({ records, clock, platform: 'facebook' })
    await Promise.all([
      ...Array.from({ length: 20 }, (_, n) => meter.record(posts(n * 5, 10))),
      other.record([post(1)]),
    ])
    expect((await meter.month()).dollars).toBeCloseTo(105 * 0.005, 9)
    expect((await other.month()).dollars).toBe(0.005)
  })

  it('throws what may be tried again where the records are away', async () => {
    const { records, meter } = await setUp()
    await records.destroy()
    await expect(meter.record([post(1)])).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
    await expect(meter.month()).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
  })
})
