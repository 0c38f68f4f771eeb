import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import { CATEGORIES, SEVERITIES } from '../../schemas/tags.js'
import { CATEGORY_MODEL } from '../enrichers/category/category.js'
import { alertScore, GROUPS, OUTPUTS } from '../enrichers/category/files.js'
import { encodeModel, probabilities, widthOf, type LabelGroup, type LinearModel } from '../linear/linear-model.js'
import { calibrate } from './calibrate.js'
import { CategoryExamples } from './category-examples.js'
import { readCorpus } from './corpus.js'
import { quantise } from './fit.js'
import { fitGroups, scoresOf, UNKNOWN, type Example, type GroupFitOptions, type GroupWeights } from './fit-groups.js'
import { ordinaryTexts } from './ordinary-texts.js'
import { hashOf } from './random.js'

const BUCKETS = 2 ** 18
const FOLDS = 4
const STEPS = [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6]
/** Texts that nobody wrote to the police teach what ordinary is; each counts less than a labelled message. */
const ORDINARY = 22_000
const ORDINARY_WEIGHT = 1
/** Of so many texts one is also learned from as if nobody had told its language. */
const FAILED_ONE_IN = 4
const FAILED_WEIGHT = 0.5
function fitted(examples: readonly Example[], named: number): GroupWeights {
  const options: GroupFitOptions = {
    buckets: BUCKETS,
    named,
    // Quiet files come before those with an alert.
    groups: GROUPS.map(({ labels }) => ({ labels: labels.length, first: CATEGORIES.length })),
    emphasis: [1, 1, 0.5],
    epochs: 6,
    rate: 0.1,
    decay: 1e-4,
    seed: 20_261_127,
  }
  return fitGroups(examples, options)
}

interface Scored {
  readonly scores: Float64Array
  readonly labels: Int8Array
}

/** Each message scored by a model that has not seen it: what the confidences are made of. */
function scoredUnseen(rows: readonly { readonly key: string; readonly example: Example }[], named: number): Scored[] {
  const foldOf = ({ key }: { readonly key: string }) => hashOf(key) % FOLDS
  return Array.from({ length: FOLDS }, (_, fold) => {
    const weights = fitted(
      rows.filter((row) => foldOf(row) !== fold).map(({ example }) => example),
      named,
    )
    return rows
      .filter((row) => foldOf(row) === fold)
      .map(({ example }) => ({ scores: scoresOf(example, weights), labels: example.labels }))
  }).flat()
}

/** How the alerts of unseen texts fare at each step of confidence: what the decision of when to ring was taken from. */
function printSteps(unseen: readonly Scored[], group: LabelGroup | undefined): void {
  if (group === undefined) return
  const judged = unseen.map(({ scores, labels }) => ({
    confidence: probabilities([0, alertScore(scores)], 0, group)[1] ?? 0,
    due: labels[0] === 1,
    isMessage: (labels[1] ?? UNKNOWN) >= 0,
    isCritical: labels[2] === SEVERITIES.indexOf('critical'),
  }))
  const due = judged.filter((each) => each.due)
  const critical = due.filter((each) => each.isCritical)
  const ordinary = judged.filter((each) => !each.isMessage)
  for (const least of STEPS) {
    const rung = judged.filter((each) => each.isMessage && each.confidence >= least)
    const share = (some: readonly { readonly confidence: number }[]) =>
      (some.filter(({ confidence }) => confidence >= least).length / some.length).toFixed(3)
    const precision = (rung.filter((each) => each.due).length / rung.length).toFixed(3)
    console.log(
      `  rung from ${least}: recall ${share(due)}, of critical ${share(critical)}, precision ${precision}, ordinary texts ${share(ordinary)}`,
    )
  }
}

/** Trains the model of category, alert and severity on the corpus, and writes it. */
export function trainCategory(): void {
  const examples = new CategoryExamples(BUCKETS)
  const labelled = readCorpus('train').map((row) => ({ key: row.text, example: examples.of(row, 1) }))
  const texts = ordinaryTexts('train', ORDINARY)
  const ordinary = texts.map((text) => ({
    key: text,
    example: examples.of({ text }, ORDINARY_WEIGHT),
  }))
  const failed = [...readCorpus('train'), ...texts.map((text) => ({ text }))]
    .filter(({ text }) => hashOf(text) % FAILED_ONE_IN === 0)
    .map((row) => ({ key: row.text, example: examples.of(row, FAILED_WEIGHT, false) }))
  const rows = [...labelled, ...ordinary, ...failed]
  const named = examples.names.length
  console.log(`category: ${labelled.length} messages, ${ordinary.length} ordinary texts, ${named} named features`)
  const unseen = scoredUnseen([...labelled, ...ordinary], named)
  const groups = GROUPS.map(({ name, labels }, group): LabelGroup => {
    // Ordinary texts have no category: what is calibrated are messages.
    const pairs = unseen
      .filter(({ labels: truth }) => (truth[1] ?? UNKNOWN) >= 0)
      .map(({ scores, labels: truth }) => ({
        scores:
          name === 'alert'
            ? Float64Array.of(0, alertScore(scores))
            : scores.subarray(OUTPUTS[name], OUTPUTS[name] + labels.length),
        label: truth[group] ?? UNKNOWN,
      }))
    const { temperature, shift } = calibrate(pairs, labels.length)
    console.log(
      `  ${name}: temperature ${temperature.toFixed(2)}, shift ${shift.map((each) => each.toFixed(2)).join(' ')}`,
    )
    return { name, labels, temperature, shift }
  })
  printSteps(unseen, groups[0])
  const weights = fitted(
    rows.map(({ example }) => example),
    named,
  )
  const { weights: hashed, scale } = quantise(weights.hashed)
  const model: LinearModel = {
    groups,
    buckets: BUCKETS,
    scale,
    hashed,
    names: examples.names,
    named: weights.named,
    bias: weights.bias,
  }
  if (widthOf(groups) * BUCKETS !== hashed.length) throw new Error('the weights and their groups do not fit each other')
  const bytes = encodeModel(model)
  writeFileSync(packagePath(CATEGORY_MODEL), bytes)
  console.log(`${CATEGORY_MODEL}: ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`)
}
