import { join } from 'node:path'
import { createAlertsStore } from '../../alerts/alert-records.js'
import { createAlertsHandler } from '../../alerts/alerts-handler.js'
import { createRules } from '../../app/stages.js'
import { systemClock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import { openRecords } from '../../runtime/records/open.js'
import type { Records } from '../../runtime/records/tables.js'
import type { StageHandler, StageRecord } from '../../runtime/stage.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import { onServer, openPostgresForTest } from '../../tests/support/test-records.js'
import { MemoryBus } from '../../tests/support/memory-bus.js'
import { dangerStream, written, type Place } from './corpus.js'
import { cpuOf, partOf, pausesFor, type Figures } from './figures.js'

const COUNT = 5000
const AT_ONCE = 100
/** Ten mentions a second, as they were received. */
const STEP_MS = 100
/** Alerts of the last 90 minutes at which the price of one more is looked at. */
const HELD = [1000, 2000, 4000, 8000]
const LONGEST_MS = 120_000

interface Desk {
  readonly records: Records
  readonly bus: MemoryBus
  readonly handle: StageHandler<'mentions.enriched'>
}

function openDesk(records: Records): Desk {
  const bus = new MemoryBus()
  const parts = { records, bus, clock: systemClock, metrics: createMetrics() }
  return { records, bus, handle: createAlertsHandler({ ...parts, rules: createRules(5) }) }
}

function* batchesOf(stream: Iterator<EnrichedMention>): Generator<StageRecord<'mentions.enriched'>[]> {
  for (let offset = 0; ; offset += AT_ONCE)
    yield Array.from({ length: AT_ONCE }, (_, n) => {
      const mention = stream.next().value as EnrichedMention
      return { key: mention.id, value: written(mention), partition: 0, offset: offset + n }
    })
}

const { signal } = new AbortController()

/** Hands over batches as the stage does, again where somebody was in the way; answers milliseconds a batch, and how often it was again. */
async function handOver({ handle }: Desk, batches: Iterator<StageRecord<'mentions.enriched'>[]>, count: number) {
  let conflicts = 0
  let spentMs = 0
  for (let n = 0; n < count; n++) {
    const batch = batches.next().value as StageRecord<'mentions.enriched'>[]
    const started = performance.now()
    for (;;) {
      try {
        await handle(batch, signal)
        break
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error
        conflicts++
        await pausesFor(error.retryAfterMs ?? 100)
      }
    }
    spentMs += performance.now() - started
  }
  return { conflicts, msABatch: spentMs / count }
}

/** Mentions a second through the stage's handler, and what an alert costs while many of its day are held. */
export async function measureAlerts(place: Place, figures: Figures, round: number): Promise<void> {
  const batches = (every: number, seed: number) => batchesOf(dangerStream({ every, stepMs: STEP_MS, seed }))
  const open: Readonly<Record<string, (name: string) => Promise<Records>>> = {
    PostgreSQL: async () =>
      (await openPostgresForTest(place.postgres, `scaling_${Math.random().toString(36).slice(2, 10)}`)).records,
    SQLite: async (name) => (await openRecords(join(place.folder, `records-${name}-${round}.db`))).records,
  }
  for (const [engine, openOne] of Object.entries(open)) {
    for (const every of [100, 5]) {
      const desk = openDesk(await openOne(`one-in-${every}`))
      let msABatch = NaN
      const cpuMs = await cpuOf(COUNT, async () => {
        msABatch = (await handOver(desk, batches(every, round), COUNT / AT_ONCE)).msABatch
      })
      figures.add(`alerts, ${engine}, 1 in ${every} an alert, a core's time`, cpuMs, 'ms a mention')
      figures.add(`alerts, ${engine}, 1 in ${every} an alert`, (AT_ONCE / msABatch) * 1000, 'mentions/s')
      await desk.records.destroy()
    }
    const desk = openDesk(await openOne('held'))
    await measureHeld(engine, desk, batches(1, round), figures)
    if (engine === 'PostgreSQL') await measureRows(place, desk.records, figures)
    await desk.records.destroy()
  }
  const { records } = await openPostgresForTest(place.postgres, `scaling_${Math.random().toString(36).slice(2, 10)}`)
  await measureConflicts(openDesk(records), batches(5, round), figures)
  await records.destroy()
}

async function measureHeld(
  engine: string,
  desk: Desk,
  batches: Iterator<StageRecord<'mentions.enriched'>[]>,
  figures: Figures,
): Promise<void> {
  const started = performance.now()
  let held = 0
  for (const wanted of HELD) {
    if (performance.now() - started > LONGEST_MS) return
    await handOver(desk, batches, (wanted - held) / AT_ONCE - 3)
    const cpuMs = await cpuOf(3 * AT_ONCE, () => handOver(desk, batches, 3))
    held = wanted
    figures.add(`one more alert, ${engine}, ${wanted} of the last 90 minutes held, a core's time`, cpuMs, 'ms')
  }
}

/** Officers acknowledge every alert as soon as it rings, while the stage goes on: both write the same rows. */
async function measureConflicts(
  desk: Desk,
  batches: Iterator<StageRecord<'mentions.enriched'>[]>,
  figures: Figures,
): Promise<void> {
  const store = createAlertsStore({ records: desk.records, bus: desk.bus, clock: systemClock })
  let isOver = false
  const times: number[] = []
  let refused = 0
  const officers = [1, 2, 3, 4].map(async (officer) => {
    while (!isOver) {
      const ringing = await store.list({ districts: 'all' }, { status: 'ringing', limit: 20 })
      const one = ringing[Math.floor(Math.random() * ringing.length)]
      if (one === undefined) await pausesFor(20)
      else {
        const started = performance.now()
        const answer = await store.acknowledge(one.id, `officer ${officer}`, { districts: 'all' }).catch(() => 'failed')
        if (answer === 'failed') refused++
        times.push(performance.now() - started)
      }
    }
  })
  const count = COUNT / AT_ONCE
  const { conflicts, msABatch } = await handOver(desk, batches, count)
  isOver = true
  await Promise.all(officers)
  times.sort((a, b) => a - b)
  figures.add(
    'alerts, PostgreSQL, 1 in 5, four officers acknowledge all the while',
    (AT_ONCE / msABatch) * 1000,
    'mentions/s',
  )
  figures.add('… batches begun again for a conflict, of 100 batches', (conflicts / count) * 100, '')
  figures.add('… acknowledgements meanwhile', times.length, '')
  figures.add('… acknowledgements that failed for good', refused, '')
  figures.add('… an acknowledgement, p50', partOf(times, 0.5), 'ms')
  figures.add('… an acknowledgement, p95', partOf(times, 0.95), 'ms')
}

/** Bytes of a row with its indices, as PostgreSQL holds them. */
async function measureRows(place: Place, records: Records, figures: Figures): Promise<void> {
  const at = systemClock.iso()
  const cases = Array.from({ length: 2000 }, (_, n) => ({
    id: `case:x:danger-${n}-0123456789`,
    reference: `PES-2611-${n}`,
    mention_id: `x:danger-${n}-0123456789`,
    status: 'open',
    unit: 'peshawar',
    opened_at: at,
    due_at: at,
    contacted_at: null,
  }))
  for (let from = 0; from < cases.length; from += 500)
    await records
      .insertInto('cases')
      .values(cases.slice(from, from + 500))
      .execute()
  const schema = await schemaOf(place, records)
  for (const table of ['alerts', 'alert_mentions', 'alert_districts', 'cases']) {
    const rows: unknown[] = await onServer(
      place.postgres,
      `select pg_total_relation_size('${schema}.${table}')::float / greatest(1, (select count(*) from ${schema}.${table})) as bytes`,
    )
    figures.add(`PostgreSQL's disk a row of ${table}`, Number((rows[0] as { bytes: number }).bytes), 'bytes')
  }
  const groups: unknown[] = await onServer(
    place.postgres,
    `select avg((body::json->>'count')::int)::float as members from ${schema}.alerts`,
  )
  figures.add('mentions a group in that run', Number((groups[0] as { members: number }).members), '')
}

async function schemaOf(place: Place, records: Records): Promise<string> {
  const { id } = await records.selectFrom('cases').select('id').limit(1).executeTakeFirstOrThrow()
  const schemas = (await onServer(
    place.postgres,
    `select nspname from pg_namespace where nspname like 'scaling%'`,
  )) as { nspname: string }[]
  for (const { nspname } of schemas) {
    const rows: unknown[] = await onServer(place.postgres, `select 1 from ${nspname}.cases where id = '${id}'`)
    if (rows.length > 0) return nspname
  }
  throw new Error('the schema of these records is gone')
}
