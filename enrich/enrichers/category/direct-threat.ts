import type { Mention } from '../../../schemas/mention.js'
import type { Match } from '../threat/lexicon.js'
import { contextWeight } from './context.js'
import type { Finding } from './judge.js'

interface Threat {
  readonly threatening: number
  readonly everywhere: ReadonlySet<string>
  readonly matches: readonly Match[]
  readonly mention: Mention
}

/** From this probability on, the writer's own words are filed as a threat. */
const FILED = 0.55
/** Words alone do not ring: a threat that rings names whom or where, or comes to us directly. */
const WORDS_ALONE = -1.1
const NAMES_TARGET = 1
const NOTHING_TANGIBLE = -0.8
const TANGIBLE = ['district', 'ctx_place', 'ctx_now', 'phone', 'child'] as const
const AT_YOU = 0.5
const PRIVATE = 0.5

/** What the writer's own threat is worth, or nothing where the words do not threaten. */
export function threatFinding({ threatening, everywhere, matches, mention }: Threat): Finding | undefined {
  if (threatening < FILED) return undefined
  const logit = Math.log(threatening / Math.max(1e-6, 1 - threatening))
  const context = contextWeight(
    (concept) => (everywhere.has(concept) ? matches.filter((match) => match.concept === concept).length || 1 : 0),
    () => false,
  )
  let alert = WORDS_ALONE + 0.6 * logit + context
  if (everywhere.has('target')) alert += NAMES_TARGET
  else if (!TANGIBLE.some((concept) => everywhere.has(concept)) && !mention.private) alert += NOTHING_TANGIBLE
  if (everywhere.has('you')) alert += AT_YOU
  if (mention.private) alert += PRIVATE
  const evidence = matches.filter((match) => match.concept === 'vow' || match.concept === 'target').slice(0, 4)
  return { category: 'direct_threat', strength: 1.6 + 0.5 * logit, alert, severity: 'high', evidence }
}
