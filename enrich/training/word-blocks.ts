import type { Lang } from '../../schemas/tags.js'
import type { Glosses } from '../glosses/glosses.js'
import { meaningFeatures, sequenceFeatures, unitOf, wordFeatures } from '../linear/word-features.js'
import type { Block } from './fit-groups.js'

export const block = (kind: Parameters<typeof unitOf>[0], buckets: Iterable<number>): Block => {
  const all = Int32Array.from(buckets)
  return { buckets: all, value: unitOf(kind, all.length) }
}

/** The features of words that `WordScorer` scores them by. */
export function wordBlocks(
  words: readonly { readonly text: string }[],
  lang: Lang,
  glosses: Glosses,
  buckets: number,
): Block[] {
  const features = words.map(({ text }) => wordFeatures(text, buckets))
  const letters = features.flatMap((each) => [...each.buckets])
  sequenceFeatures(
    features.map(({ sound }) => sound),
    buckets,
    (bucket) => letters.push(bucket),
  )
  const meanings = words.map(({ text }) => glosses.of(lang, text))
  const { alone, together } = meaningFeatures(meanings, buckets)
  return [block('letters', letters), block('meaning', alone.keys()), block('meanings', together.keys())]
}
