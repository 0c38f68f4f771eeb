import { createRandom, shuffle } from './random.js'

export interface Examples {
  /** Features of all examples, one after another. */
  readonly features: Int32Array
  /** Where each example starts; one more entry at the end. */
  readonly starts: Int32Array
  readonly labels: Uint8Array
  readonly weights: Float32Array
}

export interface FitOptions {
  readonly buckets: number
  readonly classes: number
  readonly epochs: number
  readonly rate: number
  readonly seed: number
}

const SMALLEST = 1e-6

/** Multinomial logistic regression by AdaGrad, an example at a time. Single-threaded and seeded: the same weights to the bit each time. */
export function fit(examples: Examples, { buckets, classes, epochs, rate, seed }: FitOptions): Float32Array {
  const weights = new Float32Array(buckets * classes)
  const squares = new Float32Array(buckets * classes).fill(SMALLEST)
  const order = Int32Array.from(examples.labels, (_, at) => at)
  const random = createRandom(seed)
  const scores = new Float64Array(classes)
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    const step = rate * (1 - (0.9 * epoch) / epochs)
    for (const example of order) learn(example, examples, { weights, squares, scores, classes, step })
  }
  return weights
}

interface State {
  readonly weights: Float32Array
  readonly squares: Float32Array
  readonly scores: Float64Array
  readonly classes: number
  readonly step: number
}

function learn(example: number, examples: Examples, { weights, squares, scores, classes, step }: State): void {
  const start = examples.starts[example] ?? 0
  const end = examples.starts[example + 1] ?? start
  if (end === start) return
  const value = 1 / Math.sqrt(end - start)
  scores.fill(0)
  for (let at = start; at < end; at++) {
    const row = (examples.features[at] as number) * classes
    for (let label = 0; label < classes; label++) scores[label]! += weights[row + label]!
  }
  const top = Math.max(...scores) * value
  let sum = 0
  for (let label = 0; label < classes; label++) sum += scores[label] = Math.exp(scores[label]! * value - top)
  const weight = examples.weights[example] ?? 1
  for (let label = 0; label < classes; label++) {
    const gradient = (scores[label]! / sum - (examples.labels[example] === label ? 1 : 0)) * value * weight
    if (Math.abs(gradient) < SMALLEST) continue
    const square = gradient * gradient
    for (let at = start; at < end; at++) {
      const index = (examples.features[at] as number) * classes + label
      const seen = (squares[index]! += square)
      weights[index]! -= (step * gradient) / Math.sqrt(seen)
    }
  }
}

/** The weights in a byte each. The largest one in a thousand is cut, so that one outlier doesn't coarsen the rest. */
export function quantise(weights: Float32Array): { weights: Int8Array; scale: number } {
  const sizes = weights
    .filter((weight) => weight !== 0)
    .map(Math.abs)
    .sort()
  const largest = sizes[Math.floor(sizes.length * 0.999)] ?? 1
  const scale = largest / 127
  return {
    scale,
    weights: Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round(weight / scale)))),
  }
}
