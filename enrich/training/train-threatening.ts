import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import { NO_TAGS } from '../enrich-mention.js'
import { THREAT_WEIGHTS, THREATENING_MODEL } from '../enrichers/threat/learned-threat.js'
import { encodeModel, type LabelGroup } from '../linear/linear-model.js'
import { textMention } from '../text-mention.js'
import { calibrate } from './calibrate.js'
import { readCommonCorpus } from './corpus.js'
import { quantise } from './fit.js'
import { fitGroups, scoresOf, type Example } from './fit-groups.js'
import { hashOf } from './random.js'
import { loadReading } from './reading.js'
import { threatsToLearn } from './threat-rows.js'
import { WordBlocks } from './word-blocks.js'

const BUCKETS = 2 ** 18
const MOST_WORDS = 120
const FOLDS = 4
const LABELS = ['no', 'yes'] as const
const NOON = '2026-11-22T07:00:00.000Z'
/** The Urdu set is the smallest; the English one is the largest and the farthest from what is written to this police. */
const URDU_WEIGHT = 4
const ENGLISH_WEIGHT = 0.5
/** Of our own messages that threaten nobody, one in so many: all of them would drown what other people call a threat. */
const QUIET_ONE_IN = 8

/** Trains the model of `threatening` on other people's labelled posts and our own messages, and writes it. */
export function trainThreatening(): void {
  const { glosses, language, read } = loadReading()
  const words = new WordBlocks(glosses, BUCKETS, THREAT_WEIGHTS)
  const example = (text: string, threatening: boolean, weight: number) => {
    const { lang } = language.enrich(textMention('training', text, NOON), NO_TAGS)
    const blocks = words.of(read(text).words.slice(0, MOST_WORDS), lang)
    return {
      key: text,
      example: {
        blocks,
        named: new Int32Array(0),
        values: new Float32Array(0),
        labels: Int8Array.from([threatening ? 1 : 0]),
        weight,
      } satisfies Example,
    }
  }
  const rows = [
    ...threatsToLearn('ur').map(({ text, threatening }) => example(text, threatening, URDU_WEIGHT)),
    ...threatsToLearn('en').map(({ text, threatening }) => example(text, threatening, ENGLISH_WEIGHT)),
    ...readCommonCorpus()
      .filter(({ text, category }) => category === 'direct_threat' || hashOf(text) % QUIET_ONE_IN === 0)
      .map(({ text, category }) => example(text, category === 'direct_threat', 1)),
  ]
  const fitted = (examples: readonly Example[]) =>
    fitGroups(examples, {
      buckets: BUCKETS,
      named: 0,
      groups: [{ labels: LABELS.length }],
      emphasis: [1],
      epochs: 6,
      rate: 0.03,
      decay: 1e-4,
      dropout: 0,
      seed: 20_261_127,
    })
  const pairs = Array.from({ length: FOLDS }, (_, fold) => {
    const weights = fitted(rows.filter(({ key }) => hashOf(key) % FOLDS !== fold).map((row) => row.example))
    return rows
      .filter(({ key }) => hashOf(key) % FOLDS === fold)
      .map((row) => ({
        scores: scoresOf(row.example, weights),
        label: row.example.labels[0] ?? 0,
      }))
  }).flat()
  // Not shifted: how many threats the sets hold says nothing of how many are written to the police.
  const { temperature } = calibrate(pairs, LABELS.length)
  const group: LabelGroup = { name: 'threatening', labels: LABELS, temperature, shift: [0, 0] }
  const weights = fitted(rows.map((row) => row.example))
  const { weights: hashed, scale } = quantise(weights.hashed)
  const bytes = encodeModel({
    groups: [group],
    buckets: BUCKETS,
    scale,
    hashed,
    names: [],
    named: weights.named,
    bias: weights.bias,
  })
  writeFileSync(packagePath(THREATENING_MODEL), bytes)
  console.log(`threatening: ${rows.length} texts`)
  console.log(`${THREATENING_MODEL}: ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`)
}
