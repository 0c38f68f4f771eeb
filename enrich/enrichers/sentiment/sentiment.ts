import { packagePath } from '../../../runtime/package-root.js'
import type { Enricher } from '../../enricher.js'
import { createEnglish } from './english.js'
import { judge } from './judgement.js'
import { readLexicon } from './lexicon.js'

const LEXICON = 'enrich/enrichers/sentiment/lexicon.tsv'

/** Stemmed, `helpful` were `help` and every call for help were praise. */
const ADJECTIVE = /(?:ful|less)$/

/** Reads the word list once; throws where it is missing or malformed. Runs after language and category, and does without them too. */
export function createSentimentEnricher(lexiconPath = packagePath(LEXICON)): Enricher<'sentiment'> {
  const english = createEnglish()
  const lexicon = readLexicon(lexiconPath, (word) => (ADJECTIVE.test(word) ? word : english.stem(word)))
  return {
    adds: 'sentiment',
    enrich: (mention, soFar) =>
      judge(mention.text, soFar.language?.lang, soFar.category ?? undefined, { lexicon, english }),
  }
}
