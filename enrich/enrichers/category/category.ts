import { packagePath } from '../../../runtime/package-root.js'
import type { CategoryTag } from '../../../schemas/tags.js'
import type { Enricher } from '../../enricher.js'
import { readModel } from '../../linear/linear-model.js'
import { readText, type ReadText } from '../threat/words.js'
import { createRuleJudge, type RuleJudge } from './by-rules.js'
import { loadGlosses, type Glosses } from '../../glosses/glosses.js'
import { LearnedJudge } from './learned-judge.js'

export const CATEGORY_MODEL = 'enrich/models/category.bin'

/** From so many words on a text is no message any more. */
const LONG_WORDS = 240

export interface CategoryParts {
  readonly rules: RuleJudge
  readonly learned: LearnedJudge
}

/** Reads the rules, lexicons and model; a mistake in them throws here. */
export function loadCategoryParts(glosses: Glosses): CategoryParts {
  return {
    rules: createRuleJudge(),
    learned: new LearnedJudge({ model: readModel(packagePath(CATEGORY_MODEL)), glosses }),
  }
}

/**
 * The enricher of category, alert and severity. `alertConfidence` is the probability that a duty officer should be told now, `categoryConfidence` that of
 * the category. Reads its parts, and the glosses, where they are not given. `read` is how a text is read into words.
 */
export function createCategoryEnricher({
  glosses,
  parts = loadCategoryParts(glosses ?? loadGlosses()),
  read = readText,
}: {
  readonly glosses?: Glosses
  readonly parts?: CategoryParts
  readonly read?: (text: string) => ReadText
} = {}): Enricher<'category'> {
  const { rules, learned } = parts
  return {
    adds: 'category',
    enrich(mention, soFar): CategoryTag {
      const text = read(mention.text)
      const byRules = rules.judge(mention, text, soFar)
      // A danger hidden in pages is a sentence among hundreds: the rules read sentence by sentence.
      if (byRules.tag.alert && text.words.length > LONG_WORDS) return byRules.tag
      return learned.judge(mention.text, text, byRules, soFar)
    },
  }
}
