import { describe, expect, it } from 'vitest'
import { Lifecycle } from '../../app/lifecycle.js'
import { FakeClock } from '../support/fake-clock.js'

function open() {
  const clock = new FakeClock()
  const errors: string[] = []
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (event: string, fields?: object) => void errors.push(`${event} ${JSON.stringify(fields)}`),
  }
  const stopped: string[] = []
  return { clock, errors, stopped, life: new Lifecycle({ clock, log }) }
}

/** Moves the clock on until it is done; says how long that took. */
async function finish(clock: FakeClock, work: Promise<void>): Promise<number> {
  const from = clock.now()
  let done = false
  void work.then(() => (done = true))
  for (let step = 0; step < 1000; step++) {
    await clock.yield()
    if (done) return clock.now() - from
    await clock.advance(50)
  }
  throw new Error('it never ended')
}

describe('stopping', () => {
  it('goes backwards, one after the other, once', async () => {
    const { clock, life, stopped } = open()
    life.add('stores', () => void stopped.push('stores'))
    life.add('stage', async () => {
      await clock.sleep(100)
      stopped.push('stage')
    })
    life.add('door', () => void stopped.push('door'))
    const both = Promise.all([life.stop(), life.stop()]).then(() => undefined)
    await finish(clock, both)
    expect(stopped).toEqual(['door', 'stage', 'stores'])
    expect(clock.sleeping).toBe(0)
  })

  it('goes on past a part that fails, at once or later, and says which', async () => {
    const { clock, life, stopped, errors } = open()
    life.add('stores', () => void stopped.push('stores'))
    life.add('later', () => Promise.reject(new TypeError('words')))
    life.add('at once', () => {
      throw new RangeError('words')
    })
    await finish(clock, life.stop())
    expect(stopped).toEqual(['stores'])
    expect(errors).toEqual([
      'part did not stop cleanly {"part":"at once","error":"RangeError"}',
      'part did not stop cleanly {"part":"later","error":"TypeError"}',
    ])
  })

  it('goes on past parts that hang, and is through within ten seconds however many they are', async () => {
    const { clock, life, stopped, errors } = open()
    life.add('stores', () => void stopped.push('stores'))
    for (let n = 0; n < 10; n++) life.add(`hangs ${n}`, () => new Promise(() => undefined))
    life.add('door', () => void stopped.push('door'))
    expect(await finish(clock, life.stop())).toBeLessThan(10_000)
    expect(stopped).toEqual(['door', 'stores'])
    expect(errors).toHaveLength(10)
    expect(errors[0]).toContain('hangs 9')
  })

  it('stops also what was started while it stopped', async () => {
    const { clock, life, stopped } = open()
    life.add('door', () => life.add('late', () => void stopped.push('late')))
    await finish(clock, life.stop())
    expect(stopped).toEqual(['late'])
  })
})
