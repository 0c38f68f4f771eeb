import { createRandom } from './random.js'

/** A share with its 95% interval. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly of: number
}

const Z = 1.959964

/** A share of independent trials, with the interval of Wilson (1927). */
export function share(right: number, of: number): Estimate {
  if (of === 0) return { value: NaN, low: NaN, high: NaN, of }
  const p = right / of
  const middle = (p + (Z * Z) / (2 * of)) / (1 + (Z * Z) / of)
  const half = (Z * Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of))) / (1 + (Z * Z) / of)
  return { value: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half), of }
}

export interface Pair {
  readonly truth: string
  readonly answer: string
}

const DRAWS = 400

/** Macro F1 over the labels that occur as truth, with the interval of 400 seeded draws with replacement. */
export function macroF1(pairs: readonly Pair[]): Estimate {
  const labels = [...new Set(pairs.map(({ truth }) => truth))].sort()
  const place = new Map(labels.map((label, at) => [label, at]))
  const coded = pairs.map(({ truth, answer }) => [place.get(truth) ?? -1, place.get(answer) ?? -1] as const)
  const random = createRandom(1)
  const of = coded.length
  const draws = Array.from({ length: DRAWS }, () =>
    f1Of(
      Array.from({ length: of }, () => coded[Math.floor(random() * of)] as readonly [number, number]),
      labels.length,
    ),
  ).sort((a, b) => a - b)
  return {
    value: f1Of(coded, labels.length),
    low: draws[Math.floor(DRAWS * 0.025)] ?? NaN,
    high: draws[Math.floor(DRAWS * 0.975)] ?? NaN,
    of,
  }
}

/** Labels that a draw happens to hold none of do not count in it. */
function f1Of(coded: readonly (readonly [truth: number, answer: number])[], labels: number): number {
  const [truths, answers, both] = [0, 1, 2].map(() => new Int32Array(labels)) as [Int32Array, Int32Array, Int32Array]
  for (const [truth, answer] of coded) {
    truths[truth]!++
    if (answer >= 0) answers[answer]!++
    if (answer === truth) both[truth]!++
  }
  let [sum, count] = [0, 0]
  for (let label = 0; label < labels; label++) {
    if (truths[label] === 0) continue
    sum += (2 * (both[label] as number)) / ((truths[label] as number) + (answers[label] as number))
    count++
  }
  return sum / Math.max(1, count)
}
