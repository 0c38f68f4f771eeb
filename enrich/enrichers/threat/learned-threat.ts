import type { Lang } from '../../../schemas/tags.js'
import { probabilities, type LabelGroup, type LinearModel } from '../../linear/linear-model.js'
import type { FeatureWeights } from '../../linear/word-features.js'
import { WordScorer } from '../../linear/word-scorer.js'
import type { Glosses } from '../../glosses/glosses.js'
import type { ReadText } from '../../reading/words.js'

export const THREATENING_MODEL = 'enrich/models/threatening.bin'

/** The labelled threats are few, and more is learned of their words than of what they mean together: chosen on folds of the training rows. */
export const THREAT_WEIGHTS: FeatureWeights = { letters: 1, meaning: 1.4, meanings: 0.6, concepts: 1 }

/** Of a longer text only its beginning is judged. */
const MOST_WORDS = 120

/** The probability that the writer threatens a person or group, as the trained model reads the words. */
export function createThreateningJudge(model: LinearModel, glosses: Glosses): (read: ReadText, lang: Lang) => number {
  const [group] = model.groups
  if (group?.name !== 'threatening') throw new Error('the model does not judge threats: npm run train')
  const words = new WordScorer(model, glosses, THREAT_WEIGHTS)
  return (read, lang) => judge(read, lang, { model, group, words })
}

interface Parts {
  readonly model: LinearModel
  readonly group: LabelGroup
  readonly words: WordScorer
}

function judge(read: ReadText, lang: Lang, { model, group, words }: Parts): number {
  const { totals } = words.score(lang, read.words.slice(0, MOST_WORDS))
  const scores = Float64Array.from(model.bias, (bias, out) => bias + (totals[out] as number))
  return Math.round((probabilities(scores, 0, group)[1] ?? 0) * 1000) / 1000
}
