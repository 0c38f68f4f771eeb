import type { Block, Example } from './fit-groups.js'

/** Examples laid flat in memory that threads share: blocks and named features of one stand from its start to that of the next. */
export interface PackedExamples {
  readonly groups: number
  /** Per example, and one more: its first block, and its first named feature. */
  readonly firstBlock: Int32Array
  readonly firstNamed: Int32Array
  /** Per block, and one more: its first bucket. */
  readonly firstBucket: Int32Array
  readonly blockValues: Float64Array
  readonly buckets: Int32Array
  readonly named: Int32Array
  readonly values: Float32Array
  /** `groups` of each example. */
  readonly labels: Int8Array
  readonly weights: Float64Array
}

const shared = (count: number, bytes: number) => new SharedArrayBuffer(count * bytes)

export function packExamples(examples: readonly Example[]): PackedExamples {
  const groups = examples[0]?.labels.length ?? 0
  const sum = (of: (example: Example) => number) => examples.reduce((total, example) => total + of(example), 0)
  const blockCount = sum(({ blocks }) => blocks.length)
  const bucketCount = sum(({ blocks }) => blocks.reduce((total, { buckets }) => total + buckets.length, 0))
  const namedCount = sum(({ named }) => named.length)
  const packed: PackedExamples = {
    groups,
    firstBlock: new Int32Array(shared(examples.length + 1, 4)),
    firstNamed: new Int32Array(shared(examples.length + 1, 4)),
    firstBucket: new Int32Array(shared(blockCount + 1, 4)),
    blockValues: new Float64Array(shared(blockCount, 8)),
    buckets: new Int32Array(shared(bucketCount, 4)),
    named: new Int32Array(shared(namedCount, 4)),
    values: new Float32Array(shared(namedCount, 4)),
    labels: new Int8Array(shared(examples.length * groups, 1)),
    weights: new Float64Array(shared(examples.length, 8)),
  }
  let [block, bucket, name] = [0, 0, 0]
  for (const [at, { blocks, named, values, labels, weight }] of examples.entries()) {
    for (const { buckets, value } of blocks) {
      packed.buckets.set(buckets, bucket)
      packed.blockValues[block] = value
      packed.firstBucket[++block] = bucket += buckets.length
    }
    packed.named.set(named, name)
    packed.values.set(values, name)
    packed.labels.set(labels, at * groups)
    packed.weights[at] = weight
    packed.firstBlock[at + 1] = block
    packed.firstNamed[at + 1] = name += named.length
  }
  return packed
}

/** The example at a place; its arrays are views. */
export function exampleAt(packed: PackedExamples, at: number): Example {
  const { groups, firstBlock, firstNamed, firstBucket, blockValues, buckets, named, values, labels, weights } = packed
  const blocks: Block[] = []
  for (let block = firstBlock[at] as number; block < (firstBlock[at + 1] as number); block++)
    blocks.push({
      buckets: buckets.subarray(firstBucket[block], firstBucket[block + 1]),
      value: blockValues[block] as number,
    })
  return {
    blocks,
    named: named.subarray(firstNamed[at], firstNamed[at + 1]),
    values: values.subarray(firstNamed[at], firstNamed[at + 1]),
    labels: labels.subarray(at * groups, (at + 1) * groups),
    weight: weights[at] as number,
  }
}
