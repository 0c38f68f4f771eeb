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
  /** Of an example's features this share is left out, others at each epoch, so that none is relied on alone. */
  readonly dropout: number
  readonly seed: number
}

const SMALLEST = 1e-6
/** An answer that is as near as this teaches nothing. */
const NEAR_ENOUGH = 0.004

/** Multinomial logistic regression by AdaGrad, an example at a time, with dropout. Single-threaded and seeded: the same weights to the bit each time. */
export function fit(examples: Examples, options: FitOptions): Float32Array {
  const { buckets, classes, epochs, rate, seed } = options
  const weights = new Float32Array(buckets * classes)
  const squares = new Float32Array(buckets * classes).fill(SMALLEST)
  const order = Int32Array.from(examples.labels, (_, at) => at)
  const random = createRandom(seed)
  const state = { weights, squares, scores: new Float64Array(classes), classes }
  const leaveSome = thinner(examples, options.dropout, random)
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    const step = rate * (1 - (0.9 * epoch) / epochs)
    for (const example of order)
      learn(
        leaveSome(example),
        {
          label: examples.labels[example] ?? 0,
          weight: examples.weights[example] ?? 1,
          value: valueOf(examples, example),
        },
        state,
        step,
      )
  }
  return weights
}

/** What each feature of an example counts. */
const valueOf = ({ starts }: Examples, example: number): number =>
  1 / Math.sqrt(Math.max(1, (starts[example + 1] ?? 0) - (starts[example] ?? 0)))

/** Gives an example's features without those that are left out this time; what it gave before is gone then. */
function thinner(
  { features, starts }: Examples,
  dropout: number,
  random: () => number,
): (example: number) => Int32Array {
  const longest = starts.reduce((most, start, at) => Math.max(most, start - (starts[at - 1] ?? 0)), 0)
  const kept = new Int32Array(longest)
  return (example) => {
    const all = features.subarray(starts[example], starts[example + 1])
    if (dropout === 0) return all
    let count = 0
    for (const feature of all) if (random() >= dropout) kept[count++] = feature
    return kept.subarray(0, count)
  }
}

interface State {
  readonly weights: Float32Array
  readonly squares: Float32Array
  readonly scores: Float64Array
  readonly classes: number
}

interface Lesson {
  readonly label: number
  readonly weight: number
  readonly value: number
}

function learn(
  features: Int32Array,
  { label: due, weight, value }: Lesson,
  { weights, squares, scores, classes }: State,
  step: number,
): void {
  scores.fill(0)
  for (const feature of features) {
    const row = feature * classes
    for (let label = 0; label < classes; label++) scores[label]! += weights[row + label]!
  }
  const top = Math.max(...scores) * value
  let sum = 0
  for (let label = 0; label < classes; label++) sum += scores[label] = Math.exp(scores[label]! * value - top)
  for (let label = 0; label < classes; label++) {
    const error = scores[label]! / sum - (due === label ? 1 : 0)
    if (Math.abs(error) < NEAR_ENOUGH) continue
    const gradient = error * value * weight
    const square = gradient * gradient
    for (const feature of features) {
      const index = feature * classes + label
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
