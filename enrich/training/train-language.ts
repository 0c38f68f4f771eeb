import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import type { Lang } from '../../schemas/tags.js'
import { FeatureBuffer } from '../enrichers/language/features.js'
import { LANGUAGE_MODEL, createLanguageJudge } from '../enrichers/language/language.js'
import {
  encodeModels,
  scoreWords,
  softmax,
  type LinearModel,
  type ModelScript,
} from '../enrichers/language/linear-model.js'
import { wordsByScript } from '../enrichers/language/words.js'
import { cut, keywordsAlone, mixedWithEnglish, reKeyed, respelled, withNames, withoutSomeSpaces } from './augment.js'
import { fit, quantise, type Examples } from './fit.js'
import { readLanguageRows, type LanguageRow } from './language-rows.js'
import { measure, printMeasure } from './measure.js'
import { createRandom } from './random.js'

const SEED = 20_260_101
const SCRIPTS: Readonly<
  Record<ModelScript, { langs: readonly Lang[]; buckets: number; epochs: number; dropout: number }>
> = {
  arabic: { langs: ['ur', 'ps', 'pnb', 'skr', 'khw', 'sd', 'fa', 'ar'], buckets: 2 ** 18, epochs: 10, dropout: 0.6 },
  latin: { langs: ['en', 'ur-Latn', 'ps-Latn'], buckets: 2 ** 18, epochs: 6, dropout: 0.5 },
}
const MOST_WEIGHT = 2.5
const KEYWORD_MESSAGES = 3_000

interface Example {
  readonly label: number
  readonly text: string
  readonly weight: number
}

function variants(row: LanguageRow, english: readonly string[], random: () => number): string[] {
  const { lang, text } = row
  const roman = lang === 'ur-Latn' || lang === 'ps-Latn'
  const arabic = !roman && lang !== 'en'
  const keyed = () => (roman ? respelled(lang, text, random) : reKeyed(lang, text, random))
  const texts = [
    text,
    cut(text, random, false),
    cut(text, random, true),
    cut(keyed(), random, true),
    keyed(),
    withNames(text, arabic, random),
  ]
  texts.push(withNames(cut(keyed(), random, true), arabic, random))
  if (roman) {
    for (let copy = 0; copy < 2; copy++) {
      const foreign = english[Math.floor(random() * english.length)] ?? 'please'
      texts.push(mixedWithEnglish(cut(keyed(), random, true), foreign, random))
    }
  }
  if (row.origin === 'own') {
    for (let copy = 0; copy < 3; copy++) texts.push(keyed(), cut(keyed(), random, true))
    texts.push(withoutSomeSpaces(text, random))
  }
  return texts
}

/** Rare languages weigh more, by the root of how rare. */
function classWeights(rows: readonly LanguageRow[], langs: readonly Lang[]): number[] {
  const counts = langs.map((lang) => rows.filter((row) => row.lang === lang).length)
  const most = Math.max(...counts)
  return counts.map((count) => Math.min(MOST_WEIGHT, Math.sqrt(most / Math.max(1, count))))
}

function makeExamples(rows: readonly LanguageRow[], langs: readonly Lang[]): Example[] {
  const random = createRandom(SEED)
  const english = rows.filter(({ lang }) => lang === 'en').map(({ text }) => text)
  const weights = classWeights(rows, langs)
  const keywords = langs.includes('ur') ? Array.from({ length: KEYWORD_MESSAGES }, () => keywordsAlone(random)) : []
  const made = keywords.map((text) => ({ label: langs.indexOf('ur'), text, weight: 1 }))
  const varied = rows.flatMap((row) => {
    const label = langs.indexOf(row.lang)
    const weight = weights[label] ?? 1
    return variants(row, english, random).map((text) => ({ label, text, weight }))
  })
  return [...varied, ...made]
}

