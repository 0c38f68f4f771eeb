import { parentPort, workerData } from 'node:worker_threads'
import { CategoryExamples, type ToLearn } from './category-examples.js'
import { packExamples } from './packed-examples.js'

// Examples of some texts, made in a thread of its own.
const { rows, buckets } = workerData as { rows: readonly ToLearn[]; buckets: number }
const examples = new CategoryExamples(buckets)
parentPort?.postMessage(packExamples(rows.map((row) => examples.of(row))))
