import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, inject, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../runtime/clock.js'
import { openPostgresRecords } from '../../../runtime/records/postgres.js'
import { freshSchema, onServer, quiet } from '../../support/test-records.js'

const url = inject('engines').postgres

async function openTogether(count: number, schema = freshSchema()) {
  const open = () =>
    openPostgresRecords({
      url,
      password: undefined,
      ca: undefined,
      schema,
      poolSize: 2,
      clock: systemClock,
      log: quiet,
    })
  const opened = await Promise.all(Array.from({ length: count }, open))
  onTestFinished(async () => {
    await Promise.all(opened.map(({ records }) => records.destroy().catch(() => undefined)))
    await onServer(url, `drop schema if exists ${schema} cascade`)
  })
  return { opened, schema }
}

const until = async (holds: () => boolean | Promise<boolean>, withinMs = 20_000) => {
  const end = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const ended = (term: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (term.aborted) resolve()
    else term.addEventListener('abort', () => resolve(), { once: true })
  })

/** Who holds an advisory lock of this test now. */
const holders = (pids: readonly number[] = []) =>
  onServer(
    url,
    `select l.pid from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.granted
     and a.application_name = 'rabta' ${pids.length === 0 ? '' : `and l.pid in (${pids.join(',')})`}`,
  ) as Promise<{ pid: number }[]>

test('one at a time has the turn; when its signal aborts the next one has it, after the work has ended', async () => {
  const { opened } = await openTogether(3)
  let now = 0
  let most = 0
  const seen: number[] = []
  const stops = opened.map(() => new AbortController())
  const holds = opened.map(({ alone }, n) =>
    alone.hold(
      'ticks',
      async (term) => {
        most = Math.max(most, ++now)
        seen.push(n)
        await ended(term)
        // Winding up takes its time, and is still part of the turn.
        await systemClock.sleep(300)
        now--
      },
      stops[n]?.signal ?? AbortSignal.abort(),
    ),
  )
  for (let turn = 1; turn <= 3; turn++) {
    await until(() => seen.length === turn)
    stops[seen.at(-1) ?? 0]?.abort()
  }
  await Promise.all(holds)
  expect([...seen].sort()).toEqual([0, 1, 2])
  expect(most).toBe(1)
})

test('names are apart, schemas are apart, and two in one process take turns like two processes', async () => {
  const { opened } = await openTogether(1)
  const { opened: others } = await openTogether(1)
  const [one] = opened
  const [other] = others
  if (one === undefined || other === undefined) throw new Error('not open')
  const running = new Set<string>()
  const stop = new AbortController()
  const work = (name: string) => async (term: AbortSignal) => {
    running.add(name)
    await ended(term)
  }
  const holds = [
    one.alone.hold('a', work('a'), stop.signal),
    one.alone.hold('b', work('b'), stop.signal),
    other.alone.hold('a', work('a elsewhere'), stop.signal),
  ]
  await until(() => running.size === 3)
  const second = one.alone.hold('a', work('a again'), stop.signal)
  await systemClock.sleep(2500)
  expect(running.has('a again')).toBe(false)
  stop.abort()
  await Promise.all([...holds, second])
})

test('what the work throws ends the hold, and frees the turn', async () => {
  const { opened } = await openTogether(2)
  const [one, two] = opened
  const never = new AbortController().signal
  await expect(one?.alone.hold('x', () => Promise.reject(new Error('planted')), never)).rejects.toThrow('planted')
  const from = performance.now()
  await two?.alone.hold('x', () => Promise.resolve(), never)
  expect(performance.now() - from).toBeLessThan(2000)
})

test('a connection that is cut ends the term at once; somebody has the turn again within two seconds', async () => {
  const { opened } = await openTogether(2)
  const terms: { who: number; from: number; to?: number }[] = []
  const stop = new AbortController()
  const before = new Set((await holders()).map(({ pid }) => pid))
  const holds = opened.map(({ alone }, who) =>
    alone.hold(
      'cut',
      async (term) => {
        const entry: { who: number; from: number; to?: number } = { who, from: performance.now() }
        terms.push(entry)
        await ended(term)
        entry.to = performance.now()
        throw new Error('thrown when the term is over, and so of no account')
      },
      stop.signal,
    ),
  )
  for (let round = 1; round <= 3; round++) {
    await until(() => terms.length === round)
    await until(async () => (await holders()).some(({ pid }) => !before.has(pid)))
    const cutAt = performance.now()
    for (const { pid } of await holders())
      if (!before.has(pid)) await onServer(url, `select pg_terminate_backend(${pid})`)
    await until(() => terms.length === round + 1)
    expect((terms[round - 1]?.to ?? Infinity) - cutAt).toBeLessThan(1000)
    expect((terms[round]?.from ?? Infinity) - cutAt).toBeLessThan(2500)
  }
  stop.abort()
  await Promise.all(holds)
})

test('a process that is killed leaves its turn to another within about two seconds', async () => {
  const { opened, schema } = await openTogether(1)
  const [here] = opened
  if (here === undefined) throw new Error('not open')
  const other = spawn(process.execPath, ['--input-type=module', '-e', RUN, url, schema], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: process.cwd(),
  })
  onTestFinished(() => void other.kill('SIGKILL'))
  const [line] = (await once(createInterface(other.stdout), 'line')) as string[]
  expect(line).toBe('mine')
  const stop = new AbortController()
  let since: number | undefined
  const hold = here.alone.hold(
    'killed',
    async (term) => {
      since = performance.now()
      await ended(term)
    },
    stop.signal,
  )
  await systemClock.sleep(1500)
  expect(since).toBeUndefined()
  const killedAt = performance.now()
  other.kill('SIGKILL')
  await until(() => since !== undefined)
  expect((since ?? Infinity) - killedAt).toBeLessThan(2500)
  stop.abort()
  await hold
})

/** Runs a TypeScript file in a process of its own, as the tests run theirs. */
const RUN =
  "await (await import('vite')).runnerImport('./tests/engines/postgres/holder-process.ts', { configFile: false })"