function extract(examples: readonly Example[], script: ModelScript, buckets: number): Examples {
  const buffer = new FeatureBuffer()
  const starts = new Int32Array(examples.length + 1)
  const parts = examples.map(({ text }, at) => {
    const features = buffer.fill(wordsByScript(text)[script], buckets).slice()
    starts[at + 1] = (starts[at] ?? 0) + features.length
    return features
  })
  const features = new Int32Array(starts[examples.length] ?? 0)
  parts.forEach((part, at) => features.set(part, starts[at] ?? 0))
  return {
    features,
    starts,
    labels: Uint8Array.from(examples, ({ label }) => label),
    weights: Float32Array.from(examples, ({ weight }) => weight),
  }
}

const firstSix = (text: string) => text.split(/\s+/).slice(0, 6).join(' ')

/** The temperature with which the held-back rows, whole and cut to six words, are the least surprising. */
function calibrate(model: LinearModel, script: ModelScript, held: readonly LanguageRow[]): number {
  const buffer = new FeatureBuffer()
  const scored = held.flatMap(({ lang, text }) =>
    [text, firstSix(text)].map((part) => ({
      truth: model.langs.indexOf(lang),
      scores: scoreWords(model, wordsByScript(part)[script], buffer),
    })),
  )
  const surprise = (temperature: number) =>
    scored.reduce(
      (sum, { truth, scores }) => sum - Math.log(Math.max(1e-9, softmax(scores, temperature)[truth] ?? 0)),
      0,
    )
  let best = 1
  for (let temperature = 0.3; temperature <= 4; temperature += 0.05) {
    if (surprise(temperature) < surprise(best)) best = temperature
  }
  return Math.round(best * 100) / 100
}

function train(script: ModelScript, rows: readonly LanguageRow[]): LinearModel {
  const { langs, buckets, epochs, dropout } = SCRIPTS[script]
  const own = rows.filter(({ lang }) => langs.includes(lang))
  const examples = makeExamples(
    own.filter(({ held }) => !held),
    langs,
  )
  console.log(`${script}: ${own.length} rows, ${examples.length} examples`)
  const weights = fit(extract(examples, script, buckets), {
    buckets,
    classes: langs.length,
    epochs,
    rate: 0.5,
    dropout,
    seed: SEED,
  })
  const model: LinearModel = { langs, buckets, temperature: 1, ...quantise(weights) }
  return {
    ...model,
    temperature: calibrate(
      model,
      script,
      own.filter(({ held }) => held),
    ),
  }
}

function report(held: readonly LanguageRow[], judge: (text: string) => { lang: Lang }): void {
  const pairs = (rows: readonly LanguageRow[], part: (text: string) => string) =>
    measure(rows.map(({ lang, text }) => ({ truth: lang, answer: judge(part(text)).lang })))
  const shared = held.filter(({ origin }) => origin === 'shared')
  const own = held.filter(({ origin }) => origin === 'own')
  printMeasure(
    'held back of lid-train, whole',
    pairs(shared, (text) => text),
  )
  printMeasure('held back of lid-train, first six words', pairs(shared, firstSix))
  printMeasure(
    'held back of our own texts, whole',
    pairs(own, (text) => text),
  )
  printMeasure('held back of our own texts, first six words', pairs(own, firstSix))
}

/** Trains the model of languages and writes it; throws where the data is not at hand. */
export function trainLanguage(): void {
  const rows = readLanguageRows()
  if (rows === undefined)
    throw new Error('the training data is not here: expected ../shared/data/lid-train.tsv beside the project')
  const models = { arabic: train('arabic', rows), latin: train('latin', rows) }
  const bytes = encodeModels(models)
  writeFileSync(packagePath(LANGUAGE_MODEL), bytes)
  report(
    rows.filter(({ held }) => held),
    createLanguageJudge(models),
  )
  console.log(`temperatures: arabic ${models.arabic.temperature}, latin ${models.latin.temperature}`)
  console.log(`${LANGUAGE_MODEL}: ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`)
}
