import { describe, expect, it } from 'vitest'
import { ReaderPool } from '../../../index/sqlite/reader-pool.js'
import { WorkerClient } from '../../../index/sqlite/worker-client.js'
import { FakeClock } from '../../support/fake-clock.js'

const script = (body: string) => new URL(`data:text/javascript,${encodeURIComponent(body)}`)

/** A worker that answers, hangs, dies or throws, as its call says. */
const WORKER = script(`
  import { parentPort, threadId } from 'node:worker_threads'
  parentPort.on('message', ({ id, method, args }) => {
    if (method === 'hang') for (;;) {}
    if (method === 'die') process.exit(3)
    if (method === 'throw') throw new Error('bug')
    if (method === 'close') return parentPort.close()
    if (method === 'fail') return parentPort.postMessage({ id, failure: { reason: 'storage-full', message: 'full', retryable: true } })
    if (method === 'break') return parentPort.postMessage({ id, error: 'Error: bug' })
    parentPort.postMessage({ id, value: method === 'thread' ? threadId : args })
  })`)

function make(size: number) {
  const clock = new FakeClock()
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (event: string) => void warnings.push(event), error: () => undefined }
  const pool = new ReaderPool({ file: 'none', workerUrl: WORKER, size, timeoutMs: 10_000, clock, log })
  return { clock, warnings, log, pool }
}

describe('the readers', () => {
  it('answer, fail and break as their worker does', async () => {
    const { pool, clock } = make(1)
    expect(await pool.run(undefined, 'echo', 1, 'a')).toEqual([1, 'a'])
    await expect(pool.run(undefined, 'fail')).rejects.toMatchObject({
      name: 'Failure',
      reason: 'storage-full',
      retryable: true,
    })
    await expect(pool.run(undefined, 'break')).rejects.toThrow('bug')
    expect(clock.sleeping).toBe(0)
    await pool.close()
    await expect(pool.run(undefined, 'echo')).rejects.toMatchObject({ reason: 'stopped' })
  })

  it('give up a search after 10 s, and the next one gets a new worker', async () => {
    const { pool, clock, warnings } = make(1)
    const hung = pool.run(undefined, 'hang').catch((error: unknown) => error)
    await clock.advance(9_999)
    const waiting = pool.run(undefined, 'echo', 'after')
    expect(clock.sleeping).toBe(2)
    await clock.advance(1)
    expect(await hung).toMatchObject({ reason: 'timeout', retryable: true })
    expect(await waiting).toEqual(['after'])
    expect(warnings).toEqual(['search took too long, its worker is replaced'])
    await pool.close()
  })

  it('go on beside one that hangs, but for what only that one may do', async () => {
    const { pool, clock } = make(2)
    const hung = pool.run(0, 'hang').catch((error: unknown) => error)
    expect(await pool.run(undefined, 'echo', 1)).toEqual([1])
    const bound = pool.run(0, 'echo', 2).catch((error: unknown) => error)
    expect(await pool.run(1, 'echo', 3)).toEqual([3])
    await clock.advance(10_000)
    expect(await hung).toMatchObject({ reason: 'timeout' })
    expect(await bound).toMatchObject({ reason: 'timeout' })
    expect(await pool.run(0, 'echo', 4)).toEqual([4])
    await pool.close()
  })

  it.each(['die', 'throw'])('are started again after they %s; what was asked fails, retryably', async (how) => {
    const { pool, warnings } = make(1)
    const first = await pool.run(undefined, 'thread')
    const failed = pool.run(undefined, how)
    const next = pool.run(undefined, 'thread')
    await expect(failed).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
    expect(await next).not.toBe(first)
    expect(warnings).toEqual(['worker of the mention index died'])
    await pool.close()
  })

  it('refuse more than 200 that wait', async () => {
    const { pool, clock } = make(1)
    const hung = Array.from({ length: 201 }, () => pool.run(undefined, 'hang').catch((error: unknown) => error))
    await expect(pool.run(undefined, 'echo')).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
    await clock.advance(10_000)
    expect(await Promise.all(hung)).toHaveLength(201)
    await pool.close()
  })

  it('end on close, with what waited', async () => {
    const { pool } = make(1)
    const running = pool.run(undefined, 'echo', 1)
    const waiting = pool.run(undefined, 'echo', 2).catch((error: unknown) => error)
    await pool.close()
    expect(await running).toEqual([1])
    expect(await waiting).toMatchObject({ reason: 'stopped' })
  })
})

describe('a worker that hangs', () => {
  it('does not hold up the close for more than 3 s', async () => {
    const { clock, log } = make(1)
    const client = new WorkerClient({ name: 'write', url: WORKER, data: {}, clock, log })
    const hung = client.call('hang').catch((error: unknown) => error)
    const closed = client.close()
    await clock.advance(3000)
    await closed
    expect(await hung).toMatchObject({ reason: 'unavailable' })
  })
})
