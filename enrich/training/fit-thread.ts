import { parentPort, workerData } from 'node:worker_threads'
import { fitGroups, scoresOf } from './fit-groups.js'
import type { Fitted, FitTask } from './fit-in-threads.js'
import { exampleAt, type PackedExamples } from './packed-examples.js'

// One fit in a thread of its own.
const { packed, task } = workerData as { packed: PackedExamples; task: FitTask }
const weights = fitGroups(
  Array.from(task.learn, (at) => exampleAt(packed, at)),
  task.options,
)
const scores = Array.from(task.score, (at) => scoresOf(exampleAt(packed, at), weights))
const fitted: Fitted = { weights, scores }
parentPort?.postMessage(fitted, [weights.hashed.buffer as ArrayBuffer, weights.named.buffer as ArrayBuffer])
