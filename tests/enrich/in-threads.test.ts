import { expect, it } from 'vitest'
import { inThreads } from '../../enrich/training/in-threads.js'

/** A thread of this code, which sees `piece` and `answer`. */
const thread = (code: string): string =>
  `data:text/javascript,${encodeURIComponent(
    `import { parentPort, workerData as piece } from 'node:worker_threads'
    const answer = (value) => parentPort.postMessage(value)
    ${code}`,
  )}`

it('answers in the order of the pieces, whichever is ready first', async () => {
  const doubled = thread('setTimeout(() => answer(2 * piece), piece === 1 ? 100 : 0)')
  expect(await inThreads<number>(doubled, [1, 2, 3, 4, 5])).toEqual([2, 4, 6, 8, 10])
})

it('makes nothing of nothing', async () => {
  expect(await inThreads(thread('answer(1)'), [])).toEqual([])
})

it('throws what a thread throws', async () => {
  const failing = thread("if (piece === 2) throw new Error('of the second'); answer(piece)")
  await expect(inThreads(failing, [1, 2, 3])).rejects.toThrow('of the second')
})

it('throws where a thread ends without an answer', async () => {
  await expect(inThreads(thread(''), [1])).rejects.toThrow('ended without an answer')
})
