import { CATEGORIES, type Category, type Severity } from '../../../schemas/tags.js'
import type { Match } from '../threat/lexicon.js'
import { contextWeight } from './context.js'
import type { Rule } from './rules.js'
import type { Scene } from './scene.js'

/** The best that can be said for one category. */
export interface Finding {
  readonly category: Category
  readonly strength: number
  /** Log-odds of an alert. */
  readonly alert: number
  readonly severity: Severity
  readonly evidence: readonly Match[]
}

/** The strength a rule loses for each further sentence it had to be read over. */
const PER_SENTENCE = 0.3

/** A place outside the province is another force's, but a lost child told to us is ours. */
const ELSEWHERE = -1.8
/** "A call from an Afghan number", "I work in Dubai": the place is the caller's or the writer's, not that of the danger. */
const isOurs = (around: ReadonlySet<string>): boolean =>
  around.has('district') || around.has('ctx_abroad') || (around.has('unknown') && around.has('call'))

/** "A child has been found" sounds resolved, but its people are still to be. */
const FOUND_BUT_LOST = 2.6

/** "Nobody hurt", "a minor crash": a mishap that somebody must still see, but nobody be rung for. */
const SLIGHT = -2

function evidenceOf(rule: Rule, scene: Scene): Match[] | undefined {
  const evidence: Match[] = []
  for (const group of rule.all) {
    let found: readonly Match[] | undefined
    for (const concept of group) if ((found = scene.matches.get(concept)) !== undefined) break
    if (found === undefined) return undefined
    if (found[0] !== undefined) evidence.push(found[0])
  }
  for (const concept of rule.none) if (scene.matches.has(concept)) return undefined
  return evidence
}

/** Rules by the concepts of their first group: a scene looks only at those that can hold in it. */
export type RuleBook = ReadonlyMap<string, readonly Rule[]>

export function ruleBook(rules: readonly Rule[]): RuleBook {
  const book = new Map<string, Rule[]>()
  for (const rule of rules)
    for (const concept of rule.all[0] ?? []) book.set(concept, [...(book.get(concept) ?? []), rule])
  return book
}

/** Every category some rule speaks for, with its strongest rule and its loudest alert. */
export function findings(book: RuleBook, scenes: readonly Scene[]): Map<Category, Finding> {
  const best = new Map<Category, Finding>()
  for (const scene of scenes) {
    let weight: number | undefined
    const lost = PER_SENTENCE * (scene.span - 1)
    for (const concept of scene.matches.keys()) {
      for (const rule of book.get(concept) ?? []) {
        const evidence = evidenceOf(rule, scene)
        if (evidence === undefined) continue
        weight ??= contextWeight(
          (cue) => (scene.matches.has(cue) ? Math.max(1, scene.matches.get(cue)?.length ?? 0) : 0),
          (cue) => scene.around.has(cue),
        )
        const away =
          rule.category !== 'missing' && scene.around.has('ctx_elsewhere') && !isOurs(scene.around) ? ELSEWHERE : 0
        const found =
          rule.all[0]?.includes('found_person') === true && scene.matches.has('ctx_resolved') ? FOUND_BUT_LOST : 0
        const slight = rule.category === 'mishap' && scene.matches.has('ctx_minor') ? SLIGHT : 0
        offer(best, rule, rule.strength - lost, rule.alert - lost + weight + away + found + slight, evidence)
      }
    }
  }
  return best
}

function offer(
  best: Map<Category, Finding>,
  rule: Rule,
  strength: number,
  alert: number,
  evidence: readonly Match[],
): void {
  const known = best.get(rule.category)
  if (known === undefined) {
    best.set(rule.category, { category: rule.category, strength, alert, severity: rule.severity, evidence })
    return
  }
  const louder = alert > known.alert
  const ringing = alert > 0
  const takesOver = louder && (ringing || known.alert <= 0) && strength >= known.strength - 0.6
  best.set(rule.category, {
    category: rule.category,
    strength: Math.max(strength, known.strength),
    alert: Math.max(alert, known.alert),
    severity: takesOver || strength > known.strength ? rule.severity : known.severity,
    evidence: takesOver || strength > known.strength ? evidence : known.evidence,
  })
}

/** Categories this close in strength are one choice, and the first of LABELLING.md is taken. */
const CLOSE = 0.45

/** The strongest, or the first in the order of LABELLING.md of those about as strong. */
export function firstThatFits(candidates: readonly Finding[]): Finding | undefined {
  const top = Math.max(...candidates.map((each) => each.strength))
  return CATEGORIES.flatMap((category) =>
    candidates.filter((each) => each.category === category && each.strength >= top - CLOSE),
  )[0]
}
