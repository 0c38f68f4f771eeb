import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import { openPostgresRecords, type PostgresRecords } from '../../../runtime/records/postgres.js'
import { inTransaction } from '../../../runtime/records/transact.js'
import { quiet } from '../../support/test-records.js'
import { startPostgres } from '../servers/postgres.js'
import type { Server } from '../servers/server.js'

let server: Server
let opened: PostgresRecords
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

beforeAll(async () => {
  server = await startPostgres()
  opened = await openPostgresRecords({ url: server.address, password: undefined, ca: undefined, schema: 'public', poolSize: 4, clock: systemClock, log: quiet }) // prettier-ignore
})
afterAll(async () => {
  await opened.records.destroy()
  await server.remove()
})

async function until(holds: () => boolean, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > end) throw new Error('it did not happen in time')
    await pause(20)
  }
}

/** Counts up, each number in a transaction of its own, trying again for ever; and holds a turn meanwhile. */
function busy(series: string) {
  const stop = new AbortController()
  const state = { done: 0, begun: 0, confirmed: [] as string[], failures: new Set<string>(), terms: 0, inTerm: false }
  const writer = async () => {
    while (!stop.signal.aborted) {
      const subject = `${state.begun++}`
      try {
        await inTransaction(opened.records, async (transaction) => {
          await transaction.insertInto('case_numbers').values({ series: `${series} ${subject}`, last: 1 }).onConflict((on) => on.doNothing()).execute() // prettier-ignore
          await transaction.insertInto('audit').values({ at: '', actor: '', action: series, subject, detail: '' }).execute() // prettier-ignore
        })
        state.done++
        state.confirmed.push(subject)
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error
        state.failures.add(error.reason)
        await pause(50)
      }
    }
  }
  const term = opened.alone.hold(
    series,
    async (signal) => {
      state.terms++
      state.inTerm = true
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      state.inTerm = false
    },
    stop.signal,
  )
  const all = Promise.all([writer(), writer(), term])
  return {
    state,
    end: async () => {
      stop.abort()
      await all
    },
  }
}

test.each(['killed', 'stopped'] as const)(
  'a server that is %s for some seconds: all goes on where it was',
  async (how) => {
    const work = busy(how)
    await until(() => work.state.done > 5 && work.state.inTerm, 20_000)
    await (how === 'killed' ? server.kill() : server.stop())
    // A busy machine may lose its turn, or a transaction, before a query has found the server gone.
    await until(() => !work.state.inTerm && opened.problem() !== undefined, 20_000)
    expect(opened.problem()).toMatch(/PostgreSQL/)
    await expect(opened.ping()).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
    await pause(3000)
    const before = work.state.done
    await server.start()
    await until(() => work.state.done > before + 5 && work.state.inTerm, 20_000)
    await opened.ping()
    expect(opened.problem()).toBeUndefined()
    expect(work.state.terms).toBe(2)
    await work.end()
    expect([...work.state.failures]).toEqual(['unavailable'])
    const kept = await opened.records.selectFrom('audit').select('subject').where('action', '=', how).execute()
    const subjects = new Set(kept.map(({ subject }) => subject))
    expect(work.state.confirmed.filter((subject) => !subjects.has(subject))).toEqual([])
  },
)

test('a server that is frozen: the term ends within 6 s, and when it thaws all goes on', async () => {
  const work = busy('frozen')
  await until(() => work.state.done > 5 && work.state.inTerm, 20_000)
  const frozenAt = performance.now()
  server.pause()
  await until(() => !work.state.inTerm, 20_000)
  expect(performance.now() - frozenAt).toBeLessThan(6000)
  const before = work.state.done
  await pause(1000)
  server.resume()
  await until(() => work.state.done > before + 5 && work.state.inTerm, 30_000)
  await work.end()
})
