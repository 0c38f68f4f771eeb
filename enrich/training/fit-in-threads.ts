import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Example, GroupFitOptions, GroupWeights } from './fit-groups.js'
import { packExamples } from './packed-examples.js'

/** One fit: places of the examples it learns from, in their order, and of those it scores afterwards. */
export interface FitTask {
  readonly learn: Int32Array
  readonly score: Int32Array
  readonly options: GroupFitOptions
}

export interface Fitted {
  readonly weights: GroupWeights
  /** In the order of `score`. */
  readonly scores: readonly Float64Array[]
}

/** Each task's weights and scores, in the order of the tasks. Each fit is one thread's and seeded, so how many run at once changes no bit of them. */
export async function fitInThreads(examples: readonly Example[], tasks: readonly FitTask[]): Promise<Fitted[]> {
  const packed = packExamples(examples)
  const results: Fitted[] = []
  let next = 0
  const work = async () => {
    for (let at = next++; at < tasks.length; at = next++) {
      const worker = new Worker(new URL('./fit-thread.js', import.meta.url), {
        workerData: { packed, task: tasks[at] },
      })
      const [fitted] = (await once(worker, 'message')) as [Fitted]
      results[at] = fitted
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, work))
  return results
}
