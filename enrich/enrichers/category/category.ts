import { packagePath } from '../../../runtime/package-root.js'
import type { CategoryTag } from '../../../schemas/tags.js'
import type { Enricher } from '../../enricher.js'
import { readModel } from '../../linear/linear-model.js'
import { readText } from '../threat/words.js'
import { createRuleJudge } from './by-rules.js'
import { loadGlosses, type Glosses } from '../../glosses/glosses.js'
import { LearnedJudge } from './learned-judge.js'

export const CATEGORY_MODEL = 'enrich/models/category.bin'

/** From so many words on a text is no message any more. */
const LONG_WORDS = 240

/**
 * The enricher of category, alert and severity. `alertConfidence` is the probability that a duty officer should be told now, `categoryConfidence` that of
 * the category. Reads its rules, lexicons and model when made, and the glosses where they are not given; a mistake in them throws
 * then.
 */
export function createCategoryEnricher({
  glosses = loadGlosses(),
}: { readonly glosses?: Glosses } = {}): Enricher<'category'> {
  const rules = createRuleJudge()
  const learned = new LearnedJudge({ model: readModel(packagePath(CATEGORY_MODEL)), glosses })
  return {
    adds: 'category',
    enrich(mention, soFar): CategoryTag {
      const read = readText(mention.text)
      const byRules = rules.judge(mention, read, soFar)
      // A danger hidden in pages is a sentence among hundreds: the rules read sentence by sentence.
      if (byRules.tag.alert && read.words.length > LONG_WORDS) return byRules.tag
      return learned.judge(mention.text, read, byRules, soFar)
    },
  }
}
