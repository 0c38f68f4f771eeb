import { createRandom, shuffle } from './random.js'

/** Features of one kind of one text, each of which counts `value`. */
export interface Block {
  readonly buckets: Int32Array
  readonly value: number
}

/** Features of one text: hashed ones by kind, and named ones with a value each. */
export interface Example {
  readonly blocks: readonly Block[]
  readonly named: Int32Array
  readonly values: Float32Array
  /** One label for each group; `UNKNOWN` where nothing is known of it, `ONE_OF_FIRST` where it is known to be one of the group's first labels. */
  readonly labels: Int8Array
  readonly weight: number
}

export const UNKNOWN = -1
export const ONE_OF_FIRST = -2

export interface GroupFitOptions {
  readonly buckets: number
  readonly named: number
  /** How many labels each group has, and how many of them are the first. */
  readonly groups: readonly { readonly labels: number; readonly first?: number }[]
  /** How much each group's loss counts. */
  readonly emphasis: readonly number[]
  readonly epochs: number
  readonly rate: number
  /** Pulls every weight towards nought at each touch. */
  readonly decay: number
  /** Of an example's hashed features this share is left out, others at each epoch, so that none is relied on alone. */
  readonly dropout: number
  readonly seed: number
}

export interface GroupWeights {
  readonly hashed: Float32Array
  readonly named: Float32Array
  readonly bias: Float32Array
}

const SMALLEST = 1e-4
const START = 1e-4

/**
 * Multinomial logistic regression for several groups of labels at once, by AdaGrad, an example at a time, with dropout of the hashed features.
 * Single-threaded and seeded: the same weights to the bit each time.
 */
export function fitGroups(examples: readonly Example[], options: GroupFitOptions): GroupWeights {
  const width = options.groups.reduce((sum, { labels }) => sum + labels, 0)
  const order = Int32Array.from(examples, (_, at) => at)
  const random = createRandom(options.seed)
  const state = new Learner(options, width, random)
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random)
    state.step = options.rate * (1 - (0.9 * epoch) / options.epochs)
    for (const at of order) state.learn(examples[at] as Example)
  }
  return { hashed: state.hashed.alone(), named: state.named.alone(), bias: state.bias.alone() }
}

/** Rows of weights, each beside the sums of squares that slow it down: what is touched together lies together. */
class Weights {
  readonly table: Float32Array
  constructor(
    private readonly rows: number,
    private readonly width: number,
  ) {
    this.table = new Float32Array(2 * rows * width)
    for (let row = 0; row < rows; row++) this.table.fill(START, (2 * row + 1) * width, (2 * row + 2) * width)
  }

  /** The weights alone, a row after the other. */
  alone(): Float32Array {
    const { rows, width } = this
    const weights = new Float32Array(rows * width)
    for (let row = 0; row < rows; row++)
      weights.set(this.table.subarray(2 * row * width, (2 * row + 1) * width), row * width)
    return weights
  }
}

class Learner {
  step = 0
  readonly hashed: Weights
  readonly named: Weights
  readonly bias: Weights
  readonly #scores: Float64Array
  readonly #gradients: Float64Array
  /** The outputs whose gradient is not negligible; the first `#pulled` count. */
  readonly #outputs: Int32Array
  #pulled = 0

  constructor(
    private readonly options: GroupFitOptions,
    private readonly width: number,
    private readonly random: () => number,
  ) {
    this.hashed = new Weights(options.buckets, width)
    this.named = new Weights(options.named, width)
    this.bias = new Weights(1, width)
    this.#scores = new Float64Array(width)
    this.#gradients = new Float64Array(width)
    this.#outputs = new Int32Array(width)
  }

  learn({ blocks: all, named, values, labels, weight }: Example): void {
    const blocks = this.#thinned(all)
    this.#scores.fill(0)
    this.#add(this.bias, 0, 1)
    for (const { buckets, value } of blocks) for (const bucket of buckets) this.#add(this.hashed, bucket, value)
    for (let at = 0; at < named.length; at++) this.#add(this.named, named[at] as number, values[at] as number)
    this.#toGradients(labels, weight)
    this.#pull(this.bias, 0, 1)
    for (const { buckets, value } of blocks) for (const bucket of buckets) this.#pull(this.hashed, bucket, value)
    for (let at = 0; at < named.length; at++) this.#pull(this.named, named[at] as number, values[at] as number)
  }

  #thinned(blocks: readonly Block[]): readonly Block[] {
    const { dropout } = this.options
    if (dropout === 0) return blocks
    return blocks.map(({ buckets, value }) => ({ value, buckets: buckets.filter(() => this.random() >= dropout) }))
  }

  #add({ table }: Weights, row: number, value: number): void {
    const { width } = this
    const from = 2 * row * width
    const scores = this.#scores
    for (let out = 0; out < width; out++) scores[out]! += value * (table[from + out] as number)
  }

  #toGradients(labels: Int8Array, weight: number): void {
    const { groups, emphasis } = this.options
    const scores = this.#scores
    const gradients = this.#gradients
    let from = 0
    for (const [group, { labels: count, first = 0 }] of groups.entries()) {
      const label = labels[group] ?? UNKNOWN
      const weighed = label === UNKNOWN ? 0 : weight * (emphasis[group] ?? 1)
      let top = -Infinity
      let sum = 0
      for (let at = from; at < from + count; at++) top = Math.max(top, scores[at] as number)
      for (let at = from; at < from + count; at++) sum += gradients[at] = Math.exp((scores[at] as number) - top)
      // What should be: all of the label, or of the first ones each as likely as it is among them.
      let among = 0
      if (label === ONE_OF_FIRST) for (let at = from; at < from + first; at++) among += gradients[at] as number
      for (let at = from; at < from + count; at++) {
        const power = gradients[at] as number
        const due = label === ONE_OF_FIRST ? (at < from + first ? power / among : 0) : at - from === label ? 1 : 0
        gradients[at] = (power / sum - due) * weighed
      }
      from += count
    }
    this.#pulled = 0
    for (let out = 0; out < this.width; out++)
      if (Math.abs(gradients[out] as number) >= SMALLEST) this.#outputs[this.#pulled++] = out
  }

  #pull({ table }: Weights, row: number, value: number): void {
    const { step, width } = this
    const from = 2 * row * width
    const { decay } = this.options
    const outputs = this.#outputs
    const gradients = this.#gradients
    const pulled = this.#pulled
    for (let each = 0; each < pulled; each++) {
      const out = outputs[each] as number
      const at = from + out
      const gradient = (gradients[out] as number) * value + decay * (table[at] as number)
      const seen = (table[at + width]! += gradient * gradient)
      table[at]! -= (step * gradient) / Math.sqrt(seen)
    }
  }
}

/** The score of each label of each group. */
export function scoresOf(
  { blocks, named, values }: Omit<Example, 'labels' | 'weight'>,
  weights: GroupWeights,
): Float64Array {
  const scores = Float64Array.from(weights.bias)
  const width = scores.length
  const add = (from: Float32Array, row: number, value: number) => {
    for (let out = 0; out < width; out++) scores[out]! += value * (from[row * width + out] as number)
  }
  for (const { buckets, value } of blocks) for (const bucket of buckets) add(weights.hashed, bucket, value)
  for (let at = 0; at < named.length; at++) add(weights.named, named[at] as number, values[at] as number)
  return scores
}
