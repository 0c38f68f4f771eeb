import type { Example, GroupFitOptions, GroupWeights } from './fit-groups.js'
import { inThreads } from './in-threads.js'
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
export function fitInThreads(examples: readonly Example[], tasks: readonly FitTask[]): Promise<Fitted[]> {
  const packed = packExamples(examples)
  return inThreads<Fitted>(
    './fit-thread.js',
    tasks.map((task) => ({ packed, task })),
  )
}
