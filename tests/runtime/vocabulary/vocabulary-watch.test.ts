import { expect, it } from 'vitest'
import { Failure } from '../../../runtime/failure.js'
import { LOOK_EVERY_MS, VocabularyWatch } from '../../../runtime/vocabulary/vocabulary-watch.js'
import { FakeClock } from '../../support/fake-clock.js'

/** A watch over a revision that the test moves. */
function watching() {
  const clock = new FakeClock()
  const stopping = new AbortController()
  const seen: number[] = []
  const said: string[] = []
  const note = (message: string) => void said.push(message)
  const house = {
    revision: 0,
    reads: 0,
    fail: undefined as Error | undefined,
    onChange: undefined as Error | undefined,
  }
  const watch = new VocabularyWatch({
    clock,
    log: { info: note, warn: note, error: note },
    store: {
      revision: async () => {
        if (house.fail !== undefined) throw house.fail
        return house.revision
      },
      read: async () => {
        house.reads++
        return { revision: house.revision, items: [] }
      },
    },
    onChange: async ({ revision }) => {
      seen.push(revision)
      if (house.onChange !== undefined) throw house.onChange
    },
  })
  return { clock, stopping, seen, said, house, watch }
}

it('tells of the first state and of each new one, and reads nothing where nothing changed', async () => {
  const { clock, stopping, seen, house, watch } = watching()
  await watch.look()
  const running = watch.run(stopping.signal)
  await clock.advance(10 * LOOK_EVERY_MS)
  expect([seen, house.reads]).toEqual([[0], 1])
  house.revision = 4
  await clock.advance(LOOK_EVERY_MS - 1)
  expect(seen).toEqual([0])
  await clock.advance(1)
  expect(seen).toEqual([0, 4])
  stopping.abort(new Error('over'))
  await running
})

it('goes on when the records are away, says so once, and sees what changed meanwhile', async () => {
  const { clock, stopping, seen, said, house, watch } = watching()
  await watch.look()
  const running = watch.run(stopping.signal)
  house.fail = new Failure('unavailable', 'away', { retryable: true })
  house.revision = 1
  await clock.advance(5 * LOOK_EVERY_MS)
  expect(said).toHaveLength(1)
  house.fail = undefined
  await clock.advance(LOOK_EVERY_MS)
  expect(seen).toEqual([0, 1])
  stopping.abort(new Error('over'))
  await running
})

it('logs what cannot be taken into use, once, and takes the next', async () => {
  const { clock, stopping, seen, said, house, watch } = watching()
  await watch.look()
  const running = watch.run(stopping.signal)
  house.onChange = new TypeError('a bug')
  house.revision = 1
  await clock.advance(3 * LOOK_EVERY_MS)
  expect([seen, said]).toEqual([[0, 1], ['the vocabulary could not be taken into use']])
  house.onChange = undefined
  house.revision = 2
  await clock.advance(LOOK_EVERY_MS)
  expect(seen).toEqual([0, 1, 2])
  stopping.abort(new Error('over'))
  await running
})
