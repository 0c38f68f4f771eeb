import { expect, inject, onTestFinished, test } from 'vitest'
import { createAlertsHandler } from '../../../alerts/alerts-handler.js'
import { createAlertsStore } from '../../../alerts/alert-records.js'
import { openCase } from '../../../cases/case-records.js'
import { createMetrics } from '../../../runtime/metrics.js'
import { loadDistrictTable } from '../../../runtime/district-table.js'
import { Failure } from '../../../runtime/failure.js'
import { mediaRows } from '../../../runtime/media/media-rows.js'
import { openPostgresRecords } from '../../../runtime/records/postgres.js'
import { inTransaction } from '../../../runtime/records/transact.js'
import { systemClock } from '../../../runtime/clock.js'
import { moveOutbound, newRow } from '../../../send/outbound-records.js'
import { dangerRule } from '../../../alerts/rules/danger.js'
import { RecordingBus } from '../../pipeline/recording-bus.js'
import { ALL, openHouse, partition, tell } from '../../alerts/house.js'
import { makeEnriched, makeMention } from '../../support/mentions.js'
import { freshSchema, onServer, quiet } from '../../support/test-records.js'
import { makeOutbound } from '../../send/house.js'

const url = inject('engines').postgres

/** Several processes on one database: each has a pool of its own. */
async function openTogether(count: number) {
  const schema = freshSchema()
  const open = () =>
    openPostgresRecords({
      url,
      password: undefined,
      ca: undefined,
      schema,
      poolSize: 3,
      clock: systemClock,
      log: quiet,
    })
  const opened = await Promise.all(Array.from({ length: count }, open))
  onTestFinished(async () => {
    await Promise.all(opened.map(({ records }) => records.destroy()))
    await onServer(url, `drop schema ${schema} cascade`)
  })
  return opened.map(({ records }) => records)
}

/** As the stage loop does it: what may pass is tried again. */
async function persistently(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work()
      return
    } catch (error) {
      if (!(error instanceof Failure) || !error.retryable) throw error
      await systemClock.sleep(error.retryAfterMs ?? 20)
    }
  }
}

test('four that take the same stream at once make the same groups as one, and none twice', async () => {
  const mentions = Array.from({ length: 60 }, (_, n) =>
    tell({ id: `m${n}`, minute: n, category: n % 3 === 0 ? 'crime' : 'terrorism', copyOf: `event ${n % 7}`, places: [['peshawar', 'swat'][n % 2] ?? ''] }),
  ) // prettier-ignore
  const alone = await openHouse()
  for (let at = 0; at < mentions.length; at += 5) await alone.write(...mentions.slice(at, at + 5))
  const expected = partition(await alone.alerts())

  const all = await openTogether(4)
  const buses = all.map(() => new RecordingBus())
  const metrics = createMetrics()
  await Promise.all(
    all.map(async (records, n) => {
      const bus = buses[n] ?? new RecordingBus()
      const handle = createAlertsHandler({ records, bus, clock: systemClock, metrics, rules: [dangerRule] })
      for (let at = 0; at < mentions.length; at += 5) {
        const batch = mentions.slice(at, at + 5).map((mention, i) => ({
          key: 'k',
          value: { type: 'written', mention } as const,
          partition: 0,
          offset: at + i,
        }))
        await persistently(() => Promise.resolve(handle(batch, new AbortController().signal)))
      }
    }),
  )
  const [first] = all
  if (first === undefined) throw new Error('no records')
  const store = createAlertsStore({ records: first, bus: new RecordingBus(), clock: systemClock })
  expect(partition(await store.list(ALL, { limit: 500 }))).toEqual(expected)
  expect(expected.length).toBeGreaterThan(5)
})

test('an alert is acknowledged by one of those who press at once', async () => {
  const all = await openTogether(3)
  const [first] = all
  if (first === undefined) throw new Error('no records')
  const bus = new RecordingBus()
  const handle = createAlertsHandler({
    records: first,
    bus,
    clock: systemClock,
    metrics: createMetrics(),
    rules: [dangerRule],
  })
  await handle(
    [{ key: 'k', value: { type: 'written', mention: tell({ id: 'a' }) }, partition: 0, offset: 0 }],
    new AbortController().signal,
  )
  const outcomes = await Promise.all(
    all.map((records, n) =>
      createAlertsStore({ records, bus, clock: systemClock }).acknowledge('alert:x:a', `officer ${n}`, ALL),
    ),
  )
  expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(2)
  expect(await first.selectFrom('audit').select('action').execute()).toEqual([{ action: 'alert.acknowledge' }])
})

test('no case number twice, no case twice, and none left out', async () => {
  const all = await openTogether(4)
  const table = loadDistrictTable()
  const nowMs = Date.UTC(2026, 10, 22)
  const mentions = Array.from({ length: 24 }, (_, n) => makeEnriched({ id: `x:${n % 12}` }))
  const opened = await Promise.all(
    mentions.map((mention, n) => {
      const records = all[n % all.length]
      if (records === undefined) throw new Error('no records')
      return inTransaction(records, (transaction) => openCase(transaction, { mention, unit: null, nowMs, table }))
    }),
  )
  const numbers = [...new Set(opened.map(({ reference }) => Number(reference.slice(-5))))].sort((a, b) => a - b)
  expect(numbers).toEqual(Array.from({ length: 12 }, (_, n) => n + 1))
})

test('no message and no file is claimed twice', async () => {
  const all = await openTogether(4)
  const [first] = all
  if (first === undefined) throw new Error('no records')
  const ids = Array.from({ length: 30 }, (_, n) => `out:${n}`)
  await first.insertInto('outbound').values(ids.map((id) => newRow(makeOutbound({ id })))).execute() // prettier-ignore
  const claimed = await Promise.all(
    all.flatMap((records) =>
      ids.map((id) => moveOutbound(records, id, ['queued'], { status: 'sending', reason: null, updated_at: 'now' })),
    ),
  )
  expect(claimed.filter((row) => row !== undefined).map(({ id }) => id).sort()).toEqual([...ids].sort()) // prettier-ignore

  const media = Array.from({ length: 20 }, (_, n) => ({ kind: 'image' as const, id: `p${n}`, url: null, mimeType: null, sha256: null, bytes: null, fileName: null })) // prettier-ignore
  const mention = makeMention({ id: 'whatsapp:1', channel: 'whatsapp', media })
  const fetched = new Set(['whatsapp'] as const)
  await mediaRows(first).apply([{ type: 'written', mention }], { fetched, nowIso: '2026-11-22T04:00:00.000Z' })
  const files = await Promise.all(
    all.flatMap((records) => [1, 2].map(() => mediaRows(records).claim('whatsapp', 10, Date.UTC(2027, 0), () => Date.UTC(2028, 0)))),
  ) // prettier-ignore
  const names = files.flat().map(({ id }) => id)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toHaveLength(20)
})
