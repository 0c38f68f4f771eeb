import { expect, it } from 'vitest'
import { fitGroups, ONE_OF_FIRST, UNKNOWN, type Example } from '../../enrich/training/fit-groups.js'
import { exampleAt, packExamples } from '../../enrich/training/packed-examples.js'

const example = (blocks: readonly (readonly number[])[], named: readonly number[], labels: number[]): Example => ({
  blocks: blocks.map((buckets, at) => ({ buckets: Int32Array.from(buckets), value: 1 / Math.sqrt(3 + at) })),
  named: Int32Array.from(named),
  values: Float32Array.from(named, (place) => 0.1 * (place + 1)),
  labels: Int8Array.from(labels),
  weight: 1 / (1 + labels.length + named.length),
})

const EXAMPLES = [
  example([[3, 1, 3], [], [7]], [0, 2], [1, 2]),
  example([], [], [0, UNKNOWN]),
  example([[5]], [1], [0, ONE_OF_FIRST]),
  example([[2, 6], [4]], [], [1, 0]),
]

it('gives back each example as it was packed', () => {
  const packed = packExamples(EXAMPLES)
  expect(EXAMPLES.map((_, at) => exampleAt(packed, at))).toEqual(EXAMPLES)
})

it('is learned from to the same bits', () => {
  const options = {
    buckets: 8,
    named: 3,
    groups: [{ labels: 2 }, { labels: 3, first: 2 }],
    emphasis: [1, 0.5],
    epochs: 3,
    rate: 0.1,
    decay: 1e-4,
    dropout: 0.25,
    seed: 7,
  }
  const packed = packExamples(EXAMPLES)
  const whole = fitGroups(EXAMPLES, options)
  expect(whole.hashed.some((weight) => weight !== 0)).toBe(true)
  expect(
    fitGroups(
      EXAMPLES.map((_, at) => exampleAt(packed, at)),
      options,
    ),
  ).toEqual(whole)
})

it('holds none', () => {
  expect(packExamples([]).firstBlock).toEqual(Int32Array.of(0))
})
