import { readFileSync } from 'node:fs'
import { packagePath } from '../../../runtime/package-root.js'
import { CATEGORIES, SEVERITIES, type Category, type Severity } from '../../../schemas/tags.js'

/** "Words of these concepts, in one sentence or in neighbouring ones, speak for this category." */
export interface Rule {
  readonly category: Category
  /** Each inner list is alternatives, of which one must be there. */
  readonly all: readonly (readonly string[])[]
  readonly none: readonly string[]
  /** How strongly it speaks for the category, in log-odds. */
  readonly strength: number
  /** Where the alert starts before the context is weighed, in log-odds. */
  readonly alert: number
  readonly severity: Severity
}

const isOneOf = <T extends string>(values: readonly T[], value: string | undefined): value is T =>
  values.some((known) => known === value)

/** Reads `rules.tsv`. Throws with the line if a row is wrong or names a concept that no lexicon has. */
export function loadRules(file: string, concepts: ReadonlySet<string>): Rule[] {
  const rules: Rule[] = []
  const lines = readFileSync(packagePath(file), 'utf8').split('\n')
  lines.forEach((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return
    const [category, all = '', none = '', strength, alert, severity] = line.split('\t')
    const fail = (why: string): never => {
      throw new Error(`${file}:${index + 1}: ${why}`)
    }
    if (!isOneOf(CATEGORIES, category)) return fail(`unknown category "${category}"`)
    if (!isOneOf(SEVERITIES, severity)) return fail(`unknown severity "${severity}"`)
    if (!Number.isFinite(Number(strength)) || !Number.isFinite(Number(alert)))
      return fail('strength and alert are numbers')
    const rule: Rule = {
      category,
      all: all.split('+').map((group) => group.split('/')),
      none: none.split('/').filter((concept) => concept !== ''),
      strength: Number(strength),
      alert: Number(alert),
      severity,
    }
    for (const concept of [...rule.all.flat(), ...rule.none])
      if (!concepts.has(concept)) fail(`no lexicon has the concept "${concept}"`)
    rules.push(rule)
  })
  return rules
}
