import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import { CATEGORIES, SEVERITIES } from '../../schemas/tags.js'
import { createRuleJudge } from '../enrichers/category/by-rules.js'
import { CATEGORY_MODEL } from '../enrichers/category/category.js'
import { featureNames } from '../enrichers/category/features.js'
import { alertScore, GROUPS, OUTPUTS } from '../enrichers/category/files.js'
import { encodeModel, probabilities, widthOf, type LabelGroup, type LinearModel } from '../linear/linear-model.js'
import { inHaste } from './augment.js'
import { calibrate } from './calibrate.js'
import { makeExamples, type ToLearn } from './category-examples.js'
import { dressed, readDressings } from './dressings.js'
import { readCorpus } from './corpus.js'
import { quantise } from './fit.js'
import { UNKNOWN, type Example, type GroupFitOptions, type GroupWeights } from './fit-groups.js'
import { fitInThreads, type FitTask } from './fit-in-threads.js'
import { languageOfLetters, ordinarySentences, ordinaryTexts } from './ordinary-texts.js'
import { createRandom, hashOf } from './random.js'

const BUCKETS = 2 ** 18
/** So many fits, each with another order and other features left out, are averaged: a sum of scores, at the price of one. */
const FITS = 2
/** Of so many texts each fit leaves out one, others each, and scores them: what the confidences are made of. */
const UNSEEN_ONE_IN = 16
const STEPS = [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6]
/** What each of the texts counts that nobody wrote to the police, and of the messages that have to do with nothing of theirs: most of what people write is such. */
const ORDINARY_WEIGHT = 3
/** Of so many texts one is also learned from as if nobody had told its language. */
const FAILED_ONE_IN = 12
/** Of so many messages one is also learned from as it is keyed in haste. */
const HASTY_ONE_IN = 5
/** Of so many messages, and of so many ordinary texts, one is also learned from with what people put before and behind. */
const DRESSED_ONE_IN = 4
/** What an example counts that says again what another one says. */
const AGAIN_WEIGHT = 0.5

const optionsFor = (named: number): GroupFitOptions => ({
  buckets: BUCKETS,
  named,
  // Quiet files come before those with an alert.
  groups: GROUPS.map(({ labels }) => ({ labels: labels.length, first: CATEGORIES.length })),
  emphasis: [1, 1, 0.5],
  epochs: 5,
  rate: 0.1,
  decay: 1e-4,
  dropout: 0.3,
  seed: 20_261_127,
})

interface Scored {
  readonly scores: Float64Array
  readonly labels: Int8Array
}

/** The fits that are averaged. What says a text again stands on the same side as that text, and is not scored. */
function crossFits(rows: readonly ToLearn[], options: GroupFitOptions): FitTask[] {
  // By other bits of the hash than those that decide what is said again.
  const folds = rows.map(({ text, again = text }) => (hashOf(again) >>> 12) % UNSEEN_ONE_IN)
  const places = (isWanted: (fold: number, at: number) => boolean) =>
    Int32Array.from(folds.flatMap((fold, at) => (isWanted(fold, at) ? [at] : [])))
  return Array.from({ length: FITS }, (_, fit) => ({
    learn: places((fold) => fold !== fit),
    score: places((fold, at) => fold === fit && rows[at]?.again === undefined),
    options: { ...options, seed: options.seed + fit },
  }))
}

function averageOf(fits: readonly GroupWeights[]): GroupWeights {
  const average = (of: (weights: GroupWeights) => Float32Array): Float32Array => {
    const sums = new Float64Array(fits[0] === undefined ? 0 : of(fits[0]).length)
    for (const fit of fits) for (const [at, weight] of of(fit).entries()) sums[at]! += weight
    return Float32Array.from(sums, (sum) => sum / fits.length)
  }
  return {
    hashed: average(({ hashed }) => hashed),
    named: average(({ named }) => named),
    bias: average(({ bias }) => bias),
  }
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
export async function trainCategory(): Promise<void> {
  const names = featureNames(createRuleJudge().concepts)
  const messages = readCorpus('train')
  const labelled = messages.map((row) => ({ ...row, weight: row.category === 'other' ? ORDINARY_WEIGHT : 1 }))
  const ordinary = [...ordinaryTexts('train'), ...ordinarySentences('train')].map((text) => ({
    text,
    lang: languageOfLetters(text),
    weight: ORDINARY_WEIGHT,
  }))
  const failed = [...labelled, ...ordinary]
    .filter(({ text }) => hashOf(text) % FAILED_ONE_IN === 0)
    .map((row): ToLearn => ({ ...row, weight: AGAIN_WEIGHT, again: row.text, withoutLanguage: true }))
  const hasty = messages
    .filter(({ text }) => hashOf(text) % HASTY_ONE_IN === 1)
    .map((row): ToLearn => ({
      ...row,
      text: inHaste(row.lang, row.text, createRandom(hashOf(row.text))),
      weight: AGAIN_WEIGHT,
      again: row.text,
    }))
  const dressings = readDressings('train')
  const inDress = [...labelled, ...ordinary]
    .filter(({ text }) => (hashOf(text) >>> 8) % DRESSED_ONE_IN === 0)
    .map((row): ToLearn => ({
      ...row,
      text: dressed(row.lang, row.text, dressings, createRandom(hashOf(row.text))),
      weight: AGAIN_WEIGHT * row.weight,
      again: row.text,
    }))
  const rows: ToLearn[] = [...labelled, ...ordinary, ...failed, ...hasty, ...inDress]
  const all = await makeExamples(rows, BUCKETS)
  const named = names.length
  console.log(`category: ${labelled.length} messages, ${ordinary.length} ordinary texts, ${named} named features`)
  const tasks = crossFits(rows, optionsFor(named))
  const fits = await fitInThreads(all, tasks)
  const weights = averageOf(fits.map((fitted) => fitted.weights))
  const unseen = tasks.flatMap(({ score }, fit) =>
    Array.from(score, (at, place): Scored => ({
      scores: fits[fit]?.scores[place] as Float64Array,
      labels: (all[at] as Example).labels,
    })),
  )
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
  const { weights: hashed, scale } = quantise(weights.hashed)
  const model: LinearModel = {
    groups,
    buckets: BUCKETS,
    scale,
    hashed,
    names,
    named: weights.named,
    bias: weights.bias,
  }
  if (widthOf(groups) * BUCKETS !== hashed.length) throw new Error('the weights and their groups do not fit each other')
  const bytes = encodeModel(model)
  writeFileSync(packagePath(CATEGORY_MODEL), bytes)
  console.log(`${CATEGORY_MODEL}: ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`)
}
