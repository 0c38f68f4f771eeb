import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import type { Firing, Rule } from '../rule.js'

export const UNJUDGED = 'unjudged'

/** What nobody could judge waits, in one group an hour of arrival (`2026-11-22T04`). */
export function unjudgedFiring(kind: 'mentions' | 'letters', receivedAt: string, districts: readonly string[]): Firing {
  return {
    rule: UNJUDGED,
    category: 'other',
    severity: 'medium',
    confidence: 0,
    districts,
    places: [],
    evidence: [],
    group: `${UNJUDGED}:${kind}:${receivedAt.slice(0, 13)}`,
    waits: true,
  }
}

/** Rings, `afterMs` after it came, for what nobody could judge (no words, threat or category failed) and nobody answered meanwhile. */
export function createUnjudgedRule(afterMs: number): Rule {
  return {
    name: UNJUDGED,
    observe: ({ unjudged, tags, receivedAt }: EnrichedMention) => {
      if (unjudged === null && tags.category !== null) return undefined
      return unjudgedFiring('mentions', receivedAt, tags.districts?.map((tag) => tag.id) ?? [])
    },
    tick: (now) => new Date(now - afterMs).toISOString(),
  }
}
