import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { join } from 'node:path'
import { EmbeddedBus } from '../../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../../runtime/embedded-bus/log-file.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import { runStage, type Stage, type StageHandler } from '../../runtime/stage.js'
import type { DeadLetter } from '../../schemas/dead-letter.js'
import type { Change } from '../../schemas/mention.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeMention } from '../support/mentions.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const change = (n: number): Change => ({ type: 'written', mention: makeMention({ id: `x:${n}` }) })

describe('the stage loop', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let clock: FakeClock
  let bus: EmbeddedBus
  let stage: Stage | undefined

  beforeEach(() => {
    folder = temporaryFolder()
    clock = new FakeClock()
    bus = new EmbeddedBus({ file: new LogFile(join(folder.path, 'bus.db')), clock })
  })
  afterEach(async () => {
    await stage?.stop()
    await bus.close()
    folder.remove()
  })

  function run(handle: StageHandler<'mentions.collected'>): Stage {
    stage = runStage({
      name: 'test',
      topic: 'mentions.collected',
      bus,
      clock,
      log: silent,
      metrics: createMetrics(),
      handle,
      random: () => 0.5,
    })
    return stage
  }
  const publish = (...changes: readonly unknown[]) =>
    bus.publish(
      'mentions.collected',
      changes.map((value) => ({ key: 'k', value })),
    )
  const letters = async () => (await bus.read('mentions.dead', {})).map((record) => record.value as DeadLetter)
  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let turn = 0; turn < 10_000; turn++) {
      if (await holds()) return
      await clock.yield()
    }
    throw new Error('never came to hold')
  }
  const ids = (batch: readonly { value: Change }[]) =>
    batch.map(({ value }) => (value.type === 'deleted' ? value.id : value.mention.id))

  it('hands over only what its topic allows; the rest is kept as dead letters, whole', async () => {
    const seen: string[] = []
    await publish(change(1), { type: 'written', mention: { id: 'x:2' } }, 'nonsense', change(3))
    run(async (batch) => void seen.push(...ids(batch)))
    await until(async () => (await letters()).length === 2 && seen.length === 2)
    expect(seen).toEqual(['x:1', 'x:3'])
    expect((await letters()).map((letter) => [letter.reason, letter.origin, letter.value])).toEqual([
      ['invalid-payload', 'mentions.collected', { type: 'written', mention: { id: 'x:2' } }],
      ['invalid-payload', 'mentions.collected', 'nonsense'],
    ])
  })

  it('tries a retryable failure again for ever, with growing waits, and loses nothing', async () => {
    let failures = 0
    const seen: string[] = []
    const waits: number[] = []
    await publish(change(1), change(2))
    run(async (batch) => {
      if (failures < 6) {
        failures++
        waits.push(clock.now())
        throw new Failure('unavailable', 'away', { retryable: true })
      }
      seen.push(...ids(batch))
    })
    for (let step = 0; step < 200 && seen.length === 0; step++) {
      await until(() => clock.sleeping > 0 || seen.length > 0)
      await clock.advance(100)
    }
    expect(seen).toEqual(['x:1', 'x:2'])
    const gaps = waits.slice(1).map((at, index) => at - (waits[index] ?? 0))
    expect(gaps.every((gap, index) => index === 0 || gap > (gaps[index - 1] ?? 0))).toBe(true)
    expect(await letters()).toEqual([])
  })

  it('waits as long as a platform asks', async () => {
    let tries = 0
    await publish(change(1))
    run(async () => {
      if (tries++ === 0) throw new Failure('rate-limited', 'slow down', { retryable: true, retryAfterMs: 60_000 })
    })
    await until(() => clock.sleeping === 1)
    await clock.advance(59_000)
    expect(tries).toBe(1)
    await clock.advance(1_001)
    await until(() => tries === 2)
  })

  it('narrows an error down to the one record that causes it: the others go through', async () => {
    const done = new Set<string>()
    await publish(...Array.from({ length: 9 }, (_, n) => change(n)))
    run(async (batch) => {
      if (ids(batch).includes('x:5')) throw new TypeError('planted')
      for (const id of ids(batch)) done.add(id)
    })
    for (let step = 0; step < 400 && (await letters()).length === 0; step++) {
      await clock.yield()
      if (clock.sleeping > 0) await clock.advance(1000)
    }
    await until(() => done.size === 8)
    expect(await letters()).toMatchObject([{ reason: 'unexpected', attempts: 3, value: { mention: { id: 'x:5' } } }])
    expect((await letters())[0]?.detail).not.toContain('planted')
  })

  it('keeps what the handler rejects, and goes on with the rest of the batch', async () => {
    await publish(change(1), change(2))
    run(async (batch) =>
      batch
        .slice(1)
        .map(({ partition, offset }) => ({ partition, offset, reason: 'too-large' as const, detail: 'planted' })),
    )
    await until(async () => (await letters()).length === 1)
    expect(await letters()).toMatchObject([{ reason: 'too-large', id: 'mentions.collected/test/0/1' }])
  })

  it('stops at once while it waits, and starts again where it was', async () => {
    await publish(change(1))
    run(() => Promise.reject(new Failure('unavailable', 'away', { retryable: true })))
    await until(() => clock.sleeping === 1)
    await stage?.stop()
    const seen: string[] = []
    run(async (batch) => void seen.push(...ids(batch)))
    await until(() => seen.length === 1)
  })
})
