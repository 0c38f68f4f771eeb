import { CATEGORIES, EVENT_CATEGORIES, SEVERITIES, type Category } from '../../../schemas/tags.js'
import type { LabelGroup } from '../../linear/linear-model.js'

/**
 * What a message may be filed as: a category, and for one in which a danger can be told, apart from it, that category with an alert. A danger now and the same
 * one last year have few words in common, so that they are learned as two things.
 */
export const FILES: readonly string[] = [...CATEGORIES, ...EVENT_CATEGORIES.map((category) => `${category}:alert`)]

/** The groups of outputs of the model, in their order. */
export const GROUPS = [
  { name: 'alert', labels: ['no', 'yes'] },
  { name: 'file', labels: FILES },
  { name: 'severity', labels: SEVERITIES },
] as const satisfies readonly Pick<LabelGroup, 'name' | 'labels'>[]

/** Where the outputs of each group begin. */
export const OUTPUTS = { alert: 0, file: 2, severity: 2 + FILES.length } as const

export const fileOf = (category: Category, alert: boolean): number =>
  CATEGORIES.indexOf(category) + (alert && isEvent(category) ? CATEGORIES.length : 0)

const isEvent = (category: Category): boolean => (EVENT_CATEGORIES as readonly Category[]).includes(category)

/** How much the plain question "alert or not" counts beside the files. By cross-validation anything from 0.5 to 1 was as good. */
export const PLAIN_SHARE = 0.6

/** The score of an alert, by both questions at once: to be calibrated as that of `yes` against 0 for `no`. */
export function alertScore(scores: ArrayLike<number>): number {
  const plain = (scores[OUTPUTS.alert + 1] ?? 0) - (scores[OUTPUTS.alert] ?? 0)
  const ringing = logSum(scores, OUTPUTS.file + CATEGORIES.length, OUTPUTS.file + FILES.length)
  const quiet = logSum(scores, OUTPUTS.file, OUTPUTS.file + CATEGORIES.length)
  return ringing - quiet + PLAIN_SHARE * plain
}

function logSum(scores: ArrayLike<number>, from: number, to: number): number {
  let top = -Infinity
  for (let at = from; at < to; at++) top = Math.max(top, scores[at] ?? 0)
  let sum = 0
  for (let at = from; at < to; at++) sum += Math.exp((scores[at] ?? 0) - top)
  return top + Math.log(sum)
}

/** The probability of each category, whether it rings or not; `files` are the probabilities of the files. */
export const categoriesOf = (files: ArrayLike<number>): Float64Array =>
  Float64Array.from(
    CATEGORIES,
    (category, at) => (files[at] ?? 0) + (isEvent(category) ? (files[fileOf(category, true)] ?? 0) : 0),
  )
